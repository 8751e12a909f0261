"""Sessions of people: rows of the log-in library beside Django's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.models import User


def sessions_of(user: User) -> list[UserSession]:
    """Sessions that still live, the latest first."""
    rows: list[UserSession] = UserSession.objects.purge_and_list(user)
    return sorted(rows, key=lambda row: row.last_seen_at, reverse=True)


def end(rows: Iterable[UserSession]) -> int:
    """End sessions: the next request of each finds nobody logged in. In the caller's transaction; how many there were."""
    keys = [row.session_key for row in rows]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    return len(keys)


def end_all(user: User) -> int:
    """End every session of a person; how many there were."""
    return end(UserSession.objects.filter(user_id=user.pk))


def touch(session_key: str, address: str, now: datetime) -> None:
    """The session was used just now, from this address."""
    UserSession.objects.filter(session_key=session_key).update(last_seen_at=now, ip=address)
