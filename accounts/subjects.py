"""How the objects of `accounts` are named in the log."""

from __future__ import annotations

from uuid import UUID

from accounts.models import (
    SCOPE_FIELD,
    Absence,
    AccessPolicy,
    AdAccount,
    AuthorityLimit,
    Brand,
    Delegation,
    Membership,
    Organisation,
    Role,
    RoleGrant,
    Scope,
    User,
    UserGroup,
)
from audit.recording import Scope as AuditScope
from audit.recording import Subject


def audit_scope(scope: Scope) -> AuditScope:
    """Whose auditors may read events about something below `scope`. Needs brand and organisation loaded."""
    if isinstance(scope, Organisation):
        return AuditScope(scope.pk)
    if isinstance(scope, Brand):
        return AuditScope(scope.organisation_id, scope.pk)
    account: UUID | None = scope.pk if isinstance(scope, AdAccount) else None
    return AuditScope(scope.brand.organisation_id, scope.brand_id, account)


def of_scope(scope: Scope) -> Subject:
    return Subject(SCOPE_FIELD[type(scope)], str(scope.pk), str(scope), audit_scope(scope))


def of_user(user: User) -> Subject:
    return Subject(user.kind, str(user.pk), user.email, AuditScope(user.organisation_id))


def of_group(group: UserGroup) -> Subject:
    return Subject("user_group", str(group.public_id), group.title, AuditScope(group.organisation_id))


def of_role(role: Role) -> Subject:
    return Subject("role", role.pk, role.title, AuditScope(role.organisation_id))


def of_grant(grant: RoleGrant) -> Subject:
    return Subject("role_grant", str(grant.pk), str(grant), audit_scope(grant.scope))


def of_membership(row: Membership) -> Subject:
    return Subject("membership", str(row.pk), str(row), AuditScope(row.group.organisation_id))


def of_policy(row: AccessPolicy) -> Subject:
    return Subject("access_policy", str(row.pk), str(row), AuditScope(row.organisation_id))


def of_delegation(row: Delegation) -> Subject:
    return Subject("delegation", str(row.pk), str(row), audit_scope(row.scope))


def of_limit(row: AuthorityLimit) -> Subject:
    return Subject("authority_limit", str(row.pk), str(row), audit_scope(row.scope))


def of_absence(row: Absence) -> Subject:
    return Subject("absence", str(row.pk), str(row.user), AuditScope(row.user.organisation_id))
