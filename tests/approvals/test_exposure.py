"""Exposure (R-24): the most money a change set can spend."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from approvals.exposure import HORIZON_DAYS, days, dynamic_quarters, of_ad_group, of_campaign
from core.clock import rfc3339

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def campaign(mode: str, minor: int | None = None, optimization: bool = False) -> dict[str, Any]:
    return {"budget": {"mode": mode, "amount": None if minor is None else {"minor": minor, "currency": "USD"}, "optimization": optimization}}


def group(mode: str, minor: int | None, start: timedelta = timedelta(0), end: timedelta | None = 10 * DAY) -> dict[str, Any]:
    return {
        "budget": {"mode": mode, "amount": None if minor is None else {"minor": minor, "currency": "USD"}},
        "schedule": {"start": rfc3339(NOW + start), "end": None if end is None else rfc3339(NOW + end)},
    }


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, HORIZON_DAYS), (timedelta(0), None, HORIZON_DAYS), (timedelta(0), DAY, 1), (timedelta(0), DAY + SECOND, 2),
        (timedelta(0), DAY - SECOND, 1), (timedelta(0), SECOND, 1), (5 * DAY, 7 * DAY, 2), (-5 * DAY, 2 * DAY, 2),
        (None, 3 * DAY, 3), (timedelta(0), -DAY, 0), (timedelta(0), timedelta(0), 0), (-9 * DAY, -DAY, 0),
    ],
)  # fmt: skip
def test_started_days(start, end, expected):
    moment = lambda delta: None if delta is None else NOW + delta  # noqa: E731
    assert days(moment(start), moment(end), NOW) == expected


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (group("daily", 3000), 30000), (group("daily", 3000, end=None), 3000 * HORIZON_DAYS), (group("lifetime", 70000), 70000),
        (group("lifetime", 70000, end=None), 70000), (group("daily", 3000, start=8 * DAY), 6000),
        (group("dynamic_daily", 3000, end=DAY), 3750), (group("dynamic_daily", 3000, end=5 * DAY), 18750),
        (group("dynamic_daily", 3000, end=7 * DAY), 26250), (group("dynamic_daily", 1, end=DAY), 2),
        (group("dynamic_daily", 3000, end=-DAY), 0), (group("unlimited", None), 0),
        (group("daily", 3000, end=-DAY), 0), (group("daily", 3000, start=-DAY, end=DAY + SECOND), 6000),
    ],
)  # fmt: skip
def test_r24_of_an_ad_group(sections, expected):
    assert of_ad_group(sections, NOW) == expected


@pytest.mark.parametrize(
    ("top", "groups", "expected"),
    [
        (campaign("unlimited"), [group("daily", 3000), group("lifetime", 70000)], 100000),
        (campaign("unlimited"), [], 0),
        (campaign("daily", 8000), [group("daily", 3000)], 30000),  # the group is the tighter bound
        (campaign("daily", 8000), [group("daily", 9000)], 80000),  # the campaign is
        (campaign("daily", 8000), [group("daily", 3000), group("daily", 6000, end=20 * DAY)], 150000),
        (campaign("daily", 8000), [group("daily", 9000), group("daily", 9000, end=None)], 240000),  # one is endless
        (campaign("daily", 8000), [], 240000),
        (campaign("lifetime", 50000), [group("daily", 3000)], 30000),
        (campaign("lifetime", 50000), [group("daily", 9000)], 50000),
        (campaign("lifetime", 50000), [], 50000),
        (campaign("dynamic_daily", 8000, optimization=True), [group("unlimited", None)], 100000),
        (campaign("daily", 8000), [group("dynamic_daily", 3000)], 37500),
        (campaign("daily", 8000), [group("unlimited", None), group("daily", 10)], 80000),  # what has no budget bounds nothing
        (campaign("daily", 8000, optimization=True), [group("daily", 10)], 80000),  # groups do not bound it
        (campaign("lifetime", 50000, optimization=True), [group("unlimited", None)], 50000),
        (campaign("daily", 8000, optimization=True), [group("unlimited", None, end=None)], 240000),
    ],
)  # fmt: skip
def test_r24_of_a_campaign(top, groups, expected):
    assert of_campaign(top, groups, NOW) == expected


@pytest.mark.parametrize("number", range(61))
def test_r24_no_calendar_week_and_no_day_of_a_dynamic_daily_budget_costs_more(number):
    """Day by day, greedily, for a week that begins on any of its days: the bound is met by one of them and passed by none."""
    spent = []
    for begins in range(7):
        total = in_week = 0
        for day in range(number):
            in_week = 0 if (day - begins) % 7 == 0 else in_week
            quarters = min(5, 28 - in_week)
            in_week, total = in_week + quarters, total + quarters
        spent.append(total)
    assert dynamic_quarters(number) == max(spent)
    assert 4 * number <= dynamic_quarters(number) <= 5 * number
