"""Who may change what judges: rule sets here, approval policies in `approvals`."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount, Brand, Organisation, Scope
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
