"""How far budgets were raised within the last day and week (R-22), in minor units. Pure.

An entity's raise is the difference between what was approved last when the window began and what is wanted or was approved
last now; never negative. Steps add up, because only the ends of the window are compared. Across an ad account raises are
summed gross: what one campaign gave up does not make good what another was given. docs/budgets.md explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

WINDOW_HOURS: Final = (24, 7 * 24)
LONGEST: Final = timedelta(hours=max(WINDOW_HOURS))


@dataclass(frozen=True, slots=True)
class Amount:
    """A budget of a campaign or an ad group as somebody approved it at `at`, or as it is asked for in an open request (None).
    `minor` is None for one without an amount (unlimited, or set by the campaign)."""

    entity: UUID
    campaign: UUID
    mode: str
    minor: int | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What an entity's budget was when a window began, and is to be now; None: there was none."""

    before: Amount | None
    now: Amount | None

    @property
    def raised(self) -> int:
        """By how much; the whole amount where there was none before, or one of another mode."""
        if self.now is None or self.now.minor is None:
            return 0
        if self.before is None or self.before.minor is None or self.before.mode != self.now.mode:
            return self.now.minor
        return max(0, self.now.minor - self.before.minor)

    @property
    def whole(self) -> int:
        return 0 if self.now is None else self.now.minor or 0


History = Mapping[UUID, Sequence[Amount]]
"""By entity, in the order of time, what is asked for last."""


def history(amounts: Iterable[Amount], now: datetime) -> History:
    """Amounts by entity."""
    found: dict[UUID, list[Amount]] = {}
    for each in sorted(amounts, key=lambda amount: (amount.at is None, amount.at or now)):
        found.setdefault(each.entity, []).append(each)
    return found


def _change(amounts: Sequence[Amount], start: datetime) -> Change:
    before = [each for each in amounts if each.at is not None and each.at <= start]
    return Change(before[-1] if before else None, amounts[-1] if amounts else None)


def _raised(campaign: Change, groups: Iterable[Change]) -> int:
    """A campaign's raise. Without an amount of its own its ad groups are its budget; whole, where it had one before."""
    if campaign.now is not None and campaign.now.minor is not None:
        return campaign.raised
    was_bounded = campaign.before is not None and campaign.before.minor is not None
    return sum(group.whole if was_bounded else group.raised for group in groups)


def _of_campaigns(changes: Mapping[UUID, Change], campaign_of: Mapping[UUID, UUID]) -> dict[UUID, int]:
    """Each campaign's raise."""
    groups: dict[UUID, list[Change]] = {campaign: [] for campaign in campaign_of.values()}
    for entity, change in changes.items():
        if campaign_of[entity] != entity:
            groups[campaign_of[entity]].append(change)
    nothing = Change(None, None)
    return {campaign: _raised(changes.get(campaign, nothing), members) for campaign, members in groups.items()}


def windows(known: History, now: datetime) -> dict[UUID, dict[str, Any]]:
    """For each entity `{windows: [{hours, before_minor, raised_minor, account_raised_minor}]}` (Context.increase)."""
    campaign_of = {entity: amounts[-1].campaign for entity, amounts in known.items()}
    found: dict[UUID, dict[str, Any]] = {entity: {"windows": []} for entity in known}
    for hours in WINDOW_HOURS:
        start = now - timedelta(hours=hours)
        changes = {entity: _change(amounts, start) for entity, amounts in known.items()}
        campaigns = _of_campaigns(changes, campaign_of)
        account = sum(campaigns.values())
        for entity, change in changes.items():
            found[entity]["windows"].append({
                "hours": hours,
                "before_minor": change.before.minor if change.before else None,
                "raised_minor": campaigns.get(entity, change.raised),
                "account_raised_minor": account,
            })  # fmt: skip
    return found
