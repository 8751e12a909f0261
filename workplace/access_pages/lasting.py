"""Who is left to manage access where something ends: said before it is done, so that nobody shuts everybody out unaware."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import permissions
from accounts.explain import managing_after
from accounts.models import Scope
from core import clock
from core.actor import Actor
from workplace.access_pages import places


def warnings(actor: Actor, **ending: Collection[UUID]) -> list[str]:
    """What ending all of this (accounts.explain.managing_after) means for managing access, a line for each place concerned."""
    found = managing_after(clock.now(), **ending)
    found = [each for each in found if _may_end(actor, each[0], ending)]
    return [words for scope, before, left in found if (words := _warning(actor, scope, before, left))]


def _may_end(actor: Actor, scope: Scope, ending: Mapping[str, object]) -> bool:
    """Whether the reader manages access on the scope, so that it may be named to them, and may do what ends: grants are their
    place's, memberships and people the organisation's."""
    held = permissions.grants_of_actor(actor)
    everywhere = actor.organisation in held.ids("manage_access", permissions.ORGANISATION)
    return everywhere or (all(name.startswith("grant") for name in ending) and held.allows("manage_access", scope))


def _warning(actor: Actor, scope: Scope, before: set[UUID], left: set[UUID]) -> str:
    where = {"where": places.label(scope)}
    if before and not left:
        return _("Nobody will manage access on %(where)s any more. Only whoever runs this installation can give it again.") % where
    me = UUID(actor.id)
    if me in before - left:
        return _("You yourself will no longer manage access on %(where)s.") % where
    return ""
