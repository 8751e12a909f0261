"""The pages of rule sets: who gets which answer, what they say, and that looking changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services as accounts
from audit.models import AuditEvent
from core import clock
from governance.models import Confirmation, RuleSet
from governance.models.rule_sets import LAPSES_AFTER
from governance.services import publish_rule_set
from governance.services.rule_sets import Narrowing
from tests import builders
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from tests.workplace.test_doors import rows

WORDS = {"rule": "text.forbidden_words", "mode": "soft", "params": {"words": ["jackets", "<b>coats"]}}
LENGTH = {"rule": "text.length", "mode": "hard", "params": {"limits": {"in_feed": {"max": 80}}}}
EMOJI = {"rule": "text.emoji", "mode": "warn", "params": {}}


@pytest.fixture
def ruled(world: World) -> World:
    """A rule set that governs, two policy managers of the whole organisation, and who sees it without managing it."""
    for name in ("ada", "bo"):
        world.add_person(name, "policy_manager", scope=world.organisation)
    publish(world)
    return world


def publish(world: World, rules: Any = (WORDS, LENGTH), actor: Any = ROOT, **more: Any) -> RuleSet:
    said = {"key": "tone", "title": "Tone", "scope": world.brand, **more}
    return publish_rule_set(actor=actor, rules=list(rules), **said)


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def tone(version: int = 1) -> RuleSet:
    return RuleSet.objects.get(key="tone", version=version)


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


# --- looking ----------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_governs_where_and_how_gravely(ruled: World, enter: Enter):
    publish(ruled, [EMOJI], key="trial", title="Trial", propose=True, narrowing=Narrowing(["DE"], ["carousel"], ["reach"]))
    page = enter("content").get(path("rule_sets"))
    found = {each.row.key: each for each in page.context["rows"]}
    assert found["tone"].counts == [("hard", "blocks", 1), ("soft", "blocks unless overridden", 1)]
    assert (found["tone"].scope, str(found["tone"].state.label)) == ("Brand Acme Brand", "in force")
    assert str(found["trial"].state.label) == "proposed, on trial"
    assert [(each.label, each.value) for each in found["trial"].narrowing] == [
        ("Markets", "Germany (DE)"), ("Formats", "carousel"), ("Objectives", "reach"),
    ]  # fmt: skip
    assert "only Markets: Germany (DE)" in body(page)


def test_the_list_leaves_out_what_is_over_unless_it_is_asked_for(ruled: World, enter: Enter):
    publish(ruled, [WORDS])
    client = enter("content")
    assert [each.row.version for each in client.get(path("rule_sets"), {"key": "tone"}).context["rows"]] == [2]
    assert [each.row.version for each in client.get(path("rule_sets"), {"key": "tone", "show": "all"}).context["rows"]] == [2, 1]
    for nonsense in ({"key": "\x00"}, {"page": "-1"}, {"page": "x"}, {"show": "\x00"}):
        assert client.get(path("rule_sets"), nonsense).status_code == 200


def test_a_version_is_read_in_words(ruled: World, enter: Enter):
    page = enter("content").get(path("rule_set", tone().pk))
    text = body(page)
    (subject, lines), = page.context["lines"]
    assert subject == "Texts"
    assert [(line.title, line.mode_words) for line in lines] == [("Forbidden words", "blocks unless overridden"), ("Length of the text", "blocks")]
    assert [(each.label, each.value) for each in lines[1].own] == [("In-feed ad: characters, at most", "80")]
    assert ("In-feed ad: characters, at least", "1") in [(each.label, each.value) for each in lines[1].defaults]
    assert "jackets, &lt;b&gt;coats" in text
    assert "<b>coats" not in text
    assert "confirmed by" in text


def test_a_rule_that_is_gone_is_said_to_be(ruled: World, enter: Enter, monkeypatch: pytest.MonkeyPatch):
    from governance import registry

    known = {code: rule for code, rule in registry.all_rules().items() if code != "text.length"}
    monkeypatch.setattr("workplace.rule_pages.words.all_rules", lambda: known)
    assert "this rule is gone" in body(enter("content").get(path("rule_set", tone().pk)))


def test_what_changes_is_told_by_line_and_parameter(ruled: World, enter: Enter):
    narrow = Narrowing(markets=["DE"])
    publish(ruled, [{**WORDS, "mode": "hard", "params": {"words": ["coats"]}}, {**LENGTH, "params": {}}, EMOJI], narrowing=narrow, title="Tone!")
    page = enter("content").get(path("rule_set_diff", tone(2).pk))
    found = {each.title: (each.kind, [(row.label, row.before, row.after) for row in each.rows]) for each in page.context["changes"]}
    assert page.context["base"] == tone(1)
    assert [(row.label, row.before, row.after) for row in page.context["head"]] == [("Title", "Tone", "Tone!"), ("Markets", "all", "Germany (DE)")]
    assert found["No emoji in texts"] == ("added", [("Mode", "", "warns")])
    assert found["Forbidden words"] == ("changed", [
        ("Mode", "blocks unless overridden", "blocks"), ("Words", "jackets, <b>coats", "coats"),
    ])  # fmt: skip
    assert found["Length of the text"] == ("changed", [("In-feed ad: characters, at most", "80", "100 (the rule's own)")])


def test_two_versions_are_compared_by_choice_and_only_of_one_key(ruled: World, enter: Enter):
    publish(ruled, [WORDS])
    publish(ruled, [EMOJI], propose=True)
    other = publish(ruled, [EMOJI], key="other")
    client = enter("content")
    address = path("rule_set_diff", tone(3).pk)
    assert client.get(address).context["base"] == tone(2)
    assert client.get(address, {"against": str(tone(1).pk)}).context["base"] == tone(1)
    for wrong in (str(other.pk), str(tone(3).pk), "x", "018f0000-0000-7000-8000-000000000000"):
        assert client.get(address, {"against": wrong}).status_code == 404
    first = client.get(path("rule_set_diff", other.pk))
    assert (first.context["base"], [each.kind for each in first.context["changes"]]) == (None, ["added"])


def test_looking_changes_nothing_and_there_is_no_inline_script(ruled: World, enter: Enter):
    client = enter("ada")
    before = rows()
    for address in (path("rule_sets"), path("rule_set", tone().pk), path("rule_set_diff", tone().pk)):
        text = body(client.get(address))
        assert all("src=" in tag.split(">")[0] for tag in text.split("<script")[1:])
        assert "onclick=" not in text
        assert ' style="' not in text.partition('<div class="wp wp-access">')[2].partition("</main>")[0]
    assert rows() == before


@pytest.mark.parametrize("who", ["nobody", "superuser", "other_organisation", "other_brand"])
def test_r57_strangers_learn_nothing(who: str, ruled: World, enter: Enter):
    client = enter(who)
    assert "Tone" not in body(client.get(path("rule_sets"), {"show": "all"}))
    for name in ("rule_set", "rule_set_diff"):
        assert client.get(path(name, tone().pk)).status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "machine"])
def test_who_may_not_enter_is_sent_to_log_in(who: str, ruled: World, enter: Enter):
    client = enter(who)
    for address in (path("rule_sets"), path("rule_set", tone().pk), path("rule_set_diff", tone().pk)):
        assert client.get(address).status_code == 302


def test_the_menu_leads_there_whoever_sees_anything(ruled: World, enter: Enter):
    link = f'href="{path("rule_sets")}"'
    assert link in body(enter("content").get(reverse("admin:index")))
    assert link not in body(enter("nobody").get(reverse("admin:index")))


# --- the second word --------------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(ruled: World) -> RuleSet:
    """Proposed by ada where two managers are asked for."""
    accounts.set_access_policy(actor=ROOT, organisation=ruled.organisation, two_managers=True)
    return publish(ruled, [EMOJI], actor=ruled.actor("ada"))


def governs(row: RuleSet) -> bool:
    return RuleSet.current().filter(pk=row.pk).exists()


def test_r55_another_policy_manager_confirms(proposed: RuleSet, enter: Enter):
    own = enter("ada").get(path("rule_set", proposed.pk))
    assert 'id="confirm-form"' not in body(own)
    assert own.context["why_not"] == "Another person has to confirm what you proposed."
    bo = enter("bo")
    assert 'id="confirm-form"' in body(bo.get(path("rule_set", proposed.pk)))
    answer = bo.post(path("rule_set_confirm", proposed.pk))
    assert (answer.status_code, answer["Location"]) == (303, path("rule_set", proposed.pk))
    assert governs(proposed)
    event = AuditEvent.objects.get(action="governance.rule_set.confirmed")
    assert (event.channel, event.actor_label) == ("admin", "bo@acme.example")


def test_r55_whoever_proposed_it_does_not_confirm_it(proposed: RuleSet, enter: Enter):
    answer = enter("ada").post(path("rule_set_confirm", proposed.pk))
    assert answer.status_code == 403
    assert answer.context["problem"] == "Another person has to confirm what you proposed."
    assert not governs(proposed)
    assert not proposed.confirmations.exists()


@pytest.mark.parametrize("who", ["ada", "bo"])
def test_a_proposed_version_is_declined_once(who: str, proposed: RuleSet, enter: Enter):
    client = enter(who)
    assert client.post(path("rule_set_decline", proposed.pk)).status_code == 303
    assert proposed.confirmations.get().word == "declined"
    again = client.post(path("rule_set_confirm" if who == "bo" else "rule_set_decline", proposed.pk))
    assert again.status_code == 409
    assert not governs(proposed)
    assert 'id="decline-form"' not in body(client.get(path("rule_set", proposed.pk)))


def test_a_version_that_lapsed_is_not_confirmed(proposed: RuleSet, enter: Enter):
    with time_machine.travel(clock.now() + LAPSES_AFTER):
        client = enter("bo")
        assert "lapsed" in body(client.get(path("rule_set", proposed.pk)))
        assert client.post(path("rule_set_confirm", proposed.pk)).status_code == 409
    assert not proposed.confirmations.exists()


@pytest.mark.parametrize("name", ["rule_set_confirm", "rule_set_decline"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("content", 403), ("auditor", 403), ("submitter", 403), ("nobody", 404), ("superuser", 404), ("other_organisation", 404), ("anonymous", 302)],
)
def test_r57_who_does_not_manage_policy_says_nothing(name: str, who: str, status: int, proposed: RuleSet, enter: Enter):
    client = enter(who)
    before = Confirmation.objects.count()
    assert client.post(path(name, proposed.pk)).status_code == status
    assert Confirmation.objects.count() == before
    assert not governs(proposed)


@pytest.mark.parametrize("name", ["rule_set_confirm", "rule_set_decline"])
def test_the_second_word_is_a_post_with_a_token(name: str, proposed: RuleSet, ruled: World, enter: Enter):
    assert enter("bo").get(path(name, proposed.pk)).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ruled.user("bo"))
    assert strict.post(path(name, proposed.pk)).status_code == 403
    assert not proposed.confirmations.exists()


def test_what_binds_everybody_is_shown_and_changed_by_nobody_here(ruled: World, enter: Enter):
    row = publish(ruled, [EMOJI], key="all", scope=None, propose=True)
    client = enter("ada")
    page = client.get(path("rule_set", row.pk))
    assert page.context["summary"].scope == "Everything on this installation"
    assert 'id="confirm-form"' not in body(page)
    assert client.post(path("rule_set_confirm", row.pk)).status_code == 403
    assert not row.confirmations.exists()


# --- statements -------------------------------------------------------------------------------------------------------------


def statements(client: Client, address: str, query: dict[str, str] | None = None) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, query).status_code == 200
    return len(seen)


def test_no_page_asks_more_the_more_there_is(ruled: World, enter: Enter):
    publish(ruled, [EMOJI], key="account", scope=ruled.account)
    publish(ruled, [EMOJI], propose=True)
    client = enter("ada")
    about: list[tuple[str, dict[str, str]]] = [
        (path("rule_sets"), {}), (path("rule_sets"), {"show": "all"}), (path("rule_set", tone(2).pk), {}),
        (path("rule_set_diff", tone(2).pk), {}),
    ]  # fmt: skip
    client.get(path("rule_sets"))
    before = [statements(client, *each) for each in about]
    for number in range(3):
        publish(ruled, [EMOJI, WORDS, LENGTH], propose=True)
        brand = accounts.create_brand(actor=ROOT, organisation=ruled.organisation, name=f"Brand {number}")
        publish(ruled, [EMOJI], key=f"brand-{number}", scope=brand)
        publish(ruled, [EMOJI], key=f"account-{number}", scope=ruled.second_account)
    assert [statements(client, *each) for each in about] == before
    assert max(before) <= 15, before


def test_nothing_of_another_organisation_is_named(ruled: World, enter: Enter):
    other = builders.organisation("Umbra")
    foreign = publish(other, [EMOJI], key="umbra-tone", title="Umbra tone")
    client = enter("ada")
    for query in ({}, {"show": "all"}, {"key": "umbra-tone", "show": "all"}):
        assert "Umbra tone" not in body(client.get(path("rule_sets"), query))
    assert client.get(path("rule_set", foreign.pk)).status_code == 404
