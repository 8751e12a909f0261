"""From a user object to the actor that services take."""

from __future__ import annotations

from accounts.authentication import of_token
from accounts.models import ApiToken, User
from core.actor import Actor, ActorKind, Authentication, Channel
from core.ids import uuid7


def actor_for(
    user: User, channel: Channel, request_id: str = "", address: str = "", token: ApiToken | None = None,
    authentication: Authentication | None = None,
) -> Actor:  # fmt: skip
    """The actor for an authenticated user at a door; `token` when one spoke for them, else how they showed who they are."""
    kind = ActorKind.SERVICE_ACCOUNT if user.is_service_account else ActorKind.PERSON
    own = request_id or str(uuid7())
    shown = of_token(token) if token is not None else authentication
    return Actor(kind, str(user.pk), user.email, channel, own, user, address, user.organisation_id, token, shown)


def nobody(channel: Channel, address: str) -> Actor:
    """Whoever is at a door and has not shown who they are: the actor of a log-in that failed."""
    return Actor(ActorKind.SYSTEM, "nobody", "Nobody logged in", channel, address=address)
