"""Who may change what judges: rule sets and waivers here, approval policies in `approvals`."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount, Brand, Organisation, Scope, User
from core.actor import Actor, ActorKind, Channel
from core.errors import Forbidden, NotFound

SCOPE_FIELD: Final[dict[type, str]] = {Organisation: "organisation", Brand: "brand", AdAccount: "ad_account"}
"""The column that binds a rule set or policy to a scope of this kind."""


def at_console(actor: Actor) -> bool:
    """Whether a command on the server acts, which may whatever its account may."""
    return actor.kind is ActorKind.SYSTEM and actor.channel is Channel.COMMAND


def check_policy_manager(actor: Actor, scope: Scope | None) -> None:
    """Raises Forbidden (NotFound when invisible) unless the actor manages policy on `scope`; what binds everybody is done at
    the console."""
    if at_console(actor):
        return
    if scope is None:
        raise Forbidden(_("What binds every organisation is changed with a command on the server."))
    permissions.check(actor, "manage_policy", scope)


def check_may_change(actor: Actor, permission: str, scope: Scope | None, visible: QuerySet[Any]) -> None:
    """Whether the actor holds `permission` where something is bound that is among the `visible` rows. Raises NotFound when it
    is not, Forbidden."""
    if at_console(actor):
        return
    if not visible.exists():
        raise NotFound()
    if scope is None:
        raise Forbidden(_("What binds every organisation is changed with a command on the server."))
    permissions.check_held(actor, permission, scope)


def answerable(actor: Actor) -> User | None:
    """The person behind an actor: for a machine its owner, for the service itself nobody."""
    if not isinstance(actor.principal, User):
        return None
    return actor.principal.owner or actor.principal


def check_second_person(actor: Actor, author: UUID | None) -> None:
    """A person, and another than `author` when there is one to be kept apart from (R-55). Raises Forbidden."""
    if isinstance(actor.principal, User) and actor.principal.is_service_account:
        raise Forbidden(_("The second word is a person's; a service account can only propose."))
    person = answerable(actor)
    if author is not None and (person is None or person.pk == author):
        raise Forbidden(_("Another person has to confirm what you proposed."))
