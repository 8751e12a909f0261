"""Whose gain is whose: a person and the machines they own are one (R-16)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from accounts.models import User, UserGroup, standing_at
from core import clock
from core.actor import Actor


def parties(user: object) -> set[UUID]:
    """A principal with its human owner: one interest (R-16). Nobody for the system."""
    return {each for each in (user.pk, user.owner_id) if each} if isinstance(user, User) else set()


def concerns(actor: Actor, principal: User | UserGroup) -> bool:
    """Whether what `principal` gets, `actor` gets: directly or through a group; a person and the machines they own are
    one in this (R-16)."""
    own = parties(actor.principal)
    if not own:
        return False
    if isinstance(principal, User):
        return bool(own & parties(principal))
    members = principal.memberships.filter(standing_at(clock.now()))
    return members.filter(Q(user__in=own) | Q(user__owner_id__in=own)).exists()
