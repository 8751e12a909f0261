"""The rules. Importing this package registers them all."""

from governance.rules import (
    ad_groups,
    audiences,
    budget_changes,
    budget_increases,
    budget_minimums,
    budgets,
    captions,
    channel,
    creatives,
    custom,
    destinations,
    emphasis,
    landing_pages,
    media,
    naming,
    parties,
    pictures,
    schedules,
    wording,
)

__all__ = [
    "ad_groups", "audiences", "budget_changes", "budget_increases", "budget_minimums", "budgets", "captions", "channel",
    "creatives", "custom", "destinations", "emphasis", "landing_pages", "media", "naming", "parties", "pictures",
    "schedules", "wording",
]  # fmt: skip
