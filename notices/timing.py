"""When the daily mail is due. Pure but for the setting."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

DIGEST_AT: Final = time(8)
"""By the clock of the person."""


def time_zone() -> ZoneInfo:
    """In which days begin and end. People have none of their own yet: it is the installation's (IMPRIMATUR_DIGEST_TIME_ZONE)."""
    return ZoneInfo(settings.DIGEST_TIME_ZONE)


def next_digest(moment: datetime) -> datetime:
    """The next 08:00 after a moment, in UTC: 23 or 25 hours after the last one where clocks are changed in between. Where it does
    not exist on a day, as much later as the clock was put forward."""
    zone = time_zone()
    today = moment.astimezone(zone).date()
    due = (datetime.combine(today + timedelta(days=days), DIGEST_AT, zone).astimezone(UTC) for days in range(3))
    return next(each for each in due if each > moment)
