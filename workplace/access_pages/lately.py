"""When the holders of role grants and memberships were last here: logged in, or came with a token."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import queries
from accounts.models import Membership, User, standing_at


def last_here(facts: Iterable[Any], now: datetime) -> dict[UUID, datetime]:
    """Role grant or membership → when its holder, of a user group whoever in it came last, was last here; nothing for those
    who never were. Three statements."""
    listed = list(facts)
    members: dict[int, set[UUID]] = defaultdict(set)
    groups = {each.group_id for each in listed if not each.user_id}
    for group, user in Membership.objects.filter(standing_at(now), group_id__in=groups).values_list("group_id", "user_id"):
        members[group].add(user)
    whose = {each.pk: {each.user_id} if each.user_id else members[each.group_id] for each in listed}
    seen = _seen(set().union(*whose.values()))
    latest = {pk: max((seen[user] for user in users if user in seen), default=None) for pk, users in whose.items()}
    return {pk: moment for pk, moment in latest.items() if moment is not None}


def _seen(users: set[UUID]) -> dict[UUID, datetime]:
    """Person or machine → the later of their last log-in and the last use of a token of theirs."""
    found = queries.last_token_uses(users)
    logged_in = User.objects.filter(pk__in=users, last_login__isnull=False).order_by()
    for user, moment in logged_in.values_list("pk", "last_login"):
        if moment is not None:
            found[user] = max(moment, found.get(user, moment))
    return found
