"""The rules. Importing this package registers them all."""

from governance.rules import (
    ad_groups,
    budgets,
    captions,
    channel,
    destinations,
    landing_pages,
    media,
    pictures,
    schedules,
)

__all__ = ["ad_groups", "budgets", "captions", "channel", "destinations", "landing_pages", "media", "pictures", "schedules"]
