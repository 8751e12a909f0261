"""Deadlines, reminders and escalation (R-20): counted by calendars, told once, and never a consent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts import services as accounts
from approvals import deadlines, eligibility, queries, services, tasks
from approvals.errors import NotAsked
from approvals.models import ApprovalPolicy, ApprovalRequest, BusinessCalendar, Clearance, Decision, Stage
from approvals.routing import merge
from approvals.stage_specs import StageSpec, parse_stage
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.triggers import refusal
from tests.approvals.policies import BUDGET, CONTENT, again, govern, group, stage, states
from tests.builders import ROOT, World

HOUR = timedelta(hours=1)
ALWAYS = {day: ["00:00", "24:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}
CLOCK = system(Channel.TASK)


@pytest.fixture
def world(world: World) -> World:
    """Where people work day and night, so that working hours are hours; with three more who approve content, two days ago."""
    services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours=ALWAYS)
    with time_machine.travel(clock.now() - 48 * HOUR):
        for name in ("ann", "ben", "chief"):
            world.add_person(name, "content_approver")
    return world


def put_forward(world: World, hours_ago: float, **more: Any) -> ApprovalRequest:
    """A request put forward so many hours ago, whose one stage asks Ann and Ben for its content."""
    asked = [str(world.user(name).pk) for name in ("ann", "ben")]
    return put_forward_with(world, hours_ago, stage(sections=[*CONTENT, *BUDGET], **({"people": asked} | more)))


def put_forward_with(world: World, hours_ago: float, *stages: dict[str, Any]) -> ApprovalRequest:
    with time_machine.travel(clock.now() - hours_ago * HOUR, tick=True):
        govern(world, *stages)
        return world.request()


def to(world: World, *names: str) -> list[str]:
    return [str(world.user(name).pk) for name in names]


def told(request: ApprovalRequest, action: str) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(action=action, subject_id=str(request.pk), outcome="recorded").order_by("at")
    return [json.loads(row.canonical)["payload"] for row in rows]


def the_stage(request: ApprovalRequest) -> Stage:
    return Stage.objects.get(request=request, key="content")


def waits_for(world: World, request: ApprovalRequest) -> set[str]:
    return {name for name in world.people if request in queries.awaiting(world.actor(name))}


# --- when a stage is due -----------------------------------------------------------------------------------------------------


def test_r20_a_deadline_is_counted_in_working_hours_of_the_organisation(world: World) -> None:
    services.set_calendar(
        actor=ROOT, scope=world.organisation, timezone="Europe/Berlin", hours={"monday": ["09:00", "18:00"], "tuesday": ["09:00", "18:00"]},
        holidays=["2026-11-24"],
    )  # fmt: skip
    start = datetime(2026, 11, 23, 16, tzinfo=UTC)  # a Monday, 17:00 in Berlin; the Tuesday is a holiday
    govern(world, stage(deadline_hours=3, remind_before_hours=2))
    with time_machine.travel(start, tick=False):
        row = world.request("awaiting_checks").stages.get(key="content")
    assert row.due_at == datetime(2026, 11, 30, 10, tzinfo=UTC)  # the next Monday, 11:00 in Berlin
    assert row.remind_at == datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.mark.parametrize("nearest", ["organisation", "brand", "ad_account"])
def test_r20_the_nearest_calendar_counts(world: World, nearest: str) -> None:
    places: dict[str, Any] = {"organisation": world.organisation, "brand": world.brand, "ad_account": world.account}
    for number, (kind, scope) in enumerate(places.items(), 1):
        services.set_calendar(actor=ROOT, scope=scope, timezone="UTC", hours={"monday": ["00:00", f"0{number}:00"]})
        if kind == nearest:
            break
    assert deadlines.calendar_for(world.account).week[0].closes == number * 60
    other = "ad_account" if nearest != "ad_account" else "brand"
    expected = {"organisation": 1, "brand": 2}.get(nearest if other == "ad_account" else "brand", 0)
    assert deadlines.calendar_for(world.second_account).week[0].closes == expected * 60


def test_r20_another_calendar_moves_no_deadline_that_is_set(world: World) -> None:
    request = put_forward(world, 1, deadline_hours=8)
    before = the_stage(request).due_at
    services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours={"monday": ["09:00", "10:00"]})
    assert the_stage(request).due_at == before
    assert [row.version for row in BusinessCalendar.objects.order_by("version")] == [1, 2]


def test_r20_a_later_stage_is_due_from_when_it_opens(world: World) -> None:
    request = put_forward_with(
        world, 6, stage(people=to(world, "ann"), deadline_hours=8), stage("budget", BUDGET, deadline_hours=8, remind_before_hours=1)
    )
    later: Any = request.stages.get(key="budget")
    assert (later.state, later.due_at, later.remind_at) == ("pending", None, None)
    now = clock.now()
    world.decide(request, "content", by="ann")
    later.refresh_from_db()
    assert later.state == "open"
    assert timedelta(0) <= later.due_at - (now + 8 * HOUR) < timedelta(minutes=1)
    assert later.due_at - later.remind_at == HOUR


def test_r20_stages_without_a_deadline_are_never_due(world: World) -> None:
    request = put_forward(world, 24 * 5)
    tasks.keep_time()
    row = the_stage(request)
    assert (row.due_at, row.remind_at, row.reminded_at, row.escalated_at) == (None, None, None, None)


# --- reminding and escalating ------------------------------------------------------------------------------------------------


def test_r20_whoever_has_not_decided_is_reminded_once(world: World) -> None:
    request = put_forward(world, 5, quorum=2, deadline_hours=8, remind_before_hours=4)
    world.decide(request, "content", by="ann")
    for _again in range(3):
        tasks.keep_time()
    assert [each["people"] for each in told(request, "approvals.stage.reminded")] == [to(world, "ben")]
    assert told(request, "approvals.stage.escalated") == []
    with pytest.raises(Conflict):
        services.remind(actor=CLOCK, request=request.pk)


def test_r20_nobody_is_reminded_before_the_time(world: World) -> None:
    request = put_forward(world, 3, deadline_hours=8, remind_before_hours=4)
    tasks.keep_time()
    assert the_stage(request).reminded_at is None
    with pytest.raises(Conflict):
        services.remind(actor=CLOCK, request=request.pk)
    with pytest.raises(Conflict):
        services.escalate(actor=CLOCK, request=request.pk)
    assert the_stage(request).escalated_at is None


def test_r20_at_the_deadline_more_people_are_asked_and_who_was_asked_is_asked_still(world: World) -> None:
    request = put_forward(world, 9, deadline_hours=8, escalate_to_people=to(world, "chief"))
    assert waits_for(world, request) == {"ann", "ben"}
    with pytest.raises(NotAsked):
        world.decide(request, "content", by="chief")
    for _again in range(3):
        tasks.keep_time()
    assert waits_for(world, request) == {"ann", "ben", "chief"}
    (escalated,) = told(request, "approvals.stage.escalated")
    assert escalated["people"] == sorted(to(world, "ann", "ben"))
    assert (escalated["added"], escalated["told"]) == (to(world, "chief"), to(world, "chief"))
    world.decide(request, "content", by="chief")
    assert again(request).state == "approved"


def test_r20_who_was_asked_before_decides_after_the_deadline_as_before(world: World) -> None:
    request = put_forward(world, 9, deadline_hours=8, escalate_to_people=to(world, "chief"))
    tasks.keep_time()
    world.decide(request, "content", by="ben")
    assert again(request).state == "approved"


def test_r20_members_of_the_groups_escalated_to_are_asked_for_what_they_may_decide(world: World) -> None:
    with time_machine.travel(clock.now() - 47 * HOUR):
        chiefs = group(world, "Chiefs", "chief", "budget")
    request = put_forward(world, 9, deadline_hours=8, escalate_to_groups=[str(chiefs.public_id)])
    tasks.keep_time()
    (escalated,) = told(request, "approvals.stage.escalated")
    assert escalated["added"] == to(world, "chief"), "the other member may not approve content"
    assert escalated["told"] == sorted(to(world, "chief", "budget"))
    assert waits_for(world, request) == {"ann", "ben", "chief"}
    world.decide(request, "content", by="chief")
    assert again(request).state == "approved"


def test_r20_r13_a_membership_given_a_moment_ago_does_not_count_for_an_escalated_stage_either(world: World) -> None:
    chiefs = group(world, "Chiefs")
    request = put_forward(world, 9, deadline_hours=8, escalate_to_groups=[str(chiefs.public_id)])
    accounts.add_member(actor=ROOT, group=chiefs, user=world.user("chief"))
    tasks.keep_time()
    with pytest.raises(NotAsked):
        world.decide(request, "content", by="chief")
    assert not Decision.objects.filter(request=request).exists()


def test_r20_who_is_asked_as_well_is_not_waited_for_where_all_have_to_approve(world: World) -> None:
    request = put_forward(world, 9, everyone=True, deadline_hours=8, escalate_to_people=to(world, "chief"))
    tasks.keep_time()
    world.decide(request, "content", by="ann")
    assert again(request).state == "in_review"
    world.decide(request, "content", by="ben")
    assert again(request).state == "approved"


def test_r20_without_anybody_named_those_who_give_roles_are_told(world: World) -> None:
    request = put_forward(world, 9, people=[], deadline_hours=8)
    tasks.keep_time()
    (escalated,) = told(request, "approvals.stage.escalated")
    assert (escalated["added"], escalated["told"]) == ([], to(world, "access_manager"))


@pytest.mark.parametrize("days", [1, 13])
def test_r20_silence_is_never_consent(world: World, days: int) -> None:
    request = put_forward(world, 24 * days, deadline_hours=8, remind_before_hours=4, escalate_to_people=to(world, "chief"))
    for _again in range(2):
        tasks.keep_time()
        tasks.sweep()
        tasks.watch_routes()
    assert (again(request).state, states(request)) == ("in_review", {"content": "open"})
    assert not Decision.objects.exists()
    assert not Clearance.objects.exists()


def test_r20_r21_what_nobody_decides_expires_after_all(world: World) -> None:
    request = put_forward(world, 24 * 15, deadline_hours=8, escalate_to_people=to(world, "chief"))
    tasks.sweep()
    tasks.keep_time()
    assert (again(request).state, states(request)) == ("expired", {"content": "cancelled"})
    assert told(request, "approvals.stage.escalated") == []


def test_r20_nobody_is_chased_while_the_author_has_to_act(world: World) -> None:
    request = put_forward(world, 9, deadline_hours=8, remind_before_hours=4)
    world.decide(request, "content", "request_changes", by="ann")
    tasks.keep_time()
    assert told(request, "approvals.stage.reminded") == told(request, "approvals.stage.escalated") == []


@pytest.mark.parametrize("act", [services.remind, services.escalate, services.watch_route])
def test_r20_only_the_service_itself_keeps_time(world: World, act: Any) -> None:
    request = put_forward(world, 9, deadline_hours=8, remind_before_hours=4)
    with pytest.raises(Forbidden):
        act(actor=world.actor("access_manager"), request=request.pk)
    row = the_stage(request)
    assert (row.reminded_at, row.escalated_at, row.stalled_since) == (None, None, None)


# --- what the database holds to ----------------------------------------------------------------------------------------------


def refused_by(guard: str, request: ApprovalRequest, **changed: Any) -> None:
    before = list(Stage.objects.filter(request=request).values())
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Stage.objects.filter(request=request).update(**changed)
    found = refusal(error.value)
    assert found is not None
    assert found.guard == guard
    assert list(Stage.objects.filter(request=request).values()) == before


def test_r20_no_sql_asks_more_people_before_the_deadline(world: World) -> None:
    request = put_forward(world, 7, deadline_hours=8, escalate_to_people=to(world, "chief"))
    refused_by("approvals_stage_escalated", request, escalated_at=clock.now())
    refused_by("approvals_stage_due", request, due_at=clock.now() - HOUR)
    refused_by("approvals_stage_fixed", request, deadline_hours=1)
    refused_by("approvals_stage_fixed", request, escalate_to_people=to(world, "budget"))


def test_r20_no_sql_asks_more_people_where_there_is_no_deadline(world: World) -> None:
    refused_by("approvals_stage_escalated", put_forward(world, 24), escalated_at=clock.now())


def test_r20_no_sql_takes_a_reminder_or_an_escalation_back_or_repeats_it(world: World) -> None:
    request = put_forward(world, 9, deadline_hours=8, remind_before_hours=4)
    tasks.keep_time()
    for again_at in (None, clock.now()):
        refused_by("approvals_stage_reminded", request, reminded_at=again_at)
        refused_by("approvals_stage_escalated", request, escalated_at=again_at)


# --- what policies say -------------------------------------------------------------------------------------------------------


def spec(**more: Any) -> StageSpec:
    return parse_stage(stage(**more), "stages.0")


def test_r11_r20_the_nearer_deadline_wins_and_both_are_escalated_to() -> None:
    one, other = "0190d2a0-0000-7000-8000-000000000001", "0190d2a0-0000-7000-8000-000000000002"
    (merged,) = merge([
        [spec(deadline_hours=40, remind_before_hours=20, escalate_to_people=[one])],
        [spec(deadline_hours=16, remind_before_hours=4, escalate_to_people=[other], escalate_to_groups=[one])],
        [spec()],
    ])  # fmt: skip
    assert (merged.deadline_hours, merged.remind_before_hours) == (16, 4), "the other reminder came before the stage opens"
    assert (merged.escalate_to_people, merged.escalate_to_groups) == ((one, other), (one,))


@pytest.mark.parametrize(("more", "field"), [
    ({"deadline_hours": 0}, "deadline_hours"),
    ({"deadline_hours": 1001}, "deadline_hours"),
    ({"deadline_hours": "8"}, "deadline_hours"),
    ({"deadline_hours": True}, "deadline_hours"),
    ({"deadline_hours": 8, "remind_before_hours": 8}, "remind_before_hours"),
    ({"remind_before_hours": 2}, "remind_before_hours"),
    ({"escalate_to_people": ["0190d2a0-0000-7000-8000-000000000001"]}, "deadline_hours"),
    ({"deadline_hours": 8, "escalate_to_groups": ["Chiefs"]}, "escalate_to_groups"),
])  # fmt: skip
def test_r20_terms_that_make_no_sense_are_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        spec(**more)
    assert [each.field for each in refused.value.errors] == [f"stages.0.{field}"]


def test_r57_r20_a_policy_escalates_to_people_of_its_own_organisation(world: World) -> None:
    before = ApprovalPolicy.objects.count()
    wrong: list[dict[str, Any]] = [
        {"escalate_to_people": to(world, "chief")}, {"escalate_to_groups": [str(group(world, "Chiefs").public_id)]},
    ]  # fmt: skip
    for terms in wrong:
        with pytest.raises(Invalid) as refused:
            services.publish_policy(actor=ROOT, key="everywhere", title="All", stages=[stage(deadline_hours=8, **terms)])
        assert [each.field for each in refused.value.errors] == [f"stages.0.{name}" for name in terms]
    assert ApprovalPolicy.objects.count() == before


# --- calendars ---------------------------------------------------------------------------------------------------------------


def test_r57_calendars_are_set_by_policy_managers(world: World) -> None:
    given: dict[str, Any] = {"timezone": "Europe/Berlin", "hours": {"monday": ["09:00", "17:00"]}, "holidays": ["2026-12-24"]}
    row = services.set_calendar(actor=world.actor("policy_manager"), scope=world.account, **given)
    assert (row.version, row.ad_account, row.holidays) == (1, world.account, ["2026-12-24"])
    event = AuditEvent.objects.get(action="approvals.calendar.set", subject_id=str(row.pk))
    assert json.loads(event.canonical)["payload"] == given | {"version": 1}
    before = BusinessCalendar.objects.count()
    with pytest.raises(Forbidden):
        services.set_calendar(actor=world.actor("operator"), scope=world.account, **given)
    with pytest.raises((Forbidden, NotFound)):
        services.set_calendar(actor=world.actor("policy_manager"), scope=world.organisation, **given)
    assert BusinessCalendar.objects.count() == before


def test_calendars_are_only_ever_followed_by_another(world: World) -> None:
    for change in (lambda: BusinessCalendar.objects.update(timezone="UTC"), lambda: BusinessCalendar.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert BusinessCalendar.objects.get().hours == ALWAYS


# --- in words ----------------------------------------------------------------------------------------------------------------


def test_r20_a_deadline_in_words(world: World) -> None:
    request = put_forward(world, 1, deadline_hours=8)
    row, calendar = the_stage(request), deadlines.calendar_for(world.account)
    row.due_at = datetime(2026, 12, 1, 15, tzinfo=UTC)
    found = deadlines.of_stage(row, calendar, datetime(2026, 12, 1, 10, tzinfo=UTC))
    assert found is not None
    assert str(found.words) == "due Tuesday, 1 Dec, 15:00 (UTC), 5 working hours left"
    late = deadlines.of_stage(row, calendar, datetime(2026, 12, 1, 16, 30, tzinfo=UTC))
    assert late is not None
    assert str(late.words) == "overdue since Tuesday, 1 Dec, 15:00 (UTC), 1 working hour ago"
    assert (found.is_over, late.is_over) == (False, True)


def test_r20_who_may_decide_is_told_to_the_guards_as_to_the_code(world: World) -> None:
    """One rule, said twice: before and after an escalation code and database agree on everybody."""
    request = put_forward(world, 9, deadline_hours=8, escalate_to_people=to(world, "chief"))
    for expected in ({"ann", "ben"}, {"ann", "ben", "chief"}):
        row, now = the_stage(request), clock.now()
        found = eligibility.electorate(row, ApprovalRequest.objects.select_related("ad_account__brand").get(pk=request.pk), now)
        assert {name for name in world.people if world.user(name).pk in found.people} == expected
        by_database = {name for name in world.people if lets(request, row, world.user(name).pk)}
        assert by_database == expected
        tasks.keep_time()


def lets(request: ApprovalRequest, row: Stage, person: Any) -> bool:
    """Whether the guards let this person's decision in."""
    decision = Decision(
        request=request, stage=row, digest=request.digest, verdict="abstain", decided_by_id=person, name="x", eligible_by="x",
        channel="api", checks={}, decided_at=clock.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            decision.save(force_insert=True)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True
