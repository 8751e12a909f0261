"""Rule sets as documents in the workplace: what was downloaded is uploaded again unchanged, and nothing applies unseen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from governance import documents
from governance.defaults import seed_platform_rules
from governance.models import RuleSet
from governance.services.rule_sets import Narrowing
from tests import builders
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from tests.workplace.test_doors import rows
from tests.workplace.test_rule_editor import EMOJI, LENGTH, WORDS, body, fields, path, publish, save, tone
from workplace.rule_pages import document


@pytest.fixture
def ruled(world: World) -> World:
    world.add_person("ada", "policy_manager", scope=world.organisation)
    publish(world)
    return world


def send(client: Client, text: str | bytes, **more: str) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return client.post(path("rule_set_upload"), {"document": SimpleUploadedFile("rules.yaml", raw), **more})


def downloaded(client: Client, row: RuleSet | None = None) -> str:
    answer = client.get(path("rule_set_document", (row or tone()).pk))
    assert answer.status_code == 200
    return body(answer)


def test_a_version_is_downloaded_as_a_document(ruled: World, enter: Enter):
    answer = enter("content").get(path("rule_set_document", tone().pk))
    assert answer["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="tone-v1.yaml"'
    assert body(answer) == documents.write(tone())


def test_what_was_downloaded_changes_nothing_when_it_is_uploaded(ruled: World, enter: Enter):
    lines = [*seed_platform_rules(), WORDS, LENGTH]
    row = publish(ruled, lines, title="Tön „auf“ Deutsch", narrowing=Narrowing(["DE"], ["in_feed"], ["reach"]))
    client = enter("ada")
    answer = send(client, downloaded(client, row))
    assert (answer.status_code, answer.context["preview"]["differs"]) == (200, False)
    assert 'id="save-form"' not in body(answer)


def test_a_document_is_looked_at_first_and_then_applies(ruled: World, enter: Enter):
    client, before = enter("ada"), rows()
    text = downloaded(client).replace("jackets", "parkas").replace("mode: hard", "mode: warn")
    looked = send(client, text)
    assert looked.status_code == 200
    assert [(each.kind, each.title) for each in looked.context["preview"]["changes"]] == [
        ("changed", "Forbidden words"), ("changed", "Length of the text"),
    ]  # fmt: skip
    assert {k: v for k, v in rows().items() if v != before[k]} == {}, "looking writes nothing"
    assert save(client, looked).status_code == 303
    assert (tone().version, tone().rules[0]["params"]["words"], tone().rules[1]["mode"]) == (2, ["parkas", "coats"], "warn")
    assert tone().scope == ruled.brand


def test_proposed_only_it_is_on_trial(ruled: World, enter: Enter):
    client, before = enter("ada"), tone()
    assert save(client, send(client, downloaded(client).replace("jackets", "parkas"), propose="on")).status_code == 303
    assert tone() == before
    assert RuleSet.proposed().filter(key="tone").exists()


def unbound(text: str) -> str:
    """A document that does not say where it is bound."""
    return re.sub(r"^scope:\n(?:  .*\n)+", "", text, flags=re.MULTILINE)


def test_a_new_key_is_bound_where_the_document_says(ruled: World, enter: Enter):
    client = enter("ada")
    text = downloaded(client).replace("key: tone", "key: fresh")
    assert save(client, send(client, text)).status_code == 303
    assert RuleSet.current().get(key="fresh").scope == ruled.brand


def test_r57_a_document_that_names_another_s_place_is_as_if_it_named_none(ruled: World, enter: Enter):
    builders.organisation("Umbra")
    client = enter("ada")
    text = downloaded(client).replace("key: tone", "key: fresh").replace("organisation: acme", "organisation: umbra").replace("Acme Brand", "Umbra Brand")
    assert "umbra" in text
    answer = send(client, text)
    assert (answer.status_code, answer.context["form"].errors["scope"]) == (422, ["This key is new: choose where it is bound."])
    assert not RuleSet.objects.filter(key="fresh").exists()


def test_a_new_key_needs_a_place(ruled: World, enter: Enter):
    client = enter("ada")
    text = unbound(downloaded(client)).replace("key: tone", "key: fresh")
    answer = send(client, text)
    assert (answer.status_code, answer.context["form"].errors["scope"]) == (422, ["This key is new: choose where it is bound."])
    looked = send(client, text, scope=f"ad_account:{ruled.account.pk}")
    assert not RuleSet.objects.filter(key="fresh").exists()
    assert save(client, looked).status_code == 303
    assert RuleSet.current().get(key="fresh").scope == ruled.account


HEAD = f"format: {documents.FORMAT}\nkey: tone\ntitle: Tone\n"
ONE = "rules:\n- rule: text.emoji\n  mode: hard\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The submitted file is empty."), ("a: [", "Line "), ("- 1", "A document is an object"),
        ("key: tone\n", "A document begins with “format: imprimatur.rule-set/1”."), (f"{HEAD}rules: 3\n", "The rules are a list"),
        (f"{HEAD}rules: []\n", "A version has at least one line."), (f"{HEAD}{ONE}surplus: 1\n", "Line 7: There is no such field."),
        (f"{HEAD}rules: &a []\n", "Anchors, aliases and tags are not allowed."),
        (f"{HEAD}rules:\n- rule: no.such\n  mode: hard\n", "Line 5: rule: expected the code of a rule"),
        (f"{HEAD}rules:\n- rule: text.emoji\n  mode: loud\n", "Line 6: This is not one of the values"),
        (f"{HEAD}rules:\n- rule: [1]\n  mode: hard\n", "Line 5: This is missing, or no text."),
        (f"{HEAD}rules:\n- rule: display_name.length\n  mode: hard\n  params: {{max: many}}\n", "Line 7: params.max: expected a whole number"),
        (f"{HEAD}{ONE}formats: [nonsense]\n", "“nonsense” is none of"), (f"{HEAD}{ONE}markets: [Germany]\n", "A market is a country"),
        (HEAD.replace("tone", "Big Key") + ONE, "A key has letters, digits, - and _ alone."),
        (f'{HEAD}{ONE}objectives: ["\\0"]\n', "cannot be kept"), (HEAD.replace("title: Tone", 'title: "\\ud800"') + ONE, "Line 3"),
        (b"\xff\xfe\x00", "This is no text in UTF-8."), ("x" * (document.MOST_BYTES + 1), "A document has at most"),
        ("[" * 50_000, "nested at most 20 deep"),
    ],
)  # fmt: skip
def test_a_document_that_makes_no_sense_is_refused_with_the_place(text: str | bytes, words: str, ruled: World, enter: Enter):
    before = RuleSet.objects.count()
    answer = send(enter("ada"), text, scope=f"brand:{ruled.brand.pk}")
    assert answer.status_code == 422
    told = " ".join(each for errors in answer.context["form"].errors.values() for each in errors)
    assert words in told
    assert answer.context.get("preview") is None
    assert RuleSet.objects.count() == before


def test_markup_in_a_document_is_escaped(ruled: World, enter: Enter):
    nasty = "'\"><script>window.hacked=1</script>'"
    answer = send(enter("ada"), HEAD.replace("title: Tone", f"title: {nasty}") + ONE)
    assert answer.status_code == 200
    assert "<script>window" not in body(answer)
    assert fields(body(answer), "save-form")["title"] == nasty[1:-1]


@pytest.mark.parametrize(
    ("who", "looks", "sends"),
    [
        ("content", 200, 403), ("auditor", 200, 403), ("submitter", 200, 403), ("nobody", 404, 403), ("superuser", 404, 403),
        ("other_organisation", 404, 403), ("anonymous", 302, 302), ("machine", 302, 302),
    ],
)  # fmt: skip
def test_r57_documents_are_read_by_whoever_sees_the_version_and_sent_by_policy_managers(who: str, looks: int, sends: int, ruled: World, enter: Enter):
    client, text, before = enter(who), documents.write(tone()).replace("jackets", "parkas"), RuleSet.objects.count()
    assert client.get(path("rule_set_document", tone().pk)).status_code == looks
    assert client.get(path("rule_set_upload")).status_code == sends
    assert send(client, text).status_code == sends
    assert RuleSet.objects.count() == before


def test_r57_a_document_for_another_s_key_is_as_if_it_were_new(ruled: World, enter: Enter):
    other = builders.organisation("Umbra")
    publish(other, [EMOJI], key="umbra-tone", title="Umbra tone")
    client = enter("ada")
    text = unbound(downloaded(client)).replace("key: tone", "key: umbra-tone")
    assert send(client, text).context["form"].errors["scope"] == ["This key is new: choose where it is bound."]
    answer = save(client, send(client, text, scope=f"brand:{ruled.brand.pk}"))
    assert (answer.status_code, answer.context["problem"]) == (422, "This key names a definition of another scope; choose another key.")
    assert RuleSet.objects.filter(key="umbra-tone").count() == 1


def test_a_policy_manager_of_a_brand_uploads_nothing_for_everybody(ruled: World, enter: Enter):
    row = publish(ruled, [EMOJI], key="all", scope=None, actor=ROOT)
    answer = send(enter("ada"), documents.write(row).replace("warn", "hard"))
    assert answer.status_code == 403
    assert RuleSet.objects.filter(key="all").count() == 1


def test_uploading_is_a_post_with_a_token(ruled: World):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ruled.user("ada"))
    assert send(strict, documents.write(tone()).replace("jackets", "parkas")).status_code == 403
    assert tone().version == 1
