"""A delegate and whoever they stand in for at once (R-15): one vote, whoever was faster."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts
from approvals import services
from approvals.errors import SecondSeat
from approvals.models import Decision
from campaigns.vocabulary import SECTIONS
from core import clock
from tests import builders
from tests.concurrency.racing import at_once, both_off, errors, guard_of, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
VOTED = "approvals.services.deciding:recorded"
CHECKED = "approvals.services.deciding:decision_of"
"""Right before the vote is written: who meets here has found the vote uncast, both of them."""
EARLIER = timedelta(hours=3)


@pytest.fixture
def lent(world):
    """Two approvals are asked for; `content` lent theirs to dee, who has one of their own."""
    stage = {"key": "content", "title": "Two", "permission": "approve_content", "sections": list(SECTIONS), "quorum": 2}
    services.publish_policy(actor=builders.ROOT, key="policy-acme", title="Two", stages=[stage], scope=world.organisation)
    with time_machine.travel(clock.now() - EARLIER):
        world.add_person("dee", "content_approver")
        world.add_person("eve", "content_approver")
        accounts.delegate(
            actor=builders.ROOT, delegator=world.people["content"], deputy=world.people["dee"], scope=world.brand,
            permissions=["approve_content"], expires_at=clock.now() + timedelta(days=5),
        )  # fmt: skip
    return world


def deciding(world, request, who, whose=None):
    actor = world.actor(who)
    behalf = whose and world.people[whose].pk
    return lambda: services.decide(
        actor=actor, request=request.pk, stage="content", digest=request.digest, verdict="approve", on_behalf_of=behalf
    )


def state(request) -> str:
    return request.stages.get().state


def test_r15_delegate_and_delegator_at_once_are_one_vote(lent, rendezvous, monkeypatch):
    """Each in their own name: the second one finds that the vote they hold together is cast."""
    request = lent.request(at="in_review")
    rendezvous.before(monkeypatch, CHECKED)
    results = at_once(deciding(lent, request, "content"), deciding(lent, request, "dee"))
    assert [type(each) for each in errors(results)] == [SecondSeat]
    assert not rendezvous.met, "the lock kept the second one from reading"
    assert Decision.objects.filter(request=request).count() == 1
    assert state(request) == "open"
    deciding(lent, request, "eve")()
    assert state(request) == "satisfied"


def test_r15_the_same_vote_by_both_at_once_counts_once(lent, rendezvous, monkeypatch):
    """The delegate in the delegator's name: both rows remain, as when a person says it twice, and are one vote."""
    request = lent.request(at="in_review")
    rendezvous.before(monkeypatch, CHECKED)
    assert errors(at_once(deciding(lent, request, "content"), deciding(lent, request, "dee", "content"))) == []
    assert Decision.objects.filter(request=request).count() == 2
    assert state(request) == "open"


def test_control_without_the_lock_both_votes_are_there(lent, rendezvous, monkeypatch):
    """What the lock is for: neither sees the other's vote, and the guards see committed rows alone."""
    request = lent.request(at="in_review")
    rendezvous.before(monkeypatch, VOTED)
    with locks_off():
        assert errors(at_once(deciding(lent, request, "content"), deciding(lent, request, "dee"))) == []
    assert rendezvous.met
    assert Decision.objects.filter(request=request).count() == 2


def test_control_without_lock_and_guards_they_satisfy_alone(lent, rendezvous, monkeypatch):
    """One person's vote twice, where two people are asked for."""
    request = lent.request(at="in_review")
    deciding(lent, request, "content")()
    monkeypatch.setattr("approvals.services.deciding.check_one_vote", lambda *args: None)

    def careless():
        without_triggers()
        return deciding(lent, request, "dee")()

    with both_off():
        at_once(careless, lambda: None)
    assert Decision.objects.filter(request=request).count() == 2
    assert state(request) == "satisfied", "with neither check nor guard"


def test_control_the_guard_alone_stops_the_second(lent, monkeypatch):
    """Whoever goes round the service's own check meets the guard of the database."""
    request = lent.request(at="in_review")
    deciding(lent, request, "content")()
    monkeypatch.setattr("approvals.services.deciding.check_one_vote", lambda *args: None)
    results = at_once(deciding(lent, request, "dee"), lambda: None)
    assert [guard_of(each) for each in errors(results)] == ["approvals_decision_one_vote"]
    assert state(request) == "open"
