"""Our words and TikTok's, both ways (Marketing API v1.3). The only table of TikTok's spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CHANNEL: Final = "tiktok"

OBJECTIVES: Final[Mapping[str, str]] = {
    "reach": "REACH",
    "traffic": "TRAFFIC",
    "video_views": "VIDEO_VIEWS",
    "lead_generation": "LEAD_GENERATION",
    "engagement": "ENGAGEMENT",
    "app_promotion": "APP_PROMOTION",
    "web_conversions": "WEB_CONVERSIONS",
    "product_sales": "PRODUCT_SALES",
}
BUDGET_MODES: Final[Mapping[str, str]] = {
    "daily": "BUDGET_MODE_DAY",
    "dynamic_daily": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
    "lifetime": "BUDGET_MODE_TOTAL",
    "unlimited": "BUDGET_MODE_INFINITE",
}
BID_STRATEGIES: Final[Mapping[str, str]] = {"lowest_cost": "BID_TYPE_NO_BID", "cost_cap": "BID_TYPE_CUSTOM"}
PACINGS: Final[Mapping[str, str]] = {"standard": "PACING_MODE_SMOOTH", "accelerated": "PACING_MODE_FAST"}
PLACEMENT_TYPES: Final[Mapping[str, str]] = {
    "automatic": "PLACEMENT_TYPE_AUTOMATIC",
    "selected": "PLACEMENT_TYPE_NORMAL",
}
PLACEMENTS: Final[Mapping[str, str]] = {
    "tiktok": "PLACEMENT_TIKTOK",
    "pangle": "PLACEMENT_PANGLE",
    "global_app_bundle": "PLACEMENT_GLOBAL_APP_BUNDLE",
}
AGE_GROUPS: Final[Mapping[str, str]] = {
    age: f"AGE_{age}" for age in ("13_17", "18_24", "25_34", "35_44", "45_54", "55_100")
}
GENDERS: Final[Mapping[str, str]] = {"all": "GENDER_UNLIMITED", "female": "GENDER_FEMALE", "male": "GENDER_MALE"}
SPECIAL_INDUSTRIES: Final[Mapping[str, str]] = {
    "housing": "HOUSING",
    "employment": "EMPLOYMENT",
    "credit": "CREDIT",
}
FORMATS: Final[Mapping[str, str]] = {
    "in_feed": "SINGLE_VIDEO",
    "spark_ad": "SINGLE_VIDEO",
    "single_image": "SINGLE_IMAGE",
}
GOALS: Final[Mapping[str, str]] = {
    "reach": "REACH",
    "click": "CLICK",
    "traffic_landing_page_view": "TRAFFIC_LANDING_PAGE_VIEW",
    "engaged_view": "ENGAGED_VIEW",
    "engaged_view_fifteen": "ENGAGED_VIEW_FIFTEEN",
    "lead_generation": "LEAD_GENERATION",
    "followers": "FOLLOWERS",
    "page_visit": "PAGE_VISIT",
}
"""Some clients write PAGE_VISITS; TikTok's own pages write PAGE_VISIT."""

GOALS_BY_OBJECTIVE: Final[Mapping[str, frozenset[str]]] = {
    "reach": frozenset({"reach"}),
    "traffic": frozenset({"click", "traffic_landing_page_view"}),
    "video_views": frozenset({"engaged_view", "engaged_view_fifteen"}),
    "lead_generation": frozenset({"lead_generation"}),
    "engagement": frozenset({"followers", "page_visit"}),
}
"""Objectives that a revision says enough about to be booked, with their goals."""

BILLING_EVENTS: Final[Mapping[str, str]] = {
    "reach": "CPM",
    "click": "CPC",
    "engaged_view": "CPV",
    "engaged_view_fifteen": "CPV",
}
"""Billing event by goal; every other goal is billed OCPM. TikTok's pages confirm CLICK to CPC and views to CPV; the rest
is to be verified with a real account."""

PROMOTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "reach": {},
    "traffic": {"promotion_type": "WEBSITE"},
    "video_views": {},
    "lead_generation": {"promotion_type": "LEAD_GENERATION", "promotion_target_type": "EXTERNAL_WEBSITE"},
    "engagement": {"promotion_type": "EXTERNAL_OR_DISPLAY"},
}
"""Promotion by objective. Leads are collected on the ad's own landing page: a revision has no instant form."""

CALLS_TO_ACTION: Final[Mapping[str, str]] = {
    word: word.upper()
    for word in (
        *("apply_now", "book_now", "call_now", "contact_us", "download_now", "experience_now", "get_quote"),
        *("get_showtimes", "get_tickets_now", "install_now", "interested", "learn_more", "listen_now", "order_now"),
        *("play_game", "preorder_now", "read_more", "send_message", "shop_now", "sign_up", "subscribe"),
        *("view_now", "visit_store", "watch_now", "view_profile"),
    )
}
"""TikTok's list without those for live streams and reserved buying (watch_live, join_this_hashtag, ... _this_effect)."""

PUSH_IDENTITIES: Final = frozenset({"TT_USER", "BC_AUTH_TT"})
PULL_IDENTITIES: Final = frozenset({"TT_USER", "BC_AUTH_TT", "AUTH_CODE"})
CUSTOM_IDENTITY: Final = "CUSTOMIZED_USER"

WHOLE_CURRENCIES: Final = frozenset({"HUF", "TWD", "JPY", "ISK", "KRW", "CLP", "IDR", "VND", "PYG"})
"""Currencies in which TikTok takes no fraction, whatever ISO 4217 says."""

AD_GROUP_FIXED: Final[Mapping[str, Any]] = {
    "creative_material_mode": "CUSTOM",
    "search_result_enabled": False,
    "smart_audience_enabled": False,
    "smart_interest_behavior_enabled": False,
    "comment_disabled": False,
    "share_disabled": False,
    "video_download_disabled": True,
}
"""Sent with every ad group, because TikTok's own choice could differ from what was approved or change unnoticed:
no search results page (TikTok switches it on by itself), no broadening of the approved audience, no mixing of
creatives; comments and shares as TikTok's default, spelt out; no download of the brand's files."""

BRAND_SAFETY: Final = "STANDARD_INVENTORY"
"""Where TikTok is among the placements. TikTok's and the SDK's default is the full inventory with mature themes."""

ALWAYS_ON: Final = "1" * 336
"""Day parting as TikTok writes "no limit": 48 half hours, Monday to Sunday."""


def back(table: Mapping[str, str], spelling: object) -> object:
    """Our word for TikTok's; what is not in the table stays as it is and so never equals one of our words."""
    for word, theirs in table.items():
        if theirs == spelling:
            return word
    return spelling


def billing_event(goal: str) -> str:
    """What TikTok bills for this goal."""
    return BILLING_EVENTS.get(goal, "OCPM")


def on_tiktok(placement: Mapping[str, Any]) -> bool:
    """Whether ads of this placement may show on TikTok itself."""
    return placement["type"] == "automatic" or "tiktok" in placement["apps"]
