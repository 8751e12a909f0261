"""How a request ends other than by approval: closed, withdrawn, expired; and how a clearance ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import User
from approvals import books, locks, subjects
from approvals.models import ApprovalRequest, Clearance, RequestItem, Revocation, Stage
from approvals.states import EntryKind, StageState
from approvals.transitions import REQUEST, STAGE
from audit.recording import event, record, service
from core import clock, transitions
from core.actor import Actor, ActorKind
from core.errors import Conflict, Forbidden, Invalid


def close(request: ApprovalRequest, name: str, now: datetime) -> None:
    """Take a final step on a locked request, release its entities and cancel what stages are left."""
    transitions.move(REQUEST, name, request, closed_at=now)
    _release([request], now)


def close_all(requests: list[ApprovalRequest], name: str, now: datetime) -> None:
    """`close` several locked requests: the statements of one."""
    transitions.move_many(REQUEST, name, requests, closed_at=now)
    _release(requests, now)


def _release(requests: list[ApprovalRequest], now: datetime) -> None:
    RequestItem.objects.filter(request__in=requests, is_open=True).update(is_open=False)
    left = list(Stage.objects.filter(request__in=requests, state__in=(StageState.PENDING, StageState.OPEN)))
    transitions.move_many(STAGE, "cancel", left, closed_at=now)


@service("approvals.request.withdrawn")
def withdraw(*, actor: Actor, request: UUID) -> ApprovalRequest:
    """Take a request back until it is cleared (R-30): by its submitter, or whoever operates the account.

    Raises NotFound, Forbidden, IllegalTransition.
    """
    row = locks.request(request)
    now = clock.now()
    permissions.check_visible(actor, row.ad_account)
    if str(row.submitted_by_id) != actor.id and not permissions.can(actor, "operate", row.ad_account):
        raise Forbidden(_("A request is withdrawn by who submitted it, or by an operator of the account."))
    close(row, "withdraw", now)
    record(event(actor, "approvals.request.withdrawn", subjects.of_request(row), now))
    return row


@service("approvals.request.expired")
def expire(*, actor: Actor, request: UUID) -> ApprovalRequest:
    """End an open request whose time to be decided has run out (R-21). The system's own act.

    An approved one stays approved; its clearances run out by themselves. Raises NotFound, Forbidden, Conflict,
    IllegalTransition.
    """
    row = locks.request(request)
    now = clock.now()
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Requests expire by themselves."))
    if row.expires_at > now:
        raise Conflict(_("This request has not expired yet."))
    close(row, "expire", now)
    record(event(actor, "approvals.request.expired", subjects.of_request(row), now))
    return row


@service("approvals.request.revoked")
def revoke(*, actor: Actor, request: UUID, reason: str) -> ApprovalRequest:
    """End the clearances of an approved request, with a reason (R-32). Never needs approval, needs `operate` (R-04).

    Raises NotFound, Forbidden, Invalid (no reason), IllegalTransition.
    """
    row = locks.request(request)
    now = clock.now()
    permissions.check(actor, "operate", row.ad_account)
    if not reason.strip():
        raise Invalid.field("reason", "required", _("Say why the approval is revoked."))
    transitions.move(REQUEST, "revoke", row, closed_at=now)
    end_clearances(row, permissions.principal_of(actor), reason, now)
    record(event(actor, "approvals.request.revoked", subjects.of_request(row), now, reason=reason))
    return row


def end_clearances(row: ApprovalRequest, user: User, reason: str, now: datetime) -> None:
    """Revoke what stands of the clearances of a locked request, and give back what they hold of envelopes."""
    books.give_back(row, row.items.select_related("revision"), EntryKind.RELEASE, now)
    standing = Clearance.objects.filter(request=row, revocation__isnull=True)
    Revocation.objects.bulk_create(
        Revocation(clearance=clearance, reason=reason, revoked_by=user, revoked_at=now) for clearance in standing
    )
