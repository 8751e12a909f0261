"""Standing in and being away (R-15) beside deadlines, dead routes, blind stages, comments and what is told to whom."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from approvals import queries, services, tasks
from approvals.errors import ChecklistIncomplete, NotDeputy
from approvals.models import ApprovalRequest, Claim, Stage
from approvals.services.bulk import Choice
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Forbidden
from notices.sources import told_of
from tests import builders
from tests.approvals.lending import AGO, add, decide, lend, nothing_decided, policy, stage, states
from tests.builders import ROOT, World

CLOCK = system(Channel.TASK)


@pytest.fixture
def world(db: None) -> World:
    """Dee stands for nobody yet; Vera holds no role that decides."""
    made = builders.organisation()
    add(made, "dee")
    add(made, "vera", "publisher")
    return made


def away(world: World, who: str) -> None:
    with time_machine.travel(clock.now() - AGO):
        accounts.record_absence(actor=world.actor(who), user=world.user(who), expires_at=clock.now() + timedelta(days=9))


def told(request: ApprovalRequest, action: str) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(action=action, subject_id=str(request.pk), outcome="recorded").order_by("at")
    return [json.loads(row.canonical)["payload"] for row in rows]


def asked(world: World, request: ApprovalRequest) -> set[str]:
    """Who is told that the review begins, and that a stage waits for them."""
    event = AuditEvent.objects.get(action="approvals.request.reviewable", subject_id=str(request.pk))
    names = {user.pk: name for name, user in world.people.items()}
    return {f"{names[each.person]} {each.kind}" for each in told_of(event, request, clock.now())}


def named(world: World, *names: str) -> list[str]:
    return sorted(str(world.user(name).pk) for name in names)


def late(world: World, **more: Any) -> ApprovalRequest:
    """A request whose one stage asks Content and Dee, and is late."""
    with time_machine.travel(clock.now() - timedelta(days=10), tick=True):
        policy(world, stage(deadline_hours=8, remind_before_hours=4, people=named(world, "content", "dee"), **more))
        return world.request()


def test_r15_r20_who_stands_in_is_reminded_and_who_is_away_is_not(world: World) -> None:
    request = late(world)
    away(world, "content")
    lend(world, "content", "vera", conveyed=True)
    services.remind(actor=CLOCK, request=request.pk)
    (fact,) = told(request, "approvals.stage.reminded")
    assert set(fact["people"]) == set(named(world, "vera", "dee"))


def test_r15_r17_r20_who_took_over_from_somebody_asked_after_the_deadline_decides(world: World) -> None:
    add(world, "pat")
    request = late(world, escalate_to_people=named(world, "pat"))
    lend(world, "pat", "content")
    add(world, "eve")
    lend(world, "pat", "eve")
    accounts.deactivate_user(actor=ROOT, user=world.people["pat"].pk)
    with pytest.raises(Forbidden):
        decide(world, request, "eve")
    services.escalate(actor=CLOCK, request=request.pk)
    decide(world, request, "eve")
    assert states(request) == ["satisfied"], "the guards say so too"


def test_r15_r14_a_stage_stalls_where_those_who_are_not_away_hold_too_few_votes(world: World) -> None:
    policy(world, stage(quorum=2))
    request = world.request()
    away(world, "content")
    tasks.watch_routes()
    assert [fact["reason"] for fact in told(request, "approvals.stage.stalled")] == ["too_few"]
    lend(world, "content", "vera", conveyed=True)
    tasks.watch_routes()
    assert len(told(request, "approvals.stage.reachable")) == 1
    assert Stage.objects.get(request=request).stalled_since is None


def test_r15_r14_two_people_of_one_vote_reach_no_quorum_of_two(world: World) -> None:
    policy(world, stage(quorum=2))
    request = world.request()
    lend(world, "content", "dee")
    tasks.watch_routes()
    assert [fact["reason"] for fact in told(request, "approvals.stage.stalled")] == ["too_few"]


def test_r15_who_stands_in_is_told_that_a_stage_waits(world: World) -> None:
    policy(world, stage())
    lend(world, "content", "vera", conveyed=True)
    away(world, "content")
    request = world.request()
    assert asked(world, request) == {"dee review_asked", "vera review_asked"}


def test_r15_r14_who_is_away_is_not_counted_on_when_it_is_told(world: World) -> None:
    policy(world, stage(quorum=2))
    away(world, "content")
    request = world.request()
    found = asked(world, request)
    assert "dee review_asked" in found
    assert "content review_asked" not in found
    tasks.watch_routes()
    assert [fact["reason"] for fact in told(request, "approvals.stage.stalled")] == ["too_few"]


def test_r15_r19_what_is_said_in_ones_name_on_a_blind_stage_is_ones_own(world: World) -> None:
    policy(world, stage(quorum=2, blind=True))
    lend(world, "content", "vera", conveyed=True)
    request = world.request()
    decide(world, request, "vera", "content")
    shown = {who: len(queries.get_request(world.actor(who), request.pk).decisions.all()) for who in ("vera", "content", "dee")}
    assert shown == {"vera": 1, "content": 1, "dee": 0}


def test_r15_r19_two_words_of_one_seat_are_not_two_votes(world: World) -> None:
    policy(world, stage(quorum=2, blind=True))
    lend(world, "content", "vera", conveyed=True)
    request = world.request()
    decide(world, request, "vera", "content")
    decide(world, request, "content")
    assert len(queries.get_request(world.actor("dee"), request.pk).decisions.all()) == 0


def test_r15_r51_whoever_decides_for_another_ticks_the_checklist(world: World) -> None:
    policy(world, stage(checklist=[{"key": "seen", "text": "Seen?", "required": True}]))
    lend(world, "content", "vera", conveyed=True)
    request = world.request()
    with pytest.raises(ChecklistIncomplete):
        decide(world, request, "vera", "content")
    assert nothing_decided(request)


def test_r07_r15_r51_what_was_ticked_for_another_is_carried_over(world: World) -> None:
    line = {"key": "seen", "text": "Seen?", "required": True}
    policy(world, stage(carries=True, quorum=2, checklist=[line]))
    lend(world, "content", "vera", conveyed=True)
    request = world.request()
    services.decide(
        actor=world.actor("vera"), request=request.pk, stage="content", digest=request.digest, verdict="approve", checked=["seen"],
        on_behalf_of=world.people["content"].pk,
    )  # fmt: skip
    second = world.submit(world.tree_of[request.pk], amend=True, note="Again").request
    world.check(second)
    carried = second.decisions.get(stage__key="content")
    assert (carried.decided_by, carried.on_behalf_of) == (world.people["vera"], world.people["content"])
    assert carried.checked == ["seen"]


def test_r15_r50_who_stands_in_may_say_that_they_look_at_it(world: World) -> None:
    policy(world, stage())
    request = world.request()
    with pytest.raises(Forbidden):
        services.claim(actor=world.actor("vera"), request=request.pk)
    assert not Claim.objects.exists()
    lend(world, "content", "vera", conveyed=True)
    services.claim(actor=world.actor("vera"), request=request.pk)
    assert Claim.objects.get().person == world.people["vera"]


def test_r15_r31_many_at_once_are_decided_in_ones_own_name(world: World) -> None:
    policy(world, stage())
    lend(world, "content", "vera", conveyed=True)
    request = world.request()
    choice = Choice(request.pk, request.digest)
    (outcome,) = services.decide_in_bulk(actor=world.actor("vera"), verdict="approve", choices=[choice])
    assert outcome.error is not None
    assert nothing_decided(request)
    with pytest.raises(NotDeputy):
        decide(world, request, "dee", "content")
