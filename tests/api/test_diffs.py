"""R-09 at the API: approval-requests/<id>/diffs/."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.models import ApprovalRequest
from tests.api.conftest import Api, door
from tests.approvals.observing import everything
from tests.builders import Tree, World, image


def diffs(api: Api, request: ApprovalRequest | str, against: str = "", **headers: str) -> Any:
    query = f"?against={against}" if against else ""
    answer = api.get(f"approval-requests/{getattr(request, 'pk', request)}/diffs/{query}", **headers)
    assert answer.status == 200, answer.body
    return answer.body


def put_forward(world: World, api: Api, tree: Tree) -> str:
    sent = api.post("approval-requests/", {"campaign": str(tree.campaign.pk), "amend": True})
    assert sent.status == 202, sent.body
    request = ApprovalRequest.objects.get(pk=sent.body["id"])
    world.check(request)
    return str(request.pk)


def words(found: Any) -> dict[str, str]:
    return {f"{each['section']}.{each['path']}": each["words"] for item in found["items"] for each in item["changes"]}


@pytest.fixture
def changed(world: World, api: Api) -> dict[str, str]:
    """Approved; then changed and sent back by the content approver; then changed once more. The ids of all three."""
    tree = world.tree()
    approved = world.request("approved", tree)
    api.patch(f"ad-groups/{tree.ad_group.pk}/", {
        "budget": {"mode": "daily", "amount": "50.00"},
        "targeting": {"locations": ["2921044", "3017382"], "age_groups": ["18_24"], "gender": "all", "languages": ["de", "fr"]},
    })  # fmt: skip
    api.patch(f"campaigns/{tree.campaign.pk}/", {"budget": {"mode": "daily", "amount": "240.00"}})
    second = put_forward(world, api, tree)
    world.decide(ApprovalRequest.objects.get(pk=second), "content", "request_changes")
    media = api.upload(world.account.pk, image(), "end.jpg").body["id"]
    old = str(tree.ad.media.get().pk)
    api.patch(f"ads/{tree.ad.pk}/", {"text": "Warmer jackets are here", "media": [old, media], "format": "carousel"})
    return {"approved": str(approved.pk), "second": second, "third": put_forward(world, api, tree)}


def test_r09_against_what_was_approved_last(world: World, changed: dict[str, str]) -> None:
    found = diffs(door(world, "content"), changed["third"])
    assert found["against"] == "approved"
    assert words(found) == {  # of the two budgets the ad group's
        "budget.amount": "daily $30.00 to $50.00, exposure +$200.00",
        "targeting.audience.locations": "added: France",
        "targeting.audience.age_groups": "removed: 25–34",
        "targeting.audience.languages": "added: French",
        "structure.format": "in-feed ad to carousel",
        "creative.media": f"added: end.jpg ({media_hash(found)[:8]})",
        "copy.text": "Warm jackets are here to Warmer jackets are here",
    }
    campaign, group, ad = found["items"]
    assert [each["words"] for each in campaign["changes"]] == ["daily $80.00 to $240.00, exposure +$200.00"]
    assert group["exposure"] == {"before": {"amount": "300.00", "currency": "USD"}, "after": {"amount": "500.00", "currency": "USD"}}
    assert found["exposure"] == group["exposure"]
    assert ad["exposure"] is None
    (text,) = [each for each in ad["changes"] if each["path"] == "text"]
    assert text["pieces"] == [
        {"mark": "deleted", "text": "Warm"}, {"mark": "inserted", "text": "Warmer"}, {"mark": "same", "text": " jackets are here"},
    ]  # fmt: skip
    assert (text["kind"], text["before"], text["after"]) == ("changed", "Warm jackets are here", "Warmer jackets are here")
    assert campaign["changes"][0]["before"] == {"amount": "80.00", "currency": "USD"}
    assert (found["approval_request"], campaign["base"]["approval_request"], campaign["base"]["number"]) == (None, None, 1)


def media_hash(found: Any) -> str:
    (media,) = [each for item in found["items"] for each in item["changes"] if each["section"] == "creative"]
    return str(media["after"][-1]["sha256"])


def test_r09_against_what_one_decided_on_last(world: World, changed: dict[str, str]) -> None:
    found = diffs(door(world, "content"), changed["third"], "reviewed")
    assert found["approval_request"] == changed["second"]
    assert {item["type"]: item["compares_as"] for item in found["items"]} == {"campaign": "same", "ad_group": "same", "ad": "changed"}
    campaign, _group, ad = found["items"]
    assert (campaign["base"]["verdict"], campaign["base"]["decided_at"] is None) == ("request_changes", False)
    # The ad was not in the request that was sent back; it was decided when it was approved.
    assert (ad["base"]["approval_request"], ad["base"]["verdict"]) == (changed["approved"], "approve")
    budget = diffs(door(world, "budget"), changed["third"], "reviewed")
    assert budget["approval_request"] == changed["approved"]
    assert words(budget)["targeting.audience.locations"] == "added: France"


def test_r09_against_the_previous_request(world: World, changed: dict[str, str]) -> None:
    for name in ("content", "auditor", "submitter"):
        found = diffs(door(world, name), changed["third"], "previous")
        assert found["approval_request"] == changed["second"]
        assert sorted(words(found)) == ["copy.text", "creative.media", "structure.format"]
        assert {item["base"]["verdict"] for item in found["items"]} <= {None, "request_changes", "approve"}
    assert {item["base"]["verdict"] for item in diffs(door(world, "auditor"), changed["third"], "previous")["items"]} == {None}


def test_r09_nothing_to_compare_with_is_said(world: World) -> None:
    request = world.request("in_review")
    for against in ("approved", "reviewed", "previous"):
        found = diffs(door(world, "content"), request, against)
        assert (found["nothing_to_compare"], found["same"], found["against"]) == (True, False, against)
        assert {(item["compares_as"], item["base"]) for item in found["items"]} == {("new", None)}
        assert {each["kind"] for item in found["items"] for each in item["changes"]} == {"added"}


def test_r09_two_that_are_the_same(world: World, api: Api) -> None:
    tree = world.tree()
    world.request("withdrawn", tree)
    found = diffs(api, put_forward(world, api, tree), "previous")
    assert (found["nothing_to_compare"], found["same"]) == (False, True)
    assert all(item["changes"] == [] for item in found["items"])


def test_r09_what_is_dropped_and_how_it_is_published(world: World, api: Api) -> None:
    tree = world.tree()
    more = world.ad(tree.ad_group, world.upload(), name="Another")
    world.request("withdrawn", tree, publish="manual")
    items = [{"type": kind, "id": str(getattr(tree, kind).pk)} for kind in ("campaign", "ad_group", "ad")]
    sent = api.post("approval-requests/", {"items": items}).body
    found = diffs(api, sent["id"], "previous")
    assert found["gone"] == [{"type": "ad", "entity": str(more.pk), "name": "Another"}]
    assert found["published_before"] == {"publish": "manual", "publish_at": None}
    assert found["same"] is False


def test_r09_in_german(world: World, changed: dict[str, str]) -> None:
    found = diffs(door(world, "content"), changed["third"], Accept_Language="de")
    (amount,) = found["items"][0]["changes"]
    assert (amount["title"], amount["before_words"]) == ("Betrag", "80,00\N{NO-BREAK SPACE}$")
    (places,) = [each for each in found["items"][1]["changes"] if each["path"] == "audience.locations"]
    assert places["added"] == ["Frankreich"]


def test_against_takes_one_of_three(world: World) -> None:
    request = world.request("in_review")
    answer = door(world, "content").get(f"approval-requests/{request.pk}/diffs/?against=yesterday")
    assert (answer.status, answer.fields) == (400, {"against": "invalid"})


def test_r57_who_does_not_see_the_request_sees_no_diff_of_it(world: World, changed: dict[str, str]) -> None:
    world.add_person("stranger")
    before = everything()
    for against in ("approved", "reviewed", "previous"):
        answer = door(world, "stranger").get(f"approval-requests/{changed['third']}/diffs/?against={against}")
        assert (answer.status, answer.body["code"]) == (404, "not_found")
    now = everything()
    assert {name for name in now if now[name] != before[name]} <= {"accounts_apitoken"}, "nothing happened but that tokens were made"


def test_r09_looking_changes_nothing(world: World, changed: dict[str, str]) -> None:
    api = door(world, "content")
    before = everything()
    for against in ("approved", "reviewed", "previous"):
        diffs(api, changed["third"], against)
    now = everything()
    assert {name for name in now if now[name] != before[name]} <= {"accounts_apitoken"}, "when a token was last used"
