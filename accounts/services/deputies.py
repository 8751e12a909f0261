"""Who decides for whom, and who is away (R-15)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions as held
from accounts import subjects
from accounts.errors import DutiesClash
from accounts.interests import parties
from accounts.models import (
    LONGEST_DELEGATION_DAYS,
    SCOPE_FIELD,
    Absence,
    AdAccount,
    Brand,
    Delegation,
    Organisation,
    User,
)
from accounts.roles import APPROVING
from accounts.services.authority import (
    check_access_manager,
    check_not_narrowed,
    check_present,
    conferring,
    end,
    locked,
)
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, say
from core.money import Money

MAX_REASON = 300


def _is(actor: Actor, user: User) -> bool:
    """Whether this is the person themselves, not a machine of theirs."""
    return isinstance(actor.principal, User) and actor.principal.pk == user.pk


def _check_may_give(actor: Actor, scope: Any, *, delegator: User, delegate: User) -> None:
    """The person who is stood in for, or an access manager of the place who does not gain. Raises Forbidden, NotFound."""
    if _is(actor, delegator):
        check_not_narrowed(actor)
        held.check_visible(actor, scope)
        return
    check_access_manager(actor, scope)
    if parties(actor.principal) & parties(delegate):
        raise Forbidden(_("Nobody makes themselves the deputy of another."))


def _wrong(
    scope: Any, delegator: User, delegate: User, codes: Collection[str], begins: datetime, until: datetime
) -> list[FieldError]:
    found = []
    if delegator.pk == delegate.pk or delegator.is_service_account or delegate.is_service_account:
        found.append(FieldError("delegate", "another_person", _("A person stands in for another person.")))
    if {delegator.organisation_id, delegate.organisation_id} != {subjects.audit_scope(scope).organisation}:
        found.append(FieldError("delegate", "other_organisation", _("People stand in for each other inside one organisation.")))
    if not codes or not APPROVING.issuperset(codes):
        words = say(_("Choose at least one of {choices}."), choices=", ".join(sorted(APPROVING)))
        found.append(FieldError("permissions", "invalid", words))
    if not begins < until <= begins + timedelta(days=LONGEST_DELEGATION_DAYS):
        words = say(_("It ends after it begins, and at most {days} days later."), days=LONGEST_DELEGATION_DAYS)
        found.append(FieldError("expires_at", "too_long", words))
    return found


def check_held(delegator: User, delegate: User, scope: Any, codes: Collection[str], now: datetime, *, conveyed: bool) -> None:
    """What is given is held now, and who gets it can do something with it. Raises Invalid, DutiesClash."""
    mine, theirs = held.grants_of(delegator, now), held.grants_of(delegate, now)
    if missing := [code for code in sorted(codes) if not mine.allows(code, scope)]:
        words = say(_("{name} does not hold “{permission}” on {scope}."), name=delegator, permission=missing[0], scope=str(scope))
        raise Invalid.field("permissions", "not_held", words)
    if not theirs.allows("view", scope):
        words = say(_("{name} does not see {scope}; give them a role there first."), name=delegate, scope=str(scope))
        raise Invalid.field("delegate", "cannot_see", words)
    if conveyed and theirs.allows("audit", scope):
        words = _("Whoever reads the log of a place decides nothing there; those duties are kept apart.")
        raise DutiesClash(words, role="auditor")
    if not conveyed and (lacking := [code for code in sorted(codes) if not theirs.allows(code, scope)]):
        words = say(
            _("{name} does not hold “{permission}” on {scope} themselves; that has to be allowed by an access manager."),
            name=delegate, permission=lacking[0], scope=str(scope),
        )  # fmt: skip
        raise Invalid.field("delegate", "not_eligible", words)


@service("accounts.delegation.given")
def delegate(
    *, actor: Actor, delegator: User, deputy: User, scope: Organisation | Brand | AdAccount, permissions: Collection[str],
    expires_at: datetime, starts_at: datetime | None = None, limit: Money | None = None, conveyed: bool = False, reason: str = "",
) -> Delegation:  # fmt: skip
    """Let `deputy` decide for `delegator` on stages that ask for these `permissions`, on a place and below, until a time (R-15).

    By the person themselves or an access manager. `conveyed`, which the delegator alone cannot give, awaits an access manager
    (`is_awaited`), and a second one where the organisation asks for two. Raises Invalid, Forbidden, NotFound, DutiesClash.
    """
    concerning(subjects.of_scope(scope))
    check = partial(_check_may_give, delegator=delegator, delegate=deputy)
    check(actor, scope)
    organisation, now = locked(actor, scope, check), clock.now()
    if errors := _wrong(scope, delegator, deputy, permissions, max(now, starts_at) if starts_at else now, expires_at):
        raise Invalid(errors)
    for field, person in (("delegator", delegator), ("delegate", deputy)):
        check_present(person, field)
    check_held(delegator, deputy, scope, permissions, now, conveyed=conveyed)
    fields = conferring(actor, organisation.pk, now, starts_at, expires_at)
    if not conveyed:
        fields["since"] = max(now, starts_at) if starts_at else now  # it gives nobody what they could not decide already
    elif _is(actor, delegator):
        fields["since"] = None
    fields[SCOPE_FIELD[type(scope)]] = scope
    row = Delegation(
        delegator=delegator, delegate=deputy, permissions=sorted(set(permissions)), conveyed=conveyed,
        reason=reason.strip()[:MAX_REASON], limit_minor=limit.minor if limit else None, currency=limit.currency if limit else "",
        **fields,
    )  # fmt: skip
    row.save(force_insert=True)
    said = {**_named(row), "permissions": row.permissions, "conveyed": conveyed, "limit": str(limit or ""), "reason": row.reason}
    said |= {"from": clock.rfc3339(row.starts_at or now), "until": clock.rfc3339(expires_at)}
    record(event(actor, "accounts.delegation.given", subjects.of_delegation(row), now, awaited=row.is_awaited, **said))
    return row


def _named(row: Delegation) -> dict[str, str]:
    return {"delegator": row.delegator.email, "delegate": row.delegate.email}


def _check_may_end(actor: Actor, scope: Any, *, people: Collection[User]) -> None:
    """Both of them, and access managers of the place. Raises Forbidden, NotFound."""
    if any(_is(actor, each) for each in people):
        check_not_narrowed(actor)
    else:
        check_access_manager(actor, scope)


@service("accounts.delegation.ended")
def end_delegation(*, actor: Actor, delegation: UUID) -> Delegation:
    """End it now, also before it begins: by either of the two or an access manager. What the delegate decided by it counts no more
    on stages that are open (R-13). Raises NotFound, Forbidden, Conflict."""
    found = Delegation.objects.select_related("delegator", "delegate").filter(pk=delegation).first()
    if found is None:
        raise NotFound()
    concerning(subjects.of_delegation(found))
    check: Callable[[Actor, Any], None] = partial(_check_may_end, people=(found.delegator, found.delegate))
    check(actor, found.scope)
    locked(actor, found.scope, check)
    row, now = Delegation.objects.select_related("delegator", "delegate").get(pk=delegation), clock.now()
    if row.revoked_at is not None:
        raise Conflict(_("This delegation has already been ended."))
    end(row, actor, now)
    record(event(actor, "accounts.delegation.ended", subjects.of_delegation(row), now, **_named(row)))
    return row


# --- away --------------------------------------------------------------------------------------------------------------------


def _check_may_say(actor: Actor, organisation: Organisation, *, user: User) -> None:
    """The person themselves, and access managers of the organisation. Raises Forbidden, NotFound."""
    _check_may_end(actor, organisation, people=(user,))


@service("accounts.absence.recorded")
def record_absence(*, actor: Actor, user: User, expires_at: datetime, starts_at: datetime | None = None) -> Absence:
    """Note that a person is away until a time: nobody waits for them, unless somebody stands in for them (R-15). It takes nothing
    from them. Raises Invalid, Forbidden, NotFound."""
    organisation = user.organisation
    if organisation is None or user.is_service_account:
        raise Invalid.field("user", "not_a_person", _("People of an organisation are away."))
    concerning(subjects.of_user(user))
    check = partial(_check_may_say, user=user)
    check(actor, organisation)
    locked(actor, organisation, check)
    now = clock.now()
    fields = conferring(actor, organisation.pk, now, starts_at, expires_at)
    begins = max(now, starts_at) if starts_at else now
    if expires_at <= begins:
        raise Invalid.field("expires_at", "before_start", _("It has to end after it begins."))
    row = Absence(user=user, **{**fields, "since": begins})
    row.save(force_insert=True)
    said = {"user": user.email, "from": clock.rfc3339(begins), "until": clock.rfc3339(expires_at)}
    record(event(actor, "accounts.absence.recorded", subjects.of_absence(row), now, **said))
    return row


@service("accounts.absence.ended")
def end_absence(*, actor: Actor, absence: UUID) -> Absence:
    """Somebody is back, or does not leave. Raises NotFound, Forbidden, Conflict."""
    found = Absence.objects.select_related("user__organisation").filter(pk=absence).first()
    if found is None or found.user.organisation is None:
        raise NotFound()
    concerning(subjects.of_absence(found))
    check = partial(_check_may_say, user=found.user)
    check(actor, found.user.organisation)
    locked(actor, found.user.organisation, check)
    row, now = Absence.objects.select_related("user__organisation").get(pk=absence), clock.now()
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise Conflict(_("This absence has already ended."))
    end(row, actor, now)
    record(event(actor, "accounts.absence.ended", subjects.of_absence(row), now, user=row.user.email))
    return row
