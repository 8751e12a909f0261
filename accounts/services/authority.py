"""Who may administer: access managers on the scope, and the system itself (commands at the console)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Scope, User
from core.actor import Actor, ActorKind, Channel
from core.errors import Forbidden


def at_console(actor: Actor) -> bool:
    """Whether this is a command on the server: the system itself."""
    return actor.kind is ActorKind.SYSTEM and actor.channel is Channel.COMMAND


def parties(user: object) -> set[UUID]:
    """A principal with its human owner: one interest (R-16). Nobody for the system."""
    return {each for each in (user.pk, user.owner_id) if each} if isinstance(user, User) else set()


def check_access_manager(actor: Actor, scope: Scope | None) -> None:
    """Raises Forbidden (NotFound when invisible) unless `actor` manages access on `scope`.

    Commands run by whoever has the server's console; they act as the system and are logged as such. Tasks may not.
    """
    if at_console(actor):
        return
    if scope is None:
        raise Forbidden(_("This is done with a command on the server."))
    permissions.check(actor, "manage_access", scope)
