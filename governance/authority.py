"""Who may change what judges: rule sets and waivers here, approval policies in `approvals`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount, Brand, Organisation, Scope, User
from core.actor import Actor, ActorKind, Channel
from core.errors import Forbidden

SCOPE_FIELD: Final[dict[type, str]] = {Organisation: "organisation", Brand: "brand", AdAccount: "ad_account"}
"""The column that binds a rule set or policy to a scope of this kind."""


def check_policy_manager(actor: Actor, scope: Scope | None) -> None:
    """Raises Forbidden unless the actor manages policy on `scope`; what binds everybody is done at the console."""
    if actor.kind is ActorKind.SYSTEM and actor.channel is Channel.COMMAND:
        return
    if scope is None:
        raise Forbidden(_("What binds every organisation is changed with a command on the server."))
    permissions.check(actor, "manage_policy", scope)


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
