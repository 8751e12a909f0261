"""Changes of access that await a second access manager: any fact that is conferred may be one (R-55)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from accounts import subjects
from accounts.models import (
    AccessPolicy,
    AuthorityLimit,
    Conferred,
    Delegation,
    Membership,
    Organisation,
    Placement,
    RoleGrant,
    RolePermission,
    Scope,
)
from audit.recording import Subject
from core.errors import NotFound

KINDS: Final[dict[str, type[Conferred]]] = {
    "role_grant": RoleGrant,
    "membership": Membership,
    "role_permission": RolePermission,
    "placement": Placement,
    "access_policy": AccessPolicy,
    "delegation": Delegation,
    "authority_limit": AuthorityLimit,
}


def get(identifier: UUID) -> Conferred:
    """The fact of this id, whatever its kind. Raises NotFound."""
    for model in KINDS.values():
        row: Conferred | None = model._default_manager.filter(pk=identifier).first()
        if row is not None:
            return row
    raise NotFound()


def kind(fact: Conferred) -> str:
    """What the API calls it."""
    return next(name for name, model in KINDS.items() if isinstance(fact, model))


def scope(fact: Conferred) -> Scope:
    """Where one has to manage access to confirm or decline it."""
    if isinstance(fact, RoleGrant | Delegation | AuthorityLimit):
        return fact.scope
    if isinstance(fact, Membership):
        return fact.group.organisation
    if isinstance(fact, Placement):
        return fact.brand
    found: Any = fact.role if isinstance(fact, RolePermission) else fact
    own: Organisation = found.organisation
    return own


def organisation(fact: Conferred) -> UUID | None:
    """Whose change it is."""
    return subjects.audit_scope(scope(fact)).organisation


def subject(fact: Conferred) -> Subject:
    """Its name in the log."""
    if isinstance(fact, RoleGrant):
        return subjects.of_grant(fact)
    if isinstance(fact, Membership):
        return subjects.of_membership(fact)
    if isinstance(fact, AccessPolicy):
        return subjects.of_policy(fact)
    if isinstance(fact, Delegation):
        return subjects.of_delegation(fact)
    if isinstance(fact, AuthorityLimit):
        return subjects.of_limit(fact)
    return Subject(kind(fact), str(fact.pk), str(fact), subjects.audit_scope(scope(fact)))
