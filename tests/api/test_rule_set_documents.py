"""Rule sets as YAML documents through the door: out, compared, in again, and the sets that come with the product."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import services as accounts
from audit.models import AuditEvent
from governance.documents import FORMAT
from governance.models import RuleSet
from governance.plain_yaml import MAX_CHARACTERS, MAX_NODES
from tests import builders
from tests.api.conftest import Answer, Api, door

pytestmark = pytest.mark.django_db
YAML = "application/yaml"
WORDS = "- {rule: text.forbidden_words, mode: soft, params: {words: [jackets]}}"


@pytest.fixture
def world():
    world = builders.organisation()
    for name in ("first", "second"):
        world.add_person(name, "policy_manager", scope=world.organisation)
    return world


@pytest.fixture
def manager(world) -> Api:
    return door(world, "first")


def text(world, *lines: str, scope: str = "", more: str = "", key: str = "tone") -> str:
    scope = scope or f"{{organisation: {world.organisation.slug}}}"
    return f"format: {FORMAT}\nkey: {key}\ntitle: Tone\nscope: {scope}\n{more}rules:\n" + "\n".join(lines or (WORDS,)) + "\n"


def send(api: Api, body: str | bytes, query: str = "", **headers: str) -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return api.send("POST", f"rule-sets/document/{query}", raw, YAML, **headers)


def test_a_version_goes_out_and_comes_in_again(world, manager) -> None:
    made = send(manager, text(world, more="markets: [NO, DE]\n"))
    assert (made.status, made.body["version"], made.body["status"], made.body["markets"]) == (201, 1, "in_force", ["DE", "NO"])
    out = manager.get(f"rule-sets/{made.body['id']}/document/")
    assert (out.status, out.type) == (200, f"{YAML}; charset=utf-8")
    assert f"organisation: {world.organisation.slug}" in out.body
    again = send(manager, out.body)
    assert (again.status, again.body["same"], again.body["changes"]) == (200, made.body["id"], [])
    assert RuleSet.objects.filter(key="tone").count() == 1
    assert AuditEvent.objects.filter(action="governance.rule_set.published", actor_id=str(world.user("first").pk)).count() == 1


def test_a_dry_run_tells_what_differs_and_keeps_nothing(world, manager) -> None:
    first = send(manager, text(world)).body
    events = AuditEvent.objects.count()
    changed = text(world, WORDS.replace("jackets", "coats"), "- {rule: text.emoji, mode: warn}", more="formats: [in_feed]\n")
    found = send(manager, changed, "?dry_run=true")
    assert found.status == 200
    assert (found.body["key"], found.body["before"], found.body["same"], found.body["needs_second"]) == ("tone", first["id"], None, False)
    assert found.body["details"] == [{"path": "formats", "before": [], "after": ["in_feed"]}]
    assert [(each["kind"], each["rule"]) for each in found.body["changes"]] == [("changed", "text.forbidden_words"), ("added", "text.emoji")]
    assert found.body["changes"][0]["paths"] == [{"path": "words", "before": ["jackets"], "after": ["coats"]}]
    assert (RuleSet.objects.filter(key="tone").count(), AuditEvent.objects.count()) == (1, events)
    assert send(manager, changed).body["version"] == 2


def test_r55_what_waits_for_a_second_is_not_proposed_twice(world, manager) -> None:
    accounts.set_access_policy(actor=builders.ROOT, organisation=world.organisation, two_managers=True)
    made = send(manager, text(world))
    assert (made.status, made.body["status"]) == (201, "proposed")
    again = send(manager, text(world))
    assert (again.status, again.body["before"], again.body["same"], again.body["needs_second"]) == (200, None, made.body["id"], True)
    assert door(world, "second").post(f"rule-sets/{made.body['id']}/confirm/", {}).body["status"] == "in_force"
    assert send(manager, text(world)).body["before"] == made.body["id"]


def test_whoever_wants_a_trial_first_only_proposes(world, manager) -> None:
    made = send(manager, text(world), "?propose=true")
    assert made.body["status"] == "proposed"
    assert send(manager, text(world), "?propose=true").body["same"] == made.body["id"]
    assert send(manager, text(world)).body["status"] == "in_force"


@pytest.mark.parametrize("kind", ["brand", "ad_account"])
def test_every_scope_has_words(world, manager, kind: str) -> None:
    scope = {
        "brand": f"{{organisation: {world.organisation.slug}, brand: {world.brand.name}}}",
        "ad_account": f"{{channel: tiktok, ad_account: '{world.account.external_id}'}}",
    }[kind]
    made = send(manager, text(world, scope=scope)).body
    assert made["scope"]["type"] == kind
    assert send(manager, manager.get(f"rule-sets/{made['id']}/document/").body).body["same"] == made["id"]


def test_r57_what_one_does_not_see_is_not_there(world, manager) -> None:
    other = builders.organisation("Evil")
    for scope in ("{organisation: nowhere}", f"{{organisation: {other.organisation.slug}}}", f"{{ad_account: '{other.account.external_id}'}}"):
        for query in ("", "?dry_run=true"):
            answer = send(manager, text(world, scope=scope), query)
            assert (answer.status, answer.body["code"]) == (404, "not_found"), scope
    everything = send(manager, text(world, scope="everywhere"))
    assert (everything.status, everything.body["code"]) == (403, "forbidden")
    for query in ("", "?dry_run=true"):
        assert send(door(world, "submitter"), text(world), query).status == 403
    assert not RuleSet.objects.filter(key="tone").exists()


def test_a_key_of_another_scope_is_taken(world, manager) -> None:
    send(manager, text(world))
    for query in ("", "?dry_run=true"):
        answer = send(manager, text(world, scope=f"{{ad_account: '{world.account.external_id}'}}"), query)
        assert (answer.status, answer.fields) == (400, {"key": "taken"})
        assert answer.body["errors"][0]["detail"].startswith("Line 2: ")


def test_only_yaml_is_answered_where_a_document_is_asked_for(world, manager) -> None:
    made = send(manager, text(world)).body["id"]
    assert manager.get(f"rule-sets/{made}/document/", Accept=YAML).status == 200
    assert manager.get(f"rule-sets/{made}/document/", Accept="application/json").status == 406
    assert manager.send("POST", "rule-sets/document/", b"a,b", "text/csv").status == 415


def test_a_repeated_key_answers_as_before(world, manager) -> None:
    first = send(manager, text(world), Idempotency_Key="once")
    again = send(manager, text(world), Idempotency_Key="once")
    assert (again.status, again.body) == (201, first.body)
    assert send(manager, text(world, key="other"), Idempotency_Key="once").status == 422
    same = send(manager, text(world), Idempotency_Key="twice")
    assert (same.status, send(manager, text(world), Idempotency_Key="twice").body) == (200, same.body)


# --- bad input ----------------------------------------------------------------------------------------------------------------

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("an anchor", {"more": "markets: &m [DE]\n"}, "document", "Line 5, column 10: Anchors, aliases and tags are not allowed."),
    ("an alias", {"more": "markets: *m\n"}, "document", "Line 5, column 10"),
    ("a tag", {"more": "markets: !!python/object/apply:os.system [ls]\n"}, "document", "Line 5"),
    ("a name twice", {"more": "key: other\n"}, "document", "Line 5, column 1: The name “key” stands twice."),
    ("an unknown name", {"more": "colour: red\n"}, "colour", "Line 5: There is no such field."),
    ("an unknown name in a line", {"lines": ["- {rule: text.emoji, mode: hard, parms: {}}"]}, "rules.0.parms", "Line 6"),
    ("an unknown rule", {"lines": [WORDS, "- {rule: no.such, mode: hard}"]}, "rules.1.rule", "Line 7"),
    ("an unknown parameter", {"lines": ["- rule: text.length", "  mode: hard", "  params:", "    nope: 1"]}, "rules.0.params.nope", "Line 9"),
    ("an unknown mode", {"lines": ["- {rule: text.emoji, mode: loud}"]}, "rules.0.mode", "Line 6"),
    ("a wrong type", {"lines": ["- {rule: hashtag.length, mode: hard, params: {max: many}}"]}, "rules.0.params.max", "Line 6"),
    ("too deep", {"lines": ["- " + "[" * 50 + "]" * 50]}, "document", "Line 6"),
    ("far too deep", {"lines": ["- " + "[" * 100_000]}, "document", "Line 6"),
    ("deep names", {"lines": ["- " + "{a: " * 5_000]}, "document", "Line 6"),
    ("many values", {"lines": ["- [" + "a," * MAX_NODES + "]"]}, "document", "Line 6"),
    ("a megabyte", {"lines": ["- " + "a" * MAX_CHARACTERS]}, "document", "1000000"),
    ("an unknown market", {"more": "markets: [Germany]\n"}, "markets", "Line 5"),
    ("an unknown format", {"more": "formats: [film]\n"}, "formats", "Line 5"),
    ("no place", {"scope": "{page: x}"}, "scope", "Line 4"),
    ("a character that nobody sees", {"more": 'markets: ["\\0"]\n'}, "document", "Line 5"),
    ("a control character", {"more": "# \x07\n"}, "document", "Line 5"),
    ("two documents", {"lines": [WORDS, "---", "a: b"]}, "document", "Line 7"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "words"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_what_is_wrong_is_told_by_field_and_line_and_nothing_is_kept(world, manager, changed: dict[str, Any], field: str, words: str) -> None:
    lines = changed.pop("lines", ())
    events = AuditEvent.objects.count()
    for query in ("", "?dry_run=true"):
        answer = send(manager, text(world, *lines, **changed), query)
        assert (answer.status, list(answer.fields)) == (400, [field])
        assert words in answer.body["errors"][0]["detail"]
    assert not RuleSet.objects.filter(key="tone").exists()
    assert AuditEvent.objects.count() == events


def test_the_billion_laughs_are_refused_at_the_first(world, manager) -> None:
    lines = ["a: &a [lol, lol]", *(f"{name}: &{name} [*{before}, *{before}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True))]
    answer = send(manager, "\n".join(lines))
    assert (answer.status, answer.fields) == (400, {"document": "not_yaml"})
    assert "Line 1, column 4" in answer.body["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("raw", "code"), [(b"\xff\xfe", "invalid_yaml"), (b"- a\n", "invalid"), (b"null", "invalid"), (b"format: [", "invalid"), (b"", "invalid")]
)
def test_what_is_no_document_is_refused(manager, raw: bytes, code: str) -> None:
    answer = send(manager, raw)
    assert (answer.status, answer.body["code"]) == (400, code)


def test_a_document_without_a_scope_binds_nothing(world, manager) -> None:
    answer = send(manager, f"format: {FORMAT}\nkey: tone\ntitle: Tone\nrules: []\n")
    assert (answer.status, answer.fields) == (400, {"scope": "required"})


def test_what_is_too_large_to_be_read_is_413(manager) -> None:
    assert send(manager, b"a" * 3_000_000).status == 413


@pytest.mark.parametrize("query", ["?dry_run=1", "?propose=yes", "?dry_run=", "?colour=red"])
def test_parameters_are_known_words(world, manager, query: str) -> None:
    assert send(manager, text(world), query).status == 400
    assert not RuleSet.objects.filter(key="tone").exists()


def test_mistakes_are_told_in_german_as_well(world, manager) -> None:
    answer = send(manager, text(world, more="colour: red\n"), Accept_Language="de")
    assert answer.body["errors"][0]["detail"] == "Zeile 5: Dieses Feld gibt es nicht."


# --- ready-made sets ---------------------------------------------------------------------------------------------------------


def test_ready_made_sets_are_listed_in_the_reader_s_language(world, manager) -> None:
    english, german = (manager.get("rule-sets/ready-made/", Accept_Language=language).body["results"] for language in ("en", "de"))
    assert [each["name"] for each in english] == ["tiktok-platform", "tiktok-best-practice", "eu", "alcohol", "finance"]
    assert all(one["description"] and one["description"] != other["description"] for one, other in zip(english, german, strict=True))
    assert "DE" in english[2]["markets"]
    assert {"rule": "disclosure.parties", "mode": "hard", "params": {}} in english[2]["rules"]


def test_a_ready_made_set_is_bound_once(world, manager) -> None:
    body = {"ready_made": "eu", "scope": {"type": "organisation", "id": str(world.organisation.pk)}}
    planned = manager.post("rule-sets/document/?dry_run=true", body)
    assert (planned.status, planned.body["key"], planned.body["before"]) == (200, f"{world.organisation.slug}-eu", None)
    made = manager.post("rule-sets/document/", body)
    assert (made.status, made.body["key"], made.body["version"]) == (201, f"{world.organisation.slug}-eu", 1)
    assert manager.post("rule-sets/document/", body).body["same"] == made.body["id"]
    mine = manager.post("rule-sets/document/", {**body, "key": "mine"})
    assert (mine.status, mine.body["key"]) == (201, "mine")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ready_made": "nowhere"}, "ready_made"), ({"ready_made": "../eu"}, "ready_made"), ({"ready_made": None}, "ready_made"),
        ({"key": "Has Blanks"}, "key"), ({"key": "k" * 101}, "key"), ({"scope": "acme"}, "scope"), ({"scope": {"type": "page"}}, "scope.id"),
        ({"document": "a: b"}, "document"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_ready_made_set_is_told(world, manager, changed: dict[str, Any], field: str) -> None:
    body = {"ready_made": "eu", "scope": {"type": "organisation", "id": str(world.organisation.pk)}, **changed}
    answer = manager.post("rule-sets/document/", body)
    assert answer.status == 400
    assert list(answer.fields) == [field]


def test_a_ready_made_set_is_bound_to_no_page(world, manager) -> None:
    answer = manager.post("rule-sets/document/", {"ready_made": "eu", "scope": {"type": "page", "id": str(world.page.pk)}})
    assert (answer.status, answer.fields) == (400, {"scope": "page"})


# --- rules of one's own ------------------------------------------------------------------------------------------------------


def test_an_expression_goes_out_and_comes_in_again(world, manager) -> None:
    own = """
- rule: custom.expression
  mode: soft
  params:
    key: no-jackets
    expression: |
      !ad.text.matches('(?i)jackets?')
""".strip()
    made = send(manager, text(world, own))
    assert made.status == 201
    assert send(manager, manager.get(f"rule-sets/{made.body['id']}/document/").body).body["same"] == made.body["id"]
    wrong = send(manager, text(world, own.replace("ad.text", "ad.nowhere")))
    assert (wrong.status, list(wrong.fields)) == (400, ["rules.0.params.expression"])
    assert wrong.body["errors"][0]["detail"].startswith("Line 10: ")
    assert [each["rule"] for each in send(manager, text(world), "?dry_run=true").body["changes"]] == ["text.forbidden_words", "custom.no-jackets"]
