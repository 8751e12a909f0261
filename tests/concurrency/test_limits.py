"""A limit that ends while somebody decides by it (R-25, R-13): what was judged a moment ago is asked again by the guards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts
from approvals import services
from approvals.models import Clearance, Decision
from campaigns.vocabulary import SECTIONS
from core import clock
from core.errors import Conflict
from core.money import Money
from tests import builders
from tests.concurrency.racing import Interruption, at_once, errors, guard_of, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
JUDGED = "approvals.services.deciding:decision_of"
"""Right after the limit was found to be enough, and before the decision is written."""
ENDING = "accounts.services.limits:end"
EARLIER = timedelta(hours=3)
MUCH = 10**10


@pytest.fixture
def limit(world):
    """One stage that asks for authority; the budget approver has it."""
    stage = {"key": "budget", "title": "Budget", "permission": "approve_budget", "sections": list(SECTIONS), "quorum": 1}
    stages = [{**stage, "authority": True}]
    services.publish_policy(actor=builders.ROOT, key="policy-acme", title="One", stages=stages, scope=world.organisation)
    with time_machine.travel(clock.now() - EARLIER):
        return accounts.give_limit(
            actor=builders.ROOT, user=world.people["budget"], scope=world.brand, amount=Money(MUCH, "USD")
        )


def deciding(world, request):
    actor = world.actor("budget")
    return lambda: services.decide(actor=actor, request=request.pk, stage="budget", digest=request.digest, verdict="approve")


def ending(world, limit):
    actor = world.actor("access_manager")
    return lambda: accounts.end_limit(actor=actor, limit=limit.pk)


def careless(act):
    """The act, on a connection on which no guard of the database fires."""

    def acting():
        without_triggers()
        return act()

    return acting


def test_r25_a_limit_that_ends_while_it_is_decided_by_clears_nothing(world, limit, monkeypatch):
    request = world.request(at="in_review")
    ended = Interruption(monkeypatch, JUDGED, ending(world, limit))
    (error,) = errors(at_once(deciding(world, request), lambda: None))
    assert not isinstance(ended.end(), Exception)
    assert ended.was_in_between, "no lock keeps anybody from ending a limit"
    assert guard_of(error) == "approvals_decision_authority"
    assert not Decision.objects.exists()
    assert not Clearance.objects.exists()


def test_control_without_the_guard_it_clears_what_nobody_had_the_authority_for(world, limit, monkeypatch):
    request = world.request(at="in_review")
    ended = Interruption(monkeypatch, JUDGED, ending(world, limit))
    assert errors(at_once(careless(deciding(world, request)), lambda: None)) == []
    assert not isinstance(ended.end(), Exception)
    assert ended.was_in_between
    assert Clearance.objects.exists()


def test_r25_a_limit_ends_once(world, limit, monkeypatch):
    second = Interruption(monkeypatch, ENDING, ending(world, limit))
    ending(world, limit)()
    assert isinstance(second.end(), Conflict)
    assert not second.was_in_between, "the lock of the organisation kept it waiting"


def test_control_without_the_lock_it_is_ended_by_both(world, limit, monkeypatch):
    """The second one does not see that the first has ended it; the guard alone keeps the row from being written twice."""
    second = Interruption(monkeypatch, ENDING, careless(ending(world, limit)))
    with locks_off():
        results = at_once(careless(ending(world, limit)), lambda: None)
    assert errors(results) == []
    assert not isinstance(second.end(), Exception)
    assert second.was_in_between
