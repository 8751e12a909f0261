"""One clock. A service reads it once and hands `now` on, so that all rows of one operation carry one time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The time now, aware, UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """An aware time as RFC 3339 in UTC with a Z, whole seconds unless it has a fraction. Raises ValueError if naive."""
    if moment.tzinfo is None:
        raise ValueError("a naive time has no RFC 3339 form")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
