"""The rows of compromised accounts, at both doors (R-32)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock
from tests.matrix.rows_access import ALL, administers, governs, looks_after, then
from tests.matrix.rows_access_pages import form
from tests.matrix.rules import Row, entering, lists, lists_when, when
from tests.matrix.target import Names


def _since() -> str:
    return clock.rfc3339(clock.now() - timedelta(hours=1))


def _declared(names: Names) -> dict[str, Any]:
    return {"user": names.user, "since": _since(), "reason": "Stolen."}


def _typed(names: Names) -> dict[str, Any]:
    return {"since": _since()[:16], "reason": "Stolen."}


_OF = {"identifier": "user"}
ROWS = [
    Row("GET compromises-list", lists_when(looks_after("organisation")), shows="compromise", query=ALL),
    Row("GET compromises-detail", when(looks_after("organisation")), url={"id": "compromise"}, shows="compromise"),
    Row("POST compromises-list", then(governs, administers), 201, body=_declared, sought=True),
    Row("GET live-in-doubt-list", lists("account"), query=ALL),
    Row("GET live-in-doubt-detail", when(lambda who: False), url={"id": "drift"}),
    Row("GET admin:compromised", entering(lists_when(looks_after("organisation"))), shows="compromise"),
    Row("GET admin:access_compromised", entering(when(governs)), url=_OF, shows="user_email"),
    Row("POST admin:access_compromised", form(governs, administers), 303, url=_OF, body=_typed, sought=True),
]
