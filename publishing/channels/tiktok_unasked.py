"""What TikTok says about an object that nobody asked for (R-02, R-38). Pure.

The world is closed: a field of the answer that says anything is a difference, unless it is compared with what was
cleared (`COMPARED`), made by TikTok itself (`OWN`) or at the value TikTok gives it by itself (`DEFAULTS`). Nobody lists
what must be absent, so that a field which TikTok adds tomorrow is a difference too, until it is put into a table here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from publishing.channels import tiktok_words as words
from publishing.channels.base import EntityType

COMPARED: Final[Mapping[EntityType, frozenset[str]]] = {
    "campaign": frozenset(
        {
            *("advertiser_id", "campaign_name", "objective_type", "special_industries"),
            *("budget_mode", "budget", "budget_optimize_on", "operation_status"),
        }
    ),
    "ad_group": frozenset(
        {
            *("adgroup_name", "campaign_id", "placement_type", "placements", "operation_status"),
            *("location_ids", "age_groups", "gender", "languages", "interest_category_ids"),
            *("budget_mode", "budget", "schedule_start_time", "schedule_end_time", "dayparting"),
            *("bid_type", "bid_price", "conversion_bid_price", "bid_display_mode", "pacing", "optimization_goal"),
            *("billing_event", "promotion_type", "promotion_target_type", "brand_safety_type", *words.AD_GROUP_FIXED),
        }
    ),
    "ad": frozenset(
        {
            *("ad_name", "adgroup_id", "ad_format", "video_id", "image_ids", "tiktok_item_id", "operation_status"),
            *("ad_text", "call_to_action", "display_name", "landing_page_url", "identity_id", "identity_type"),
            *("aigc_disclosure_type", "disclaimer_text", "dark_post_status"),
        }
    ),
}
"""Fields that tiktok_readback compares with what was cleared."""

_MADE_BY_TIKTOK: Final[Mapping[str, str]] = {
    "create_time": "when TikTok made it",
    "modify_time": "when it was last changed",
    "secondary_status": "what TikTok works out: review, delivery, account",
    "is_new_structure": "the generation of TikTok's data model",
    "need_audit": "whether TikTok will review",
}

OWN: Final[Mapping[EntityType, Mapping[str, str]]] = {
    "campaign": {
        **_MADE_BY_TIKTOK,
        "campaign_id": "the object's own id",
        "objective": "APP or LANDING_PAGE, follows from objective_type, which is compared",
    },
    "ad_group": {
        **_MADE_BY_TIKTOK,
        "adgroup_id": "the object's own id",
        "advertiser_id": "the campaign is compared, and belongs to one account",
        "campaign_name": "the parent's name; the parent is compared by its id, and by itself",
        "cpv_video_duration": "follows from optimization_goal, which is compared",
        "inventory_filter_enabled": "the older word for brand_safety_type, which is compared",
        "skip_learning_phase": "answered true or false by the goal, unasked; steers learning, not whom, what or how much",
    },
    "ad": {
        **_MADE_BY_TIKTOK,
        "ad_id": "the object's own id",
        "advertiser_id": "the ad group is compared, and belongs to one account",
        "campaign_id": "the grandparent; the ad group is compared, and belongs to one campaign",
        "campaign_name": "the grandparent's name",
        "adgroup_name": "the parent's name; the parent is compared by its id, and by itself",
        "identity_authorized_bc_id": "the business centre that lends the page, known to TikTok alone; the page is compared",
        "profile_image_url": "where TikTok serves the picture of the page or of avatar_icon_web_uri",
        "optimization_event": "the ad group's, and a difference there",
        "ad_ref_pixel_id": "the pixel by which TikTok itself counts",
    },
}
"""Fields that TikTok makes, with the reason why their value is not compared."""

DEFAULTS: Final[Mapping[str, tuple[Any, ...]]] = {
    # Campaign: examples of /campaign/create/ and /campaign/get/ in TikTok's pages
    "campaign_type": ("REGULAR_CAMPAIGN",),
    "rf_campaign_type": ("STANDARD",),  # shown for auction campaigns as well
    "campaign_app_profile_page_state": ("OFF", "INVALID"),
    "deep_bid_type": ("DEFAULT",),
    # Ad group: example of /adgroup/update/, field tables of /adgroup/create/ and /adgroup/get/
    "adgroup_app_profile_page_state": ("OFF", "INVALID"),
    "attribution_event_count": ("EVERY", "ONCE"),  # by goal; without an optimization_event there is nothing to count
    "click_attribution_window": ("SEVEN_DAYS",),
    "engaged_view_attribution_window": ("ONE_DAY", "SEVEN_DAYS", "OFF"),  # by goal
    "view_attribution_window": ("ONE_DAY",),
    "ios14_quota_type": ("UNOCCUPIED",),
    "schedule_type": ("SCHEDULE_FROM_NOW", "SCHEDULE_START_END"),  # read together with the times
    "spending_power": ("ALL",),
    "statistic_type": ("NONE",),
    "vbo_window": ("SEVEN_DAYS",),  # the SDK's default; only value bidding looks at it
    # Ad: example of /ad/create/ with a Spark identity, field table of /ad/get/
    "deeplink_type": ("NORMAL",),
    "disclaimer_type": ("NONE", "TEXT_ONLY"),  # the text is compared
    "item_duet_status": ("DISABLE",),
    "item_stitch_status": ("DISABLE",),
    "promotional_music_disabled": (True,),  # false opens the video for others' duets and music
    "shopping_ads_fallback_type": ("DEFAULT",),
}
"""What TikTok answers for a field that nobody set, where its word for that is not one for "nothing", or where "nothing"
says something. Anything else in such a field is a difference."""

_UNSET: Final = (None, "", "UNSET")
_NOTHING: Final = ("UNSET", "NONE", "OFF", "0", "-1")


def unasked(type: EntityType, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of one item of a /get/ answer that says something nobody asked for, by "channel." and its name."""
    known = COMPARED[type] | OWN[type].keys() | _taken_over(type, raw)
    return {f"channel.{key}": value for key, value in raw.items() if key not in known and _says_something(key, value)}


def _taken_over(type: EntityType, raw: Mapping[str, Any]) -> frozenset[str]:
    """What TikTok copies here from elsewhere in some cases only."""
    if type == "campaign" and raw.get("budget_optimize_on"):
        return frozenset({"bid_type", "optimization_goal"})  # from the ad groups, where they are compared
    if type == "ad" and raw.get("identity_type") == words.CUSTOM_IDENTITY:
        return frozenset({"avatar_icon_web_uri"})  # the picture of the custom identity, which is compared
    return frozenset()


def _says_something(key: str, value: Any) -> bool:
    if key in DEFAULTS:
        return value not in (*_UNSET, *DEFAULTS[key])
    return _is_something(value)


def _is_something(value: Any) -> bool:
    """An object or a list says as much as its items; "OFF", "NONE" and "UNSET" are TikTok's words for nothing."""
    if isinstance(value, Mapping):
        return any(_is_something(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_is_something(item) for item in value)
    return bool(value) and value not in _NOTHING
