"""What the checks said, brought to the request that waits for them. The judging itself is done outside (tasks)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from approvals import locks, queries, subjects
from approvals.models import ApprovalRequest
from approvals.services.ending import close
from approvals.states import RequestState
from approvals.transitions import REQUEST
from audit.models import AuditEvent
from audit.recording import event, record, service
from core import clock, transitions
from core.actor import Actor, ActorKind
from core.errors import Forbidden, IllegalTransition
from governance import checks
from governance.checks import Judged
from governance.contract import Outcome
from governance.models import CheckRun
from governance.states import CheckState


def _check_system(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Checks are run by the service itself."))


def _conclude(actor: Actor, row: ApprovalRequest, blocked: bool, now: datetime) -> AuditEvent:
    if blocked:
        close(row, "block", now)
        return event(actor, "approvals.request.blocked", subjects.of_request(row), now)
    transitions.move(REQUEST, "open_review", row)
    return event(actor, "approvals.request.reviewable", subjects.of_request(row), now)


def _locked_runs(request: UUID) -> dict[UUID, CheckRun]:
    """The check runs of a request, locked: what is judged may be judged for another request of the same content, too."""
    runs = CheckRun.objects.select_for_update().filter(pk__in=queries.check_run_ids(request)).order_by("pk")
    return {run.pk: run for run in runs.only("state", "outcome")}


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
    return [_conclude(actor, row, errored or (bool(doubtful) and checks.blocked(doubtful, row.ad_account, now)), now)]


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
def abandon_checks(*, actor: Actor, request: UUID) -> ApprovalRequest:
    """End the runs of a request that could not be evaluated, and block it: errored is never passed (R-03).

    Raises NotFound, IllegalTransition.
    """
    row = locks.request(request)
    now = clock.now()
    _check_system(actor)
    owed = CheckRun.objects.filter(request_items__request=row, state__in=("queued", "running"))
    checks.give_up(list(owed), now)
    record(_conclude(actor, row, True, now))
    return row
