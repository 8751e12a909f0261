"""Transition tables are data, and `move` is a guarded update: of two writers one loses, lock or no lock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Case, Value, When

from approvals.models import ApprovalRequest
from core import clock, transitions
from core.errors import IllegalTransition
from core.transitions import step
from governance.models import CheckRun
from governance.transitions import CHECK_RUN
from tests import builders

TABLE = {
    "go": step(["red", "yellow"], "green", "clock"),
    "stop": step(["green"], "red", "clock"),
    "stay": step(["red"], "red", "clock"),
}


def test_what_may_be_done_in_table_order():
    assert transitions.allowed(TABLE, "red") == ["go", "stay"]
    assert transitions.allowed(TABLE, "green") == ["stop"]
    assert transitions.allowed(TABLE, "blue") == []


@pytest.fixture
def runs(db) -> list[CheckRun]:
    request = builders.organisation().request(at="awaiting_checks")
    return list(CheckRun.objects.filter(request_items__request=request))


def test_move_writes_state_and_values(runs):
    until = clock.now() + timedelta(seconds=60)
    transitions.move(CHECK_RUN, "start", runs[0], leased_until=until)
    assert (runs[0].state, runs[0].leased_until) == ("running", until)
    stored = CheckRun.objects.get(pk=runs[0].pk)
    assert (stored.state, stored.leased_until) == ("running", until)
    assert CheckRun.objects.get(pk=runs[1].pk).state == "queued"


def test_a_step_that_the_state_does_not_allow_names_all_three(runs):
    with pytest.raises(IllegalTransition) as caught:
        transitions.move(CHECK_RUN, "complete", runs[0], outcome="passed")
    assert caught.value.extra == {"subject": str(runs[0].pk), "state": "queued", "step": "complete"}
    assert CheckRun.objects.get(pk=runs[0].pk).state == "queued"


def test_an_unknown_step_is_a_mistake_of_ours(runs):
    with pytest.raises(KeyError):
        transitions.move(CHECK_RUN, "fly", runs[0])


def test_the_slower_writer_loses_and_writes_nothing(runs):
    """No lock is held: both read `queued`; the guarded UPDATE decides."""
    mine, theirs = CheckRun.objects.get(pk=runs[0].pk), CheckRun.objects.get(pk=runs[0].pk)
    transitions.move(CHECK_RUN, "err", theirs, outcome="blocked", finished_at=clock.now())
    with pytest.raises(IllegalTransition) as caught:
        transitions.move(CHECK_RUN, "start", mine, leased_until=clock.now())
    assert caught.value.extra["state"] == "queued"
    assert mine.state == "queued", "the row in hand must not pretend"
    stored = CheckRun.objects.get(pk=runs[0].pk)
    assert (stored.state, stored.leased_until) == ("errored", None)


def test_control_without_the_guard_the_slower_writer_would_win(db):
    """The same interleaving with a plain UPDATE by key, on a table whose trigger would allow that step."""
    world = builders.organisation()
    request = world.request(at="in_review")
    mine = ApprovalRequest.objects.get(pk=request.pk)
    ApprovalRequest.objects.filter(pk=request.pk, state="in_review").update(state="changes_requested")
    assert mine.state == "in_review"
    assert ApprovalRequest.objects.filter(pk=mine.pk).update(state="expired") == 1, "nobody noticed"


def test_move_many_is_all_or_nothing_in_the_database(runs):
    transitions.move(CHECK_RUN, "start", CheckRun.objects.get(pk=runs[0].pk))
    transitions.move(CHECK_RUN, "complete", _running(runs[0]), outcome="passed", finished_at=clock.now())
    with pytest.raises(IllegalTransition):
        transitions.move_many(CHECK_RUN, "err", runs, outcome="blocked", finished_at=clock.now())
    assert [each.state for each in runs] == ["queued"] * len(runs)


def _running(run: CheckRun) -> CheckRun:
    return CheckRun.objects.get(pk=run.pk)


def test_move_many_judges_every_row_before_it_writes(runs):
    runs[-1].state = "completed"
    with pytest.raises(IllegalTransition):
        transitions.move_many(CHECK_RUN, "start", runs)
    assert set(CheckRun.objects.values_list("state", flat=True)) == {"queued"}


def test_move_many_takes_expressions(runs):
    moments = [clock.now() + timedelta(seconds=index) for index in range(len(runs))]
    until = Case(*(When(pk=run.pk, then=Value(moment)) for run, moment in zip(runs, moments, strict=True)))
    transitions.move_many(CHECK_RUN, "start", runs, leased_until=until)
    assert {run.state for run in runs} == {"running"}
    assert [CheckRun.objects.get(pk=run.pk).leased_until for run in runs] == moments


def test_move_many_of_nothing_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        transitions.move_many(CHECK_RUN, "start", [])


def test_claim_takes_only_what_may_be_taken(runs):
    transitions.move_many(CHECK_RUN, "err", runs[:1], outcome="blocked", finished_at=clock.now())
    mine = CheckRun.objects.filter(pk__in=[run.pk for run in runs])
    assert transitions.claim(CHECK_RUN, "start", mine) == len(runs) - 1
    assert CheckRun.objects.get(pk=runs[0].pk).state == "errored"
