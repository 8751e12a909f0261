"""The one answer to “who may do what where” (R-57), used by api, workplace, tasks and services alike.

A principal's grants are resolved to ids in one statement a request; checks and listings then read from memory.
`check_…` raises, `can_…` answers through it. `holders` asks the same relation the other way, for any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import access_policy
from accounts.errors import SecondFactorRequired
from accounts.id_sets import IdSet, Listed, among
from accounts.models import (
    SCOPE_FIELD,
    AdAccount,
    ApiToken,
    Brand,
    EffectiveGrant,
    Organisation,
    Page,
    Placement,
    RoleGrant,
    Scope,
    User,
)
from accounts.roles import PERMISSIONS
from core import clock
from core.actor import Actor
from core.errors import Forbidden, NotFound, Words, say
from core.statements import prepared

ORGANISATION, BRAND, AD_ACCOUNT, PAGE = "organisation", "brand", "ad_account", "page"
KINDS: Final = (ORGANISATION, BRAND, AD_ACCOUNT, PAGE)


def scope_chain(scope: Scope) -> list[tuple[str, UUID]]:
    """The scope and everything above it: where a grant may sit that reaches it. Needs brand and organisation loaded."""
    if isinstance(scope, Organisation):
        return [(ORGANISATION, scope.pk)]
    if isinstance(scope, Brand):
        return [(BRAND, scope.pk), (ORGANISATION, scope.organisation_id)]
    return [(SCOPE_FIELD[type(scope)], scope.pk), (BRAND, scope.brand_id), (ORGANISATION, scope.brand.organisation_id)]


def ids_of(account: AdAccount) -> tuple[UUID, UUID, UUID]:
    """The ids of an ad account, its brand and its organisation: `scope_chain` without the kinds. Needs the brand loaded."""
    return account.pk, account.brand_id, account.brand.organisation_id


def scope_chain_at(scope: Scope, moment: datetime) -> list[tuple[str, UUID]]:
    """`scope_chain` as it was: an ad account may have belonged to another brand (of the same organisation)."""
    chain = scope_chain(scope)
    if not isinstance(scope, AdAccount):
        return chain
    placed = Placement.objects.filter(ad_account=scope, since__isnull=False).order_by("-since", "-pk")
    then = placed.filter(since__lte=moment).first() or placed.last()
    return [(kind, then.brand_id if kind == BRAND and then else identifier) for kind, identifier in chain]


def at(moment: datetime) -> Q:
    """The condition on EffectiveGrant: in force at a moment."""
    return Q(since__lte=moment) & (Q(until__isnull=True) | Q(until__gt=moment))


@dataclass(frozen=True)
class Grants:
    """Everything a principal holds at one moment: permission → kinds of scope → ids."""

    by_permission: Mapping[str, Mapping[str, Set[UUID]]]
    withheld: Grants | None = None
    """What the principal holds and the token that speaks does not give, because it was made without a second factor."""

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
                condition |= among(f"{prefix}{lookup}", held[kind])
        return condition

    def ad_account_ids(self, permission: str) -> Set[UUID]:
        """Ids of all ad accounts under `permission`, so that listings filter `among` ids (they stay flat): one statement,
        and none where nothing is inherited."""
        held = self.by_permission.get(permission, {})
        if not held.get(BRAND) and not held.get(ORGANISATION):
            return held.get(AD_ACCOUNT, frozenset())
        return IdSet(AdAccount.objects.filter(self.filter(permission)).aggregate(ids=Listed("pk"))["ids"] or "")

    def ids(self, permission: str, kind: str) -> Set[UUID]:
        """Ids of scopes of one kind that carry `permission` themselves (not inherited)."""
        return self.by_permission.get(permission, {}).get(kind, frozenset())

    def anywhere(self, permission: str) -> bool:
        """Whether `permission` is held on any scope at all."""
        return any(self.by_permission.get(permission, {}).values())


NOTHING: Final = Grants({})
EVERY: Final = Q()
"""The condition that all rows meet."""


# --- a principal's grants ------------------------------------------------------------------------------------------------


def held_rows(user: UUID, now: datetime, only: Q = EVERY, beyond: Set[str] = frozenset()) -> QuerySet[Any]:
    """What a principal holds, as rows of a permission and the ids of scopes by their kinds; only what meets a condition on
    EffectiveGrant."""
    active = User.objects.filter(pk=user, is_active=True)
    rows = EffectiveGrant.objects.filter(at(now), only, Exists(active), user_id=user)
    if beyond:
        rows = rows.filter(Q(codename="view") | ~Q(grant_id__in=RoleGrant.objects.filter(role_id__in=beyond).values("pk")))
    ids = {kind: Listed(f"{kind}_id") for kind in KINDS}
    return rows.order_by().values("codename").annotate(**ids).values_list("codename", *KINDS)


@prepared
def _all_held(user: UUID, now: datetime) -> QuerySet[Any]:
    return held_rows(user, now)


Held = Callable[[UUID, datetime, Set[str]], Iterable[Any]]
"""Reads `held_rows` of a principal (id) at a moment, beyond roles (ids)."""


def _everything(user: UUID, now: datetime, beyond: Set[str]) -> Iterable[Any]:
    return held_rows(user, now, EVERY, beyond) if beyond else _all_held(user, now)


def grants_of(user: User, now: datetime | None = None, held: Held = _everything, beyond: Set[str] = frozenset()) -> Grants:
    """Resolve a principal's grants, or those alone that `held` reads: one statement. Inactive principals hold nothing, also
    those deactivated after `user` was read. Of the roles `beyond` (ids) nothing but `view` counts."""
    if not user.is_active:
        return NOTHING
    rows = held(user.pk, now or clock.now(), beyond)
    return Grants({code: {kind: IdSet(text or "") for kind, text in zip(KINDS, texts, strict=True)} for code, *texts in rows})


def narrowed(held: Grants, token: ApiToken) -> Grants:
    """What a token gives of what its user holds: its permissions alone (`view` always), on and below its scope alone."""
    wanted = {"view", *token.permissions} if token.permissions else set(PERMISSIONS)
    kept = {code: kinds for code, kinds in held.by_permission.items() if code in wanted}
    scope = token.scope
    return Grants(kept if scope is None else {code: _within(kinds, scope) for code, kinds in kept.items()})


def _within(kinds: Mapping[str, Set[UUID]], scope: Scope) -> dict[str, Set[UUID]]:
    """The part of these scopes that lies on or below `scope`: the whole of it, when it or something above is held."""
    if any(identifier in kinds.get(kind, ()) for kind, identifier in scope_chain(scope)):
        return {SCOPE_FIELD[type(scope)]: frozenset({scope.pk})}
    path = {Organisation: "organisation", Brand: "pk"}.get(type(scope))
    if path is None:
        return {}
    below = Brand.objects.filter(pk__in=kinds.get(BRAND, ()), **{path: scope.pk})
    found: dict[str, Set[UUID]] = {BRAND: frozenset(below.values_list("pk", flat=True))}
    for kind, model in ((AD_ACCOUNT, AdAccount), (PAGE, Page)):
        inner: Any = model._default_manager.filter(pk__in=kinds.get(kind, ()), **{f"brand__{path}": scope.pk})
        found[kind] = frozenset(inner.values_list("pk", flat=True))
    return found


# --- actors ----------------------------------------------------------------------------------------------------------------


def principal_of(actor: Actor) -> User:
    """The user behind an actor. Raises Forbidden for the system, which holds no grants."""
    if not isinstance(actor.principal, User):
        raise Forbidden(_("This needs a person or a service account."))
    return actor.principal


def is_narrowed(actor: Actor) -> bool:
    """Whether a token speaks that gives less than its user holds."""
    return isinstance(actor.token, ApiToken) and bool(actor.token.permissions or actor.token.scope)


def grants_of_actor(actor: Actor) -> Grants:
    """The grants of an actor, resolved once a request and kept on the principal; no more than its token gives."""
    user = principal_of(actor)
    cached: Grants | None = user.__dict__.get("_grants")
    if cached is None:
        cached = user.__dict__["_grants"] = fresh_grants(actor)
    return cached


def fresh_grants(actor: Actor, now: datetime | None = None, held: Held = _everything) -> Grants:
    """The grants of an actor as they are now, whatever this request saw before: for what is judged after a lock (R-13)."""
    user, moment = principal_of(actor), now or clock.now()
    if not isinstance(actor.token, ApiToken):
        return grants_of(user, moment, held)
    beyond = access_policy.roles_beyond(actor.token, moment)
    given = narrowed(grants_of(user, moment, held, beyond), actor.token)
    return replace(given, withheld=narrowed(grants_of(user, moment, held), actor.token)) if beyond else given


def refreshed(actor: Actor) -> Actor:
    """The actor with the grants of now in place of those resolved before a lock was waited for (R-13)."""
    if isinstance(actor.principal, User):
        actor.principal.__dict__["_grants"] = fresh_grants(actor)
    return actor


def check_visible(actor: Actor, scope: Scope) -> None:
    """Raises NotFound when the actor may not see the scope: missing and invisible are one answer.

    That their own organisation is there is no secret to whoever sees anything of it (accounts.queries.visible_organisations).
    """
    held = grants_of_actor(actor)
    own = isinstance(scope, Organisation) and scope.pk == actor.organisation and held.anywhere("view")
    if not own and not held.allows("view", scope):
        raise NotFound()


def check(actor: Actor, permission: str, scope: Scope) -> None:
    """Raises NotFound when invisible, Forbidden when visible but not allowed (R-57)."""
    check_visible(actor, scope)
    check_held(actor, permission, scope)


def check_held(actor: Actor, permission: str, scope: Scope) -> None:
    """`check` for what is bound to a scope and was seen already, maybe by whoever does not see all of the scope. Raises
    Forbidden."""
    held = grants_of_actor(actor)
    if not held.allows(permission, scope):
        words = say(_("This needs the permission “{permission}” on {scope}."), permission=permission, scope=str(scope))
        raise lacking(held, permission, scope, words)


def lacking(held: Grants, permission: str, scope: Scope, words: Words) -> Forbidden:
    """The refusal of whoever sees a scope and lacks a permission there: for `words`, or because of the token that speaks."""
    if held.withheld is not None and held.withheld.allows(permission, scope):
        said = _(
            "The role that gives this demands a second factor, and this token was made without one. "
            "Log in with your second factor and make another token."
        )
        return SecondFactorRequired(said, permission=permission)
    return Forbidden(words, permission=permission)


def can(actor: Actor, permission: str, scope: Scope) -> bool:
    """`check` as a yes or no, for buttons."""
    try:
        check(actor, permission, scope)
    except (NotFound, Forbidden):
        return False
    return True


# --- the other way round ----------------------------------------------------------------------------------------------------


def on(chain: Iterable[tuple[str, UUID]]) -> Q:
    """The condition on EffectiveGrant: sits on one of these scopes."""
    return reduce(or_, (Q(**{f"{kind}_id": identifier}) for kind, identifier in chain))


def holdings(permission: str, scope: Scope, moment: datetime) -> QuerySet[EffectiveGrant]:
    """Who held `permission` on a scope at a moment, now or in the past, and by which grant and membership."""
    return EffectiveGrant.objects.filter(at(moment), on(scope_chain_at(scope, moment)), codename=permission)


def live(permission: str, chain: Iterable[tuple[str, UUID]], now: datetime) -> QuerySet[EffectiveGrant]:
    """What gives `permission` on a scope and what is above it, as it lies, at this moment."""
    return EffectiveGrant.objects.filter(at(now), on(chain), codename=permission)


def people_with(permission: str, scope: Scope, now: datetime) -> QuerySet[User]:
    """Active people who hold `permission` on a scope now, directly or through groups, by name: one statement."""
    return people_on(permission, scope_chain(scope), now)


def people_on(permission: str, chain: Iterable[tuple[str, UUID]], now: datetime) -> QuerySet[User]:
    """`people_with`, of a scope and what is above it."""
    held = live(permission, chain, now).values("user_id")
    return User.objects.filter(pk__in=held, is_active=True, kind="person").order_by("name", "pk")
