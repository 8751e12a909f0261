"""Rules in the customer's own words, through the door: written, refused with their place, found, overridden, waived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from governance.models import RuleSet
from tests import builders
from tests.api.conftest import Api
from tests.api.test_whole_way import bodies

pytestmark = pytest.mark.django_db
SAID = {"en": "Say <b>coat</b>, not {jacket}.", "de": "Bitte „Mantel“ statt „Jacke“ schreiben."}
NO_JACKETS = {"key": "no-jackets", "expression": "!ad.text.matches('(?i)jackets')", "message": SAID}


@pytest.fixture
def world():
    world = builders.organisation()
    for name in ("ex", "wy"):
        world.add_person(name, "exception_approver", scope=world.organisation)
    return world


def line(mode: str = "soft", **params: Any) -> dict[str, Any]:
    return {"rule": "custom.expression", "mode": mode, "params": {**NO_JACKETS, **params}}


def publish(world, *lines: dict[str, Any], **headers: str):
    scope = {"type": "brand", "id": str(world.brand.pk)}
    body = {"key": "tone", "title": "Tone", "scope": scope, "rules": list(lines)}
    return Api(world.token("policy_manager")).post("rule-sets/", body, **headers)


def found(api: Api, request, **more: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in more.items())
    results: list[dict[str, Any]] = api.get(f"findings/?approval_request={request.pk}&rule=custom.no-jackets&{asked}").body["results"]
    return results


def checked(world):
    request = world.submit().request
    world.check(request)
    request.refresh_from_db()
    return request


def test_a_rule_in_cel_is_written_and_found_in_the_authors_words(world) -> None:
    made = publish(world, line("hard"))
    assert made.status == 201, made.body
    assert made.body["rules"] == [line("hard")]
    request = checked(world)
    assert request.state == "blocked"
    reader = Api(world.token("submitter"))
    (finding,) = found(reader, request, result="fail")
    assert (finding["code"], finding["mode"], finding["sections"]) == ("custom.failed", "hard", ["copy"])
    assert finding["evidence"] == {"ad.text": world.tree().ad.text}
    assert finding["message"] == f"Rule “no-jackets”: {SAID['en']}"
    german = reader.get(f"findings/{finding['id']}/", Accept_Language="de").body
    assert (german["title"], german["message"]) == ("Eigene Regel: no-jackets", f"Regel „no-jackets“: {SAID['de']}")


@pytest.mark.parametrize(
    ("lines", "field", "english", "german"),
    [
        ([line(expression="true &&\nad.nosuch == 1")], "rules.0.params.expression", "Line 2, column 1: There is no", "Zeile 2, Spalte 1: "),
        ([line(expression="1 < 2")], "rules.0.params.expression", "params.expression: expected", "params.expression: "),
        ([line(), line(key="b", expression="ad.text > 5")], "rules.1.params.expression", "Line 1, column 9: “>”", "Zeile 1, Spalte 9: "),
        ([line(expression="ad.text.matches('(')")], "rules.0.params.expression", "Line 1, column 17: The pattern", "Zeile 1, Spalte 17: "),
        ([line(applies_to=["ad_group"])], "rules.0.params.expression", "Line 1, column 2: “ad.text”", "Zeile 1, Spalte 2: "),
        ([line(), line(expression="ad.name != ''")], "rules.1.params.key", "Another line", "Eine andere Zeile"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_column(world, lines, field: str, english: str, german: str) -> None:
    for language, words in (("en", english), ("de", german)):
        answer = publish(world, *lines, Accept_Language=language)
        assert answer.status == 400
        (error,) = answer.body["errors"]
        assert error["field"] == field
        assert error["detail"].startswith(words), error["detail"]
    assert not RuleSet.objects.filter(key="tone").exists()


def test_several_lines_are_several_rules_and_are_compared_by_key(world) -> None:
    manager = Api(world.token("policy_manager"))
    publish(world, line(), line(key="named", expression="ad.name != ''"))
    changed = publish(world, line(key="named", expression="ad.name != 'x'"), line(key="fresh"))
    diff = manager.get(f"rule-sets/{changed.body['id']}/diff/?against={RuleSet.objects.get(key='tone', version=1).pk}").body
    kinds = [(each["kind"], each["rule"], [path["path"] for path in each["paths"]]) for each in diff["changes"]]
    assert kinds == [
        ("changed", "custom.named", ["expression"]), ("added", "custom.fresh", []), ("removed", "custom.no-jackets", []),
    ]  # fmt: skip


def test_r53_a_custom_rule_is_overridden_by_its_name(world) -> None:
    publish(world, line())
    request = checked(world)
    lenient = Api(world.token("ex"))
    (finding,) = found(lenient, request, result="fail")
    made = lenient.post(f"findings/{finding['id']}/override/", {"reason": "It is one."})
    assert (made.status, made.body["rule"]) == (201, "custom.no-jackets")


def test_r53_a_custom_rule_is_waived_by_its_name(world) -> None:
    publish(world, line(), line(key="other", expression="ad.name != ''"))
    assert checked(world).state == "blocked"
    lenient, second = Api(world.token("ex")), Api(world.token("wy"))
    scope = {"type": "brand", "id": str(world.brand.pk)}
    asked = {"rule": "custom.no-jackets", "scope": scope, "reason": "All we sell.", "expires_at": (clock.now() + timedelta(days=3)).isoformat()}
    for unknown in ("custom.nosuch", "custom.expression"):
        assert list(lenient.post("waivers/", {**asked, "rule": unknown}).fields) == ["rule"]
    made = lenient.post("waivers/", asked)
    assert made.status == 201, made.body
    assert second.post(f"waivers/{made.body['id']}/confirm/", {}).body["status"] == "in_force"
    assert checked(world).state != "blocked"


def test_r57_rules_of_another_organisation_are_not_there(world) -> None:
    other = builders.organisation("Evil")
    other.add_person("ex", "exception_approver", scope=other.organisation)
    publish(world, line())
    scope = {"type": "brand", "id": str(other.brand.pk)}
    asked = {"rule": "custom.no-jackets", "scope": scope, "reason": "So.", "expires_at": (clock.now() + timedelta(days=3)).isoformat()}
    assert list(Api(other.token("ex")).post("waivers/", asked).fields) == ["rule"]


def test_what_is_not_saved_is_judged_by_it_as_well(world) -> None:
    publish(world, line("hard"), line("warn", key="brand", expression="account.brand != '' && ad.media_count == 1", applies_to=["ad"]))
    campaign, group, ad = bodies(world)
    body = {
        "campaign": {**campaign, "ad_account": str(world.account.pk)},
        "ad_group": group,
        "ad": {**ad, "text": "Jackets!", "media": [str(world.upload().pk)]},
    }
    answer = Api(world.token("submitter")).post("checks/evaluate/", body)
    assert answer.status == 200, answer.body
    said = {each["rule"]: each for each in answer.body["results"][2]["findings"] if each["rule"].startswith("custom.")}
    assert said["custom.no-jackets"]["result"] == "fail"
    assert said["custom.no-jackets"]["evidence"] == {"ad.text": "Jackets!"}
    assert said["custom.brand"]["result"] == "pass"
    assert said["custom.brand"]["evidence"] == {"account.brand": world.brand.name, "ad.media_count": 1}
