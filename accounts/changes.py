"""Changes of access that await a second access manager: any fact that is conferred may be one (R-55)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from accounts import subjects
from accounts.holdings import users_of
from accounts.models import (
    AccessPolicy,
    Conferred,
    EffectiveGrant,
    Membership,
    Organisation,
    Placement,
    RoleGrant,
    RolePermission,
    Scope,
    User,
    standing_at,
)
from accounts.permissions import on, scope_chain
from audit.recording import Subject
from core import clock
from core.actor import Actor
from core.errors import NotFound

KINDS: Final[dict[str, type[Conferred]]] = {
    "role_grant": RoleGrant,
    "membership": Membership,
    "role_permission": RolePermission,
    "placement": Placement,
    "access_policy": AccessPolicy,
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
    if isinstance(fact, RoleGrant):
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
    return Subject(kind(fact), str(fact.pk), str(fact), subjects.audit_scope(scope(fact)))


def is_machine(actor: Actor) -> bool:
    """Whether a service account speaks."""
    return isinstance(actor.principal, User) and actor.principal.is_service_account


def owners(identifier: UUID | None) -> set[UUID]:
    """Whose machine this is: proposing through it is proposing oneself (R-16)."""
    found = User.objects.filter(pk=identifier).values_list("owner_id", flat=True).first() if identifier else None
    return {found} if found else set()


def _gaining_by_move(fact: Placement, now: datetime) -> set[UUID]:
    """Who holds, now or later, on the new brand what they do not hold on the ad account where it lies."""
    account, brand = fact.ad_account, fact.brand
    unended = Q(until__isnull=True) | Q(until__gt=now)
    rows = EffectiveGrant.objects.filter(unended).values_list("user_id", "codename")
    return {user for user, _code in set(rows.filter(brand_id=brand.pk)) - set(rows.filter(on(scope_chain(account))))}


def gainers(fact: Conferred) -> set[UUID]:
    """People and machines who would hold more by it, with the owners of the machines."""
    if isinstance(fact, Membership):
        users = User.objects.filter(pk=fact.user_id)
    elif isinstance(fact, RoleGrant):
        users = users_of(RoleGrant.objects.filter(pk=fact.pk), clock.now())
    elif isinstance(fact, RolePermission):
        now = clock.now()
        users = users_of(RoleGrant.objects.filter(standing_at(now), role=fact.role_id), now)
    elif isinstance(fact, Placement):
        users = User.objects.filter(pk__in=_gaining_by_move(fact, clock.now()))
    else:
        return set()
    owned = users.filter(owner__isnull=False)
    return {*users.values_list("pk", flat=True), *owned.values_list("owner_id", flat=True)}
