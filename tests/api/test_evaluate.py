"""POST checks/evaluate/: what the rules say of content that is not saved, and that it stays so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from campaigns.models import AdGroup, Campaign
from core import clock
from governance.models import CheckRun, Finding
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.api.test_whole_way import bodies
from tests.builders import World

KINDS = ("campaign", "ad_group", "ad")
KEPT = (Campaign, AdGroup, CheckRun, Finding, AuditEvent)


@pytest.fixture
def branch(world: World) -> dict[str, Any]:
    """A whole branch that passes, with the id of what is above it."""
    campaign, group, ad = bodies(world)
    return {
        "campaign": {**campaign, "ad_account": str(world.account.pk)},
        "ad_group": group,
        "ad": {**ad, "media": [str(world.upload().pk)]},
    }


def asked(api: Api, body: dict[str, Any], **headers: str) -> Answer:
    """An answer, and nothing that is kept of it."""
    before = [model._default_manager.count() for model in KEPT]
    with CaptureQueriesContext(connection) as queries:
        answer = api.post("checks/evaluate/", body, **headers)
    if answer.status == 200:
        written = [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert all('"last_used_at"' in each for each in written), "of the token, which every request notes"
        assert before == [model._default_manager.count() for model in KEPT]
    return answer


def bind(world: World, line: dict[str, Any], **how: Any) -> str:
    """A rule set of one line on the brand; its id."""
    body = {
        "key": "tone",
        "title": "Tone",
        "scope": {"type": "brand", "id": str(world.brand.pk)},
        "rules": [line],
        **how,
    }
    made = door(world, "policy_manager").post("rule-sets/", body)
    assert made.status == 201, made.body
    return str(made.body["id"])


def failed(answer: Answer) -> list[tuple[str, str, str]]:
    """Type, rule and mode of what blocks. The film of the tests is warned about its bit rate."""
    assert answer.status == 200, answer.body
    return [
        (each["type"], finding["rule"], finding["mode"])
        for each in answer.body["results"] for finding in each["findings"] if finding["result"] in ("fail", "error") and finding["mode"] in ("hard", "soft")
    ]  # fmt: skip


def test_a_whole_branch_that_passes(world: World, api: Api, branch: dict[str, Any]) -> None:
    bind(world, {"rule": "landing_page.reachable", "mode": "hard"})
    answer = asked(api, branch)
    assert failed(answer) == []
    assert answer.body["outcome"] == "warned"
    assert [each["type"] for each in answer.body["results"]] == list(KINDS)
    assert [bool(each["findings"]) for each in answer.body["results"]] == [True] * 3
    assert answer.body["results"][2]["not_observed"] == ["landing_page.reachable"], (
        "a page is visited once it is submitted"
    )


def test_the_minimums_of_the_seed(api: Api, branch: dict[str, Any]) -> None:
    """$50 daily a campaign and $20 an ad group (seed); the reason is in words, in the reader's language."""
    branch["campaign"]["budget"]["amount"] = "49.99"
    branch["ad_group"]["budget"]["amount"] = "19.99"
    answer = asked(api, branch)
    assert failed(answer) == [
        ("campaign", "budget.campaign_minimum", "hard"),
        ("ad_group", "budget.ad_group_minimum", "hard"),
    ]
    assert [each["outcome"] for each in answer.body["results"]] == ["blocked", "blocked", "warned"]
    words = [_of(each, f"budget.{each['type']}_minimum")["message"] for each in answer.body["results"][:2]]
    assert "50.00 USD" in words[0]
    assert "20.00 USD" in words[1]
    german = asked(api, branch, Accept_Language="de").body["results"][0]
    assert "50,00" in _of(german, "budget.campaign_minimum")["message"]
    branch["campaign"]["budget"]["amount"], branch["ad_group"]["budget"]["amount"] = "50.00", "20.00"
    assert failed(asked(api, branch)) == []


def _of(result: dict[str, Any], rule: str) -> dict[str, Any]:
    return next(each for each in result["findings"] if each["rule"] == rule)


def test_below_what_is_saved(world: World, api: Api, branch: dict[str, Any]) -> None:
    tree = world.tree()
    group = {"ad_group": {**branch["ad_group"], "campaign": str(tree.campaign.pk)}}
    assert failed(asked(api, group)) == []
    ad = {"ad": {**branch["ad"], "ad_group": str(tree.ad_group.pk), "text": "A miracle"}}
    assert failed(asked(api, ad)) == [("ad", "text.forbidden_words", "hard")]
    under = {**group, "ad": branch["ad"]}
    assert [each["type"] for each in asked(api, under).body["results"]] == ["ad_group", "ad"]


def test_what_is_above_speaks(world: World, api: Api, branch: dict[str, Any]) -> None:
    """Under a campaign whose budget is optimised an ad group brings none of its own; outside its flight it fails."""
    optimised = world.campaign(budget_optimization=True)
    answer = asked(api, {"ad_group": {**branch["ad_group"], "campaign": str(optimised.pk)}})
    assert (answer.status, answer.fields) == (400, {"ad_group.budget.mode": "not_applicable"})
    today = clock.now().replace(microsecond=0)
    short = world.campaign(schedule={"starts_at": today, "ends_at": today + timedelta(days=2)})
    assert failed(asked(api, {"ad_group": {**branch["ad_group"], "campaign": str(short.pk)}})) == [
        ("ad_group", "schedule.inside_flight", "hard")
    ]


def _plain(findings: list[dict[str, Any]]) -> list[list[Any]]:
    names = ("rule", "code", "rule_version", "rule_set", "mode", "result", "message", "sections", "evidence")
    return sorted(([each[name] for name in names] for each in findings), key=lambda each: each[:2])


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_submitting_would(world: World, api: Api, branch: dict[str, Any], kind: str) -> None:
    """The same, to the evidence, as of the same content saved and submitted: what is found, and what passes."""
    branch["ad"]["text"] = "A MIRACLE of jackets ☺"
    branch["campaign"]["budget"]["amount"] = "20.00"
    told = asked(api, branch).body["results"][KINDS.index(kind)]
    made = [api.post("campaigns/", branch["campaign"]).body["id"]]
    made += [api.post("ad-groups/", {**branch["ad_group"], "campaign": made[0]}).body["id"]]
    made += [api.post("ads/", {**branch["ad"], "ad_group": made[1]}).body["id"]]
    request = api.post("approval-requests/", {"campaign": made[0]}).body["id"]
    world.check(ApprovalRequest.objects.get(pk=request))
    runs = api.get(f"check-runs/?approval_request={request}").body["results"]
    run = next(each for each in runs if each["entity"] == made[KINDS.index(kind)])
    saved = [*api.get(f"findings/?check_run={run['id']}").body["results"], *api.get(f"check-runs/{run['id']}/").body["passed"]]
    assert _plain(told["findings"]) == _plain([each for each in saved if each["rule"] not in told["not_observed"]])
    assert told["outcome"] == run["outcome"]


def test_r53_a_version_on_trial_speaks_in_audit_and_does_not_count(
    world: World, api: Api, branch: dict[str, Any]
) -> None:
    line = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}
    draft = bind(world, line, propose=True)
    answer = asked(api, branch)
    assert failed(answer) == []
    said = [each for each in answer.body["results"][2]["findings"] if each["rule_set"] == draft]
    assert [(each["result"], each["mode"], each["intended"]) for each in said] == [("fail", "audit", "hard")]
    assert answer.body["outcome"] == "warned"


def test_r53_a_waiver_lets_pass(world: World, api: Api, branch: dict[str, Any]) -> None:
    for name in ("ex", "wy"):
        world.add_person(name, "exception_approver", scope=world.organisation)
    line = {"rule": "text.forbidden_words", "mode": "soft", "params": {"words": ["jackets"]}}
    bind(world, line)
    assert asked(api, branch).body["outcome"] == "blocked"
    ends = (clock.now() + timedelta(days=3)).isoformat()
    waiver = {
        "rule": "text.forbidden_words",
        "scope": {"type": "brand", "id": str(world.brand.pk)},
        "reason": "The name of the shop.",
        "expires_at": ends,
    }
    made = door(world, "ex").post("waivers/", waiver)
    assert door(world, "wy").post(f"waivers/{made.body['id']}/confirm/", {}).status == 200
    answer = asked(api, branch)
    assert (answer.body["outcome"], answer.body["results"][2]["waived"]) == ("warned", ["text.forbidden_words"])


MISPLACED: list[tuple[tuple[str, ...], dict[str, dict[str, Any]], str, str]] = [
    ((), {}, "campaign", "required"),
    (("campaign", "ad"), {}, "ad_group", "required"),
    (("ad_group",), {}, "ad_group.campaign", "required"),
    (("ad",), {}, "ad.ad_group", "required"),
    (("ad_group", "ad"), {}, "ad_group.campaign", "required"),
    (KINDS, {"ad_group": {"campaign": "018f0000-0000-7000-8000-000000000000"}}, "ad_group.campaign", "not_applicable"),
    (KINDS, {"ad": {"ad_group": "018f0000-0000-7000-8000-000000000000"}}, "ad.ad_group", "not_applicable"),
    (KINDS, {"ad": {"texts": "x"}}, "ad.texts", "unknown_field"),
    (KINDS, {"ad": {"ad_group": 7}}, "ad.ad_group", "invalid"),
    (
        ("campaign",),
        {"campaign": {"budget": {"mode": "daily", "amount": "1.005"}}},
        "campaign.budget.amount",
        "too_precise",
    ),
]


@pytest.mark.parametrize(("kinds", "changes", "field", "code"), MISPLACED)
def test_what_is_no_branch_is_told_by_field(
    api: Api, branch: dict[str, Any], kinds: Any, changes: Any, field: str, code: str
) -> None:
    body = {kind: {**branch[kind], **changes.get(kind, {})} for kind in kinds}
    answer = api.post("checks/evaluate/", body)
    assert (answer.status, answer.fields) == (400, {field: code})


def test_nobody_judges_where_they_may_not_submit(world: World, branch: dict[str, Any]) -> None:
    """Invisible is missing (404), visible is forbidden (403); in either case nothing is kept."""
    assert asked(door(world, "auditor"), branch).status == 403
    rival = builders.organisation("Rival")
    strange = asked(Api(rival.token("submitter")), branch)
    branch["campaign"]["ad_account"] = "018f0000-0000-7000-8000-000000000000"
    missing = asked(Api(rival.token("submitter")), branch)
    assert (strange.status, missing.status) == (404, 404)
    assert {**strange.body, "instance": ""} == {**missing.body, "instance": ""}
    assert not Campaign.objects.exists()
