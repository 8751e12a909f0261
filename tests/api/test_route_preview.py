"""What would happen to a submission, asked before it is made (D-10), through the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from approvals.models import ApprovalRequest, RequestItem, Stage
from audit.models import AuditEvent
from campaigns import services as campaigns
from campaigns.models import Revision
from core import clock
from governance.models import CheckRun
from tests.api.conftest import Answer, Api
from tests.approvals.policies import BUDGET, CONTENT, EVERYTHING, govern, group, stage
from tests.builders import ROOT, Tree, World

KEPT = (ApprovalRequest, RequestItem, Stage, Revision, CheckRun, AuditEvent)
HOUR = timedelta(hours=1)


def foresee(api: Api, tree: Tree, **more: Any) -> Any:
    answer: Answer = api.post("approval-requests/preview/", {"campaign": str(tree.campaign.pk)} | more)
    assert answer.status == 200, answer.body
    return answer.body


def keys(body: Any) -> list[tuple[str, int]]:
    return [(each["key"], each["step"]) for each in body["stages"]]


def named(people: Any) -> list[str]:
    return sorted(each["name"] for each in people)


def cheaper(tree: Tree, world: World, amount: str, **ad: Any) -> None:
    """Another budget, and another text."""
    actor = world.actor("submitter")
    budget: Any = {"budget": {"mode": "daily", "amount": amount}}
    campaigns.edit_ad_group(actor=actor, ad_group=tree.ad_group.pk, version=None, values=budget)
    campaigns.edit_ad(actor=actor, ad=tree.ad.pk, version=None, values=ad or {"text": "New words"})  # type: ignore[arg-type]


def test_stages_people_and_reasons_are_told_and_nothing_is_kept(world: World, api: Api) -> None:
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    tree = world.tree()
    before = [model.objects.count() for model in KEPT]  # type: ignore[attr-defined]
    body = foresee(api, tree)
    assert [model.objects.count() for model in KEPT] == before  # type: ignore[attr-defined]
    assert keys(body) == [("content", 1), ("budget", 2)]
    content, budget = body["stages"]
    assert (named(content["eligible"]), named(budget["eligible"])) == (["Content"], ["Budget"])
    assert [(each["person"]["name"], each["reason"]) for each in content["excluded"]] == [("Submitter", "submitter")]
    (cause,) = content["because"]
    assert (cause["key"], cause["version"], cause["condition"], cause["read"]) == ("policy-acme", 1, "", [])
    assert cause["scope"] == {"type": "organisation", "id": str(world.organisation.pk), "name": "Acme"}
    assert body["warnings"] == []
    assert len(body["items"]) == 3
    wet = api.post("approval-requests/", {"campaign": str(tree.campaign.pk)}).body
    assert wet["digest"] == body["digest"]
    assert [each["key"] for each in wet["stages"]] == [each["key"] for each in body["stages"]]


def test_r16_contributors_and_who_wrote_the_policy_are_told_as_excluded(world: World, api: Api) -> None:
    from approvals.services import publish_policy

    accounts.grant_role(actor=ROOT, role="policy_manager", principal=world.user("content"), scope=world.organisation)
    world.add_person("second", "content_approver", "submitter")
    publish_policy(
        actor=world.actor("content"), key="own", title="Own", stages=[stage(sections=EVERYTHING)], scope=world.organisation
    )
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("second"), ad=tree.ad.pk, version=None, values={"text": "Mine"})
    content = foresee(api, tree)["stages"][0]
    assert {each["person"]["name"]: each["reason"] for each in content["excluded"]} == {
        "Content": "policy_author", "Second": "contributor",
    }  # fmt: skip


def test_r14_stages_that_nobody_or_too_few_can_decide_are_warned_of(world: World, api: Api) -> None:
    govern(
        world, stage(quorum=3), stage("budget", BUDGET, step=1),
        stage("legal", CONTENT, permission="approve_legal", step=2), stage("again", BUDGET, permission="approve_budget", step=3),
    )  # fmt: skip
    body = foresee(api, world.tree())
    assert {each["stage"]: each["code"] for each in body["warnings"]} == {
        "content": "too_few", "legal": "nobody", "again": "shared",
    }  # fmt: skip
    assert all(each["detail"] for each in body["warnings"])


def test_the_condition_is_told_with_what_it_read(world: World, api: Api) -> None:
    govern(world, stage(sections=EVERYTHING))
    govern(
        world, stage("finance", BUDGET, permission="approve_budget"), key="large",
        condition='request.exposure_minor > 20000 && account.currency == "USD"',
    )  # fmt: skip
    govern(world, stage("legal", CONTENT, permission="approve_legal"), key="never", condition="request.exposure_minor > 99999999")
    govern(world, stage("words", CONTENT), key="found", condition='"copy.capitals" in findings.codes')
    body = foresee(api, world.tree())
    assert sorted(key for key, _step in keys(body)) == ["content", "finance"]
    (finance,) = [each for each in body["stages"] if each["key"] == "finance"]
    (cause,) = finance["because"]
    assert cause["key"] == "large"
    told = {each["name"]: each["value"] for each in cause["read"]}
    assert told == {"request.exposure_minor": 30000, "account.currency": "USD"}
    assert all(each["words"] for each in cause["read"])
    assert [each["key"] for each in body["later"]] == ["found"], "it waits for what the checks find"


def test_what_would_shorten_it_is_found_by_routing_again(world: World, api: Api) -> None:
    govern(world, stage(), stage("budget", BUDGET))
    govern(world, stage("finance", EVERYTHING, permission="approve_budget", quorum=2), key="large", condition="request.exposure_minor > 35000")
    tree = world.tree()
    assert foresee(api, tree)["shorter"] == [], "what is new cannot be left as it was, and it is not much"
    world.request(at="approved", tree=tree)
    cheaper(tree, world, "40.00")
    body = foresee(api, tree)
    assert body["exposure"] == {"amount": "400.00", "currency": "USD"}
    spared = {(each["kind"], each["what"]): each["stages"] for each in body["shorter"]}
    assert set(spared["section", "budget"]) == {"budget", "finance"}, "the exposure would be as before then"
    assert set(spared["section", "copy"]) == {"content"}
    assert spared["exposure", "exposure"] == ["finance"]
    (with_less,) = [each for each in body["shorter"] if each["kind"] == "exposure"]
    assert with_less["exposure"] == {"amount": "350.00", "currency": "USD"}
    assert spared["item", "Autumn film"] == ["content"]


def test_what_would_shorten_it_is_so(world: World, api: Api) -> None:
    """The stages are not asked where the change is left out indeed."""
    tree = world.tree()
    world.request(at="approved", tree=tree)
    cheaper(tree, world, "40.00")
    assert {(each["what"], *each["stages"]) for each in foresee(api, tree)["shorter"]} >= {("budget", "budget"), ("copy", "content")}
    cheaper(tree, world, "30.00")
    assert keys(foresee(api, tree)) == [("content", 1)]


def test_how_long_it_takes_is_told_from_experience(world: World, api: Api) -> None:
    with time_machine.travel(clock.now() - 90 * HOUR):
        slow = world.request()
    for turn in range(4):
        with time_machine.travel(clock.now() - (turn + 3) * HOUR):
            request = world.request()
        with time_machine.travel(clock.now() - 2 * HOUR):
            world.decide(request, "content")
    tree = world.tree()
    assert foresee(api, tree)["stages"][0]["pace"] == {"stages": 4, "median_seconds": None, "ninth_seconds": None}
    with time_machine.travel(clock.now() - HOUR):
        world.decide(slow, "content")
    content, budget = foresee(api, tree)["stages"]
    assert content["pace"]["stages"] == 5
    assert content["pace"]["median_seconds"] == pytest.approx(3 * 3600, abs=120)
    assert content["pace"]["ninth_seconds"] == pytest.approx(89 * 3600, abs=120)
    assert budget["pace"]["stages"] == 0


def test_one_of_each_group_and_named_people(world: World, api: Api) -> None:
    with time_machine.travel(clock.now() - 24 * HOUR):
        for name in ("ann", "ben"):
            world.add_person(name, "content_approver")
        red, blue = group(world, "Red", "ann"), group(world, "Blue")
    both = [str(red.public_id), str(blue.public_id)]
    govern(world, stage(groups=both, each_group=True), stage("budget", BUDGET, permission="approve_content", people=[str(world.user("ben").pk)]))
    body = foresee(api, world.tree())
    assert [named(each["eligible"]) for each in body["stages"]] == [["Ann"], ["Ben"]]
    assert [(each["stage"], each["code"]) for each in body["warnings"]] == [("content", "too_few")]


def test_what_cannot_be_submitted_is_refused_in_the_same_words(world: World, api: Api) -> None:
    tree = world.tree()
    request = world.request(tree=tree)
    body = {"campaign": str(tree.campaign.pk)}
    answer = api.post("approval-requests/preview/", body)
    assert (answer.status, answer.body["approval_request"]) == (409, str(request.pk))
    assert api.post("approval-requests/preview/", {**body, "amend": True}).status == 200
    assert Api(world.token("auditor")).post("approval-requests/preview/", body).status == 403
    assert api.post("approval-requests/preview/", {}).status == 400
    assert ApprovalRequest.objects.count() == 1
