"""The rules. Importing this package registers them all."""

from governance.rules import (
    ad_groups,
    appearance,
    audiences,
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
    emphasis,
    landing_pages,
    lettering,
    media,
    naming,
    parties,
    pictures,
    schedules,
    sounds,
    wording,
)

__all__ = [
    "ad_groups", "appearance", "audiences", "budget_changes", "budget_increases", "budget_minimums", "budgets", "captions",
    "channel", "codings", "creatives", "custom", "destinations", "emphasis", "landing_pages", "lettering", "media", "naming",
    "parties", "pictures", "schedules", "sounds", "wording",
]  # fmt: skip
