"""Times for people, in the reader's language: “28 Nov 2026, 11:18 UTC”, in German “28. Nov. 2026, 11:18 UTC”."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.utils import formats
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

_DAY: Final = gettext_lazy("j M Y")


def day(value: datetime) -> str:
    """The day of an aware time, in its own time zone."""
    return formats.date_format(value, str(_DAY))


def moment(value: datetime) -> str:
    """An aware time to the minute, in UTC."""
    utc = value.astimezone(UTC)
    return f"{day(utc)}, {formats.date_format(utc, 'H:i')} UTC"


def second(value: datetime) -> str:
    """An aware time to the second, in UTC, which the page names elsewhere."""
    utc = value.astimezone(UTC)
    return f"{day(utc)}, {formats.date_format(utc, 'H:i:s')}"


moment_lazy: Final = lazy(moment, str)
"""`moment` for words that are translated when they are read."""
