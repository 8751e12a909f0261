"""Exposure (R-24): the most money a change set can spend, in minor units. Pure.

Daily budgets count once for each started day until the end, or for the horizon when there is no end; lifetime budgets
count as they are. Ad groups are bounded by their campaign; under budget optimisation only the campaign counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

HORIZON_DAYS: Final = 30
_DAY: Final = timedelta(days=1)


def days(start: datetime | None, end: datetime | None, now: datetime) -> int:
    """Started days from the later of start and now until the end; HORIZON_DAYS when endless; never negative."""
    if end is None:
        return HORIZON_DAYS
    left = end - max(now, start or now)
    return max(0, -(-left // _DAY))


def _amount(budget: Mapping[str, Any]) -> int:
    return int((budget.get("amount") or {}).get("minor", 0))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def of_ad_group(sections: Mapping[str, Any], now: datetime) -> int:
    """The exposure of one ad group by itself."""
    budget, schedule = sections["budget"], sections["schedule"]
    if budget["mode"] == "lifetime":
        return _amount(budget)
    return _amount(budget) * days(_time(schedule["start"]), _time(schedule["end"]), now)


def of_campaign(sections: Mapping[str, Any], groups: Iterable[Mapping[str, Any]], now: datetime) -> int:
    """The exposure of a campaign with these ad groups."""
    groups = list(groups)
    budget = sections["budget"]
    ends = [_time(group["schedule"]["end"]) for group in groups]
    last = None if not ends or None in ends else max(end for end in ends if end is not None)
    inside = sum(of_ad_group(group, now) for group in groups)
    if budget["mode"] == "unlimited":
        return inside
    own = _amount(budget) if budget["mode"] == "lifetime" else _amount(budget) * days(None, last, now)
    return own if budget["optimization"] or not groups else min(own, inside)
