"""Rule sets, waivers and overrides through the door: what a policy manager's program sends and is answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from governance.models import Override, RuleSet, Waiver
from governance.services import publish_rule_set
from tests import builders
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db
JACKETS = {"rule": "text.forbidden_words", "mode": "soft", "params": {"words": ["jackets"]}}


@pytest.fixture
def world():
    world = builders.organisation()
    for name in ("ex", "wy"):
        world.add_person(name, "exception_approver", scope=world.organisation)
    world.add_person("other", "policy_manager", scope=world.organisation)
    return world


def capitals(percent: Any) -> list[dict[str, Any]]:
    return [{"rule": "text.capitals", "mode": "warn", "params": {"percent": percent}}]


def test_r53_a_parameter_is_refused_with_what_it_takes(world) -> None:
    answer = Api(world.token("policy_manager")).post("rule-sets/", body(world, rules=capitals("half")))
    (error,) = answer.body["errors"]
    assert error["field"] == "rules.0.params.percent"
    assert "a whole number; at least 0; at most 100" in str(error)
    assert Api(world.token("policy_manager")).post("rule-sets/", body(world, rules=capitals(0))).status == 201


def body(world, **changed: Any) -> dict[str, Any]:
    scope = {"type": "brand", "id": str(world.brand.pk)}
    return {"key": "tone", "title": "Tone", "scope": scope, "rules": [JACKETS], **changed}


def test_a_version_is_published_read_and_compared(world) -> None:
    manager = Api(world.token("policy_manager"))
    made = manager.post("rule-sets/", body(world)).body
    assert (made["version"], made["status"], made["rules"]) == (1, "in_force", [JACKETS])
    stricter = {**JACKETS, "mode": "hard", "params": {"words": ["jackets", "coats"]}}
    draft = manager.post("rule-sets/", body(world, rules=[stricter, {"rule": "text.emoji", "mode": "warn"}], propose=True)).body
    assert (draft["version"], draft["status"]) == (2, "proposed")
    diff = manager.get(f"rule-sets/{draft['id']}/diff/").body
    assert (diff["before"], diff["after"]) == (made["id"], draft["id"])
    assert [(each["kind"], each["rule"]) for each in diff["changes"]] == [
        ("changed", "text.forbidden_words"), ("added", "text.emoji"),
    ]  # fmt: skip
    assert [each["path"] for each in diff["changes"][0]["paths"]] == ["mode", "words"]
    listed = manager.get("rule-sets/?key=tone&status=proposed").body["results"]
    assert [each["id"] for each in listed] == [draft["id"]]
    assert manager.post(f"rule-sets/{draft['id']}/confirm/", {}).body["status"] == "in_force"
    assert manager.get(f"rule-sets/{made['id']}/").body["status"] == "replaced"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"rules": [{"rule": "no.such", "mode": "hard"}]}, "rules.0.rule"),
        ({"rules": [{"rule": "text.length", "mode": "hard", "params": {"nope": 1}}]}, "rules.0.params.nope"),
        ({"rules": [{"rule": "text.length", "mode": "loud"}]}, "rules.0.mode"),
        ({"rules": [JACKETS, {"rule": "text.capitals", "mode": "warn", "params": {"percent": 101}}]}, "rules.1.params.percent"),
        ({"rules": [{**JACKETS, "params": {"words": ["\ud800"]}}]}, "rules.0.params.words"),
        ({"rules": [{**JACKETS, "params": {"words": ["a\0b"]}}]}, "rules.0.params.words"),
        ({"rules": [{"rule": "structure.naming", "mode": "warn", "params": {"ad": "{.*}"}}]}, "rules.0.params.ad"),
        ({"markets": ["Germany"]}, "markets.0"),
        ({"markets": ["de"]}, "markets"),
        ({"formats": ["film"]}, "formats.0"),
        ({"key": "Has Blanks"}, "key"),
        ({"scope": {"type": "page", "id": "{page}"}}, "scope"),
        ({"nope": 1}, "nope"),
        ({"rules": "all"}, "rules"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_kept(world, changed: dict[str, Any], field: str) -> None:
    if changed.get("scope"):
        changed = {"scope": {"type": "page", "id": str(world.page.pk)}}
    answer = Api(world.token("policy_manager")).post("rule-sets/", body(world, **changed))
    assert answer.status == 400
    assert list(answer.fields) == [field]
    assert not RuleSet.objects.filter(key="tone").exists()


def test_r53_the_whole_way_of_an_override(world) -> None:
    Api(world.token("policy_manager")).post("rule-sets/", body(world))
    request = world.submit().request
    world.check(request)
    lenient = Api(world.token("ex"))
    (found,) = lenient.get(f"findings/?approval_request={request.pk}&mode=soft&result=fail").body["results"]
    assert found["rule_set"] == str(RuleSet.objects.get(key="tone").pk)
    refused = Api(world.token("submitter")).post(f"findings/{found['id']}/override/", {"reason": "Please."})
    assert refused.status == 403
    assert not Override.objects.exists()
    made = lenient.post(f"findings/{found['id']}/override/", {"reason": "The name of the shop."})
    assert made.status == 201
    assert made.body["overridden_by"]["name"] == "Ex"
    assert lenient.post(f"findings/{found['id']}/override/", {"reason": "Again."}).status == 409


def test_r53_the_whole_way_of_a_waiver(world) -> None:
    ends = (clock.now() + timedelta(days=3)).isoformat()
    scope = {"type": "brand", "id": str(world.brand.pk)}
    asked = {"rule": "text.forbidden_words", "scope": scope, "reason": "All we sell.", "expires_at": ends}
    lenient, second = Api(world.token("ex")), Api(world.token("wy"))
    assert lenient.post("waivers/", asked).fields == {"rule": "not_soft"}, "bound, but hard"
    publish_rule_set(actor=builders.ROOT, key="tone", title="Tone", rules=[JACKETS], scope=world.account)
    made = lenient.post("waivers/", asked).body
    assert made["status"] == "proposed"
    assert lenient.post(f"waivers/{made['id']}/confirm/", {}).status == 403
    assert second.post(f"waivers/{made['id']}/confirm/", {}).body["status"] == "in_force"
    assert lenient.post(f"waivers/{made['id']}/end/", {}).body["status"] == "ended"
    assert lenient.post(f"waivers/{made['id']}/end/", {}).status == 409
    for wrong in ({"rule": "no.such"}, {"reason": " "}, {"expires_at": "2020-01-01T00:00:00Z"}):
        assert lenient.post("waivers/", {**asked, **wrong}).status == 400
    assert Waiver.objects.count() == 1
