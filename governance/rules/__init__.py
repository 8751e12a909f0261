"""The rules. Importing this package registers them all."""

from governance.rules import (
    ad_groups,
    appearance,
    budget_changes,
    budget_increases,
    budget_minimums,
    budgets,
    captions,
    channel,
    codings,
    creatives,
    custom,
    destinations,
    landing_pages,
    media,
    parties,
    pictures,
    schedules,
    sounds,
)

__all__ = [
    "ad_groups", "appearance", "budget_changes", "budget_increases", "budget_minimums", "budgets", "captions", "channel",
    "codings", "creatives", "custom", "destinations", "landing_pages", "media", "parties", "pictures", "schedules", "sounds",
]  # fmt: skip
