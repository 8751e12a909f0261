"""Role grants and memberships as these pages list them: how they stand, what they clash with, whether one may end them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.duties import Clash, Holding
from accounts.holdings import clashes_of_users
from accounts.models import ApiToken, Conferred, Membership, Organisation, Role, RoleGrant, User, standing_at
from accounts.permissions import Grants

MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One fact, or a grant together with the membership that brings it (`through`): it holds while both do.

    `state` is in_force, later, awaited or ended; `since` is None while a second access manager is awaited, who will let it
    begin at `starts_at`, or at once.
    """

    fact: Any
    state: str
    starts_at: datetime | None
    since: datetime | None
    until: datetime | None
    may_end: bool
    through: Membership | None = None


def _row(fact: Any, may_end: bool, now: datetime, through: Membership | None = None) -> Row:
    facts: list[Conferred] = [fact] if through is None else [fact, through]
    begins = [each.since for each in facts]
    since = None if None in begins else max(each for each in begins if each is not None)
    until = min((each.until for each in facts if each.until is not None), default=None)
    starts_at = max((each.starts_at for each in facts if each.starts_at is not None), default=None)
    return Row(fact, _state(since, until, now), starts_at, since, until, may_end, through)


def _state(since: datetime | None, until: datetime | None, now: datetime) -> str:
    if until is not None and until <= now:
        return "ended"
    if since is None:
        return "awaited"
    return "in_force" if since <= now else "later"


def state(fact: Conferred, now: datetime) -> str:
    """How a fact stands."""
    return _state(fact.since, fact.until, now)


def of_grants(grants: Iterable[RoleGrant], held: Grants, now: datetime) -> list[Row]:
    """Grants as rows."""
    return [_row(each, held.allows("manage_access", each.scope), now) for each in grants]


def inherited(grants: Iterable[RoleGrant], memberships: Iterable[Membership], held: Grants, now: datetime) -> list[Row]:
    """What somebody holds through groups: a row for each grant of a group and each time they belonged to it, as far as the
    two ever met."""
    by_group: dict[int, list[Membership]] = {}
    for row in memberships:
        by_group.setdefault(row.group_id, []).append(row)
    pairs = ((grant, row) for grant in grants for row in by_group.get(grant.group_id or 0, ()))
    found = [_row(grant, held.allows("manage_access", grant.scope), now, row) for grant, row in pairs]
    return [row for row in found if row.state == "awaited" or row.until is None or (row.since and row.since < row.until)]


def of_memberships(memberships: Iterable[Membership], held: Grants, now: datetime) -> list[Row]:
    return [_row(each, held.allows("manage_access", each.group.organisation), now) for each in memberships]


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """(what stands or is to come, what has ended)."""
    return [row for row in rows if row.state != "ended"], [row for row in rows if row.state == "ended"]


# --- duties that are kept apart ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClashView:
    """Two holdings of one person that exclude each other, in words."""

    user: UUID
    words: str
    grants: frozenset[UUID]


def clashes(
    organisation: Organisation | None, users: Iterable[UUID], visible: QuerySet[RoleGrant], now: datetime
) -> list[ClashView]:
    """Who of these people holds what excludes each other, as far as both grants are visible: eight statements."""
    if organisation is None:
        return []
    found = clashes_of_users(organisation, users, now)
    return in_words([(user, clash) for user, each in found.items() for clash in each], visible, now)


def in_words(found: Sequence[tuple[UUID, Clash]], visible: QuerySet[RoleGrant], now: datetime) -> list[ClashView]:
    """Clashes of people in words, those left out of which a grant is not visible."""
    wanted = {grant for _user, clash in found for grant in (clash.one.grant, clash.other.grant)}
    seen = set(visible.filter(pk__in=wanted).order_by().values_list("pk", flat=True)) if wanted else set()
    kept = [(user, clash) for user, clash in found if {clash.one.grant, clash.other.grant} <= seen]
    said = said_of([(user, each) for user, clash in kept for each in (clash.one, clash.other)], now)
    return [
        ClashView(
            user,
            _("%(one)s and %(other)s are duties that one person may not hold together.")
            % {"one": said[user, clash.one.grant], "other": said[user, clash.other.grant]},
            frozenset({clash.one.grant, clash.other.grant}),
        )
        for user, clash in kept
    ]  # fmt: skip


def said_of(held: Sequence[tuple[UUID, Holding]], now: datetime) -> dict[tuple[UUID, UUID], str]:
    """(person, grant) → the holding in words: role, place, the group it comes through, and the machine of that person (or
    the person of that machine) that it is given to, since both are one in this (R-16). Three statements."""
    roles = Role.objects.in_bulk({each.role for _user, each in held})
    grants = RoleGrant.objects.select_related("user", "group").in_bulk({each.grant for _user, each in held})
    members = _members({grant.group_id for grant in grants.values() if grant.group_id}, {user for user, _each in held}, now)
    return {
        (user, each.grant): _("“%(role)s” on %(where)s%(group)s%(by)s") % {
            "role": roles[each.role], "where": each.where,
            "group": _(" through “%(group)s”") % {"group": each.group} if each.group else "",
            "by": _(" (of %(name)s)") % {"name": other} if (other := _other(user, grants[each.grant], members)) else "",
        }
        for user, each in held
    }  # fmt: skip


def _members(groups: set[int], users: set[UUID], now: datetime) -> list[Membership]:
    """Memberships in these groups of these people, their machines and their owners."""
    if not groups:
        return []
    one = Q(user__in=users) | Q(user__owner__in=users) | Q(user__service_accounts__in=users)
    siblings = Q(user__owner__service_accounts__in=users)
    found = Membership.objects.filter(one | siblings, standing_at(now), group__in=groups)
    return list(found.select_related("user").distinct())


def _other(user: UUID, grant: RoleGrant, members: Iterable[Membership]) -> str:
    """Whose the holding is, where it is not the person's own."""
    if grant.user is not None:
        return "" if grant.user.pk == user else str(grant.user)
    belonging = [row.user for row in members if row.group_id == grant.group_id]
    return "" if user in {each.pk for each in belonging} else ", ".join(sorted(map(str, belonging)))


# --- who was here lately ----------------------------------------------------------------------------------------------------


def unseen(rows: QuerySet[User], since: datetime) -> QuerySet[User]:
    """Who neither logged in nor used a token since a moment, and existed by then."""
    logged = Q(last_login__gte=since) | Q(last_login__isnull=True, created_at__gte=since)
    return rows.exclude(logged).exclude(pk__in=_token_users(since))


def _token_users(since: datetime) -> QuerySet[Any]:
    used: QuerySet[Any] = ApiToken.objects.filter(last_used_at__gte=since)
    return used.values("user")


def standing(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """What is in force, to come or awaited."""
    found: QuerySet[Any] = rows.filter(standing_at(now))
    return found
