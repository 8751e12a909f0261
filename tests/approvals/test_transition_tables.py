"""Every (state, step) of every table: the legal ones move the row, the others are refused and change nothing.

Tried on rows in memory, where `core.transitions` judges; that the database refuses the same is in tests/guards, and that
docs/states.md says the same in tests/approvals/test_states_document.py.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import TextChoices

from approvals.models import ApprovalRequest, Stage
from approvals.states import OPEN_STATES, RequestState, StageState
from approvals.transitions import REQUEST, STAGE
from core import transitions
from core.errors import IllegalTransition
from core.transitions import Table
from governance.models import CheckRun
from governance.states import CheckState
from governance.transitions import CHECK_RUN
from publishing.models import Publication
from publishing.states import PublicationState
from publishing.transitions import PUBLICATION

TABLES: dict[str, tuple[Table, type[TextChoices], Any]] = {
    "request": (REQUEST, RequestState, ApprovalRequest), "stage": (STAGE, StageState, Stage),
    "check_run": (CHECK_RUN, CheckState, CheckRun), "publication": (PUBLICATION, PublicationState, Publication),
}  # fmt: skip

LEGAL = {
    "request": {
        ("awaiting_checks", "open_review", "in_review"), ("awaiting_checks", "block", "blocked"),
        ("in_review", "approve", "approved"), ("in_review", "request_changes", "changes_requested"),
        ("in_review", "reject", "rejected"), ("changes_requested", "resume_review", "in_review"),
        *((state, step, target) for state in ("awaiting_checks", "in_review", "changes_requested")
          for step, target in (("withdraw", "withdrawn"), ("supersede", "superseded"), ("expire", "expired"))),
        ("in_review", "split", "superseded"), ("approved", "revoke", "revoked"),
    },
    "stage": {
        ("pending", "open", "open"), ("open", "satisfy", "satisfied"), ("open", "skip", "skipped"), ("open", "fail", "failed"),
        ("pending", "cancel", "cancelled"), ("open", "cancel", "cancelled"),
        ("satisfied", "reopen", "open"),
    },
    "check_run": {
        ("queued", "start", "running"), ("running", "start", "running"), ("running", "complete", "completed"),
        ("queued", "err", "errored"), ("running", "err", "errored"),
    },
    "publication": {
        ("queued", "dispatch", "dispatching"), ("dispatching", "publish", "published"), ("unconfirmed", "publish", "published"),
        ("dispatching", "refuse", "refused"), ("dispatching", "retry", "queued"), ("unconfirmed", "retry", "queued"),
        ("dispatching", "lose", "unconfirmed"), ("dispatching", "give_up", "failed"), ("unconfirmed", "give_up", "failed"),
        ("queued", "cancel", "cancelled"),
    },
}  # fmt: skip
"""Written out here once more by hand, from product.md: a change of a table has to be meant twice."""

CASES = [
    (name, state, step) for name, (table, states, _) in TABLES.items() for state in states.values for step in table
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "step"), CASES, ids=lambda each: str(each))
def test_every_state_and_step(name, state, step):
    table, _, model = TABLES[name]
    row = model(state=state)
    expected = {target for source, verb, target in LEGAL[name] if (source, verb) == (state, step)}
    if expected:
        assert {transitions.check(table, step, row).target} == expected
    else:
        with pytest.raises(IllegalTransition) as caught:
            transitions.check(table, step, row)
        assert caught.value.extra["step"] == step
        assert caught.value.extra["state"] == state
        assert row.state == state


@pytest.mark.parametrize("name", TABLES)
def test_tables_speak_of_known_states_only_and_reach_all_of_them(name):
    table, states, _ = TABLES[name]
    known = set(states.values)
    assert all(step.sources <= known and step.target in known for step in table.values())
    begun = {"request": "awaiting_checks", "stage": "pending", "check_run": "queued", "publication": "queued"}[name]
    reached = {begun}
    for _ in known:
        reached |= {step.target for step in table.values() if step.sources & reached}
    assert known - reached <= {"skipped"}, "a state that nothing leads to"


def test_final_states_never_change():
    final = {state.value for state in RequestState} - {state.value for state in OPEN_STATES} - {"approved"}
    assert final == {"blocked", "rejected", "withdrawn", "superseded", "expired", "revoked"}
    assert all(transitions.allowed(REQUEST, state) == [] for state in final)


def test_open_states_are_those_of_the_contract():
    assert {state.value for state in OPEN_STATES} == {"awaiting_checks", "in_review", "changes_requested"}
