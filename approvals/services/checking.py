"""What the checks said, brought to the request that waits for them. The judging itself is done outside (tasks)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from approvals import locks, subjects
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


def _check_still_ours(row: ApprovalRequest, judged: Sequence[Judged]) -> None:
    """Runs end in the transaction that ends the waiting of their request, so only one that waits no more is asked about."""
    if row.state == RequestState.AWAITING_CHECKS:
        return
    running = CheckRun.objects.filter(pk__in=[each.run.pk for each in judged], state=CheckState.RUNNING)
    if running.count() != len(judged):
        raise IllegalTransition(_("Another worker has completed these checks."), state=row.state, step="complete")


@service("governance.check_runs.completed")
def record_checks(*, actor: Actor, request: UUID, judged: Sequence[Judged]) -> ApprovalRequest:
    """Write what was found and open the review, or block the request (R-03). Raises NotFound, IllegalTransition.

    A request that was withdrawn meanwhile keeps its findings and stays withdrawn. A worker whose lease ran out and whose
    work was done by another comes too late: IllegalTransition.
    """
    row = locks.request(request)
    now = clock.now()
    _check_system(actor)
    _check_still_ours(row, judged)
    checks.write(judged, now)
    outcomes = {str(each.run.pk): str(each.outcome) for each in judged}
    events = [event(actor, "governance.check_runs.completed", subjects.of_request(row), now, outcomes=outcomes)]
    if row.state == RequestState.AWAITING_CHECKS:
        events.append(_conclude(actor, row, any(each.outcome == "blocked" for each in judged), now))
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
