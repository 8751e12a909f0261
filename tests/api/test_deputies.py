"""delegations/ and absences/, and deciding for somebody through the API (R-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import services as accounts
from accounts.models import Absence, Delegation
from audit.models import AuditEvent
from core import clock
from tests import builders
from tests.api.conftest import door


def soon(days: int = 3) -> str:
    return clock.rfc3339(clock.now() + timedelta(days=days))


@pytest.fixture
def pair(world):
    world.add_person("dee", "content_approver")
    return world


def body(world, **changed):
    return {
        "delegate": str(world.people["dee"].pk), "scope": {"type": "brand", "id": str(world.brand.pk)},
        "permissions": ["approve_content"], "expires_at": soon(), **changed,
    }  # fmt: skip


def test_r15_lend_list_decide_and_end(pair):
    world = pair
    mine, theirs = door(world, "content"), door(world, "dee")
    made = mine.post("delegations/", body(world, limit={"amount": "100000.00", "currency": "USD"}, reason="Away"))
    assert made.status == 201, made
    said = made.body
    assert (said["status"], said["delegator"]["name"], said["delegate"]["name"]) == ("in_force", "Content", "Dee")
    assert said["limit"] == {"amount": "100000.00", "currency": "USD"}
    assert [row["id"] for row in theirs.get("delegations/?status=in_force").body["results"]] == [said["id"]]
    request = world.request()
    seats = theirs.get(f"approval-requests/{request.pk}/").body["stages"][0]
    assert [(each["person"]["name"], each["on_behalf_of"]["name"]) for each in seats["deputies"]] == [("Dee", "Content")]
    verdict = {"verdict": "approve", "digest": request.digest, "stage": "content", "on_behalf_of": said["delegator"]["id"]}
    decided = theirs.post(f"approval-requests/{request.pk}/decisions/", verdict)
    assert decided.status == 201, decided
    assert decided.body["on_behalf_of"]["name"] == "Content"
    shown = theirs.get(f"approval-requests/{request.pk}/").body["stages"][0]["decided"]
    assert [(each["person"]["name"], each["on_behalf_of"]["name"]) for each in shown] == [("Dee", "Content")]
    told = AuditEvent.objects.filter(action="approvals.decision.recorded", subject_id=str(request.pk)).get()
    assert f'"on_behalf_of":"{said["delegator"]["id"]}"' in told.canonical
    assert theirs.delete(f"delegations/{said['id']}/").status == 204
    assert mine.get(f"delegations/{said['id']}/").body["status"] == "ended"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"permissions": []}, "permissions"), ({"permissions": ["publish"]}, "permissions"), ({"expires_at": soon(90)}, "expires_at"),
        ({"limit": {"amount": "5.00", "currency": "XXY"}}, "limit"), ({"scope": {"type": "page", "id": "?"}}, "scope"),
    ],
)  # fmt: skip
def test_r15_bad_delegations_are_refused(pair, changed, field):
    if "scope" in changed:
        changed = {"scope": {"type": "page", "id": str(pair.page.pk)}}
        accounts.grant_role(actor=builders.ROOT, role="submitter", principal=pair.people["content"], scope=pair.page)
    answer = door(pair, "content").post("delegations/", body(pair, **changed))
    assert answer.status in (400, 422), answer
    assert any(each.startswith(field) for each in answer.fields), answer
    assert not Delegation.objects.exists()


def test_r57_a_colleague_who_decides_nothing_there_is_not_found(pair):
    pair.add_person("nobody")
    answer = door(pair, "content").post("delegations/", body(pair, delegate=str(pair.people["nobody"].pk)))
    assert answer.status == 404
    assert not Delegation.objects.exists()


def test_r15_away_and_back(world):
    made = door(world, "content").post("absences/", {"expires_at": soon()})
    assert made.status == 201, made
    request = world.request()
    stage = door(world, "budget").get(f"approval-requests/{request.pk}/").body["stages"][0]
    assert [(each["person"]["name"], each["until"]) for each in stage["absent"]] == [("Content", made.body["expires_at"])]
    assert stage["stalled"]
    assert door(world, "budget").get("absences/").body["results"] == []
    assert door(world, "content").delete(f"absences/{made.body['id']}/").status == 204
    assert Absence.objects.get().revoked_at is not None


def test_r15_nobody_sends_another_away(world):
    answer = door(world, "operator").post("absences/", {"expires_at": soon(), "user": str(world.people["content"].pk)})
    assert answer.status == 404
    assert not Absence.objects.exists()
