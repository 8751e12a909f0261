"""A new time for what is approved (R-21): nothing of what was approved changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from approvals import locks as approval_locks
from approvals.models import ApprovalRequest, Clearance
from approvals.states import PublishMode
from approvals.subjects import of_request
from audit.recording import concerning, event, record, service
from core import clock, dates
from core.actor import Actor
from core.errors import Conflict, Invalid, say
from publishing import gate
from publishing.errors import AlreadyPublished
from publishing.models import Publication, Reschedule


@service("publishing.request.rescheduled")
def reschedule(*, actor: Actor, request: UUID, publish_at: datetime, reason: str = "") -> Reschedule:
    """Plan an approved request that has not begun to go out for another time within the window of its clearances; by whoever
    submitted it, or holds `publish` on the account.

    Raises NotFound, Forbidden, NotApproved (or what else the request lacks), Conflict (a person publishes it), AlreadyPublished,
    Invalid.
    """
    row = approval_locks.request(request)
    now = clock.now()
    concerning(of_request(row))
    permissions.check(actor, "submit" if str(row.submitted_by_id) == actor.id else "publish", row.ad_account)
    _check_waits(row, now)
    begins, ends = _window(row, now)
    if not begins <= publish_at < ends:
        words = say(_("The time lies between {begins} and {ends}."), begins=dates.moment_lazy(begins), ends=dates.moment_lazy(ends))
        raise Invalid.field("publish_at", "out_of_range", words)
    user = permissions.principal_of(actor)
    made = Reschedule(request=row, publish_at=publish_at, reason=reason.strip(), rescheduled_by=user, at=now)
    made.save(force_insert=True)
    planned: dict[str, Any] = {"publish_at": clock.rfc3339(publish_at), "planned": row.publish_at and clock.rfc3339(row.publish_at)}
    record(event(actor, "publishing.request.rescheduled", of_request(row), now, reason=made.reason, **planned))
    return made


def _check_waits(row: ApprovalRequest, now: datetime) -> None:
    """It is approved, goes out by itself, and has not begun to. Raises NotApproved, ClearanceRevoked, AccountMoved, Conflict,
    AlreadyPublished."""
    if reason := gate.standing(row):
        raise reason
    if row.publish != PublishMode.ON_APPROVAL:
        raise Conflict(_("This is published by a person, at whatever time they choose."))
    if Publication.objects.filter(request=row).exclude(state__in=gate.ENDED).exists():
        raise AlreadyPublished(_("The publication of this request is under way."))


def _window(row: ApprovalRequest, now: datetime) -> tuple[datetime, datetime]:
    """From when until when all of it may go out. Raises what the gate would (ClearanceExpired)."""
    cleared = list(Clearance.objects.filter(request=row).select_related("revision", "revocation"))
    begins, ends = max(now, *(each.valid_from for each in cleared)), min(each.valid_until for each in cleared)
    for each in cleared:
        if now >= each.valid_until and (reason := gate.judge_clearance(each, now)):
            raise reason
    return begins, ends
