"""Saying that one is looking at a request, and that one is not any more (R-50). Neither gives or takes anything."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from approvals import subjects
from approvals.claims import LASTS
from approvals.models import Claim
from approvals.services.bench import Bench
from approvals.services.deciding import Decider, check_may_decide, read
from approvals.states import RequestState, StageState
from approvals.transitions import REQUEST
from audit.recording import event, record, service
from core import transitions
from core.actor import Actor
from core.errors import ImprimaturError
from core.statements import insert


@service("approvals.request.claimed")
def claim(*, actor: Actor, request: UUID) -> Claim:
    """Say that one is looking at a request under review, for half an hour from now. Others still decide.

    Raises NotFound, IllegalTransition (not under review), and Forbidden where one may decide none of its open stages.
    """
    bench, by = read(actor, request)
    if bench.request.state != RequestState.IN_REVIEW:
        transitions.check(REQUEST, "approve", bench.request)
    _check_reviewer(bench, by)
    return _said(bench, by, "approvals.request.claimed", bench.now + LASTS)


@service("approvals.request.released")
def release(*, actor: Actor, request: UUID) -> Claim:
    """Say that one is not looking at it any more. Raises NotFound."""
    bench, by = read(actor, request)
    return _said(bench, by, "approvals.request.released", bench.now)


def _check_reviewer(bench: Bench, by: Decider) -> None:
    refusals: list[ImprimaturError] = []
    opened = bench.in_state(StageState.OPEN)
    for stage in opened:
        try:
            check_may_decide(bench, by, stage)
        except ImprimaturError as error:
            refusals.append(error)
    if refusals and len(refusals) == len(opened):
        raise refusals[0]


def _said(bench: Bench, by: Decider, action: str, until: datetime) -> Claim:
    row = Claim(request=bench.request, person=by.user, at=bench.now, until=until)
    insert([row])
    record(event(by.actor, action, subjects.of_request(bench.request), bench.now))
    return row
