"""What the checks said, brought to the request that waits for them. The judging itself is done outside (tasks)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals import locks, subjects
from approvals.lowering import is_lowering
from approvals.models import ApprovalRequest
from approvals.services.adding import add_owed, add_stages
from approvals.services.ending import close
from approvals.services.settling import begin_review
from approvals.states import RequestState
from approvals.transitions import REQUEST
from audit.models import AuditEvent
from audit.recording import event, record, service
from core import clock, transitions
from core.actor import Actor, ActorKind
from core.errors import Forbidden, IllegalTransition
from core.statements import prepared
from governance import checks
from governance.checks import Judged
from governance.contract import Outcome
from governance.models import CheckRun
from governance.states import CheckState


def _check_system(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Checks are run by the service itself."))


def _conclude(actor: Actor, row: ApprovalRequest, blocked: bool, now: datetime) -> list[AuditEvent]:
    """Block a request, or open its review: with the stages that what was found asks for, and with what was decided on the version
    before (R-07)."""
    if blocked:
        close(row, "block", now)
        return [event(actor, "approvals.request.blocked", subjects.of_request(row), now)]
    return open_review(actor, row, now)


def open_review(actor: Actor, row: ApprovalRequest, now: datetime, **facts: Any) -> list[AuditEvent]:
    """Open the review of a request of which nothing that was found stands in the way; `facts` are told in the log."""
    added = add_stages(row, now)
    if getattr(row, "policies_moved", False) and not is_lowering(row.policies):
        added += add_owed(row, list(row.stages.all()), now)
    transitions.move(REQUEST, "open_review", row)
    told: dict[str, Any] = {"stages": [stage.key for stage in added]} if added else {}
    reviewable = event(actor, "approvals.request.reviewable", subjects.of_request(row), now, **told, **facts)
    return [reviewable, *begin_review(actor, row, now)]


@prepared
def _runs(request: UUID) -> QuerySet[CheckRun]:
    runs = CheckRun.objects.select_for_update(of=("self",)).filter(request_items__request=request)
    return runs.order_by("pk").only("state", "outcome")


def _locked_runs(request: UUID) -> dict[UUID, CheckRun]:
    """The check runs of a request, locked: what is judged may be judged for another request of the same content, too."""
    return {run.pk: run for run in _runs(request)}


def _check_running(judged: Sequence[Judged], runs: Mapping[UUID, CheckRun]) -> None:
    """A worker whose lease ran out and whose work was done by another comes too late. Raises IllegalTransition."""
    if any(each.run.pk not in runs or runs[each.run.pk].state != CheckState.RUNNING for each in judged):
        raise IllegalTransition(_("Another worker has completed these checks."), step="complete")


def _concluded(actor: Actor, row: ApprovalRequest, runs: Iterable[CheckRun], now: datetime) -> list[AuditEvent]:
    """The end of a request's waiting, once all its checks have ended. What blocks may have been overridden or waived."""
    runs = list(runs)
    if row.state != RequestState.AWAITING_CHECKS or any(run.state in (CheckState.QUEUED, CheckState.RUNNING) for run in runs):
        return []
    errored = any(run.state == CheckState.ERRORED for run in runs)
    doubtful = [run.pk for run in runs if run.outcome == Outcome.BLOCKED]
    return _conclude(actor, row, errored or (bool(doubtful) and checks.blocked(doubtful, row.ad_account, now)), now)


@service("governance.check_runs.completed")
def record_checks(*, actor: Actor, request: UUID, judged: Sequence[Judged]) -> ApprovalRequest:
    """Write what was found and open the review, or block the request (R-03). Raises NotFound, IllegalTransition.

    A request that was withdrawn meanwhile keeps its findings and stays withdrawn; one of whose checks some are still run for
    another request goes on waiting. A worker that comes too late writes nothing: IllegalTransition.
    """
    row = locks.request(request)
    now = clock.now()
    _check_system(actor)
    runs = _locked_runs(request)
    _check_running(judged, runs)
    checks.write(judged, now)
    outcomes = {str(each.run.pk): str(each.outcome) for each in judged}
    completed = event(actor, "governance.check_runs.completed", subjects.of_request(row), now, outcomes=outcomes)
    record(completed, *_concluded(actor, row, {**runs, **{each.run.pk: each.run for each in judged}}.values(), now))
    return row


@service("approvals.request.reviewable")
def conclude_checks(*, actor: Actor, request: UUID) -> ApprovalRequest:
    """Open the review of a request, or block it, whose checks ended elsewhere: they were run for an earlier request of the
    same content. Raises NotFound, IllegalTransition when it waits for something, or for nothing any more."""
    row = locks.request(request)
    now = clock.now()
    _check_system(actor)
    events = _concluded(actor, row, _locked_runs(request).values(), now)
    if not events:
        raise IllegalTransition(_("The checks of this request have not all ended, or it waits for none."), step="conclude")
    record(*events)
    return row


@service("approvals.request.blocked")
def abandon_checks(*, actor: Actor, request: UUID, claimed: Sequence[CheckRun] = ()) -> ApprovalRequest:
    """End the runs of a request that could not be evaluated, and block it: errored is never passed (R-03). Those are meant that
    no worker holds, and those `claimed` that the caller holds still; what another worker has in hand, it brings home.

    Raises NotFound, IllegalTransition when that is all.
    """
    row = locks.request(request)
    now = clock.now()
    _check_system(actor)
    runs = CheckRun.objects.select_for_update(of=("self",), no_key=True).filter(request_items__request=row).order_by("pk")
    owed = list(runs.filter(checks.owed_by_nobody(now) | checks.held(claimed)))
    if not owed:
        raise IllegalTransition(_("Another worker has taken over these checks."), step="err")
    checks.give_up(owed, now)
    record(*_conclude(actor, row, True, now))
    return row
