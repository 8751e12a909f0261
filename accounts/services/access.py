"""Giving and taking roles: the most audit-worthy acts there are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import subjects
from accounts.models import RoleGrant, Scope, User, UserGroup
from accounts.projection import SCOPE_FIELD, project
from accounts.roles import ROLES
from accounts.services.authority import check_access_manager, parties
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, say


def _subject(grant: RoleGrant) -> Subject:
    return Subject("role_grant", str(grant.pk), str(grant), subjects.audit_scope(grant.scope))


def _check_same_organisation(principal: User | UserGroup, scope: Scope) -> None:
    organisation = subjects.audit_scope(scope).organisation
    if principal.organisation_id != organisation:
        raise Invalid.field("scope", "other_organisation", _("A role can only be given inside one's own organisation."))


def _check_not_oneself(actor: Actor, principal: User | UserGroup) -> None:
    """Neither directly, nor through a group; a person and the machines they own are one in this (R-16)."""
    giver = parties(actor.principal)
    if not giver:
        return
    if isinstance(principal, User):
        concerned = bool(giver & parties(principal))
    else:
        concerned = principal.user_set.filter(Q(pk__in=giver) | Q(owner_id__in=giver)).exists()
    if concerned:
        raise Forbidden(_("Nobody gives a role to themselves."))


@service("accounts.role.granted")
def grant_role(
    *, actor: Actor, role: str, principal: User | UserGroup, scope: Scope, expires_at: datetime | None = None
) -> RoleGrant:
    """Give `role` to a person, service account or group on a scope, until `expires_at` (R-57).

    Nobody grants to themselves, to a machine of theirs, or to a group with either in it. Raises Invalid (unknown role,
    other organisation), Forbidden, NotFound.
    """
    now = clock.now()
    concerning(subjects.of_scope(scope))
    check_access_manager(actor, scope)
    if role not in ROLES:
        words = say(_("Choose one of {choices}."), choices=", ".join(sorted(ROLES)))
        raise Invalid.field("role", "unknown_role", words)
    _check_same_organisation(principal, scope)
    _check_not_oneself(actor, principal)
    grant = RoleGrant(role=role, expires_at=expires_at, granted_at=now, granted_by=actor.label)
    setattr(grant, "user" if isinstance(principal, User) else "group", principal)
    setattr(grant, SCOPE_FIELD[type(scope)], scope)
    grant.save(force_insert=True)
    project(principal, scope, now)
    until = None if expires_at is None else clock.rfc3339(expires_at)
    record(event(actor, "accounts.role.granted", _subject(grant), now, role=role, principal=str(principal), until=until))
    return grant


@service("accounts.role.revoked")
def revoke_role(*, actor: Actor, grant: UUID) -> RoleGrant:
    """End a grant now. Raises NotFound, Forbidden, Conflict (already ended)."""
    now = clock.now()
    row = RoleGrant.objects.select_for_update(of=("self",), no_key=True).filter(pk=grant).first()
    if row is None:
        raise NotFound()
    concerning(_subject(row))
    check_access_manager(actor, row.scope)
    if row.revoked_at is not None:
        raise Conflict(_("This role grant has already been ended."))
    row.revoked_at = now
    row.save(update_fields=("revoked_at",))
    project(row.principal, row.scope, now)
    record(event(actor, "accounts.role.revoked", _subject(row), now, role=row.role, principal=str(row.principal)))
    return row
