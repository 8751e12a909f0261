"""Business time: pure. When people work, and how deadlines are counted in that (R-20).

A calendar is one time zone, the hours of each day of the week, and days on which nobody works. Hours are counted as they pass:
where a clock is set forward in working time a day is an hour shorter, and a deadline falls an hour later by the wall. What lies
outside of working time counts for nothing; a deadline always falls on a working day, at its closing time at the latest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from core.errors import FieldError, Invalid, say

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_HOLIDAYS: Final = 500
NONE: Final = timedelta(0)
_ONE_DAY: Final = timedelta(days=1)
_MINUTES_A_DAY: Final = 24 * 60


class Hours(NamedTuple):
    """Working time of one day by its wall clock, in minutes after midnight; `closes` may be 1440, the end of the day."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """When people work: `week` by day of the week (0 is Monday), without the days on which nobody does."""

    timezone: str
    week: Mapping[int, Hours]
    holidays: frozenset[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.week and day not in self.holidays

    def local(self, moment: datetime) -> datetime:
        """A moment by the wall clock of this calendar."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def _span(self, day: date) -> tuple[datetime, datetime] | None:
        """When work begins and ends on a day, in UTC; None where it does not, also because the clock leaves it out."""
        if not self.is_working_day(day):
            return None
        hours, zone = self.week[day.weekday()], ZoneInfo(self.timezone)
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        begins, ends = ((midnight + timedelta(minutes=minutes)).astimezone(UTC) for minutes in hours)
        return (begins, ends) if begins < ends and begins.astimezone(zone).date() == day else None

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time from a moment on, day by day, in UTC. Endless: some day is worked on, as long as the years have numbers."""
        day, start = self.local(moment).date(), moment.astimezone(UTC)
        while True:
            span = self._span(day)
            if span is not None and span[1] > start:
                yield max(span[0], start), span[1]
            day += _ONE_DAY


def add(calendar: Calendar, moment: datetime, time: timedelta) -> datetime:
    """The moment (UTC) at which so much working time has passed since `moment`; with none, the next one in working time.

    Raises ValueError for a negative `time`.
    """
    if time < NONE:
        raise ValueError("working time is added, never taken away")
    left = time
    for begins, ends in calendar._spans(moment):
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise AssertionError("a calendar never ends")  # pragma: no cover


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; negative when `end` comes first."""
    if end < start:
        return -between(calendar, end, start)
    passed = NONE
    for begins, ends in calendar._spans(start):
        if begins >= end:
            return passed
        passed += min(ends, end) - begins
    raise AssertionError("a calendar never ends")  # pragma: no cover


STANDARD: Final = Calendar("UTC", {day: Hours(9 * 60, 18 * 60) for day in range(5)})
"""Whoever said nothing else works Monday to Friday, 09:00 to 18:00 UTC."""


# --- as data -----------------------------------------------------------------------------------------------------------------


def as_json(calendar: Calendar) -> dict[str, Any]:
    """A calendar as it is stored and shown."""
    return {
        "timezone": calendar.timezone,
        "hours": {DAYS[day]: [_clock(each) for each in calendar.week[day]] for day in sorted(calendar.week)},
        "holidays": sorted(day.isoformat() for day in calendar.holidays),
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse(timezone: str, hours: Mapping[str, Any], holidays: Sequence[str]) -> Calendar:
    """A calendar as somebody gives it. Raises Invalid: an unknown time zone or day, no working day at all, times that are none."""
    errors: list[FieldError] = []
    if timezone not in _zones():
        errors.append(FieldError("timezone", "unknown", _("Give a time zone by its name, such as Europe/Berlin.")))
    week = dict(_week(hours, errors))
    if not week and not errors:
        errors.append(FieldError("hours", "required", _("Some day of the week is worked on.")))
    days = frozenset(_holidays(holidays, errors))
    if errors:
        raise Invalid(errors)
    return Calendar(timezone, week, days)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _week(hours: Mapping[str, Any], errors: list[FieldError]) -> Iterator[tuple[int, Hours]]:
    for day, given in hours.items():
        if day not in DAYS:
            errors.append(FieldError(f"hours.{day}", "unknown", say(_("Days are {days}."), days=", ".join(DAYS))))
            continue
        times = [_minutes(each) for each in given] if isinstance(given, list | tuple) else []
        if len(times) != 2 or None in times or not (times[0] or 0) < (times[1] or 0):
            words = _("Give when work begins and when it ends that day, such as 09:00 and 18:00.")
            errors.append(FieldError(f"hours.{day}", "invalid", words))
            continue
        yield DAYS.index(day), Hours(times[0] or 0, times[1] or 0)


def _minutes(text: Any) -> int | None:
    """Minutes after midnight of `HH:MM`; None for what is none."""
    if not isinstance(text, str) or len(text) != 5 or text[2] != ":" or not (text[:2] + text[3:]).isascii():
        return None
    if not (text[:2] + text[3:]).isdigit() or int(text[3:]) > 59:
        return None
    minutes = int(text[:2]) * 60 + int(text[3:])
    return minutes if minutes <= _MINUTES_A_DAY else None


def _holidays(holidays: Sequence[str], errors: list[FieldError]) -> Iterator[date]:
    if len(holidays) > MAX_HOLIDAYS:
        errors.append(FieldError("holidays", "too_many", say(_("Give at most {most} days."), most=MAX_HOLIDAYS)))
        return
    for index, text in enumerate(holidays):
        try:
            yield date.fromisoformat(text)
        except (TypeError, ValueError):
            errors.append(FieldError(f"holidays.{index}", "invalid", _("Give a day as YYYY-MM-DD.")))
