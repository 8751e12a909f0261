"""The rules. Importing this package registers them all."""

from governance.rules import (
    ad_groups,
    budget_changes,
    budgets,
    captions,
    channel,
    destinations,
    landing_pages,
    media,
    pictures,
    schedules,
)

__all__ = [
    "ad_groups", "budget_changes", "budgets", "captions", "channel", "destinations", "landing_pages", "media", "pictures",
    "schedules",
]  # fmt: skip
