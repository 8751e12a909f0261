"""Saying that one is looking at a request, and that one is not any more (R-50). Neither gives or takes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from approvals import eligibility, subjects
from approvals.claims import LASTS
from approvals.models import Claim, Stage
from approvals.services.bench import Bench
from approvals.services.deciding import Decider, check_who, read
from approvals.services.standing_in import proxy_for
from approvals.states import RequestState, StageState, Verdict
from approvals.transitions import REQUEST
from audit.recording import event, record, service
from core import transitions
from core.actor import Actor
from core.errors import ImprimaturError
from core.statements import insert


@service("approvals.request.claimed")
def claim(*, actor: Actor, request: UUID) -> Claim:
    """Say that one is looking at a request under review, for half an hour from now. Others still decide.

    Raises NotFound, IllegalTransition (not under review), and Forbidden where one may decide none of its open stages, for
    oneself or for another.
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
            check_who(bench, by, stage, Verdict.APPROVE)
        except ImprimaturError as error:
            refusals.append(error)
    if refusals and len(refusals) == len(opened) and not _stands_in(bench, by, opened):
        raise refusals[0]


def _stands_in(bench: Bench, by: Decider, opened: Iterable[Stage]) -> bool:
    """Whether they may decide one of these stages for somebody (R-15)."""
    ways = eligibility.standing_in(bench.request, bench.now)
    others = sorted({row.delegator_id for row in ways if row.delegate_id == by.user.pk})
    for stage, other in ((stage, other) for stage in opened for other in others):
        try:
            proxy = proxy_for(bench, by.actor, by.user, by.grants, stage, other)
            check_who(bench, replace(by, proxy=proxy), stage, Verdict.APPROVE)
        except ImprimaturError:
            continue
        return True
    return False


def _said(bench: Bench, by: Decider, action: str, until: datetime) -> Claim:
    row = Claim(request=bench.request, person=by.user, at=bench.now, until=until)
    insert([row])
    record(event(by.actor, action, subjects.of_request(bench.request), bench.now))
    return row
