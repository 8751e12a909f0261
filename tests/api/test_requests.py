"""Submitting, deciding, withdrawing, revoking, publishing: what the answers say, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.models import ApprovalRequest, Clearance, Decision, RequestItem, Stage
from campaigns.models import Revision
from governance.models import CheckRun
from publishing.models import Publication
from tests.api.conftest import Api, door
from tests.builders import World

KEPT = (ApprovalRequest, RequestItem, Stage, Revision, CheckRun)


def decide(api: Api, request: ApprovalRequest, **changed: str) -> object:
    body = {"verdict": "approve", "digest": request.digest, "stage": "content", **changed}
    return api.post(f"approval-requests/{request.pk}/decisions/", body)


def test_dry_run_answers_the_same_and_keeps_nothing(world: World, api: Api) -> None:
    campaign = str(world.tree().campaign.pk)
    dry = api.post("approval-requests/?dry_run=true", {"campaign": campaign})
    assert dry.status == 202, dry.body
    assert [model.objects.count() for model in KEPT] == [0] * len(KEPT)
    wet = api.post("approval-requests/?dry_run=false", {"campaign": campaign})
    assert set(dry.body) == set(wet.body)
    for name in ("digest", "status", "stages"):
        assert dry.body[name] == wet.body[name]
    for one, other in zip(dry.body["items"], wet.body["items"], strict=True):
        assert {**one, "revision": None} == {**other, "revision": None}
        assert one["revision"] is None
        assert other["revision"]
    again = api.post("approval-requests/?dry_run=true", {"campaign": campaign})
    assert (again.status, again.body["code"]) == (409, "open_request_exists")
    assert again.body["approval_request"] == wet.body["id"]


def test_dry_run_takes_true_or_false(world: World, api: Api) -> None:
    answer = api.post("approval-requests/?dry_run=maybe", {"campaign": str(world.tree().campaign.pk)})
    assert (answer.status, answer.fields) == (400, {"dry_run": "invalid"})
    assert ApprovalRequest.objects.count() == 0


def test_a_check_run_keeps_what_passed_and_findings_are_the_rest(world: World, api: Api) -> None:
    request = world.request(at="in_review")
    listed = api.get(f"check-runs/?approval_request={request.pk}").body["results"]
    assert len(listed) == 3
    assert all("passed" not in each for each in listed)
    runs = [api.get(f"check-runs/{each['id']}/", Accept_Language="de").body for each in listed]
    for run in runs:
        assert "pass" in {each["result"] for each in run["passed"]} <= {"pass", "not_applicable"}
        found = api.get(f"findings/?check_run={run['id']}").body["results"]
        assert not {each["result"] for each in found} & {"pass", "not_applicable"}
        assert all(each["title"] and each["message"] for each in run["passed"])
    assert any("Budget" in each["title"] for run in runs for each in run["passed"])
    assert len({each["rule"] for run in runs for each in run["passed"]}) > 40
    waiting = world.submit().request
    (one, *_) = api.get(f"check-runs/?approval_request={waiting.pk}").body["results"]
    assert api.get(f"check-runs/{one['id']}/").body["passed"] is None


def test_r06_one_open_request_an_entity(world: World, api: Api) -> None:
    tree = world.tree()
    first = api.post("approval-requests/", {"campaign": str(tree.campaign.pk)})
    second = api.post("approval-requests/", {"items": [{"type": "ad", "id": str(tree.ad.pk)}]})
    assert (second.status, second.body["code"], second.body["approval_request"]) == (409, "open_request_exists", first.body["id"])


def test_items_of_several_campaigns(world: World, api: Api) -> None:
    one, two = world.tree(), world.tree()
    body = {"items": [{"type": "ad", "id": str(one.ad.pk)}, {"type": "ad", "id": str(two.ad.pk)}]}
    answer = api.post("approval-requests/", body)
    assert (answer.status, answer.fields) == (400, {"items": "several_campaigns"})


def test_detail_says_who_may_decide_and_who_not(world: World) -> None:
    boss = world.add_person("boss", "content_approver", "submitter")
    request = world.request()
    seen = door(world, "content").get(f"approval-requests/{request.pk}/").body
    content, budget = seen["stages"]
    assert (content["status"], budget["status"]) == ("open", "pending")
    assert {each["name"] for each in content["eligible"]} == {"Content", boss.name}
    assert content["excluded"] == []
    assert (seen["exposure"], seen["deadline"] > seen["submitted_at"]) == ({"amount": "300.00", "currency": "USD"}, True)

    own = world.submit(world.tree(), actor=world.actor("boss")).request
    world.check(own)
    stage = door(world, "content").get(f"approval-requests/{own.pk}/").body["stages"][0]
    assert [(each["person"]["name"], each["reason"]) for each in stage["excluded"]] == [("Boss", "submitter")]


def test_detail_after_a_decision(world: World) -> None:
    request = world.request(at="content_approved")
    seen = door(world, "budget").get(f"approval-requests/{request.pk}/").body
    content, budget = seen["stages"]
    assert (content["status"], budget["status"]) == ("satisfied", "open")
    assert [(each["person"]["name"], each["verdict"]) for each in content["decided"]] == [("Content", "approve")]
    assert [each["name"] for each in budget["eligible"]] == ["Budget"]


def test_diffs_speak_in_money_and_times(world: World, api: Api) -> None:
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    api.patch(f"campaigns/{tree.campaign.pk}/", {"budget": {"mode": "daily", "amount": "95.50"}})
    api.patch(f"ad-groups/{tree.ad_group.pk}/", {"schedule": {"end": "2027-03-01T12:00:00Z"}})
    sent = api.post("approval-requests/", {"campaign": str(tree.campaign.pk)}).body
    assert [(item["type"], item["sections_changed"]) for item in sent["items"]] == [
        ("campaign", ["budget"]), ("ad_group", ["schedule"]),
    ]  # fmt: skip
    diffs = api.get(f"approval-requests/{sent['id']}/").body["diffs"]
    assert [(each["section"], each["changes"][0]["path"]) for each in diffs] == [("budget", "amount"), ("schedule", "end")]
    assert diffs[0]["changes"][0]["before"] == {"amount": "80.00", "currency": "USD"}
    assert diffs[0]["changes"][0]["after"] == {"amount": "95.50", "currency": "USD"}
    assert diffs[1]["changes"][0]["after"] == "2027-03-01T12:00:00Z"


def test_blocked_request_says_why_in_two_languages(world: World, api: Api) -> None:
    request = world.request(at="blocked")
    path = f"approval-requests/{request.pk}/"
    english, german = api.get(path).body, api.get(path, Accept_Language="de").body
    failing = [each for each in english["findings"] if each["mode"] == "hard"]
    assert {each["rule"] for each in failing} >= {"landing_page.https", "landing_page.domain"}
    assert all(each["message"] and each["evidence"] is not None for each in failing)
    pairs = zip(english["findings"], german["findings"], strict=True)
    assert all(one["code"] == other["code"] and one["message"] != other["message"] for one, other in pairs)


def test_21st_ad_of_a_group_is_blocked(world: World, api: Api, settings: Any) -> None:
    """Where the installation lets drafts go further than the rule does."""
    settings.ADS_PER_AD_GROUP = 50
    campaign = world.campaign()
    group, media = world.ad_group(campaign), world.upload()
    for number in range(21):
        last = world.ad(group, media, name=f"Ad {number}")
    sent = api.post("approval-requests/", {"campaign": str(campaign.pk)}).body
    world.check(ApprovalRequest.objects.get(pk=sent["id"]))
    seen = api.get(f"approval-requests/{sent['id']}/").body
    assert seen["status"] == "blocked"
    found = [each for each in seen["findings"] if each["rule"] == "ad_group.ads_limit"]
    assert str(last.pk) in {each["entity"] for each in found}
    assert all("20" in each["message"] for each in found)


@pytest.mark.parametrize("where", ["", "0" * 64, "d" * 64])
def test_r08_wrong_digest(world: World, where: str) -> None:
    request = world.request()
    answer = decide(door(world, "content"), request, digest=where or "x")
    assert (answer.status, answer.body["code"], answer.body["digest"]) == (409, "stale_digest", request.digest)  # type: ignore[attr-defined]
    assert Decision.objects.count() == 0


def test_decision_out_of_turn(world: World) -> None:
    request = world.request()
    answer = decide(door(world, "budget"), request, stage="budget")
    assert (answer.status, answer.body["code"], answer.body["state"]) == (409, "stage_not_open", "pending")  # type: ignore[attr-defined]


@pytest.mark.parametrize("state", ["awaiting_checks", "blocked", "rejected", "withdrawn", "approved", "revoked"])
def test_decision_when_nothing_is_to_be_decided(world: World, state: str) -> None:
    request = world.request(at=state)
    before = Decision.objects.count()
    answer = decide(door(world, "content"), request)
    assert (answer.status, answer.body["code"]) == (409, "illegal_transition")  # type: ignore[attr-defined]
    assert Decision.objects.count() == before


@pytest.mark.parametrize(("verdict", "status"), [("request_changes", "changes_requested"), ("reject", "rejected")])
def test_refusing_verdicts(world: World, verdict: str, status: str) -> None:
    request = world.request()
    answer = decide(door(world, "content"), request, verdict=verdict, comment="Too loud")
    assert (answer.status, answer.body["status"], answer.body["comment"]) == (201, status, "Too loud")  # type: ignore[attr-defined]


def test_withdraw(world: World, api: Api) -> None:
    request = world.request()
    answer = api.post(f"approval-requests/{request.pk}/withdraw/")
    assert (answer.status, answer.body["status"]) == (200, "withdrawn")
    again = api.post(f"approval-requests/{request.pk}/withdraw/")
    assert (again.status, again.body["code"]) == (409, "illegal_transition")
    assert api.post("approval-requests/", {"campaign": str(world.tree_of[request.pk].campaign.pk)}).status == 202


def test_revoke(world: World, api: Api) -> None:
    request = world.request(at="approved")
    path = f"approval-requests/{request.pk}/revoke/"
    operator = door(world, "operator")
    assert operator.post(path, {}).fields == {"reason": "required"}
    assert operator.post(path, {"reason": " "}).status == 400
    answer = operator.post(path, {"reason": "Wrong price"})
    assert (answer.status, answer.body["status"]) == (200, "revoked")
    ended = api.get(f"clearances/?approval_request={request.pk}").body["results"]
    assert [each["revocation"]["reason"] for each in ended] == ["Wrong price"] * 3


def test_publish_by_hand(world: World) -> None:
    request = world.request(at="approved", publish="manual")
    publisher = door(world, "publisher")
    answer = publisher.post("publications/", {"approval_request": str(request.pk)})
    assert answer.status == 202, answer.body
    steps = [(each["operation"], each["type"]) for each in answer.body["publications"]]
    kinds = ("campaign", "ad_group", "ad")
    assert steps == [*(("create", kind) for kind in kinds), *(("enable", kind) for kind in kinds)]
    listed = publisher.get(f"publications/?approval_request={request.pk}").body["results"]
    assert {each["status"] for each in listed} == {"queued"}
    assert {each["external_id"] for each in listed} == {None}
    again = publisher.post("publications/", {"approval_request": str(request.pk)})
    assert (again.status, again.body["code"]) == (409, "already_published")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("in_review", "not_approved"), ("content_approved", "not_approved"), ("awaiting_checks", "not_approved"),
        ("blocked", "not_approved"), ("rejected", "not_approved"), ("revoked", "clearance_revoked"),
    ],
)  # fmt: skip
def test_r01_what_is_not_cleared_is_not_published(world: World, state: str, code: str) -> None:
    request = world.request(at=state)
    answer = door(world, "publisher").post("publications/", {"approval_request": str(request.pk)})
    assert (answer.status, answer.body["code"]) == (412, code)
    assert Publication.objects.count() == 0


def test_awaiting_me(world: World) -> None:
    fresh, half = world.request(), world.request(at="content_approved")
    world.request(at="blocked")

    def waiting(name: str) -> list[str]:
        return [each["id"] for each in door(world, name).get("approval-requests/?awaiting=me").body["results"]]

    assert waiting("content") == [str(fresh.pk)]
    assert waiting("budget") == [str(half.pk)]
    assert waiting("submitter") == waiting("operator") == []


def test_listing_filters(world: World, api: Api) -> None:
    open_one, blocked = world.request(), world.request(at="blocked")
    elsewhere = world.request(tree=world.tree(world.second_account))

    def ids(query: str) -> set[str]:
        return {each["id"] for each in api.get(f"approval-requests/?{query}").body["results"]}

    assert ids("status=blocked") == {str(blocked.pk)}
    assert ids(f"ad_account={world.second_account.pk}") == {str(elsewhere.pk)}
    assert ids(f"status=in_review&ad_account={world.account.pk}") == {str(open_one.pk)}
    assert ids("") == {str(open_one.pk), str(blocked.pk), str(elsewhere.pk)}


def test_clearance_count(world: World) -> None:
    """One clearance an item, and none before the last stage."""
    world.request(at="content_approved")
    assert Clearance.objects.count() == 0
