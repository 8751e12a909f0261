"""From a user object to the actor that services take."""

from __future__ import annotations

from accounts.models import User
from core.actor import Actor, ActorKind, Channel
from core.ids import uuid7


def actor_for(user: User, channel: Channel, request_id: str = "", address: str = "") -> Actor:
    """The actor for an authenticated user at a door."""
    kind = ActorKind.SERVICE_ACCOUNT if user.is_service_account else ActorKind.PERSON
    own = request_id or str(uuid7())
    return Actor(kind, str(user.pk), user.email, channel, own, user, address, user.organisation_id)
