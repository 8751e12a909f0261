"""compromises/, live-in-doubt/, and late refusals through the API (R-32, R-19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import services as accounts
from approvals.models import Compromise
from core import clock
from publishing import tasks
from tests import builders
from tests.api.conftest import door


@pytest.fixture
def managed(world):
    accounts.grant_role(actor=builders.ROOT, principal=world.people["access_manager"], role="access_manager", scope=world.organisation)
    return world


def body(world, who="content", hours=1):
    since = clock.rfc3339(clock.now() - timedelta(hours=hours))
    return {"user": str(world.people[who].pk), "since": since, "reason": "Phished."}


def test_r32_declare_and_see_what_became_of_it(managed):
    content = door(managed, "content")
    request = managed.request(at="approved", publish="manual")
    manager = door(managed, "access_manager")
    made = manager.post("compromises/", body(managed))
    assert made.status == 201, made
    assert (made.body["user"]["name"], made.body["declared_by"]["name"]) == ("Content", "Access_Manager")
    assert content.get("approval-requests/").status == 401, "the token is ended"
    tasks.recall(made.body["id"])
    assert door(managed, "submitter").get(f"approval-requests/{request.pk}/").body["status"] == "revoked"
    stages = door(managed, "submitter").get(f"approval-requests/{request.pk}/").body["stages"]
    assert [[each["void"] for each in stage["decided"]] for stage in stages] == [[True], [False]]
    listed = manager.get("compromises/").body["results"]
    assert [each["id"] for each in listed] == [made.body["id"]]
    assert door(managed, "submitter").get("compromises/").body["results"] == []


def test_r57_who_may_not_changes_nothing(managed):
    answer = door(managed, "operator").post("compromises/", body(managed))
    assert answer.status in (403, 404, 422)
    own = door(managed, "access_manager").post("compromises/", body(managed, "access_manager"))
    assert own.status == 403
    assert not Compromise.objects.exists()


def test_r19_a_late_no_says_where_to_revoke(world):
    world.add_person("dee", "content_approver")
    request = world.request(at="approved", publish="manual")
    said = {"stage": "content", "digest": request.digest, "verdict": "reject", "comment": "No licence."}
    dee = door(world, "dee")
    late = dee.post(f"approval-requests/{request.pk}/decisions/", said)
    assert (late.status, late.body["code"], late.body["revoke"]) == (409, "late_decision", None)
    accounts.grant_role(actor=builders.ROOT, principal=world.people["dee"], role="operator", scope=world.brand)
    late = dee.post(f"approval-requests/{request.pk}/decisions/", {**said, "comment": "Still none."})
    assert late.body["revoke"] == f"/api/v1/approval-requests/{request.pk}/revoke/"
    words = dee.get(f"approval-requests/{request.pk}/").body["late"]
    assert [each["comment"] for each in words] == ["Still none.", "No licence."]
    assert dee.post(late.body["revoke"], {"reason": "No licence."}).status == 200
