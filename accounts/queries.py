"""Reading `accounts` and the log: what an actor may see, by the scopes on which they hold the permission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Max, Model, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.models import (
    Absence,
    AccessPolicy,
    AccessReview,
    AdAccount,
    ApiToken,
    AuthorityLimit,
    Brand,
    Conferred,
    Delegation,
    Membership,
    Organisation,
    Page,
    Placement,
    Role,
    RoleGrant,
    RolePermission,
    Scope,
    User,
    UserGroup,
    live_at,
    standing_at,
)
from accounts.permissions import (
    AD_ACCOUNT,
    BRAND,
    ORGANISATION,
    PAGE,
    Grants,
    grants_of_actor,
    is_narrowed,
    live,
    principal_of,
    scope_chain,
)
from accounts.roles import APPROVING
from audit.models import AuditEvent
from core import clock
from core.actor import Actor

GOVERNING: Final = ("manage_access", "audit")
"""Who may read who holds what: whoever gives it, and whoever audits it."""


def _on_or_below(held: Grants, permissions: tuple[str, ...], lookups: Mapping[str, tuple[str, ...]]) -> Q:
    """The condition for rows that a permission reaches; `lookups` say for each kind of scope where a row names it."""
    condition = Q(pk__in=())
    for permission in permissions:
        for kind, paths in lookups.items():
            if ids := sorted(held.ids(permission, kind)):
                condition |= reduce(or_, (Q(**{f"{path}__in": ids}) for path in paths))
    return condition


def visible_organisations(actor: Actor) -> QuerySet[Organisation]:
    """The actor's own organisation, when anything of it is visible to them."""
    own = actor.organisation if grants_of_actor(actor).anywhere("view") else None
    return Organisation.objects.filter(pk__in=[own])


def visible_brands(actor: Actor) -> QuerySet[Brand]:
    """Brands on which, or on whose organisation, the actor holds `view`."""
    lookups = {BRAND: ("pk",), ORGANISATION: ("organisation",)}
    return Brand.objects.filter(_on_or_below(grants_of_actor(actor), ("view",), lookups))


def visible_ad_accounts(actor: Actor) -> QuerySet[AdAccount]:
    """Ad accounts under the actor's `view`."""
    return AdAccount.objects.filter(grants_of_actor(actor).filter("view"))


def with_pages(rows: QuerySet[AdAccount]) -> QuerySet[AdAccount]:
    """Ad accounts with the pages that their ads may speak as: named to whoever sees the account. One statement more."""
    return rows.prefetch_related(Prefetch("pages", Page.objects.order_by("handle", "pk")))


def visible_pages(actor: Actor) -> QuerySet[Page]:
    """Pages on which, or on whose brand or organisation, the actor holds `view`."""
    lookups = {PAGE: ("pk",), BRAND: ("brand",), ORGANISATION: ("brand__organisation",)}
    return Page.objects.filter(_on_or_below(grants_of_actor(actor), ("view",), lookups))


_OF_PLACES: Final[dict[str, tuple[type[Model], tuple[str, ...], dict[str, tuple[str, ...]]]]] = {
    ORGANISATION: (Organisation, (), {ORGANISATION: ("pk",)}),
    BRAND: (Brand, ("organisation",), {BRAND: ("pk",), ORGANISATION: ("organisation",)}),
    AD_ACCOUNT: (
        AdAccount, ("brand__organisation",),
        {AD_ACCOUNT: ("pk",), BRAND: ("brand",), ORGANISATION: ("brand__organisation",)},
    ),
    PAGE: (
        Page, ("brand__organisation",), {PAGE: ("pk",), BRAND: ("brand",), ORGANISATION: ("brand__organisation",)}
    ),
}  # fmt: skip


def places(actor: Actor, permissions: tuple[str, ...] = GOVERNING) -> dict[str, QuerySet[Any]]:
    """Kind of scope → those on which the actor holds one of these permissions, with brand and organisation."""
    held = grants_of_actor(actor)
    return {
        kind: model._default_manager.filter(_on_or_below(held, permissions, lookups)).select_related(*above)
        for kind, (model, above, lookups) in _OF_PLACES.items()
    }


# --- who holds what ----------------------------------------------------------------------------------------------------------


def governs_somewhere(actor: Actor) -> bool:
    """Whether the actor manages access or audits anywhere in their organisation."""
    held = grants_of_actor(actor)
    return any(held.anywhere(permission) for permission in GOVERNING)


def visible_users(actor: Actor) -> QuerySet[User]:
    """People and machines of the organisation, to whoever governs it anywhere; to others themselves and their machines."""
    rows = User.objects.select_related("organisation", "owner")
    if governs_somewhere(actor):
        return rows.filter(organisation=actor.organisation, organisation__isnull=False)
    own = principal_of(actor).pk
    return rows.filter(Q(pk=own) | Q(owner=own))


def visible_groups(actor: Actor) -> QuerySet[UserGroup]:
    """User groups of the organisation, to whoever governs it anywhere; to others those they belong to."""
    rows = UserGroup.objects.select_related("organisation")
    if governs_somewhere(actor):
        return rows.filter(organisation=actor.organisation)
    return rows.filter(pk__in=principal_of(actor).groups.values("pk"))


def visible_roles(actor: Actor) -> QuerySet[Role]:
    """The built-in roles and those of the actor's organisation."""
    return Role.objects.filter(Q(organisation__isnull=True) | Q(organisation=actor.organisation))


def with_permissions(rows: QuerySet[Role], now: datetime) -> QuerySet[Role]:
    """Roles with the permissions that they give or will give: one statement more."""
    standing = RolePermission.objects.filter(standing_at(now)).order_by("codename")
    return rows.prefetch_related(Prefetch("permissions", standing))


_OF_GRANTS: Final = {
    ORGANISATION: (
        "organisation", "brand__organisation", "ad_account__brand__organisation", "page__brand__organisation",
    ),
    BRAND: ("brand", "ad_account__brand", "page__brand"),
    AD_ACCOUNT: ("ad_account",),
    PAGE: ("page",),
}  # fmt: skip

_WITH_GRANTS: Final = (
    "role", "user", "group", "organisation", "brand__organisation", "ad_account__brand__organisation",
    "page__brand__organisation",
)  # fmt: skip


def _within_token(actor: Actor) -> Q:
    """The condition for grants that reach what the actor's token was narrowed to; none without such a token."""
    scope = actor.token.scope if isinstance(actor.token, ApiToken) else None
    if scope is None:
        return Q()
    chain = scope_chain(scope)
    below = reduce(or_, (Q(**{path: scope.pk}) for path in _OF_GRANTS[chain[0][0]]))
    return reduce(or_, (Q(**{kind: identifier}) for kind, identifier in chain), below)


def visible_role_grants(actor: Actor) -> QuerySet[RoleGrant]:
    """Grants on and below where the actor manages access or audits, and their own."""
    held = grants_of_actor(actor)
    user = principal_of(actor)
    own = (Q(user=user) | Q(group__in=user.groups.values("pk"))) & _within_token(actor)
    rows = RoleGrant.objects.filter(_on_or_below(held, GOVERNING, _OF_GRANTS) | own)
    return rows.select_related(*_WITH_GRANTS)


def visible_memberships(actor: Actor) -> QuerySet[Membership]:
    """Memberships of the organisation, to whoever governs it anywhere; to others their own."""
    rows = Membership.objects.select_related("user", "group__organisation")
    if governs_somewhere(actor):
        return rows.filter(group__organisation=actor.organisation)
    return rows.filter(user=principal_of(actor))


_OF_DELEGATIONS: Final = {
    ORGANISATION: ("organisation", "brand__organisation", "ad_account__brand__organisation"),
    BRAND: ("brand", "ad_account__brand"),
    AD_ACCOUNT: ("ad_account",),
}  # fmt: skip
_WITH_PLACES: Final = ("organisation", "brand__organisation", "ad_account__brand__organisation")
_WITH_DELEGATIONS: Final = ("delegator", "delegate", *_WITH_PLACES)
_WITH_LIMITS: Final = ("user", *_WITH_PLACES)


def visible_delegations(actor: Actor) -> QuerySet[Delegation]:
    """Delegations on and below where the actor manages access or audits, and those that they gave or were given."""
    own = principal_of(actor).pk
    mine = Q(delegator=own) | Q(delegate=own)
    return Delegation.objects.filter(
        _on_or_below(grants_of_actor(actor), GOVERNING, _OF_DELEGATIONS) | mine
    ).select_related(*_WITH_DELEGATIONS)


def possible_deputies(actor: Actor, scope: Scope, now: datetime) -> QuerySet[User]:
    """Whom the actor may name to stand in for somebody on a place: whom they see anyway, and, where they see the place, who decides
    anything there; requests name these too (R-50)."""
    seen = visible_users(actor)
    if not grants_of_actor(actor).allows("view", scope):
        return seen
    held = reduce(or_, (live(code, scope_chain(scope), now) for code in sorted(APPROVING)))
    deciding = Q(pk__in=held.values("user_id"), is_active=True, kind="person")
    return User.objects.select_related("organisation", "owner").filter(Q(pk__in=seen.values("pk")) | deciding)


def delegations_to(user: User, now: datetime) -> QuerySet[Delegation]:
    """For whom somebody decides now, the latest first."""
    return Delegation.objects.filter(live_at(now), delegate=user).select_related(*_WITH_DELEGATIONS)


def visible_limits(actor: Actor) -> QuerySet[AuthorityLimit]:
    """Authority limits on and below where the actor manages access or audits, and their own (R-25)."""
    reached = _on_or_below(grants_of_actor(actor), GOVERNING, _OF_DELEGATIONS)
    return AuthorityLimit.objects.filter(reached | Q(user=principal_of(actor))).select_related(*_WITH_LIMITS)


def visible_absences(actor: Actor) -> QuerySet[Absence]:
    """Who is away, to whoever governs the organisation anywhere; to others their own absences."""
    rows = Absence.objects.select_related("user__organisation")
    if governs_somewhere(actor):
        return rows.filter(user__organisation=actor.organisation)
    return rows.filter(user=principal_of(actor))


def groups_of(user: User, now: datetime) -> list[UUID]:
    """The user groups (ids) that somebody belongs to now."""
    return list(Membership.objects.filter(live_at(now), user=user).values_list("group__public_id", flat=True))


def groups_of_actor(actor: Actor) -> list[UUID]:
    """The same of an actor, found once a request and kept on the principal: for lists, never for what is judged after a lock."""
    user = principal_of(actor)
    kept: list[UUID] | None = user.__dict__.get("_groups")
    if kept is None:
        kept = user.__dict__["_groups"] = groups_of(user, clock.now())
    return kept


def members(group: UUID, now: datetime) -> QuerySet[Any]:
    """Ids of who belongs to a user group (its public id) at a moment."""
    return Membership.objects.filter(live_at(now), group__public_id=group).values("user_id")


def visible_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """One's own tokens and those of one's machines; of everybody in the organisation to its access managers. A narrowed
    token sees itself."""
    rows: QuerySet[ApiToken] = ApiToken.objects.select_related("user", "organisation", "brand", "ad_account")
    if grants_of_actor(actor).ids("manage_access", ORGANISATION):
        return rows.filter(user__organisation=actor.organisation)
    if isinstance(actor.token, ApiToken) and is_narrowed(actor):
        return rows.filter(pk=actor.token.pk)
    own = principal_of(actor).pk
    return rows.filter(Q(user=own) | Q(user__owner=own))


def visible_access_policies(actor: Actor) -> QuerySet[AccessPolicy]:
    """Versions of the organisation's access policy, to whoever governs it anywhere."""
    if not governs_somewhere(actor):
        return AccessPolicy.objects.none()
    return AccessPolicy.objects.filter(organisation=actor.organisation).select_related("organisation")


def managed_changes(actor: Actor) -> list[QuerySet[Any]]:
    """A kind each: what goes, or went, through a second access manager, where the actor manages access (R-55)."""
    held = grants_of_actor(actor)
    whole = sorted(held.ids("manage_access", ORGANISATION))
    places = {ORGANISATION: ("brand__organisation",), BRAND: ("brand",)}
    asked = Q(since__isnull=True) | ~Q(confirmed_by="")
    mine: list[tuple[type[Conferred], Q, tuple[str, ...]]] = [
        (RoleGrant, _on_or_below(held, ("manage_access",), _OF_GRANTS), _WITH_GRANTS),
        (Membership, Q(group__organisation__in=whole), ("user", "group__organisation")),
        (RolePermission, Q(role__organisation__in=whole), ("role__organisation",)),
        (Placement, _on_or_below(held, ("manage_access",), places), ("ad_account", "brand__organisation")),
        (AccessPolicy, Q(organisation__in=whole), ("organisation",)),
        (Delegation, _on_or_below(held, ("manage_access",), _OF_DELEGATIONS), _WITH_DELEGATIONS),
        (AuthorityLimit, _on_or_below(held, ("manage_access",), _OF_DELEGATIONS), _WITH_LIMITS),
    ]
    return [model._default_manager.filter(place, asked).select_related(*paths) for model, place, paths in mine]


def awaited_changes(actor: Actor, now: datetime) -> list[Conferred]:
    """What awaits a second access manager where the actor manages access, oldest first: one statement a kind."""
    rows: list[Conferred] = []
    for kind in managed_changes(actor):
        rows += kind.filter(standing_at(now), since__isnull=True)
    return sorted(rows, key=lambda fact: fact.pk)


# --- the access review --------------------------------------------------------------------------------------------------------


def last_reviewed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Role grants or memberships with `reviewed_at`: when an access manager last found them right."""
    fact = "role_grant" if rows.model is RoleGrant else "membership"
    latest = AccessReview.objects.filter(**{fact: OuterRef("pk")}).order_by("-reviewed_at").values("reviewed_at")
    found: QuerySet[Any] = rows.annotate(reviewed_at=Subquery(latest[:1]))
    return found


def reviewed_access(actor: Actor, now: datetime) -> list[QuerySet[Any]]:
    """Who has what where the actor governs, grants and memberships, ended ones left out; with `reviewed_at`."""
    grants, memberships = visible_role_grants(actor), visible_memberships(actor)
    return [last_reviewed(rows.filter(standing_at(now))) for rows in (grants, memberships)]


def last_token_uses(users: Iterable[UUID]) -> dict[UUID, datetime]:
    """When a token of each of these people and machines was last used: one statement."""
    rows = ApiToken.objects.filter(user_id__in=set(users), last_used_at__isnull=False).order_by()
    return dict(rows.values_list("user_id").annotate(latest=Max("last_used_at")))


# --- the log ------------------------------------------------------------------------------------------------------------------


def audited(held: Grants) -> Q:
    """The condition for events an auditor may read: those of the scopes on which they hold `audit` (R-60)."""
    condition = Q(pk__in=())
    for kind in (ORGANISATION, BRAND, AD_ACCOUNT):
        if ids := held.ids("audit", kind):
            condition |= Q(**{f"{kind}__in": sorted(ids)})
    return condition


def visible_events(actor: Actor) -> QuerySet[AuditEvent]:
    """Events an auditor may read."""
    return AuditEvent.objects.filter(audited(grants_of_actor(actor)))
