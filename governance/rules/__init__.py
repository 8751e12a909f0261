"""The rules. Importing this package registers them all."""

from governance.rules import (
    ad_groups,
    budget_changes,
    budget_increases,
    budget_minimums,
    budgets,
    captions,
    channel,
    creatives,
    destinations,
    landing_pages,
    media,
    parties,
    pictures,
    schedules,
    wording,
)

__all__ = [
    "ad_groups", "budget_changes", "budget_increases", "budget_minimums", "budgets", "captions", "channel", "creatives",
    "destinations", "landing_pages", "media", "parties", "pictures", "schedules", "wording",
]  # fmt: skip
