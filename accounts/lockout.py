"""Lock-out after wrong passwords and codes, over the tables of axes.

Axes counts a failure after it happened, so that guesses sent at once are all looked at before the first is counted. Here
every try is counted before it is looked at (`reserve`), in one guarded statement, and taken back when it was right: of any
number of guesses at once at most the limit is ever compared. One row an e-mail address, known or not, so that the answer
tells nobody whether the address exists; no address of a client, no browser, no form is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import F, QuerySet
from django.http import HttpRequest

from core import clock

_ROW: Final = {"ip_address": "::", "user_agent": ""}
_LENGTH: Final = 255


def username_of(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """What tries are counted by: the e-mail address, in lower case."""
    given = credentials or {}
    return str(given.get("email") or given.get("username") or "").strip().lower()[:_LENGTH]


def _attempts(username: str) -> QuerySet[AccessAttempt]:
    rows: QuerySet[AccessAttempt] = AccessAttempt.objects.filter(username=username_of(None, {"email": username}), **_ROW)
    return rows


def reserve(username: str) -> bool:
    """Count one try for an address before it is looked at; False, and nothing counted, when it is locked."""
    now = clock.now()
    mine = _attempts(username)
    mine.filter(attempt_time__lte=now - settings.AXES_COOLOFF_TIME).update(failures_since_start=0)
    counted = {"failures_since_start": F("failures_since_start") + 1, "attempt_time": now}
    below = mine.filter(failures_since_start__lt=settings.AXES_FAILURE_LIMIT)
    if below.update(**counted):
        return True
    if mine.exists():
        return False
    AccessAttempt.objects.filter(attempt_time__lte=now - settings.AXES_COOLOFF_TIME).delete()
    fresh = {"failures_since_start": 1, "get_data": "", "post_data": "", "http_accept": "", "path_info": ""}
    key = username_of(None, {"email": username})
    _row, created = AccessAttempt.objects.get_or_create(username=key, **_ROW, defaults=fresh)
    return created or bool(below.update(**counted))


def release(username: str) -> None:
    """The try was right: take it back."""
    _attempts(username).filter(failures_since_start__gt=0).update(failures_since_start=F("failures_since_start") - 1)


def clear(username: str) -> int:
    """Forget all tries of an address; how many there were."""
    counted = list(_attempts(username).values_list("failures_since_start", flat=True))
    _attempts(username).delete()
    return int(sum(counted))


def failures(username: str, now: datetime) -> int:
    """How many wrong tries count against an address now."""
    live = _attempts(username).filter(attempt_time__gt=now - settings.AXES_COOLOFF_TIME)
    return int(sum(live.values_list("failures_since_start", flat=True)))


def is_locked(username: str, now: datetime) -> bool:
    """Whether the next try would not be looked at."""
    return failures(username, now) >= int(settings.AXES_FAILURE_LIMIT)


class Handler(AxesDatabaseHandler):
    """What axes asks: `is_locked` before a password is looked at, the rest when django says how it went."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Asked once a try, by the first authentication backend."""
        return not reserve(username_of(request, credentials))

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        return failures(username_of(request, credentials), clock.now())

    def user_login_failed(self, sender: Any, credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
        """Counted already."""

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        clear(user.email)

    def user_logged_out(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        """Nothing is kept of it here."""
