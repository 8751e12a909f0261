"""How the objects of `accounts` are named in the log."""

from __future__ import annotations

from uuid import UUID

from accounts.models import AdAccount, Brand, Organisation, Page, Scope, User, UserGroup
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
    names = {Organisation: "organisation", Brand: "brand", AdAccount: "ad_account", Page: "page"}
    return Subject(names[type(scope)], str(scope.pk), str(scope), audit_scope(scope))


def of_user(user: User) -> Subject:
    return Subject(user.kind, str(user.pk), user.email, AuditScope(user.organisation_id))


def of_group(group: UserGroup) -> Subject:
    return Subject("user_group", str(group.public_id), group.title, AuditScope(group.organisation_id))
