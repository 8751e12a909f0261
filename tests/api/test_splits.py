"""Splitting a bundle over the API (R-27)."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.models import ApprovalRequest
from tests.api.conftest import door
from tests.builders import World

COMMENT = "The second film shows the old price."


@pytest.fixture
def request_of_two(world: World) -> ApprovalRequest:
    tree = world.tree()
    world.ad(tree.ad_group, name="Second film")
    return world.request(tree=tree)


def second(request: ApprovalRequest) -> str:
    return str(request.items.get(revision__name="Second film").entity_id)


def body(request: ApprovalRequest, **changed: Any) -> dict[str, Any]:
    return {"digest": request.digest, "returned": [second(request)], "comment": COMMENT, **changed}


def test_r27_what_goes_back_and_what_stays_is_answered(world: World, request_of_two: ApprovalRequest) -> None:
    request, api = request_of_two, door(world, "content")
    answer = api.post(f"approval-requests/{request.pk}/split/", body(request))
    assert answer.status == 201, answer.body
    rest = answer.body["rest"]
    assert (answer.body["id"], answer.body["status"]) == (str(request.pk), "superseded")
    assert answer.body["returned"] == [{"type": "ad", "id": second(request), "name": "Second film"}]
    assert (rest["status"], [item["type"] for item in rest["items"]]) == ("in_review", ["campaign", "ad_group", "ad"])
    assert [(each["key"], each["status"]) for each in rest["stages"]] == [("content", "open"), ("budget", "pending")]
    assert {each["status"] for each in rest["checks"]} == {"completed"}
    old, new = (api.get(f"approval-requests/{each}/").body for each in (request.pk, rest["id"]))
    assert (old["successors"], old["split_by"], new["previous"], new["successors"]) == ([rest["id"]], None, str(request.pk), [])
    assert [item["name"] for item in old["items"] if item["returned"]] == ["Second film"]
    assert not any(item["returned"] for item in new["items"])
    assert (new["split_by"]["person"]["id"], new["split_by"]["comment"]) == (str(world.people["content"].pk), COMMENT)
    assert api.get("ads/?status=changes_requested").body["results"][0]["id"] == second(request)


def test_r27_the_same_key_splits_once(world: World, request_of_two: ApprovalRequest) -> None:
    api = door(world, "content")
    answers = [
        api.post(f"approval-requests/{request_of_two.pk}/split/", body(request_of_two), Idempotency_Key="once") for _ in range(2)
    ]
    assert [each.status for each in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    assert ApprovalRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"digest": "0" * 64}, 409, "stale_digest"),
        ({"returned": []}, 400, "invalid"),
        ({"returned": ["0190c5a0-0000-7000-8000-000000000000"]}, 400, "invalid"),
        ({"returned": ["film"]}, 400, "invalid"),
        ({"comment": ""}, 400, "invalid"),
        ({"colour": "red"}, 400, "invalid"),
    ],
)
def test_r27_what_is_refused_changes_nothing(
    world: World, request_of_two: ApprovalRequest, changed: dict[str, Any], status: int, code: str
) -> None:
    answer = door(world, "content").post(f"approval-requests/{request_of_two.pk}/split/", body(request_of_two, **changed))
    assert (answer.status, answer.body["code"]) == (status, code), answer.body
    assert ApprovalRequest.objects.get().state == "in_review"


def test_r27_everything_is_not_sent_back(world: World, request_of_two: ApprovalRequest) -> None:
    everything = [str(each) for each in request_of_two.items.values_list("entity_id", flat=True)]
    answer = door(world, "content").post(f"approval-requests/{request_of_two.pk}/split/", body(request_of_two, returned=everything))
    assert answer.fields == {"returned": "everything"}


@pytest.mark.parametrize(("who", "status"), [("submitter", 403), ("budget", 403), ("auditor", 403)])
def test_r27_who_may_not_decide_does_not_split(world: World, request_of_two: ApprovalRequest, who: str, status: int) -> None:
    answer = door(world, who).post(f"approval-requests/{request_of_two.pk}/split/", body(request_of_two))
    assert answer.status == status
    assert ApprovalRequest.objects.get().state == "in_review"
