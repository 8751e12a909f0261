"""Calendars, deadlines and dead routes through the door (R-20, R-14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts import services as accounts
from approvals import services, tasks
from approvals.models import ApprovalRequest, BusinessCalendar
from core import clock
from tests.api.conftest import door
from tests.approvals.policies import BUDGET, CONTENT, govern, stage
from tests.builders import ROOT, World

pytestmark = pytest.mark.django_db
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS = {day: ["00:00", "24:00"] for day in DAYS}


def body(world: World, **changed: Any) -> dict[str, Any]:
    scope = {"type": "ad_account", "id": str(world.account.pk)}
    return {"scope": scope, "timezone": "Europe/Berlin", "hours": {"monday": ["09:00", "17:00"]}, "holidays": ["2026-12-25"]} | changed


def put_forward(world: World, hours_ago: float, **more: Any) -> ApprovalRequest:
    """A request put forward so many hours ago, in an organisation that works day and night."""
    services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours=ALWAYS)
    with time_machine.travel(clock.now() - timedelta(hours=hours_ago), tick=True):
        govern(world, stage(sections=[*CONTENT, *BUDGET], **more))
        return world.request()


def test_r20_policy_managers_say_when_people_work(world: World) -> None:
    manager = door(world, "policy_manager")
    made = manager.post("calendars/", body(world))
    assert made.status == 201
    expected = {"version": 1, "timezone": "Europe/Berlin", "hours": {"monday": ["09:00", "17:00"]}, "holidays": ["2026-12-25"]}
    assert {name: made.body[name] for name in expected} == expected
    assert made.body["scope"] == {"type": "ad_account", "id": str(world.account.pk), "name": world.account.name}
    again = manager.post("calendars/", body(world, holidays=[]))
    assert (again.body["version"], again.body["holidays"]) == (2, [])
    assert [row["version"] for row in manager.get("calendars/").body["results"]] == [2, 1]
    assert manager.get(f"calendars/{made.body['id']}/").body["version"] == 1


@pytest.mark.parametrize("listing", ["calendars", "envelopes", "waivers", "rule-sets"])
@pytest.mark.parametrize("kind", ["organisation", "brand", "ad_account", "page"])
def test_what_is_bound_to_no_such_place_lists_nothing(world: World, listing: str, kind: str) -> None:
    answer = door(world, "policy_manager").get(f"{listing}/?scope={kind}:{uuid4()}")
    assert (answer.status, answer.body["results"]) == (200, [])


@pytest.mark.parametrize(("changed", "field"), [
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"hours": {}}, "hours"),
    ({"hours": {"monday": ["18:00", "09:00"]}}, "hours.monday"),
    ({"hours": {"someday": ["09:00", "17:00"]}}, "hours.someday"),
    ({"hours": {"monday": ["09:00"]}}, "hours.monday"),
    ({"holidays": ["soon"]}, "holidays.0"),
    ({"scope": {"type": "page", "id": str(uuid4())}}, "scope.type"),
])  # fmt: skip
def test_r20_what_is_no_calendar_is_answered_by_field(world: World, changed: dict[str, Any], field: str) -> None:
    answer = door(world, "policy_manager").post("calendars/", body(world, **changed))
    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (400, [field])
    assert not BusinessCalendar.objects.exists()


def test_r57_who_manages_no_policy_sets_no_calendar(world: World) -> None:
    for name in ("operator", "access_manager", "content"):
        assert door(world, name).post("calendars/", body(world)).status == 403
    strange = {"type": "ad_account", "id": str(uuid4())}
    assert door(world, "policy_manager").post("calendars/", body(world, scope=strange)).status == 404
    assert not BusinessCalendar.objects.exists()


def test_r20_a_submission_says_by_when_it_is_to_be_decided(world: World) -> None:
    govern(world, stage(deadline_hours=8, remind_before_hours=2))
    answer = door(world, "submitter").post("approval-requests/?dry_run=true", {"campaign": str(world.tree().campaign.pk)})
    first = answer.body["stages"][0]
    assert (first["deadline_hours"], first["remind_before_hours"], first["escalate_to_people"]) == (8, 2, [])


def test_r20_r50_a_stage_shows_how_it_stands_in_time(world: World) -> None:
    request = put_forward(world, 5.5, deadline_hours=8, remind_before_hours=4)
    tasks.keep_time()
    (shown,) = door(world, "content").get(f"approval-requests/{request.pk}/").body["stages"]
    assert (shown["overdue"], shown["working_hours"], shown["escalated_at"]) == (False, 2, None)
    assert shown["reminded_at"]
    assert shown["due_at"]
    assert shown["time"].endswith(" (UTC), 2 working hours left")


def test_r20_r50_an_overdue_stage_says_so_and_who_is_asked_as_well(world: World) -> None:
    world.add_person("chief")
    chief = str(world.user("chief").pk)
    request = put_forward(world, 10.5, deadline_hours=8, escalate_to_people=[chief])
    tasks.keep_time()
    (shown,) = door(world, "content").get(f"approval-requests/{request.pk}/").body["stages"]
    assert (shown["overdue"], shown["working_hours"], shown["escalate_to_people"]) == (True, 2, [chief])
    assert shown["escalated_at"]
    assert shown["time"].startswith("overdue since ")
    assert (shown["status"], shown["stalled"]) == ("open", False)


def test_r14_a_stalled_stage_says_why_and_since_when(world: World) -> None:
    request = put_forward(world, 1, deadline_hours=8)
    accounts.deactivate_user(actor=ROOT, user=world.user("content").pk)
    reader = door(world, "auditor")
    (before,) = reader.get(f"approval-requests/{request.pk}/").body["stages"]
    assert (before["stalled"], before["stalled_reason"], before["stalled_since"]) == (True, "too_few", None)
    tasks.watch_routes()
    (after,) = reader.get(f"approval-requests/{request.pk}/").body["stages"]
    assert (after["stalled"], after["status"]) == (True, "open")
    assert after["stalled_since"]
