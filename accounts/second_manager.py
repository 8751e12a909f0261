"""Who may be the second access manager for a change, said once: services refuse by it, pages show by it (R-55)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.errors import ChangeLapsed, NotSecondManager
from accounts.models import (
    AuthorityLimit,
    Conferred,
    Delegation,
    EffectiveGrant,
    Membership,
    Placement,
    RoleGrant,
    RolePermission,
    User,
    standing_at,
)
from core.actor import Actor
from core.errors import Conflict, Forbidden, ImprimaturError, NotFound

LAPSES_AFTER: Final = timedelta(days=14)


@dataclass(frozen=True)
class Interest:
    """What is somebody's own: they, their owner when they are a machine, and all machines of these are one (R-16). Each part is
    read once, when a change first asks for it, so that a page asks the same however many changes it shows."""

    user: User
    now: datetime

    @cached_property
    def users(self) -> frozenset[UUID]:
        """Ids of those who are one."""
        own = {each for each in (self.user.pk, self.user.owner_id) if each}
        return frozenset({*own, *User.objects.filter(owner__in=own).values_list("pk", flat=True)})

    @cached_property
    def _groups(self) -> frozenset[int]:
        rows = Membership.objects.filter(standing_at(self.now), user__in=self.users)
        return frozenset(rows.values_list("group_id", flat=True))

    @cached_property
    def _roles(self) -> frozenset[str]:
        rows = RoleGrant.objects.filter(Q(user__in=self.users) | Q(group__in=self._groups), standing_at(self.now))
        return frozenset(rows.values_list("role_id", flat=True))

    @cached_property
    def _held(self) -> frozenset[tuple[UUID, str, UUID]]:
        """(who, permission, scope), now or later."""
        unended = Q(until__isnull=True) | Q(until__gt=self.now)
        scopes = [f"{kind}_id" for kind in permissions.KINDS]
        rows = EffectiveGrant.objects.filter(unended, user_id__in=self.users).values_list("user_id", "codename", *scopes)
        return frozenset((user, code, scope) for user, code, *places in rows for scope in places if scope)

    def gains(self, fact: Conferred) -> bool:
        """Whether any of them would hold more by it."""
        if isinstance(fact, RoleGrant):
            return fact.user_id in self.users or fact.group_id in self._groups
        if isinstance(fact, Membership | AuthorityLimit):
            return fact.user_id in self.users
        if isinstance(fact, Delegation):
            return fact.delegate_id in self.users
        if isinstance(fact, RolePermission):
            return fact.role_id in self._roles
        return isinstance(fact, Placement) and self._gains_by_move(fact)

    def _gains_by_move(self, fact: Placement) -> bool:
        """Who holds on the new brand what they do not hold on the ad account where it lies."""
        above = {identifier for _kind, identifier in permissions.scope_chain(fact.ad_account)}
        there = {(user, code) for user, code, scope in self._held if scope == fact.brand_id}
        return bool(there - {(user, code) for user, code, scope in self._held if scope in above})


def why_not_second(actor: Actor, fact: Conferred, now: datetime, interest: Interest | None = None) -> ImprimaturError | None:
    """What refuses `actor` as the second access manager for a change in whose place they manage access; None when nothing
    does. NotFound or Forbidden (the other side of a move, NotSecondManager), Conflict (ChangeLapsed).

    `interest` is the actor's own, for whoever asks about many changes.
    """
    return _other_side(actor, fact) or _not_awaited(fact) or _not_another(actor, fact, now, interest) or _lapsed(fact, now)


def _other_side(actor: Actor, fact: Conferred) -> ImprimaturError | None:
    """A move needs manage_access on both sides, also of who confirms it."""
    try:
        for each in (fact.ad_account, fact.ad_account.brand) if isinstance(fact, Placement) else ():
            permissions.check(actor, "manage_access", each)
    except (NotFound, Forbidden) as refusal:
        return refusal
    return None


def _not_awaited(fact: Conferred) -> ImprimaturError | None:
    return None if fact.is_awaited else Conflict(_("This change awaits nobody: it is in force or has been ended."))


def _not_another(actor: Actor, fact: Conferred, now: datetime, interest: Interest | None) -> ImprimaturError | None:
    """Another person than proposed it, and nobody who gains."""
    user = actor.principal
    if not isinstance(user, User) or user.is_service_account:
        return NotSecondManager(_("The second word is a person's; a service account can only propose."))
    own = interest or Interest(user, now)
    if fact.granted_by_id in own.users:
        return NotSecondManager(_("Another access manager has to confirm what you proposed."))
    if own.gains(fact):
        return NotSecondManager(_("Nobody confirms what they gain from themselves."))
    return None


def _lapsed(fact: Conferred, now: datetime) -> ImprimaturError | None:
    ended = fact.expires_at is not None and fact.expires_at <= now
    if ended or fact.granted_at + LAPSES_AFTER <= now:
        return ChangeLapsed(_("Nobody confirmed this in time; it has to be proposed again."))
    return None
