"""Decisions at once (R-19). Three layers protect, and each is shown by taking away the ones before it:

the lock of the request → the guarded UPDATE of `move` → the triggers and unique keys of the database.
"""

from __future__ import annotations

import pytest

from approvals import services
from approvals.errors import StageNotOpen
from approvals.models import ApprovalRequest, Clearance, Decision
from audit.models import AuditEvent
from core.errors import IllegalTransition, Overtaken
from tests import builders
from tests.concurrency.racing import all_on, at_once, both_off, errors, guard_of, locks_off, without_triggers

pytestmark = [pytest.mark.postgresql_only, pytest.mark.race]
VOTED = "approvals.services.deciding:recorded"
"""Right after the vote was inserted and before its consequences: who meets here has read, judged and voted, both of them."""


def policy(world, quorum):
    stages = [{**builders.STAGES[0], "quorum": quorum}, builders.STAGES[1]]
    services.publish_policy(actor=builders.ROOT, key="policy-acme", title="More", stages=stages, scope=world.organisation)


def deciding(world, request, who, stage="content", verdict="approve"):
    actor = world.actor(who)
    return lambda: services.decide(
        actor=actor, request=request.pk, stage=stage, digest=request.digest, verdict=verdict, comment="Because."
    )


def satisfied(request) -> int:
    found = AuditEvent.objects.filter(action="approvals.stage.satisfied", subject_id=str(request.pk), outcome="recorded")
    return found.count()


def state(request) -> tuple[str, list[str]]:
    return ApprovalRequest.objects.get(pk=request.pk).state, list(request.stages.values_list("state", flat=True))


# --- the same person twice -------------------------------------------------------------------------------------------


def test_the_same_person_twice_is_one_vote_and_satisfies_once(world, rendezvous, monkeypatch):
    request = world.request(at="in_review")
    rendezvous.before(monkeypatch, VOTED)
    results = at_once(*[deciding(world, request, "content")] * 2)
    assert [type(each) for each in errors(results)] == [StageNotOpen]
    assert not rendezvous.met, "the lock kept the second one from reading"
    assert (Decision.objects.count(), satisfied(request)) == (1, 1)
    assert state(request) == ("in_review", ["satisfied", "open"])


def test_control_without_the_lock_the_guarded_update_still_lets_one_win(world, rendezvous, monkeypatch):
    request = world.request(at="in_review")
    rendezvous.before(monkeypatch, VOTED)
    with locks_off():
        results = at_once(*[deciding(world, request, "content")] * 2)
    assert rendezvous.met
    assert [type(each) for each in errors(results)] == [IllegalTransition]
    assert (Decision.objects.count(), satisfied(request)) == (1, 1)


def test_control_without_lock_and_guarded_update_the_database_stops_the_second(world, rendezvous, monkeypatch):
    """With both off the second gets as far as the database, whose guard is the last to say no."""
    request = world.request(at="in_review")
    rendezvous.before(monkeypatch, VOTED)
    with both_off():
        results = at_once(*[deciding(world, request, "content")] * 2)
    assert rendezvous.met
    assert [type(each) for each in errors(results)] == [Overtaken]
    assert (Decision.objects.count(), satisfied(request)) == (1, 1)


def test_control_without_any_of_the_three_one_person_votes_twice_and_satisfies_twice(world, rendezvous, monkeypatch):
    """What the three are for."""
    request = world.request(at="in_review")
    rendezvous.before(monkeypatch, VOTED)

    def careless() -> object:
        without_triggers()
        return deciding(world, request, "content")()

    with both_off():
        results = at_once(careless, careless)
    assert rendezvous.met
    assert errors(results) == []
    assert (Decision.objects.count(), satisfied(request)) == (2, 2)


# --- two people, the last seats --------------------------------------------------------------------------------------


def two_of_two(world):
    policy(world, 2)
    world.add_person("second", "content_approver")
    return world.request(at="in_review")


def test_r18_two_approvers_of_two_satisfy_the_stage(world, rendezvous, monkeypatch):
    request = two_of_two(world)
    rendezvous.before(monkeypatch, VOTED)
    assert errors(at_once(deciding(world, request, "content"), deciding(world, request, "second"))) == []
    assert state(request) == ("in_review", ["satisfied", "open"])
    assert satisfied(request) == 1


def test_control_without_the_lock_neither_sees_the_other_and_the_stage_hangs(world, rendezvous, monkeypatch):
    """Only the lock protects here: both votes are there and nobody counted them."""
    request = two_of_two(world)
    rendezvous.before(monkeypatch, VOTED)
    with locks_off():
        assert errors(at_once(deciding(world, request, "content"), deciding(world, request, "second"))) == []
    assert rendezvous.met
    assert Decision.objects.count() == 2
    assert state(request) == ("in_review", ["open", "pending"]), "two of two, and not satisfied"


def last_seat(world):
    world.add_person("second", "budget_approver")
    return world.request(at="content_approved")


@pytest.mark.parametrize(
    ("layers", "loser", "met"),
    [(all_on, (StageNotOpen, IllegalTransition), False), (locks_off, (IllegalTransition,), True), (both_off, (Overtaken,), True)],
    ids=["all on", "control: no lock, the guarded update protects", "control: neither, the database protects"],
)  # fmt: skip
def test_two_approvers_of_the_last_seat_clear_once(world, rendezvous, monkeypatch, layers, loser, met):
    request = last_seat(world)
    rendezvous.before(monkeypatch, VOTED)
    with layers():
        results = at_once(deciding(world, request, "budget", "budget"), deciding(world, request, "second", "budget"))
    assert rendezvous.met == met
    (lost,) = errors(results)
    assert isinstance(lost, loser)
    assert state(request) == ("approved", ["satisfied", "satisfied"])
    assert Clearance.objects.filter(request=request).count() == 3
    assert Decision.objects.filter(request=request, stage__key="budget").count() == 1


# --- yes against no --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("no", ["reject", "request_changes"])
@pytest.mark.parametrize(
    ("layers", "met"), [(all_on, False), (locks_off, True), (both_off, True)],
    ids=["all on", "control: no lock, the guarded update protects", "control: neither, the database protects"],
)  # fmt: skip
def test_r19_of_yes_and_no_at_the_last_seat_one_wins_entirely(world, rendezvous, monkeypatch, layers, met, no):
    request = last_seat(world)
    rendezvous.before(monkeypatch, VOTED)
    with layers():
        yes_result, no_result = at_once(
            deciding(world, request, "budget", "budget"), deciding(world, request, "second", "budget", no)
        )
    assert rendezvous.met == met
    (lost,) = errors([yes_result, no_result])
    final, _ = state(request)
    if lost is no_result:
        assert final == "approved"
        assert Clearance.objects.filter(request=request).count() == 3
    else:
        assert final == {"reject": "rejected", "request_changes": "changes_requested"}[no]
        assert not Clearance.objects.exists()
    verdicts = set(Decision.objects.filter(request=request, stage__key="budget").values_list("verdict", flat=True))
    assert verdicts == ({"approve"} if lost is no_result else {no})
    if layers is both_off:
        assert guard_of(lost) is not None, "a guard of the database, by name"
