"""What the parameters of rules are called. Every parameter of every rule has a label here (tests/workplace/test_rule_words.py)."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PARAMETERS: Final[dict[str, Promise]] = {
    "account_most": _("most by which all budgets of the ad account rise (whole US dollars)"),
    "ad_group_daily": _("ad group, daily at least (whole US dollars)"),
    "at_least": _("at least (width x height)"),
    "boxes": _("fits into (width x height)"),
    "campaign_daily": _("campaign, daily at least (whole US dollars)"),
    "campaign_lifetime": _("campaign, lifetime at least (whole US dollars)"),
    "countries": _("countries"),
    "daily_ceiling": _("highest daily budget (whole US dollars)"),
    "domains": _("domains"),
    "exempt_formats": _("formats that it leaves out"),
    "formats": _("formats"),
    "hours": _("within (hours)"),
    "icon_below_bytes": _("icon smaller than (bytes)"),
    "icon_containers": _("file types of the icon"),
    "icon_side": _("side of the icon (pixels)"),
    "ideal": _("ideal length"),
    "image": _("file types of pictures"),
    "image_max": _("pictures, at most"),
    "image_min": _("pictures, at least"),
    "kinds": _("video or image"),
    "max": _("at most"),
    "max_ads": _("ads, at most"),
    "max_days": _("days, at most"),
    "max_length": _("characters, at most"),
    "max_ms": _("at most (milliseconds)"),
    "max_pixels": _("pixels in all, at most"),
    "min": _("at least"),
    "min_bits": _("bits a second, at least"),
    "min_ms": _("at least (milliseconds)"),
    "most": _("most by which one budget rises (whole US dollars)"),
    "name_max": _("letters of the name, at most"),
    "narrowest": _("narrowest ratio"),
    "objectives": _("objectives"),
    "percent": _("percent"),
    "ratios": _("aspect ratios"),
    "source": _("where the numbers come from"),
    "strict": _("has to be more than the minimum"),
    "tolerance_permille": _("tolerance (per mille)"),
    "total_max": _("files in all, at most"),
    "total_min": _("files in all, at least"),
    "uploadable": _("file types that can be uploaded"),
    "video": _("file types of videos"),
    "video_max": _("videos, at most"),
    "video_min": _("videos, at least"),
    "widest": _("widest ratio"),
    "words": _("words"),
}

SPECIAL: Final[dict[str, Promise]] = {
    "budget.above_spent.percent": _("at least this much of what is spent (percent)"),
    "budget.increase.percent": _("rises at most by (percent)"),
    "media.size.image_max": _("pictures, at most (bytes)"),
    "media.size.video_max": _("videos, at most (bytes)"),
    "hashtag.length.max": _("characters, at most"),
    "display_name.length.max": _("characters, at most"),
    "disclosure.disclaimer_length.max": _("characters, at most"),
    "structure.name.max": _("characters, at most"),
    "text.length.max": _("characters, at most"),
    "text.length.min": _("characters, at least"),
}
"""Where the same name means something else in one rule: rule and name."""
