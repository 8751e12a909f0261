"""Giving and taking roles: the most audit-worthy acts there are."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import locks, subjects
from accounts.duties import Clash, Holding
from accounts.errors import DutiesClash
from accounts.holdings import clashes_of_grant, clashes_of_users
from accounts.models import (
    SCOPE_FIELD,
    AdAccount,
    Membership,
    Organisation,
    Role,
    RoleGrant,
    Scope,
    User,
    UserGroup,
    standing_at,
)
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
from core.errors import Conflict, Invalid, NotFound, say


def _check_same_organisation(principal: User | UserGroup, scope: Scope) -> None:
    organisation = subjects.audit_scope(scope).organisation
    if principal.organisation_id != organisation:
        raise Invalid.field("scope", "other_organisation", _("A role can only be given inside one's own organisation."))


def _role(identifier: str, organisation: UUID) -> Role:
    """A built-in role or one of the organisation's own. Raises Invalid."""
    found = Role.objects.filter(Q(organisation__isnull=True) | Q(organisation=organisation), pk=identifier).first()
    if found is None:
        built_in = Role.objects.filter(organisation__isnull=True).order_by("pk").values_list("pk", flat=True)
        words = say(_("Choose one of {choices}."), choices=", ".join(built_in))
        raise Invalid.field("role", "unknown_role", words)
    return found


def check_duties(grant: RoleGrant, now: datetime) -> None:
    """Raises DutiesClash when its principal itself already holds what this excludes (R-60)."""
    if found := clashes_of_grant(grant, now):
        raise _refusal(found[0].other)


def _refusal(other: Holding) -> DutiesClash:
    words = _("Together with “{role}” on {where}{group} one person would hold duties that are kept apart.")
    through = f" ({other.group})" if other.group else ""
    role = Role.objects.get(pk=other.role)
    return DutiesClash(say(words, role=role, where=other.where, group=through), role=other.role, grant=str(other.grant))


Clashes = dict[UUID, list[Clash]]


def check_role_duties(role: Role, before: Clashes, after: Clashes) -> list[dict[str, str]]:
    """What a wider role makes clash that did not before. Raises DutiesClash where somebody holds the role directly (R-60).
    Returns what arises through groups, as the log tells it."""
    known = {(user, clash.one.grant, clash.other.grant) for user, each in before.items() for clash in each}
    fresh: Clashes = {}
    for user, each in after.items():
        for clash in each:
            if (user, clash.one.grant, clash.other.grant) in known:
                continue
            for one, other in ((clash.one, clash.other), (clash.other, clash.one)):
                if one.role == role.pk and not one.group:
                    raise _refusal(other)
            fresh.setdefault(user, []).append(clash)
    return told(fresh)


def told(found: dict[UUID, list[Clash]]) -> list[dict[str, str]]:
    """Clashes as the log tells them: what arises through groups is not refused, but reported."""
    return [
        {"user": str(user), "one": str(clash.one.grant), "other": str(clash.other.grant)}
        for user, each in sorted(found.items()) for clash in each
    ]  # fmt: skip


def members_clashing(organisation: Organisation, group: UserGroup, now: datetime) -> list[dict[str, str]]:
    """Who in a group holds duties that are kept apart, as the log tells it."""
    members = Membership.objects.filter(standing_at(now), group=group).values_list("user_id", flat=True)
    return told(clashes_of_users(organisation, members, now))


def _named(principal: User | UserGroup) -> dict[str, str]:
    """Who gets it, as the log tells it: names of people are not unique, so that an address or id stands beside it."""
    which = {"user": principal.email} if isinstance(principal, User) else {"group": str(principal.public_id)}
    return {"principal": str(principal), **which}


def _until(moment: datetime | None) -> str | None:
    return None if moment is None else clock.rfc3339(moment)


@service("accounts.role.granted")
def grant_role(
    *, actor: Actor, role: str, principal: User | UserGroup, scope: Scope,
    expires_at: datetime | None = None, starts_at: datetime | None = None,
) -> RoleGrant:  # fmt: skip
    """Give `role` (its id) to a person, service account or group on a scope, from `starts_at` until `expires_at` (R-57).

    Awaits a second access manager where the organisation says so (`grant.is_awaited`, R-55). Nobody grants to themselves,
    to a machine of theirs, or to a group with either in it. Raises Invalid (unknown role, other organisation, deactivated),
    Forbidden, NotFound, DutiesClash.
    """
    concerning(subjects.of_scope(scope))
    check_access_manager(actor, scope)
    _check_same_organisation(principal, scope)
    organisation, now = locked(actor, scope), clock.now()
    scope = locks.ad_account(scope.pk) if isinstance(scope, AdAccount) else scope  # it may have been moved meanwhile
    check_not_oneself(actor, principal)
    if isinstance(principal, User):
        check_present(principal, "principal")
    named = _role(role, organisation.pk)
    grant = RoleGrant(role=named, **conferring(actor, organisation.pk, now, starts_at, expires_at))
    setattr(grant, "user" if isinstance(principal, User) else "group", principal)
    setattr(grant, SCOPE_FIELD[type(scope)], scope)
    check_duties(grant, now)
    grant.save(force_insert=True)
    payload: dict[str, Any] = {
        "role": named.pk, **_named(principal), "starts_at": starts_at and clock.rfc3339(starts_at), "until": _until(expires_at),
    }  # fmt: skip
    if isinstance(principal, UserGroup):
        payload["clashes"] = members_clashing(organisation, principal, now)
    record(event(actor, "accounts.role.granted", subjects.of_grant(grant), now, awaited=grant.is_awaited, **payload))
    return grant


@service("accounts.role.revoked")
def revoke_role(*, actor: Actor, grant: UUID) -> RoleGrant:
    """End a grant now, also one that awaits a second access manager. Raises NotFound, Forbidden, Conflict (ended)."""
    found = RoleGrant.objects.filter(pk=grant).first()
    if found is None:
        raise NotFound()
    subject = concerning(subjects.of_grant(found))
    check_access_manager(actor, found.scope)
    organisation = locked(actor, found.scope)
    row = RoleGrant.objects.get(pk=grant)
    if row.revoked_at is not None:
        raise Conflict(_("This role grant has already been ended."))
    now = clock.now()
    end(row, actor, now)
    record(event(actor, "accounts.role.revoked", subject, now, role=row.role_id, **_named(row.principal)))
    announce_ended(organisation.pk)
    return row
