"""The one answer to “who may do what where” (R-57), used by api, workplace, tasks and services alike.

A principal's grants are resolved to ids in one statement a request; checks and listings then read from memory.
`check_…` raises, `can_…` answers through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, EffectiveGrant, Organisation, Page, Scope, User
from core import clock
from core.actor import Actor
from core.errors import Forbidden, NotFound, say

ORGANISATION, BRAND, AD_ACCOUNT, PAGE = "organisation", "brand", "ad_account", "page"


def scope_chain(scope: Scope) -> list[tuple[str, UUID]]:
    """The scope and everything above it: where a grant may sit that reaches it. Needs brand and organisation loaded."""
    if isinstance(scope, Organisation):
        return [(ORGANISATION, scope.pk)]
    if isinstance(scope, Brand):
        return [(BRAND, scope.pk), (ORGANISATION, scope.organisation_id)]
    own = AD_ACCOUNT if isinstance(scope, AdAccount) else PAGE
    return [(own, scope.pk), (BRAND, scope.brand_id), (ORGANISATION, scope.brand.organisation_id)]


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything a principal holds at one moment: permission → kinds of scope → ids."""

    by_permission: Mapping[str, Mapping[str, frozenset[UUID]]]

    def allows(self, permission: str, scope: Scope) -> bool:
        """Whether a grant on `scope` or above gives `permission`."""
        held = self.by_permission.get(permission, {})
        return any(identifier in held.get(kind, ()) for kind, identifier in scope_chain(scope))

    def filter(self, permission: str, path: str = "") -> Q:
        """The condition under which an ad account (reached by `path`, e.g. `ad_account`) is covered by `permission`."""
        prefix = f"{path}__" if path else ""
        held = self.by_permission.get(permission, {})
        condition = Q(pk__in=())
        for kind, lookup in ((AD_ACCOUNT, "pk"), (BRAND, "brand_id"), (ORGANISATION, "brand__organisation_id")):
            if held.get(kind):
                condition |= Q(**{f"{prefix}{lookup}__in": sorted(held[kind])})
        return condition

    def ad_account_ids(self, permission: str) -> list[UUID]:
        """Ids of all ad accounts under `permission`: one statement, then listings filter by ids (they stay flat)."""
        held = self.by_permission.get(permission, {})
        if not held:
            return []
        return list(AdAccount.objects.filter(self.filter(permission)).order_by().values_list("pk", flat=True))

    def ids(self, permission: str, kind: str) -> frozenset[UUID]:
        """Ids of scopes of one kind that carry `permission` themselves (not inherited)."""
        return self.by_permission.get(permission, {}).get(kind, frozenset())


NOTHING = Grants({})


def grants_of(user: User, now: datetime | None = None) -> Grants:
    """Resolve a principal's grants: one statement. Inactive principals hold nothing, also those deactivated after
    `user` was read."""
    if not user.is_active:
        return NOTHING
    active = User.objects.filter(pk=user.pk, is_active=True)
    held = EffectiveGrant.objects.filter(Exists(active), user_id=user.pk)
    rows = held.values_list("codename", "scope_type", "scope_id", "expires_at")
    moment = now or clock.now()
    return _collect((code, kind, scope) for code, kind, scope, until in rows if until is None or until > moment)


def _collect(rows: Iterable[tuple[str, str, UUID]]) -> Grants:
    held: dict[str, dict[str, set[UUID]]] = {}
    for code, kind, scope in rows:
        held.setdefault(code, {}).setdefault(kind, set()).add(scope)
    return Grants({code: {kind: frozenset(ids) for kind, ids in kinds.items()} for code, kinds in held.items()})


def principal_of(actor: Actor) -> User:
    """The user behind an actor. Raises Forbidden for the system, which holds no grants."""
    if not isinstance(actor.principal, User):
        raise Forbidden(_("This needs a person or a service account."))
    return actor.principal


def grants_of_actor(actor: Actor) -> Grants:
    """The grants of an actor, resolved once a request and kept on the principal."""
    user = principal_of(actor)
    cached: Grants | None = user.__dict__.get("_grants")
    if cached is None:
        cached = user.__dict__["_grants"] = grants_of(user)
    return cached


def check_visible(actor: Actor, scope: Scope) -> None:
    """Raises NotFound when the actor may not see the scope: missing and invisible are one answer."""
    if not grants_of_actor(actor).allows("view", scope):
        raise NotFound()


def check(actor: Actor, permission: str, scope: Scope) -> None:
    """Raises NotFound when invisible, Forbidden when visible but not allowed (R-57)."""
    check_visible(actor, scope)
    if not grants_of_actor(actor).allows(permission, scope):
        words = say(_("This needs the permission “{permission}” on {scope}."), permission=permission, scope=str(scope))
        raise Forbidden(words, permission=permission)


def can(actor: Actor, permission: str, scope: Scope) -> bool:
    """`check` as a yes or no, for buttons."""
    try:
        check(actor, permission, scope)
    except (NotFound, Forbidden):
        return False
    return True


def people_with(permission: str, account: AdAccount, now: datetime) -> list[User]:
    """Active people who hold `permission` on an ad account, directly or through groups: one statement."""
    conditions = Q()
    for kind, identifier in scope_chain(account):
        conditions |= Q(scope_type=kind, scope_id=identifier)
    holders = EffectiveGrant.objects.filter(conditions, codename=permission)
    live = holders.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now)).values("user_id")
    return list(User.objects.filter(pk__in=live, is_active=True, kind="person").order_by("name", "pk"))


def visible_page(page: Page, account: AdAccount) -> bool:
    """Whether an ad of this account may speak as this page: same brand, and linked to the account."""
    return page.brand_id == account.brand_id and page.ad_accounts.filter(pk=account.pk).exists()
