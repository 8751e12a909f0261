"""Freezes: nothing goes out in a place for a time (R-21), but what is let through by somebody who did not work on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount, Brand, Organisation
from accounts.subjects import audit_scope, of_scope
from approvals import eligibility, freezes, locks, subjects
from approvals.errors import MachineDecision, SelfApproval
from approvals.models import Freeze, FreezeEnd, FreezePass
from approvals.states import RequestState
from audit.recording import Subject, concerning, event, record, service
from core import clock, wake
from core.actor import Actor
from core.errors import Conflict, Invalid, NotFound, say
from governance.authority import SCOPE_FIELD, at_console, check_may_change, check_policy_manager

LONGEST: Final = timedelta(days=366)


def _subject(freeze: Freeze) -> Subject:
    return Subject("freeze", str(freeze.pk), freeze.reason, audit_scope(freeze.scope))


def _check_reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid.field("reason", "required", _("Say why, for whoever waits and for auditors."))
    return reason.strip()


@service("approvals.freeze.set")
def set_freeze(
    *, actor: Actor, scope: Organisation | Brand | AdAccount, ends_at: datetime, reason: str, begins_at: datetime | None = None
) -> Freeze:
    """Nothing goes out in this place from `begins_at` (now unless said) until `ends_at`; what is queued waits, pausing never does
    (R-04). Raises NotFound, Forbidden, Invalid."""
    concerning(of_scope(scope))
    check_policy_manager(actor, scope)
    now = clock.now()
    begins = max(now, begins_at) if begins_at else now
    if not begins < ends_at <= begins + LONGEST:
        words = say(_("A freeze ends after it begins and after now, and lasts at most {days} days."), days=LONGEST.days)
        raise Invalid.field("ends_at", "out_of_range", words)
    bound: dict[str, Any] = {SCOPE_FIELD[type(scope)]: scope}
    row = Freeze(begins_at=begins, ends_at=ends_at, reason=_check_reason(reason), created_by=actor.label, created_at=now, **bound)
    row.save(force_insert=True)
    times = {"begins_at": clock.rfc3339(begins), "ends_at": clock.rfc3339(ends_at)}
    record(event(actor, "approvals.freeze.set", _subject(row), now, reason=row.reason, **times))
    return row


def _locked(identifier: UUID) -> Freeze:
    """A freeze under its lock. Raises NotFound."""
    rows = Freeze.objects.select_for_update(of=("self",), no_key=True).filter(pk=identifier)
    row = rows.select_related("organisation", "brand__organisation", "ad_account__brand__organisation").first()
    if row is None:
        raise NotFound()
    return row


def _check_lasts(row: Freeze, now: datetime) -> None:
    if row.ends_at <= now or FreezeEnd.objects.filter(freeze=row).exists():
        raise Conflict(_("This freeze is over already."))


@service("approvals.freeze.ended")
def end_freeze(*, actor: Actor, freeze: UUID, reason: str) -> Freeze:
    """End a freeze before its time. Raises NotFound, Forbidden, Invalid, Conflict (over already)."""
    row = _locked(freeze)
    concerning(_subject(row))
    now = clock.now()
    if not at_console(actor):
        check_may_change(actor, "manage_policy", row.scope, freezes.visible_freezes(actor).filter(pk=row.pk))
    _check_lasts(row, now)
    FreezeEnd(freeze=row, reason=_check_reason(reason), said_by=actor.label, at=now).save(force_insert=True)
    record(event(actor, "approvals.freeze.ended", _subject(row), now, reason=reason.strip()))
    return row


@service("approvals.freeze.passed")
def let_through(*, actor: Actor, freeze: UUID, request: UUID, reason: str) -> FreezePass:
    """Let one approved request through one freeze; needs `override` on its ad account, by a person who did not contribute to it.

    Raises NotFound, Forbidden (MachineDecision, SelfApproval), Invalid, Conflict (not approved, freeze over, let through already).
    """
    row = locks.request(request)
    now = clock.now()
    permissions.check(actor, "override", row.ad_account)
    found = _locked(freeze)
    user = permissions.principal_of(actor)
    if user.is_service_account:
        raise MachineDecision(_("A person lets something through a freeze; a service account can only propose."))
    if eligibility.contributed(user.pk, row):
        raise SelfApproval(_("You contributed to this request, so somebody else has to let it through."))
    if not freezes.holds(found, row.ad_account):
        raise NotFound()
    _check_lasts(found, now)
    if row.state != RequestState.APPROVED:
        raise Conflict(_("Only what is approved is let through a freeze."))
    passed = FreezePass(freeze=found, request=row, reason=_check_reason(reason), allowed_by=user, at=now)
    try:
        with transaction.atomic():
            passed.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("This request was let through already.")) from error
    record(event(actor, "approvals.freeze.passed", subjects.of_request(row), now, freeze=str(found.pk), reason=passed.reason))
    wake.announce("approvals.request.approved", row.pk)
    return passed
