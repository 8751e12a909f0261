"""Role grants and memberships as these pages list them: how they stand, what they clash with, whether one may end them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.duties import Clash
from accounts.holdings import clashes_of_users
from accounts.models import ApiToken, Conferred, Membership, Organisation, Role, RoleGrant, User, standing_at
from accounts.permissions import Grants

MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One fact; `state` is in_force, later, awaited or ended; `through` the membership that brings it, if one does."""

    fact: Any
    state: str
    may_end: bool
    through: Membership | None = None


def state(fact: Conferred, now: datetime) -> str:
    """How a fact stands."""
    if fact.until is not None and fact.until <= now:
        return "ended"
    if fact.is_awaited:
        return "awaited"
    return "in_force" if fact.holds_at(now) else "later"


def of_grants(
    grants: Iterable[RoleGrant], held: Grants, now: datetime, through: dict[Any, Membership] | None = None
) -> list[Row]:
    """Grants as rows; `through`: group → the membership of the person whose page this is."""
    return [
        Row(
            each, state(each, now), held.allows("manage_access", each.scope),
            (through or {}).get(each.group_id),
        )
        for each in grants
    ]  # fmt: skip


def of_memberships(memberships: Iterable[Membership], held: Grants, now: datetime) -> list[Row]:
    return [
        Row(each, state(each, now), held.allows("manage_access", each.group.organisation)) for each in memberships
    ]


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
    """Who of these people holds what excludes each other, as far as both grants are visible: six statements."""
    if organisation is None:
        return []
    found = clashes_of_users(organisation, users, now)
    wanted = {grant for each in found.values() for clash in each for grant in (clash.one.grant, clash.other.grant)}
    seen = set(visible.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    roles = Role.objects.in_bulk({role for each in found.values() for c in each for role in (c.one.role, c.other.role)})
    return [
        ClashView(user, _in_words(clash, roles), frozenset({clash.one.grant, clash.other.grant}))
        for user, each in found.items() for clash in each
        if {clash.one.grant, clash.other.grant} <= seen
    ]  # fmt: skip


def _in_words(clash: Clash, roles: dict[str, Role]) -> str:
    def one(holding: Any) -> str:
        group = _(" through “%(group)s”") % {"group": holding.group} if holding.group else ""
        return _("“%(role)s” on %(where)s%(group)s") % {
            "role": roles[holding.role], "where": holding.where, "group": group,
        }  # fmt: skip

    return _("%(one)s and %(other)s are duties that one person may not hold together.") % {
        "one": one(clash.one), "other": one(clash.other),
    }  # fmt: skip


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
