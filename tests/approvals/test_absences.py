"""Being away, leaving, and who may decide for whom, as it is seen beforehand (R-15, R-17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts
from approvals import queries
from approvals.errors import NotAsked
from core import clock
from core.errors import Forbidden
from tests import builders
from tests.approvals.lending import AGO, add, decide, lend, policy, stage, states
from tests.builders import ROOT, World


@pytest.fixture
def world(db) -> World:
    return builders.organisation()


# --- people who left, and people who are away --------------------------------------------------------------------------------


def test_r17_pending_seat_of_somebody_who_left_falls_to_their_delegate(world):
    add(world, "pat")
    add(world, "dee")
    policy(world, stage(people=[str(world.people["pat"].pk)]))
    lend(world, "pat", "dee")
    request = world.request()
    with pytest.raises(NotAsked):
        decide(world, request, "dee")
    accounts.deactivate_user(actor=ROOT, user=world.people["pat"].pk)
    seats = queries.seats(request, clock.now())[0]
    assert [person.pk for person in seats.eligible] == [world.people["dee"].pk]
    assert not seats.stalled
    decide(world, request, "dee")
    assert states(request) == ["satisfied"]


def test_r17_without_a_delegate_the_stage_is_stalled(world):
    add(world, "pat")
    policy(world, stage(people=[str(world.people["pat"].pk)]))
    request = world.request()
    accounts.deactivate_user(actor=ROOT, user=world.people["pat"].pk)
    assert queries.seats(request, clock.now())[0].stalled


def test_r17_deactivated_delegate_decides_nothing_and_the_delegation_ends(world):
    add(world, "dee")
    row = lend(world)
    accounts.deactivate_user(actor=ROOT, user=world.people["dee"].pk)
    row.refresh_from_db()
    assert row.revoked_at is not None


def away(world, who, ago=AGO):
    with time_machine.travel(clock.now() - ago):
        return accounts.record_absence(actor=world.actor(who), user=world.user(who), expires_at=clock.now() + timedelta(days=9))


@pytest.fixture
def everyone(world) -> World:
    policy(world, stage(everyone=True))
    add(world, "dee")
    add(world, "eve")
    return world


def test_r15_who_is_away_is_not_awaited(everyone):
    row = away(everyone, "eve")
    request = everyone.request()
    seats = queries.seats(request, clock.now())[0]
    assert seats.absent == {everyone.people["eve"].pk: row.expires_at}
    decide(everyone, request, "dee")
    assert states(request) == ["open"]
    decide(everyone, request, "content")
    assert states(request) == ["satisfied"]


def test_r15_who_is_away_is_awaited_where_somebody_stands_in(everyone):
    away(everyone, "eve")
    add(everyone, "vera", "publisher")
    lend(everyone, "eve", "vera", conveyed=True)
    request = everyone.request()
    decide(everyone, request, "dee")
    decide(everyone, request, "content")
    assert states(request) == ["open"]
    decide(everyone, request, "vera", "eve")
    assert states(request) == ["satisfied"]


def test_r15_nobody_waits_for_the_other_half_of_a_vote(everyone):
    """eve lent her vote to dee: one of them speaks for both."""
    lend(everyone, "eve", "dee")
    request = everyone.request()
    decide(everyone, request, "dee", "eve")
    decide(everyone, request, "content")
    assert states(request) == ["satisfied"]


def test_r15_r13_a_contributor_sends_nobody_away(everyone):
    accounts.grant_role(actor=ROOT, role="access_manager", principal=everyone.user("submitter"), scope=everyone.organisation)
    with time_machine.travel(clock.now() - AGO):
        request = everyone.request()
    accounts.record_absence(
        actor=everyone.actor("submitter"), user=everyone.user("eve"), expires_at=clock.now() + timedelta(days=1)
    )
    decide(everyone, request, "dee")
    decide(everyone, request, "content")
    assert states(request) == ["open"]


def test_r15_r14_who_is_away_does_not_make_a_quorum_reachable(world):
    policy(world, stage(quorum=2))
    add(world, "dee")
    request = world.request()
    assert not queries.seats(request, clock.now())[0].stalled
    row = away(world, "dee", timedelta(0))
    assert queries.seats(request, clock.now())[0].stalled
    accounts.end_absence(actor=world.actor("dee"), absence=row.pk)
    assert not queries.seats(request, clock.now())[0].stalled


def test_r15_r14_two_who_hold_one_vote_do_not_make_a_quorum_reachable(world):
    policy(world, stage(quorum=2))
    add(world, "dee")
    lend(world)
    assert queries.seats(world.request(), clock.now())[0].stalled


def test_r15_only_oneself_and_access_managers_say_who_is_away(world):
    with pytest.raises(Forbidden):
        accounts.record_absence(actor=world.actor("budget"), user=world.user("content"), expires_at=clock.now() + timedelta(days=1))


# --- seen in advance ---------------------------------------------------------------------------------------------------------


def test_r15_what_waits_for_the_delegator_waits_for_the_delegate(world):
    add(world, "vera", "publisher")
    request = world.request()
    assert request not in queries.awaiting(world.actor("vera"))
    lend(world, to="vera", conveyed=True)
    assert request in queries.awaiting(world.actor("vera"))
    deputies = queries.seats(request, clock.now())[0].deputies
    assert [(each.delegate, each.delegator) for each in deputies] == [(world.people["vera"], world.people["content"])]
    decide(world, request, "vera", "content")
    assert request not in queries.awaiting(world.actor("vera"))
    assert request not in queries.awaiting(world.actor("content"))
