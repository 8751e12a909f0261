"""Up to how much money somebody may approve (R-25): given by access managers, never to oneself."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import subjects
from accounts.models import SCOPE_FIELD, AdAccount, AuthorityLimit, Brand, Organisation, User
from accounts.services.authority import (
    announce_ended,
    check_access_manager,
    check_not_oneself,
    check_present,
    conferring,
    end,
    locked,
)
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.money import Money

MAX_REASON = 300


def _check_may_give(actor: Actor, scope: Any, *, user: User) -> None:
    """An access manager of the place who does not gain. Raises Forbidden, NotFound."""
    check_access_manager(actor, scope)
    check_not_oneself(actor, user)


def _wrong(scope: Any, user: User, amount: Money, begins: datetime, until: datetime | None) -> list[FieldError]:
    found = []
    if user.is_service_account:
        found.append(FieldError("user", "not_a_person", _("People approve; a machine has no limit.")))
    if user.organisation_id != subjects.audit_scope(scope).organisation:
        found.append(FieldError("user", "other_organisation", _("A limit is given inside one organisation.")))
    if amount.minor <= 0:
        found.append(FieldError("amount", "too_small", _("A limit is more than nothing; whoever has none has no authority.")))
    if until is not None and until <= begins:
        found.append(FieldError("expires_at", "before_start", _("It has to end after it begins.")))
    return found


@service("accounts.authority_limit.given")
def give_limit(
    *, actor: Actor, user: User, scope: Organisation | Brand | AdAccount, amount: Money, starts_at: datetime | None = None,
    expires_at: datetime | None = None, reason: str = "",
) -> AuthorityLimit:  # fmt: skip
    """Let a person approve what can spend up to `amount`, on a place and below, until a time or for good (R-25). It gives no
    permission, and adds up with no other limit.

    Awaits a second access manager where the organisation asks for two (`is_awaited`, R-55). Raises Invalid, Forbidden (also to
    whoever would give it to themselves or be given it by their machine), NotFound.
    """
    concerning(subjects.of_scope(scope))
    check = partial(_check_may_give, user=user)
    check(actor, scope)
    organisation, now = locked(actor, scope, check), clock.now()
    if errors := _wrong(scope, user, amount, max(now, starts_at) if starts_at else now, expires_at):
        raise Invalid(errors)
    check_present(user, "user")
    fields = conferring(actor, organisation.pk, now, starts_at, expires_at)
    fields[SCOPE_FIELD[type(scope)]] = scope
    row = AuthorityLimit(
        user=user, amount_minor=amount.minor, currency=amount.currency, reason=reason.strip()[:MAX_REASON], **fields
    )
    row.save(force_insert=True)
    said = {"user": user.email, "limit": str(amount), "from": clock.rfc3339(row.starts_at or now), "reason": row.reason}
    said |= {"until": clock.rfc3339(expires_at)} if expires_at else {}
    record(event(actor, "accounts.authority_limit.given", subjects.of_limit(row), now, awaited=row.is_awaited, **said))
    return row


@service("accounts.authority_limit.ended")
def end_limit(*, actor: Actor, limit: UUID) -> AuthorityLimit:
    """End it now, also before it begins: by an access manager of its place, and it waits for nobody. What was approved by it counts
    no more on requests that are not cleared yet (R-13). Raises NotFound, Forbidden, Conflict."""
    found = AuthorityLimit.objects.select_related("user").filter(pk=limit).first()
    if found is None:
        raise NotFound()
    concerning(subjects.of_limit(found))
    check_access_manager(actor, found.scope)
    organisation = locked(actor, found.scope)
    row, now = AuthorityLimit.objects.select_related("user").get(pk=limit), clock.now()
    if row.revoked_at is not None:
        raise Conflict(_("This limit has already been ended."))
    end(row, actor, now)
    said = {"user": row.user.email, "limit": str(Money(row.amount_minor, row.currency))}
    record(event(actor, "accounts.authority_limit.ended", subjects.of_limit(row), now, **said))
    announce_ended(organisation.pk)
    return row
