"""The simulator's time: the real clock plus an offset that tests may move."""

from datetime import UTC, datetime, timedelta

WIRE_FORMAT = "%Y-%m-%d %H:%M:%S"


def real_now() -> datetime:
    """The time of the machine, UTC."""
    return datetime.now(UTC)


def shifted(offset_seconds: int) -> datetime:
    """The machine's time moved by the stored offset."""
    return real_now() + timedelta(seconds=offset_seconds)


def wire(moment: datetime) -> str:
    """A time as the API writes it: `YYYY-MM-DD HH:MM:SS`, UTC+0."""
    return moment.strftime(WIRE_FORMAT)


def parsed(text: str) -> datetime | None:
    """A time of the API as an aware datetime, None when it is not one."""
    try:
        return datetime.strptime(text, WIRE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
