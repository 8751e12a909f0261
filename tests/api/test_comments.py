"""Comments and checklists through the REST door (R-51)."""

from __future__ import annotations

from typing import Any

import pytest

from approvals.models import ApprovalRequest, Comment
from core import clock
from tests.api.conftest import Api, door
from tests.approvals.policies import BUDGET, govern, stage
from tests.builders import World

LOOK = {"key": "logo", "text": "The logo is the one of this season.", "required": True}


@pytest.fixture
def request_(world: World) -> ApprovalRequest:
    return world.request()


def path(request: ApprovalRequest, *more: object) -> str:
    return "/".join(["approval-requests", str(request.pk), *map(str, more), ""])


def body(request: ApprovalRequest, **more: Any) -> dict[str, Any]:
    return {"revision": str(request.items.get(entity_type="ad").revision_id), "path": "/copy/text", "text": "Too loud.", **more}


def test_r51_a_comment_its_reply_and_its_end(world: World, request_: ApprovalRequest) -> None:
    content, api = door(world, "content"), door(world, "submitter")
    region = {"x": 100, "y": 0, "width": 200, "height": 1000}
    made = content.post(path(request_, "comments"), body(request_, path="creative.media.0", region=region, at_ms=1500, blocking=True))
    assert made.status == 201, made.body
    item = request_.items.get(entity_type="ad")
    assert made.body == {
        "id": made.body["id"], "type": "ad", "entity": str(item.entity_id), "revision": str(item.revision_id), "path": "/creative/media/0",
        "region": region, "at_ms": 1500, "text": "Too loud.", "blocking": True, "resolved": False, "words": [], "reply_to": None,
        "author": {"id": str(world.people["content"].pk), "name": world.people["content"].name},
        "written_at": clock.rfc3339(Comment.objects.get().written_at), "carried_from": None,
    }  # fmt: skip
    reply = api.post(path(request_, "comments"), {"reply_to": made.body["id"], "text": "It was agreed."})
    assert (reply.status, reply.body["reply_to"], reply.body["region"]) == (201, made.body["id"], region)
    assert api.post(path(request_, "comments", made.body["id"], "resolve")).body["code"] == "may_not_block"
    resolved = content.post(path(request_, "comments", made.body["id"], "resolve"))
    assert (resolved.status, resolved.body["resolved"]) == (200, True)
    assert [(each["resolved"], each["by"]["name"]) for each in resolved.body["words"]] == [(True, world.people["content"].name)]
    again = content.post(path(request_, "comments", made.body["id"], "resolve"))
    assert (again.status, again.body["code"]) == (409, "illegal_transition")
    assert content.post(path(request_, "comments", made.body["id"], "reopen")).body["resolved"] is False
    listed = api.get(path(request_, "comments"))
    assert [each["id"] for each in listed.body["results"]] == [reply.body["id"], made.body["id"]]


def test_r51_what_holds_up_an_approval_is_named(world: World, request_: ApprovalRequest) -> None:
    world.add_person("second", "budget_approver")
    made = door(world, "budget").post(path(request_, "comments"), body(request_, blocking=True)).body["id"]
    decision = {"verdict": "approve", "digest": request_.digest, "stage": "content"}
    refused = door(world, "content").post(path(request_, "decisions"), decision)
    assert (refused.status, refused.body["code"], refused.body["comments"]) == (412, "blocking_comments", [made])
    refusing = {**decision, "verdict": "reject", "comment": "No."}
    assert door(world, "content").post(path(request_, "decisions"), refusing).status == 201
    late = door(world, "budget").post(path(request_, "comments", made, "resolve"))
    assert (late.status, late.body["code"]) == (409, "comments_frozen")


def test_r33_a_machine_comments_and_holds_nothing_up(world: World, request_: ApprovalRequest) -> None:
    machine = Api(world.machine_token())
    assert machine.post(path(request_, "comments"), body(request_)).status == 201
    refused = machine.post(path(request_, "comments"), body(request_, blocking=True))
    assert (refused.status, refused.body["code"]) == (403, "may_not_block")
    assert not Comment.objects.filter(is_blocking=True).exists()


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"text": ""}, {"text": "blank"}), ({"text": "\u200b"}, {"text": "required"}), ({"text": "x" * 4001}, {"text": "max_length"}),
        ({"text": 7}, {"text": "invalid"}), ({"path": "/weather"}, {"path": "unknown"}), ({"path": None}, {"path": "null"}),
        ({"region": [1, 2, 3, 4]}, {"region": "invalid"}), ({"region": {"x": 0, "y": 0, "width": 1, "height": 1}}, {"path": "no_medium"}),
        ({"at_ms": -1}, {"at_ms": "min_value"}), ({"at_ms": 10**12}, {"at_ms": "max_value"}), ({"blocking": "yes"}, {"blocking": "invalid"}),
        ({"reply_to": "00000000-0000-0000-0000-000000000000"}, {"reply_to": "placed"}), ({"more": 1}, {"more": "unknown_field"}),
        ({"revision": "00000000-0000-0000-0000-000000000000"}, {"revision": "unknown"}),
    ],
)  # fmt: skip
def test_a_bad_comment_is_refused_by_field(world: World, request_: ApprovalRequest, changed: Any, fields: dict[str, str]) -> None:
    answer = door(world, "content").post(path(request_, "comments"), body(request_, **changed))
    assert (answer.status, answer.fields) == (400, fields)
    assert not Comment.objects.exists()


def test_a_comment_without_its_place_is_told_so(world: World, request_: ApprovalRequest) -> None:
    answer = door(world, "content").post(path(request_, "comments"), {"text": "Where?"})
    assert (answer.status, answer.fields) == (400, {"revision": "required", "path": "required"})


def test_r51_a_checklist_is_shown_ticked_and_kept(world: World) -> None:
    govern(world, stage(checklist=[LOOK]), stage("budget", BUDGET))
    request, content = world.request(), door(world, "content")
    detail = content.get(path(request)).body
    assert [each["checklist"] for each in detail["stages"]] == [[LOOK], []]
    decision = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    refused = content.post(path(request, "decisions"), decision)
    assert (refused.status, refused.body["code"], refused.body["missing"]) == (412, "checklist_incomplete", ["logo"])
    assert content.post(path(request, "decisions"), {**decision, "checked": ["colour"]}).fields == {"checked": "unknown"}
    made = content.post(path(request, "decisions"), {**decision, "checked": ["logo"]})
    assert (made.status, made.body["checked"]) == (201, ["logo"])
    assert content.get(path(request)).body["stages"][0]["decided"][0]["checked"] == ["logo"]


def test_r51_a_checklist_is_seen_before_anything_is_submitted(world: World, api: Api) -> None:
    govern(world, stage(checklist=[LOOK]), stage("budget", BUDGET))
    planned = api.post("approval-requests/?dry_run=true", {"campaign": str(world.tree().campaign.pk)})
    assert [each["checklist"] for each in planned.body["stages"]] == [[LOOK], []]
