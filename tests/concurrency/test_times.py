"""The clock against itself and against people (R-20): the reminder twice at once, the escalation against a decision."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from approvals import services, tasks
from approvals.models import ApprovalRequest, Stage
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Conflict, Overtaken
from tests.approvals.policies import BUDGET, CONTENT, govern, stage
from tests.builders import ROOT, World
from tests.concurrency.racing import Interruption, at_once, errors, guard_of, locks_off

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
HOUR = timedelta(hours=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
READ = "approvals.services.timing:_write"
"""Right before a reminder or an escalation is written: who meets here has read and judged."""


def late(world: World) -> ApprovalRequest:
    """A request whose reminder and whose deadline have passed, and whom Ann is asked by."""
    with time_machine.travel(clock.now() - 48 * HOUR, tick=True):
        for name in ("ann", "chief"):
            world.add_person(name, "content_approver")
        services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours={day: ["00:00", "24:00"] for day in DAYS})
        ann, chief = ([str(world.user(name).pk)] for name in ("ann", "chief"))
        govern(world, stage(
            sections=[*CONTENT, *BUDGET], people=ann, deadline_hours=8, remind_before_hours=4, escalate_to_people=chief,
        ))  # fmt: skip
        return world.request()


def clockwork(act, request):
    return lambda: act(actor=system(Channel.TASK), request=request.pk)


def deciding(world, request, who, verdict="approve"):
    actor = world.actor(who)
    return lambda: services.decide(
        actor=actor, request=request.pk, stage="content", digest=request.digest, verdict=verdict, comment="Because."
    )


def told(request, action) -> int:
    return AuditEvent.objects.filter(action=f"approvals.stage.{action}", subject_id=str(request.pk), outcome="recorded").count()


ACTS = {"reminded": services.remind, "escalated": services.escalate}


@pytest.mark.parametrize("what", ACTS)
def test_r20_of_two_clocks_at_once_one_tells(world, rendezvous, monkeypatch, what):
    request = late(world)
    rendezvous.before(monkeypatch, READ)
    assert [type(each) for each in errors(at_once(*[clockwork(ACTS[what], request)] * 2))] == [Conflict]
    assert not rendezvous.met, "the lock kept the second one from reading"
    assert told(request, what) == 1


@pytest.mark.parametrize("what", ACTS)
def test_r20_control_without_the_lock_the_database_still_lets_one_tell(world, rendezvous, monkeypatch, what):
    request = late(world)
    rendezvous.before(monkeypatch, READ)
    with locks_off():
        (lost,) = errors(at_once(*[clockwork(ACTS[what], request)] * 2))
    assert rendezvous.met
    assert (type(lost), guard_of(lost)) == (Overtaken, f"approvals_stage_{what}")
    assert told(request, what) == 1


def test_r20_two_sweeps_at_once_tell_once(world):
    request = late(world)
    assert errors(at_once(tasks.keep_time, tasks.keep_time, tasks.keep_time)) == []
    assert (told(request, "reminded"), told(request, "escalated")) == (1, 1)


def test_r20_a_decision_in_the_middle_of_an_escalation_waits_and_counts(world, monkeypatch):
    """Whom the escalation adds is asked by it and not a moment earlier; who was asked decides right after it."""
    request = late(world)
    between = Interruption(monkeypatch, READ, deciding(world, request, "ann"))
    clockwork(services.escalate, request)()
    between.end()
    assert not between.was_in_between
    assert not errors([between.result])
    assert (ApprovalRequest.objects.get(pk=request.pk).state, told(request, "escalated")) == ("approved", 1)


def test_r20_control_without_the_lock_the_decision_wins_and_nothing_is_escalated_that_is_decided(world, monkeypatch):
    request = late(world)
    with locks_off():
        between = Interruption(monkeypatch, READ, deciding(world, request, "ann"))
        with pytest.raises(Overtaken) as lost:
            clockwork(services.escalate, request)()
    between.end()
    assert between.was_in_between
    assert guard_of(lost.value) == "approvals_stage_escalated"
    assert (Stage.objects.get(request=request).escalated_at, told(request, "escalated")) == (None, 0)
    assert ApprovalRequest.objects.get(pk=request.pk).state == "approved"


def test_r20_an_escalation_after_the_last_decision_comes_too_late(world):
    request = late(world)
    deciding(world, request, "ann")()
    with pytest.raises(Conflict):
        clockwork(services.escalate, request)()
    assert told(request, "escalated") == 0
