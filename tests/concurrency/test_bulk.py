"""Two people who decide some of the same requests at once (R-31): all are locked in one order, and of two each is decided once."""

from __future__ import annotations

import pytest

from approvals import locks, services
from approvals.models import ApprovalRequest, Decision
from approvals.services.bulk import Choice
from audit.models import AuditEvent
from tests.builders import World, green
from tests.concurrency.racing import Rendezvous, at_once, errors, locks_off

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
WRITTEN = "approvals.services.bulk:_written"
"""After all was read and judged, and before anything is written."""


def deciding(world: World, who: str, requests: list[ApprovalRequest]):
    actor, choices = world.actor(who), [Choice(each.pk, each.digest, "content") for each in requests]
    return lambda: services.decide_in_bulk(actor=actor, verdict="approve", choices=choices)


def satisfied(request: ApprovalRequest) -> int:
    told = AuditEvent.objects.filter(action="approvals.stage.satisfied", subject_id=str(request.pk), outcome="recorded")
    return told.count()


@pytest.fixture
def requests(world: World) -> list[ApprovalRequest]:
    world.add_person("second", "content_approver")
    return [green(world) for _turn in range(4)]


def test_r31_two_over_some_of_the_same_decide_each_once(world, requests, rendezvous: Rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, WRITTEN)
    acts = deciding(world, "content", requests[:3]), deciding(world, "second", requests[:0:-1])
    results = at_once(*acts)
    assert errors(results) == []
    assert not rendezvous.met, "the locks kept the second one from reading"
    refused = [each.error.code for found in results for each in found if each.error is not None]
    assert refused == ["stage_not_open"] * 2
    assert Decision.objects.count() == 4
    assert [satisfied(each) for each in requests] == [1] * 4


def test_control_without_the_locks_the_guarded_updates_let_one_win(world, requests, rendezvous: Rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, WRITTEN)
    with locks_off():
        results = at_once(deciding(world, "content", requests[:3]), deciding(world, "second", requests[:0:-1]))
    assert rendezvous.met
    assert [satisfied(each) for each in requests] in ([1, 1, 1, 0], [0, 1, 1, 1], [1] * 4)
    assert errors(results) or Decision.objects.count() == 4


def test_control_locked_in_the_order_of_the_choices_they_wait_for_each_other(world, requests, monkeypatch):
    """What the one order is for: each holds what the other wants next, and the database ends one of them."""
    meeting = Rendezvous(5)

    def one_by_one(identifiers):
        found = {}
        for each in identifiers:
            found[each] = locks.requests().get(pk=each)
            meeting.meet()
        return found

    monkeypatch.setattr(locks, "requests_among", one_by_one)
    results = at_once(deciding(world, "content", requests[:2]), deciding(world, "second", requests[1::-1]))
    assert [type(each).__name__ for each in errors(results)] == ["OperationalError"]


def test_r31_a_single_decision_beside_many_waits_for_its_request_alone(world, requests, rendezvous: Rendezvous, monkeypatch):
    rendezvous.before(monkeypatch, WRITTEN)
    single = lambda: services.decide(  # noqa: E731
        actor=world.actor("second"), request=requests[0].pk, stage="content", digest=requests[0].digest, verdict="reject", comment="No."
    )
    results = at_once(deciding(world, "content", requests), single)
    assert [satisfied(each) for each in requests[1:]] == [1] * 3
    assert len(errors(results)) + sum(each.error is not None for each in results[0]) == 1
