"""Exposure (R-24): the most money a change set can spend, in minor units. Pure.

Daily budgets count once for each started day until the end, or for the horizon when there is no end; dynamic daily budgets
count the most that such days can cost; lifetime budgets count as they are. Ad groups are bounded by their campaign; under
budget optimisation only the campaign counts. docs/exposure.md explains each mode with its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

HORIZON_DAYS: Final = 30
_DAY: Final = timedelta(days=1)

_WEEK: Final = 7
_QUARTERS_A_DAY: Final = 5
_QUARTERS_A_WEEK: Final = 28
"""A dynamic daily budget spends up to 125 % on one day, and seven times itself in a week (TikTok Doc:Budget)."""


def days(start: datetime | None, end: datetime | None, now: datetime) -> int:
    """Started days from the later of start and now until the end; HORIZON_DAYS when endless; never negative."""
    if end is None:
        return HORIZON_DAYS
    left = end - max(now, start or now)
    return max(0, -(-left // _DAY))


def _within_a_week(number: int) -> int:
    """The most that so many days of one week cost, in quarters of the budget."""
    return min(_QUARTERS_A_DAY * number, _QUARTERS_A_WEEK)


def dynamic_quarters(number: int) -> int:
    """The most that so many days in a row cost under a dynamic daily budget, in quarters of it.

    TikTok does not say when its week begins. The days are cut into calendar weeks wherever that costs most: the first and
    the last are begun weeks, in which every day may cost 125 %. Weeks that roll would allow less.
    """
    most = 0
    for first in range(min(number, _WEEK) + 1):
        whole, last = divmod(number - first, _WEEK)
        most = max(most, _within_a_week(first) + whole * _QUARTERS_A_WEEK + _within_a_week(last))
    return most


def _amount(budget: Mapping[str, Any]) -> int:
    return int((budget.get("amount") or {}).get("minor", 0))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _over(budget: Mapping[str, Any], number: int) -> int:
    """What a budget can spend in so many days: rounded up, never understated."""
    if budget["mode"] == "lifetime":
        return _amount(budget)
    if budget["mode"] == "dynamic_daily":
        return -(-_amount(budget) * dynamic_quarters(number) // 4)
    return _amount(budget) * number


def of_ad_group(sections: Mapping[str, Any], now: datetime) -> int:
    """The exposure of one ad group by itself; none when it has no budget of its own."""
    schedule = sections["schedule"]
    return _over(sections["budget"], days(_time(schedule["start"]), _time(schedule["end"]), now))


def of_campaign(sections: Mapping[str, Any], groups: Iterable[Mapping[str, Any]], now: datetime) -> int:
    """The exposure of a campaign with these ad groups."""
    groups = list(groups)
    budget = sections["budget"]
    ends = [_time(group["schedule"]["end"]) for group in groups]
    last = None if not ends or None in ends else max(end for end in ends if end is not None)
    inside = sum(of_ad_group(group, now) for group in groups)
    if budget["mode"] == "unlimited":
        return inside
    own = _over(budget, days(None, last, now))
    return own if budget["optimization"] or not groups or _any_without_budget(groups) else min(own, inside)


def _any_without_budget(groups: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an ad group without a budget of its own is among them: then their sum bounds nothing."""
    return any(group["budget"]["mode"] == "unlimited" for group in groups)


def is_endless(groups: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a campaign with these ad groups runs until somebody ends it."""
    ends = [group["schedule"]["end"] for group in groups]
    return not ends or None in ends


def by_month(sections: Mapping[str, Any], groups: Iterable[Mapping[str, Any]], now: datetime) -> dict[date, int]:
    """The exposure of a campaign spread evenly over its started days from `now` on, by calendar month (UTC, its first day); the
    months add up to `of_campaign`. Without an end it is spread over the horizon."""
    groups = list(groups)
    total = of_campaign(sections, groups, now)
    starts = [_time(group["schedule"]["start"]) for group in groups]
    ends = [_time(group["schedule"]["end"]) for group in groups]
    first = max(now, min((start or now for start in starts), default=now))
    last = None if not ends or None in ends else max(end for end in ends if end is not None)
    number = max(1, days(first, last, now))
    found: dict[date, int] = {}
    for index in range(number if total else 0):
        month = (first + index * _DAY).date().replace(day=1)
        found[month] = found.get(month, 0) + total * (index + 1) // number - total * index // number
    return found


def run_on(sections: Mapping[str, Any], groups: Iterable[Mapping[str, Any]], since: datetime, now: datetime) -> dict[date, int]:
    """What an endless campaign may spend beyond the horizon that was counted at `since`, up to the horizon of now: for each
    whole day that has passed one more at its far end, by calendar month. Nothing of a campaign that ends."""
    groups = list(groups)
    passed = (now - since) // _DAY
    if not is_endless(groups) or passed < 1:
        return {}
    total, first = of_campaign(sections, groups, now), since + HORIZON_DAYS * _DAY
    found: dict[date, int] = {}
    for index in range(passed):
        month = (first + index * _DAY).date().replace(day=1)
        found[month] = found.get(month, 0) + total * (index + 1) // HORIZON_DAYS - total * index // HORIZON_DAYS
    return found
