"""How far budgets were raised within the last day and week (R-22), in minor units. Pure.

An entity's raise is the difference between what was approved last when the window began and what is wanted or was approved
last now; never negative. Steps add up, because only the ends of the window are compared. Across an ad account raises are
summed gross: what one campaign gave up does not make good what another was given. docs/budgets.md explains it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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

    @property
    def comparable(self) -> int | None:
        """What a percentage is taken of: the amount before, where it was one of the same kind."""
        same = self.before is not None and self.now is not None and self.before.mode == self.now.mode
        return self.before.minor if same and self.before is not None else None


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


def _largest(amounts: Sequence[Amount], start: datetime) -> Change:
    """As the account counts it: an open request that would lower a budget makes no room until it is approved."""
    approved = [each for each in amounts if each.at is not None]
    return max((_change(each, start) for each in (amounts, approved) if each), key=lambda change: change.raised)


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


def windows(known: History, now: datetime, mine: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """For each entity `{windows: [{hours, before_minor, raised_minor, account_raised_minor}]}` (Context.increase), as it will be
    once the request of which `mine` are the entities is approved."""
    campaign_of = {entity: amounts[-1].campaign for entity, amounts in known.items()}
    found: dict[UUID, dict[str, Any]] = {entity: {"windows": []} for entity in known}
    for hours in WINDOW_HOURS:
        start = now - timedelta(hours=hours)
        changes = {entity: _change(amounts, start) for entity, amounts in known.items()}
        campaigns = _of_campaigns(changes, campaign_of)
        counted = {key: changes[key] if key in mine else _largest(amounts, start) for key, amounts in known.items()}
        account = sum(_of_campaigns(counted, campaign_of).values())
        for entity, change in changes.items():
            found[entity]["windows"].append({
                "hours": hours,
                "before_minor": _before(entity, changes, campaign_of),
                "raised_minor": campaigns.get(entity, change.raised),
                "account_raised_minor": account,
            })  # fmt: skip
    return found


def _before(entity: UUID, changes: Mapping[UUID, Change], campaign_of: Mapping[UUID, UUID]) -> int | None:
    """What a percentage is taken of; of a campaign that never had an amount of its own, the amounts of its ad groups."""
    change = changes[entity]
    has_amount = change.now is not None and change.now.minor is not None
    if has_amount or campaign_of[entity] != entity or change.before is None or change.before.minor is not None:
        return change.comparable if has_amount else None
    groups = [each for name, each in changes.items() if campaign_of[name] == entity and name != entity]
    return sum(each.comparable or 0 for each in groups)
