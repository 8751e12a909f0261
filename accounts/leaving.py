"""What ends as a person or machine is shut out: all that they hold, and all by which they come in (R-17, R-32). In the transaction
of whichever service does it, which holds the lock of the row."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator

from accounts import sessions
from accounts.models import ApiToken, AuthorityLimit, Delegation, Membership, RoleGrant, User
from core.actor import Actor

ACCESS_ENDED: Final = "accounts.access.ended"
"""Somebody of an organisation (the subject is its id) holds less than before: what waits for them may wait in vain."""


def leave(user: User, actor: Actor, now: datetime) -> dict[str, Any]:
    """End grants, memberships, tokens and sessions of a locked person, and those of their machines, which have nobody to answer for
    them any more. What the log is told of it."""
    machines = list(User.objects.filter(owner=user, is_active=True))
    ended = [_end_all(each, actor, now) for each in (user, *machines)]
    return {
        "grants": [each for grants, _tokens in ended for each in grants],
        "tokens": sum(tokens for _grants, tokens in ended),
        "machines": [machine.email for machine in machines],
        "sessions": sessions.end_all(user),
    }


def forget_secrets(user: User) -> int:
    """Take the password and the second factors of a locked person away: whoever came by them comes in with none of them, also if
    the person comes back. How many factors there were."""
    user.set_unusable_password()
    user.save(update_fields=("password",))
    removed: int = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    return removed


def _end_all(user: User, actor: Actor, now: datetime) -> tuple[list[str], int]:
    """End everything somebody holds. Returns the ids of the role grants and the number of tokens."""
    user.is_active = False
    user.save(update_fields=("is_active",))
    grants = RoleGrant.objects.filter(user=user, revoked_at__isnull=True)
    ids = [str(pk) for pk in grants.order_by("pk").values_list("pk", flat=True)]
    grants.update(revoked_at=now, revoked_by=actor.label)
    Membership.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now, revoked_by=actor.label)
    AuthorityLimit.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now, revoked_by=actor.label)
    # Those that this person gave stay: who stands in for them takes over what they were named for.
    Delegation.objects.filter(delegate=user, revoked_at__isnull=True).update(revoked_at=now, revoked_by=actor.label)
    return ids, ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
