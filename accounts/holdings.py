"""Who holds which role where, as `accounts.duties` judges it: what stands now or is still to come, confirmed or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.access_policy import current_policy
from accounts.duties import Clash, Holding, clashes, clashes_with
from accounts.models import (
    AdAccount,
    Membership,
    Organisation,
    Role,
    RoleGrant,
    RolePermission,
    User,
    UserGroup,
    standing_at,
)
from accounts.permissions import scope_chain

SCOPES = ("organisation", "brand__organisation", "ad_account__brand__organisation", "page__brand__organisation")


def permissions_of_roles(roles: Iterable[str], now: datetime) -> dict[str, frozenset[str]]:
    """Role id → its permissions, those that await a second access manager included: one statement."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = RolePermission.objects.filter(standing_at(now), role_id__in=set(roles))
    for role, code in rows.values_list("role_id", "codename"):
        found[role].add(code)
    return {role: frozenset(codes) for role, codes in found.items()}


def holding(grant: RoleGrant, permissions: Mapping[str, frozenset[str]], group: str = "") -> Holding:
    """A grant as duties are judged by. Needs its scope loaded."""
    chain = tuple(identifier for _kind, identifier in scope_chain(grant.scope))
    return Holding(grant.pk, grant.role_id, permissions.get(grant.role_id, frozenset()), chain, str(grant.scope), group)


def _standing(now: datetime) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(standing_at(now)).select_related(*SCOPES, "group")


def of_users(users: Iterable[UUID], now: datetime) -> dict[UUID, list[Holding]]:
    """What each of these people and machines holds, directly and through groups: four statements.

    A person and the machines they own are one in this (R-16): whoever makes a machine's token acts through it.
    """
    one = _interests(users)
    held = _held_by(set().union(*one.values()), now)
    return {user: [each for party in sorted(parties) for each in held[party]] for user, parties in one.items()}


def _interests(users: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """User → the person behind it and all machines of that person: one statement."""
    wanted = set(users)
    persons = User.objects.filter(pk__in=wanted).values(person=Coalesce("owner_id", "pk"))
    rows = User.objects.filter(Q(pk__in=persons) | Q(owner__in=persons)).annotate(person=Coalesce("owner_id", "pk"))
    person_of = dict(rows.values_list("pk", "person"))
    return {user: {pk for pk, person in person_of.items() if person == person_of.get(user)} | {user} for user in wanted}


def _held_by(wanted: set[UUID], now: datetime) -> dict[UUID, list[Holding]]:
    members = list(Membership.objects.filter(standing_at(now), user_id__in=wanted).values_list("user_id", "group_id"))
    groups = {group for _user, group in members}
    grants = list(_standing(now).filter(Q(user_id__in=wanted) | Q(group_id__in=groups)))
    permissions = permissions_of_roles((grant.role_id for grant in grants), now)
    found: dict[UUID, list[Holding]] = {user: [] for user in wanted}
    for grant in grants:
        if grant.user_id:
            found[grant.user_id].append(holding(grant, permissions))
            continue
        title = grant.group.title if grant.group else ""
        for user in {user for user, group in members if group == grant.group_id}:
            found[user].append(holding(grant, permissions, title))
    return found


def of_principal(principal: User | UserGroup, now: datetime) -> list[Holding]:
    """What a person (also through groups) or a group itself holds."""
    if isinstance(principal, User):
        return of_users([principal.pk], now)[principal.pk]
    grants = list(_standing(now).filter(group=principal))
    permissions = permissions_of_roles((grant.role_id for grant in grants), now)
    return [holding(grant, permissions, principal.title) for grant in grants]


def clashes_of_grant(grant: RoleGrant, now: datetime) -> list[Clash]:
    """What this grant (saved or not) excludes of what its principal itself holds."""
    pairs = current_policy(_organisation(grant), now).pairs
    new = holding(grant, permissions_of_roles([grant.role_id], now))
    return clashes_with(new, (each for each in of_principal(grant.principal, now) if each.grant != grant.pk), pairs)


def users_of(grants: QuerySet[RoleGrant], now: datetime) -> QuerySet[User]:
    """The people and machines who hold these grants, directly or through groups, awaited memberships included."""
    members = Membership.objects.filter(standing_at(now), group__in=grants.values("group_id"))
    return User.objects.filter(Q(pk__in=grants.values("user_id")) | Q(pk__in=members.values("user_id")))


def clashes_of_role(organisation: Organisation, role: Role, now: datetime) -> dict[UUID, list[Clash]]:
    """Who of those who hold a role holds what excludes each other."""
    grants = RoleGrant.objects.filter(standing_at(now), role=role)
    return clashes_of_users(organisation, users_of(grants, now).values_list("pk", flat=True), now)


def clashes_at(account: AdAccount, now: datetime) -> dict[UUID, list[Clash]]:
    """Who of those who hold something on an ad account itself holds what excludes each other, as where it lies now."""
    grants = RoleGrant.objects.filter(standing_at(now), ad_account=account)
    organisation = account.brand.organisation
    return clashes_of_users(organisation, users_of(grants, now).values_list("pk", flat=True), now)


def clashes_of_users(organisation: Organisation, users: Iterable[UUID], now: datetime) -> dict[UUID, list[Clash]]:
    """Who of these people holds what excludes each other, however it arose."""
    return _clashing(organisation.pk, users, now)


def _clashing(organisation: UUID, users: Iterable[UUID], now: datetime) -> dict[UUID, list[Clash]]:
    pairs = current_policy(organisation, now).pairs
    found = {user: clashes(held, pairs) for user, held in of_users(users, now).items()}
    return {user: each for user, each in found.items() if each}


def clashes_of_facts(
    organisation: UUID, grants: Sequence[RoleGrant], memberships: Sequence[Membership], now: datetime
) -> dict[UUID, list[tuple[UUID, Clash]]]:
    """Grant or membership → who holds by it what excludes something else of theirs (R-60): five statements.

    The facts are of one organisation, memberships with their group loaded. Those that ended clash with nothing.
    """
    groups = {grant.group_id for grant in grants if grant.group_id}
    within = Membership.objects.filter(standing_at(now), group_id__in=groups).values_list("user_id", flat=True)
    users = {grant.user_id for grant in grants if grant.user_id} | {row.user_id for row in memberships} | set(within)
    found = _clashing(organisation, users, now)
    ids = {grant.pk for grant in grants}
    joined = {(row.user_id, row.group.title): row.pk for row in memberships}
    told: dict[UUID, list[tuple[UUID, Clash]]] = defaultdict(list)
    for user, clash in ((user, clash) for user, each in sorted(found.items()) for clash in each):
        both = (clash.one, clash.other)
        by_grant = {each.grant for each in both} & ids
        by_membership = {joined[user, each.group] for each in both if (user, each.group) in joined}
        for fact in (*by_grant, *by_membership):
            told[fact].append((user, clash))
    return told


def _organisation(grant: RoleGrant) -> UUID:
    return scope_chain(grant.scope)[-1][1]
