"""Ready-made rule sets: each is a document that can be published, every line says where it comes from, and good ads pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core.errors import NotFound
from governance.contract import Binding, Context, Mode, Result, Subject
from governance.evaluation import evaluate
from governance.places import EEA, OUTERMOST
from governance.ready_made import FOLDER, READY_MADE, ReadyMade, document
from governance.registry import all_rules, validate_binding
from governance.scope_words import key_for
from tests.governance.builders import ad, ad_group, campaign, context, image, video

SETS = list(READY_MADE.values())
sets = pytest.mark.parametrize("each", SETS, ids=lambda each: each.name)
NOTHING_NEW = {"live": {"approved": False, "changed": False, "spent_minor": None}}


def bindings(name: str) -> list[Binding]:
    return [Binding.from_json(line) for line in document(name).rules]


@sets
def test_r53_every_line_names_a_rule_with_parameters_that_it_takes(each: ReadyMade):
    said = document(each.name)
    assert (said.key, said.scope) == (each.name, None)
    for binding in bindings(each.name):
        assert binding.rule in all_rules()
        validate_binding(binding)


@sets
def test_every_line_says_where_it_comes_from(each: ReadyMade):
    """The comment stands right above the line."""
    said, text = document(each.name), each.path.read_text().splitlines()
    for index, line in enumerate(said.rules):
        above = text[said.places[f"rules.{index}"] - 2].strip()
        assert re.match(r"# \S", above), line["rule"]
        assert not above.startswith("# ---"), line["rule"]


@sets
def test_no_line_stands_twice(each: ReadyMade):
    lines = [(line["rule"], str(line["params"])) for line in document(each.name).rules]
    assert len(lines) == len(set(lines))


@sets
def test_title_and_description_are_there_in_both_languages(each: ReadyMade):
    found = {}
    for language in ("en", "de"):
        with translation.override(language):
            found[language] = (str(each.title), str(each.description))
    assert found["en"][0] == document(each.name).title
    assert found["de"][1] != found["en"][1]


def test_every_file_is_listed_and_no_other_is_to_be_had():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(READY_MADE)
    for name in ("nowhere", "../ready_made/eu", "eu.yaml", ""):
        with pytest.raises(NotFound):
            document(name)


def test_keys_fit_where_they_are_bound():
    from accounts.models import AdAccount, Brand, Organisation

    acme = Organisation(name="Acme", slug="acme")
    brand = Brand(organisation=acme, name="Fjord & Co")
    account = AdAccount(brand=brand, channel="tiktok", external_id="73")
    assert [key_for(each, "eu") for each in (None, acme, brand, account)] == ["eu", "acme-eu", "acme-fjord-co-eu", "tiktok-73-eu"]
    unwritable = Brand(organisation=acme, name="北風")
    assert key_for(unwritable, "eu") == f"acme-{unwritable.pk}-eu"


# --- what they say of ads -----------------------------------------------------------------------------------------------


TOLD = {"alcohol": "Bitte verantwortungsvoll genießen. Drink responsibly.", "finance": "Kapitalverlust möglich. Capital at risk."}
"""What ads of these industries have to say, in both languages."""


def advised(name: str, text: str = "Our new shoe") -> Subject:
    """An ad with what it has to say."""
    return ad(copy={"text": f"{text} {TOLD.get(name, '')}".strip()}, destination={"landing_page_url": "https://shop.example.com/shoe"})


def failing(name: str, *subjects: Subject, around: Context | None = None) -> Iterator[tuple[str, str, Mode]]:
    for subject in subjects:
        for found in evaluate(subject, bindings(name), around or context(**NOTHING_NEW)):
            if found.result in (Result.FAIL, Result.ERROR):
                yield found.rule, found.code, found.mode


@sets
def test_a_good_ad_passes(each: ReadyMade):
    assert list(failing(each.name, campaign(), ad_group(), advised(each.name))) == []


@pytest.mark.parametrize("name", TOLD)
def test_an_ad_without_its_disclaimer_is_blocked(name: str):
    assert {(rule, mode) for rule, _, mode in failing(name, ad())} == {("disclosure.disclaimer_required", Mode.HARD)}


def test_the_platform_s_set_has_no_line_that_blocks_what_only_the_project_wants():
    ours = {"schedule.inside_flight", "landing_page.https", "disclosure.ai_declared", "targeting.minors"}
    assert not ours & {line.rule for line in bindings("tiktok-platform")}


def test_recommendations_only_warn():
    assert {line.mode for line in bindings("tiktok-best-practice")} == {Mode.WARN}
    small, silent = video(width=640, height=640), video(has_audio=False)
    assert list(failing("tiktok-best-practice", ad(), around=context(small))) == [("media.aspect_ratio", "media.ratio_not_allowed", Mode.WARN)]
    assert [rule for rule, *_ in failing("tiktok-best-practice", ad(), around=context(silent))] == ["media.sound"]
    assert not list(failing("tiktok-best-practice", ad("i1", "i2", structure={"format": "carousel"}), around=context(image(sha256="i2"))))


def test_the_union_s_set_is_for_the_union_and_the_area():
    assert set(document("eu").markets) == EEA | OUTERMOST
    silent = ad(disclosure={"payer": "", "beneficiary": "", "ai_generated": None})
    assert {code for _, code, _ in failing("eu", silent, ad_group(targeting={"audience": {"age_groups": ["13_17"]}}))} == {
        "disclosure.payer_missing", "disclosure.beneficiary_missing", "disclosure.ai_not_declared", "targeting.minors_included",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("alcohol", "A healthy glass a day"), ("alcohol", "Bekömmlicher Genuss"), ("alcohol", "Get drunk for less"),
        ("alcohol", "Hochprozentiges zum Fest"), ("alcohol", "Gegen Stress"), ("alcohol", "One for the road"),
        ("finance", "Guaranteed returns of 8 %"), ("finance", "Garantierte Renditen"), ("finance", "Gewinne ohne Risiko"),
        ("finance", "Rendite garantiert!"), ("finance", "You can’t lose"), ("finance", "Du hast nichts zu verlieren"),
        ("finance", "Double your money"), ("finance", "Kredit ohne Schufa"), ("finance", "R i s k - f r e e"),
    ],
)  # fmt: skip
def test_r54_forbidden_claims_block_until_a_person_overrides(name: str, text: str):
    found = list(failing(name, advised(name, text)))
    assert {(rule, mode) for rule, _, mode in found} == {("text.forbidden_words", Mode.SOFT)}


@pytest.mark.parametrize("text", ["Craft beer from the north", "Ein Glas Wein zum Essen", "Sparplan ab 25 Euro", "Save for what matters"])
def test_plain_words_pass(text: str):
    assert not [*failing("alcohol", advised("alcohol", text)), *failing("finance", advised("finance", text))]


@pytest.mark.parametrize("name", ["eu", "alcohol", "finance"])
def test_minors_are_kept_out(name: str):
    open_to_all = ad_group(targeting={"audience": {"age_groups": []}})
    assert list(failing(name, open_to_all)) == [("targeting.minors", "targeting.ages_open", Mode.HARD)]


# --- the demo's good ad, for real ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_demo_s_good_ad_passes_the_platform_s_set(tmp_path: Path):
    from accounts.services import create_organisation
    from approvals.tasks import check_request
    from config.demo import seed
    from config.demo.cast import BRANDS, STORIES
    from governance.models import CheckRun, Finding
    from governance.services import publish_rule_set
    from tests.builders import ROOT

    root: Any = ROOT
    demo = seed.Demo(create_organisation(actor=root, name="Halden", slug="halden"))
    for cast in BRANDS:
        seed._brand(root, demo, cast)
    seed._people(root, demo)
    seed._definitions(root, demo)
    said = document("tiktok-platform")
    row = publish_rule_set(actor=root, key="halden-tiktok-platform", title=said.title, rules=said.rules, scope=demo.organisation)
    request = seed.tell(demo, STORIES[0], tmp_path).request
    check_request(str(request.pk))
    runs = CheckRun.objects.filter(request_items__request=request).select_related("revision")
    asked = {run.revision.entity_type for run in runs if any(each["rule_set"] == str(row.pk) for each in run.passed or ())}
    assert asked == {"campaign", "ad_group", "ad"}
    found = Finding.objects.filter(check_run__in=runs, rule_set=row, result__in=("fail", "error"))
    assert list(found.values_list("rule", "code")) == []
