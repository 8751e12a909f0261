"""Business time (R-20): right over nights, weekends, holidays, year ends and clocks that are set."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import calendars
from approvals.calendars import Calendar, Hours, add, between
from core.errors import Invalid

BERLIN = Calendar("Europe/Berlin", {day: Hours(540, 1080) for day in range(5)}, frozenset({date(2026, 12, 25), date(2027, 1, 1)}))
ROUND_THE_CLOCK = Calendar("Europe/Berlin", {day: Hours(0, 1440) for day in range(7)})


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[arg-type,misc]


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.mark.parametrize(("start", "time", "end"), [
    (berlin(2026, 12, 1, 10), 4, berlin(2026, 12, 1, 14)),
    (berlin(2026, 12, 1, 10), 8, berlin(2026, 12, 1, 18)),  # the end of the day, not the beginning of the next
    (berlin(2026, 12, 1, 17), 2, berlin(2026, 12, 2, 10)),
    (berlin(2026, 12, 4, 17), 2, berlin(2026, 12, 7, 10)),  # Friday to Monday
    (berlin(2026, 12, 5, 12), 1, berlin(2026, 12, 7, 10)),  # begun on a Saturday
    (berlin(2026, 12, 5, 12), 0, berlin(2026, 12, 7, 9)),
    (berlin(2026, 12, 24, 17), 2, berlin(2026, 12, 28, 10)),  # Christmas, then a weekend
    (berlin(2026, 12, 31, 17), 2, berlin(2027, 1, 4, 10)),  # over the year's end
    (berlin(2027, 3, 26, 17), 2, berlin(2027, 3, 29, 10)),  # over the night in which clocks go forward
    (berlin(2026, 10, 23, 17), 2, berlin(2026, 10, 26, 10)),  # and back
])  # fmt: skip
def test_r20_working_time_is_added(start, time, end):
    assert add(BERLIN, start, hours(time)) == end
    assert between(BERLIN, start, end) == hours(time)


@pytest.mark.parametrize(("day", "length"), [((2027, 3, 28), 23), ((2026, 10, 25), 25), ((2026, 10, 24), 24)])
def test_r20_hours_are_counted_as_they_pass_when_clocks_are_set(day, length):
    following = berlin(*day) + timedelta(days=1)
    assert between(ROUND_THE_CLOCK, berlin(*day), following) == hours(length)
    assert add(ROUND_THE_CLOCK, berlin(*day), hours(length)) == following


def test_r20_a_working_day_that_begins_in_the_hour_that_is_left_out():
    early = Calendar("Europe/Berlin", {day: Hours(150, 360) for day in range(7)})  # 02:30 to 06:00
    assert add(early, berlin(2027, 3, 28, 0), hours(0)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert between(early, berlin(2027, 3, 28, 0), berlin(2027, 3, 29, 0)) == hours(2.5)


def test_r20_a_day_that_a_clock_leaves_out_is_none():
    """Samoa had no 30 December 2011."""
    samoa = Calendar("Pacific/Apia", {day: Hours(540, 1080) for day in range(7)})
    thursday = datetime(2011, 12, 29, 17, tzinfo=ZoneInfo("Pacific/Apia"))
    assert add(samoa, thursday, hours(2)) == datetime(2011, 12, 31, 10, tzinfo=ZoneInfo("Pacific/Apia"))


def test_r20_whoever_said_nothing_works_monday_to_friday_in_utc():
    friday = datetime(2026, 12, 4, 17, tzinfo=UTC)
    assert add(calendars.STANDARD, friday, hours(2)) == datetime(2026, 12, 7, 10, tzinfo=UTC)


# --- whatever the calendar ---------------------------------------------------------------------------------------------------

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Santiago", "Pacific/Apia")
EPOCH = datetime(2011, 12, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 17 * 365 * 86400).map(lambda seconds: EPOCH + timedelta(seconds=seconds))


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> Hours:
    opens = draw(st.integers(0, 1439))
    return Hours(opens, draw(st.integers(opens + 1, 1440)))


@st.composite
def any_calendar(draw: st.DrawFn) -> Calendar:
    week = draw(st.dictionaries(st.integers(0, 6), hours_of_a_day(), min_size=1, max_size=7))
    off = draw(st.sets(st.dates(date(2011, 12, 1), date(2029, 2, 1)), max_size=8))
    return Calendar(draw(st.sampled_from(ZONES)), week, frozenset(off))


TIMES = st.integers(0, 60 * 60 * 30).map(lambda seconds: timedelta(seconds=seconds))


@given(any_calendar(), MOMENTS, TIMES)
def test_r20_what_is_added_lies_between(calendar, moment, time):
    end = add(calendar, moment, time)
    assert end >= moment
    assert between(calendar, moment, end) == time
    assert between(calendar, end, moment) == -time


@given(any_calendar(), MOMENTS, TIMES)
def test_r20_no_deadline_falls_on_a_day_off(calendar, moment, time):
    end = calendar.local(add(calendar, moment, time))
    closing = end - timedelta(microseconds=1)  # 24:00 belongs to the day that it ends
    assert calendar.is_working_day(end.date()) or calendar.is_working_day(closing.date())
    assert end.date() not in calendar.holidays or closing.date() not in calendar.holidays


@given(any_calendar(), MOMENTS, TIMES, TIMES)
def test_r20_more_time_never_ends_earlier_and_neither_does_a_later_beginning(calendar, moment, time, more):
    assert add(calendar, moment, time) <= add(calendar, moment, time + more)
    assert add(calendar, moment, time) <= add(calendar, moment + more, time)


@given(any_calendar(), MOMENTS, TIMES, TIMES)
def test_r20_time_adds_up(calendar, moment, time, more):
    there = add(calendar, moment, time)
    assert add(calendar, there, more) in (add(calendar, moment, time + more), add(calendar, there, timedelta(0)))
    assert between(calendar, moment, add(calendar, there, more)) == time + more


# --- as data -----------------------------------------------------------------------------------------------------------------


@given(any_calendar())
def test_a_calendar_is_read_as_it_was_written(calendar):
    assert calendars.parse(**calendars.as_json(calendar)) == calendar


@pytest.mark.parametrize(("given_", "fields"), [
    ({"timezone": "Mars/Olympus"}, {"timezone": "unknown"}),
    ({"hours": {}}, {"hours": "required"}),
    ({"hours": {"someday": ["09:00", "18:00"]}}, {"hours.someday": "unknown"}),
    ({"hours": {"monday": ["18:00", "09:00"]}}, {"hours.monday": "invalid"}),
    ({"hours": {"monday": ["09:00"]}}, {"hours.monday": "invalid"}),
    ({"hours": {"monday": ["09:00", "24:01"]}}, {"hours.monday": "invalid"}),
    ({"hours": {"monday": ["٠٩:٠٠", "18:00"]}}, {"hours.monday": "invalid"}),
    ({"hours": {"monday": "09:00-18:00"}}, {"hours.monday": "invalid"}),
    ({"holidays": ["25.12.2026"]}, {"holidays.0": "invalid"}),
    ({"holidays": [None]}, {"holidays.0": "invalid"}),
    ({"holidays": ["2026-12-25"] * 501}, {"holidays": "too_many"}),
])  # fmt: skip
def test_what_is_no_calendar_is_refused(given_, fields):
    whole = {"timezone": "UTC", "hours": {"monday": ["09:00", "18:00"]}, "holidays": []}
    with pytest.raises(Invalid) as refused:
        calendars.parse(**{**whole, **given_})
    assert {each.field: each.code for each in refused.value.errors} == fields


def test_time_is_never_taken_away():
    with pytest.raises(ValueError, match="never taken away"):
        add(BERLIN, berlin(2026, 12, 1), hours(-1))
