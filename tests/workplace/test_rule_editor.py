"""Writing a version in the workplace: nothing typed is lost, errors stand at their fields, and it is looked at before it is saved."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from audit.models import AuditEvent
from governance.defaults import seed_platform_rules
from governance.models import RuleSet
from governance.registry import all_rules
from governance.services import publish_rule_set
from governance.services.rule_sets import Narrowing
from tests import builders
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from tests.workplace.test_doors import rows
from workplace.rule_pages.editor import Editor

WORDS = {"rule": "text.forbidden_words", "mode": "soft", "params": {"words": ["jackets", "coats"]}}
MORE_WORDS = {"rule": "text.forbidden_words", "mode": "warn", "params": {"words": [" parkas "]}}
LENGTH = {"rule": "text.length", "mode": "hard", "params": {"limits": {"in_feed": {"max": 100}}}}
EMOJI = {"rule": "text.emoji", "mode": "warn", "params": {}}


@pytest.fixture
def ruled(world: World) -> World:
    for name in ("ada", "bo"):
        world.add_person(name, "policy_manager", scope=world.organisation)
    publish(world)
    return world


def publish(world: World, rules: Any = (WORDS, LENGTH), actor: Any = ROOT, **more: Any) -> RuleSet:
    said = {"key": "tone", "title": "Tone", "scope": world.brand, **more}
    return publish_rule_set(actor=actor, rules=list(rules), **said)


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def tone() -> RuleSet:
    return RuleSet.current().get(key="tone")


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def fields(text: str, form: str = "edit-form") -> dict[str, Any]:
    """What a browser would send of a form as it stands."""
    inside = text.partition(f'id="{form}"')[2].partition("</form>")[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", inside):
        at = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if at.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        found.setdefault(html.unescape(at["name"]), []).append(html.unescape(at.get("value", "on" if at.get("type") == "checkbox" else "")))
    for name, value in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', inside, re.DOTALL):
        found[html.unescape(name)] = [html.unescape(value).replace("\n", "\r\n")]
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', inside, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[html.unescape(name)] = [html.unescape(chosen[1]) if chosen else ""]
    found.pop("csrfmiddlewaretoken", None)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def begin(client: Client, row: RuleSet | None = None) -> dict[str, Any]:
    return fields(body(client.get(path("rule_set_edit", (row or tone()).pk))))


def look(client: Client, form: dict[str, Any]) -> Any:
    return client.post(path("rule_set_edit", tone().pk), form)


def save(client: Client, looked: Any) -> Any:
    return client.post(path("rule_set_save"), fields(body(looked), "save-form"))


# --- the form ---------------------------------------------------------------------------------------------------------------


def test_there_is_a_row_for_every_rule_begun_from_the_version_in_force(ruled: World, enter: Enter):
    old = tone()
    publish(ruled, [WORDS, MORE_WORDS])
    publish(ruled, [EMOJI], propose=True)
    page = enter("ada").get(path("rule_set_edit", old.pk))
    held = [(each.key, each.mode) for each in page.context["editor"].rows if each.mode]
    assert held == [("text.forbidden_words~0", "soft"), ("text.forbidden_words~1", "warn")]
    assert {each.rule for each in page.context["editor"].rows} == set(all_rules())
    assert [name for name, _rows in page.context["rows"]][:2] == ["Budgets and bids", "Schedules and audiences"]
    form = fields(body(page))
    assert form["text.forbidden_words~0.words"] == "jackets\r\ncoats"
    assert form["text.length~0.limits.in_feed.max"] == "100"
    assert form["budget.campaign_minimum~0.strict"] == "false"
    assert len(form) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


def test_what_is_not_touched_says_what_it_said(ruled: World, enter: Enter):
    publish(ruled, [*seed_platform_rules(), WORDS, MORE_WORDS, LENGTH], narrowing=Narrowing(["DE", "AT"], ["in_feed"], ["reach"]))
    client = enter("ada")
    looked = look(client, begin(client))
    assert (looked.status_code, looked.context["preview"]["differs"]) == (200, False)
    assert 'id="save-form"' not in body(looked)
    lines = looked.context["preview"]["draft"].rules
    assert sorted(json.dumps(each, sort_keys=True) for each in lines) == sorted(json.dumps(each, sort_keys=True) for each in tone().rules)


def test_a_version_is_looked_at_first_and_then_saved(ruled: World, enter: Enter):
    client, before = enter("ada"), rows()
    form = {
        **begin(client), "title": "Tone of voice", "markets": "de, at", "formats": ["in_feed", "carousel"],
        "text.forbidden_words~0.mode": "hard", "text.forbidden_words~0.words": "jackets\r\n\r\n  parkas \r\n",
        "text.length~0.limits.in_feed.max": "80", "text.emoji~0.mode": "warn", "budget.campaign_minimum~0.mode": "hard",
        "budget.campaign_minimum~0.strict": "true", "budget.campaign_minimum~0.campaign_daily": "75",
    }  # fmt: skip
    looked = look(client, form)
    assert looked.status_code == 200
    changes = {each.title: (each.kind, [(row.label, row.before, row.after) for row in each.rows]) for each in looked.context["preview"]["changes"]}
    assert changes["Forbidden words"] == ("changed", [
        ("Mode", "blocks unless overridden", "blocks"), ("Words", "jackets, coats", "jackets, parkas"),
    ])  # fmt: skip
    assert changes["Minimum budget of the campaign"][0] == "added"
    assert "It will be in force at once." in body(looked)
    assert {k: v for k, v in rows().items() if v != before[k]} == {}, "looking writes nothing"
    answer = save(client, looked)
    row = tone()
    assert (answer.status_code, answer["Location"], row.version) == (303, path("rule_set", row.pk), 2)
    assert (row.title, row.markets, row.formats, row.scope) == ("Tone of voice", ["AT", "DE"], ["carousel", "in_feed"], ruled.brand)
    assert row.rules[0] == {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets", "parkas"]}}
    assert row.rules[1]["params"] == {"limits": {"in_feed": {"max": 80}}}
    assert {"rule": "budget.campaign_minimum", "mode": "hard", "params": {"campaign_daily": 75, "strict": True}} in row.rules
    event = AuditEvent.objects.filter(action="governance.rule_set.published").latest("pk")
    assert (event.channel, event.actor_label) == ("admin", "ada@acme.example")


def test_a_line_is_taken_out_and_a_number_is_taken_away(ruled: World, enter: Enter):
    client = enter("ada")
    looked = look(client, {**begin(client), "text.forbidden_words~0.mode": "", "text.length~0.limits.in_feed.max": ""})
    assert save(client, looked).status_code == 303
    assert tone().rules == [{**LENGTH, "params": {"limits": {"in_feed": {"max": None}}}}]
    assert (tone().markets, tone().formats, tone().objectives) == ([], [], [])


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("text.length~0.limits.in_feed.max", "eighty", "expected a whole number; at least 0; at most 10000; or null for no limit"),
        ("text.length~0.limits.in_feed.max", "-1", "expected a whole number; at least 0; at most 10000; or null for no limit"),
        ("text.length~0.limits.in_feed.max", "9" * 16, "expected a whole number; at least 0; at most 10000; or null for no limit"),
        ("text.length~0.limits.in_feed.max", "9" * 5000, "expected a whole number; at least 0; at most 10000; or null for no limit"),
        ("text.length~0.limits.in_feed.max", "１２", "expected a whole number; at least 0; at most 10000; or null for no limit"),
        ("landing_page.domain~0.domains", "https://x.example/", "expected names such as example.com, without scheme, path or wildcard"),
        ("budget.campaign_minimum~0.strict", "maybe", "expected true or false"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(name: str, typed: str, words: str, ruled: World, enter: Enter):
    client = enter("ada")
    form = {**begin(client), "landing_page.domain~0.mode": "hard", "landing_page.domain~0.domains": "shop.example", "budget.campaign_minimum~0.mode": "hard"}
    answer = look(client, {**form, "title": "Typed <title>", "text.emoji~0.mode": "warn", name: typed})
    assert answer.status_code == 422
    told = {field.name: field.error for row in answer.context["editor"].rows for field in row.fields if field.error}
    assert set(told) == {name}
    assert words in told[name]
    kept = fields(body(answer))
    assert (kept["title"], kept["text.emoji~0.mode"]) == ("Typed <title>", "warn")
    assert kept[name] == typed or name.endswith("strict")
    assert answer.context.get("preview") is None
    assert RuleSet.objects.filter(key="tone").count() == 1


def test_all_that_is_wrong_is_said_at_once(ruled: World, enter: Enter):
    client = enter("ada")
    answer = look(client, {
        **begin(client), "title": "", "markets": "Germany", "text.length~0.limits.in_feed.max": "x", "text.length~0.limits.carousel.min": "y",
        "text.emoji~0.mode": "loud",
    })  # fmt: skip
    assert answer.status_code == 422
    bad = [row for row in answer.context["editor"].rows if row.error or any(each.error for each in row.fields)]
    assert [(row.rule, row.error, sum(bool(each.error) for each in row.fields)) for row in bad] == [
        ("text.length", "", 2), ("text.emoji", "Choose a mode from the list.", 0),
    ]  # fmt: skip
    assert "title" in answer.context["form"].errors
    above = body(answer).partition('data-testid="faults"')[2].partition("<form")[0]
    assert 'href="#id_text.length~0.limits.in_feed.max"' in above, "the page is long: what is wrong is said above, with the way there"
    assert 'href="#id_head_title"' in above
    answer = look(client, {**begin(client), "markets": "Germany"})
    assert (answer.status_code, answer.context["form"].errors["markets"]) == (422, ["A market is a country in two capital letters, such as DE."])
    assert 'value="Germany"' in body(answer)


def test_refusals_are_german_for_germans(ruled: World, enter: Enter):
    client = enter("ada")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    answer = look(client, {**begin(client), "text.length~0.limits.in_feed.max": "x"})
    assert "eine ganze Zahl; mindestens 0; höchstens 10000" in body(answer)


def test_a_rule_set_has_a_line(ruled: World, enter: Enter):
    client = enter("ada")
    answer = look(client, {**begin(client), "text.forbidden_words~0.mode": "", "text.length~0.mode": ""})
    assert (answer.status_code, answer.context["problem"]) == (422, "A version has at least one line.")


def test_a_rule_that_is_gone_is_left_out_and_that_is_said():
    editor = Editor.of([WORDS, {"rule": "gone.rule", "mode": "hard", "params": {}}])
    assert (editor.gone, [line["rule"] for line in editor.lines()]) == (["gone.rule"], ["text.forbidden_words"])


def test_typed_markup_is_escaped(ruled: World, enter: Enter):
    client, nasty = enter("ada"), '"><script>window.hacked=1</script>'
    answer = look(client, {**begin(client), "title": nasty, "text.forbidden_words~0.words": f"{nasty}</textarea><script>", "text.length~0.limits.in_feed.max": nasty})
    assert "<script>window" not in body(answer)
    saved = save(client, look(client, {**begin(client), "title": nasty, "text.forbidden_words~0.words": nasty}))
    for address in (saved["Location"], path("rule_sets"), path("rule_set_diff", tone().pk), path("rule_set_edit", tone().pk)):
        assert "<script>window" not in body(client.get(address))
    assert tone().title == nasty


# --- customers' own rules ------------------------------------------------------------------------------------------------


def own(key: str, expression: str = 'ad.text != ""') -> dict[str, Any]:
    return {"rule": "custom.expression", "mode": "soft", "params": {"key": key, "expression": expression}}


def test_customers_own_rules_have_a_row_each_and_an_empty_one_for_the_next(ruled: World, enter: Enter):
    expression = 'ad.text != ""\n  && ad.name != ""'
    publish(ruled, [WORDS, own("one", expression), own("two")])
    client = enter("ada")
    page = client.get(path("rule_set_edit", tone().pk))
    mine = [(each.key, each.mode) for each in page.context["editor"].rows if each.rule == "custom.expression"]
    assert mine == [("custom.expression~0", "soft"), ("custom.expression~1", "soft"), ("custom.expression~2", "")]
    form = fields(body(page))
    looked = look(client, form)
    assert looked.context["preview"]["differs"] is False, "an expression of several lines comes back as it was"
    three = {"custom.expression~2.mode": "warn", "custom.expression~2.key": "three", "custom.expression~2.expression": 'ad.name != ""'}
    looked = look(client, {**form, **three})
    assert [(each.kind, each.title) for each in looked.context["preview"]["changes"]] == [("added", "Rule of your own: three")]
    assert "custom.expression~3.mode" in fields(body(looked)), "there is room for another"
    assert save(client, looked).status_code == 303
    assert tone().rules[1]["params"]["expression"] == expression
    assert tone().rules[-1]["params"] == {"key": "three", "expression": 'ad.name != ""'}


@pytest.mark.parametrize(
    ("name", "typed"), [("key", "Big"), ("key", "one"), ("expression", "ad.nothing == 1"), ("expression", "ad.text ==")]
)
def test_what_is_wrong_with_an_own_rule_stands_at_its_field(name: str, typed: str, ruled: World, enter: Enter):
    publish(ruled, [own("one")])
    client = enter("ada")
    more = {"mode": "warn", "key": "two", "expression": 'ad.name != ""', name: typed}
    answer = look(client, {**begin(client), **{f"custom.expression~1.{each}": said for each, said in more.items()}})
    told = {field.name for row in answer.context["editor"].rows for field in row.fields if field.error}
    assert (answer.status_code, told) == (422, {f"custom.expression~1.{name}"})
    assert fields(body(answer))[f"custom.expression~1.{name}"] == typed
    assert tone().version == 2


# --- on trial, the second manager, and somebody who was faster ---------------------------------------------------------------


def test_proposed_only_it_is_on_trial(ruled: World, enter: Enter):
    client, before = enter("ada"), tone()
    looked = look(client, {**begin(client), "text.emoji~0.mode": "hard", "propose": "on"})
    assert "It will be on trial until it is confirmed." in body(looked)
    answer = save(client, looked)
    assert "Version 2 is written. It is on trial until it is confirmed." in body(client.get(answer["Location"]))
    assert tone() == before


def test_r55_where_two_managers_are_asked_for_it_waits(ruled: World, enter: Enter):
    accounts.set_access_policy(actor=ROOT, organisation=ruled.organisation, two_managers=True)
    client, before = enter("ada"), tone()
    looked = look(client, {**begin(client), "text.length~0.mode": "warn"})
    assert "a second policy manager has to confirm it" in body(looked)
    answer = save(client, looked)
    assert "It waits for a second policy manager" in body(client.get(answer["Location"]))
    assert tone() == before


def test_what_came_into_force_meanwhile_is_not_overwritten_unseen(ruled: World, enter: Enter):
    client = enter("ada")
    form = {**begin(client), "text.emoji~0.mode": "warn"}
    looked = look(client, form)
    publish(ruled, [WORDS], title="Bo was faster")
    answer = save(client, looked)
    assert answer.status_code == 409
    assert "Another version came into force meanwhile." in answer.context["problem"]
    assert answer.context["preview"]["base"].version == 2
    assert tone().title == "Bo was faster"
    assert fields(body(answer))["text.emoji~0.mode"] == "warn", "what was typed is still there"
    assert save(client, answer).status_code == 303, "seen against the new one, it is saved"
    again = look(client, {**form, "begun": form["begun"]})
    assert 'data-testid="moved"' in body(again)


# --- a rule set that begins --------------------------------------------------------------------------------------------------


def beginning(world: World, **more: Any) -> dict[str, Any]:
    return {"key": "fresh", "title": "Fresh", "scope": f"brand:{world.brand.pk}", "text.emoji~0.mode": "hard", **more}


def test_a_rule_set_begins_with_its_key_and_place(ruled: World, enter: Enter):
    client = enter("ada")
    assert client.get(path("rule_set_new")).status_code == 200
    looked = client.post(path("rule_set_new"), beginning(ruled))
    assert (looked.status_code, [each.kind for each in looked.context["preview"]["changes"]]) == (200, ["added"])
    assert not RuleSet.objects.filter(key="fresh").exists()
    assert save(client, looked).status_code == 303
    row = RuleSet.current().get(key="fresh")
    assert (row.scope, row.rules) == (ruled.brand, [{**EMOJI, "mode": "hard"}])


@pytest.mark.parametrize(
    ("field", "value"),
    [("key", "Big Letters"), ("key", "x\n"), ("key", ""), ("key", "x" * 101), ("scope", "brand:x"), ("scope", ""), ("title", "x" * 201)],
)
def test_a_beginning_that_makes_no_sense_is_told_at_its_field(field: str, value: str, ruled: World, enter: Enter):
    answer = enter("ada").post(path("rule_set_new"), beginning(ruled, **{field: value}))
    assert (answer.status_code, list(answer.context["form"].errors)) == ((422, [field]) if value != "x\n" else (200, []))
    assert not RuleSet.objects.filter(title="Fresh").exists()


def test_a_key_of_another_scope_is_not_taken_over(ruled: World, enter: Enter):
    other = builders.organisation("Umbra")
    publish(other, key="fresh")
    client = enter("ada")
    answer = save(client, client.post(path("rule_set_new"), beginning(ruled)))
    assert (answer.status_code, answer.context["problem"]) == (422, "This key names a definition of another scope; choose another key.")
    assert RuleSet.objects.filter(key="fresh").count() == 1


@pytest.mark.parametrize("lines", ["", "nonsense", "{}", "[1]", "[" * 3000, "[1.5]", "[NaN]", '[{"rule": "display_name.length", "mode": "hard", "params": {"max": 99999999999999999999}}]', '[{"rule": "x"}]', '[{"rule": "text.emoji", "mode": "hard", "params": {"a": 1}}]',
    '[{"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["a\\u0000"]}}]', '[{"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["\\ud800"]}}]'])  # fmt: skip
def test_a_second_step_that_no_browser_sends_writes_nothing(lines: str, ruled: World, enter: Enter):
    form = {"key": "fresh", "title": "Fresh", "scope": f"brand:{ruled.brand.pk}", "base": "", "lines": lines}
    assert enter("ada").post(path("rule_set_save"), form).status_code == 422
    assert not RuleSet.objects.filter(key="fresh").exists()


# --- who may ------------------------------------------------------------------------------------------------------------------


WHO = [
    ("content", 403, 403), ("auditor", 403, 403), ("submitter", 403, 403), ("nobody", 404, 422), ("superuser", 404, 422),
    ("other_organisation", 404, 422), ("anonymous", 302, 302), ("machine", 302, 302),
]  # fmt: skip


@pytest.mark.parametrize(("who", "form", "saved"), WHO)
def test_r57_who_does_not_manage_policy_writes_nothing(who: str, form: int, saved: int, ruled: World, enter: Enter):
    client = enter(who)
    assert client.get(path("rule_set_edit", tone().pk)).status_code == form
    assert client.post(path("rule_set_edit", tone().pk), {"title": "x"}).status_code == form
    assert client.get(path("rule_set_new")).status_code == (302 if form == 302 else 403)
    sent = {"key": "tone", "title": "Mine", "scope": f"brand:{ruled.brand.pk}", "base": str(tone().pk), "lines": json.dumps([EMOJI])}
    before = RuleSet.objects.count()
    assert client.post(path("rule_set_save"), sent).status_code == saved
    assert RuleSet.objects.count() == before
    assert tone().title == "Tone"


def test_a_policy_manager_of_a_brand_does_not_write_for_the_organisation(ruled: World, enter: Enter):
    row = publish(ruled, [EMOJI], key="house", scope=ruled.organisation)
    client = enter("policy_manager")
    assert client.get(path("rule_set_edit", row.pk)).status_code == 403
    sent = {"key": "house", "title": "Mine", "scope": f"organisation:{ruled.organisation.pk}", "base": str(row.pk), "lines": json.dumps([WORDS])}
    assert client.post(path("rule_set_save"), sent).status_code in (403, 422)
    assert RuleSet.current().get(key="house") == row


def test_saving_is_a_post_with_a_token(ruled: World, enter: Enter):
    assert enter("ada").get(path("rule_set_save")).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ruled.user("ada"))
    sent = {"key": "tone", "title": "Mine", "scope": f"brand:{ruled.brand.pk}", "base": str(tone().pk), "lines": json.dumps([EMOJI])}
    assert strict.post(path("rule_set_save"), sent).status_code == 403
    assert tone().title == "Tone"


def test_there_is_no_inline_script_or_style(ruled: World, enter: Enter):
    client = enter("ada")
    for answer in (client.get(path("rule_set_edit", tone().pk)), look(client, {**begin(client), "text.emoji~0.mode": "warn"})):
        text = body(answer)
        assert all("src=" in tag.split(">")[0] for tag in text.split("<script")[1:])
        assert not re.search(r"\son(click|change|input|submit)=", text)
