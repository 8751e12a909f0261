"""The values of the fields of `../design/api.md`, channel-neutral; only `publishing.channels` knows a platform's spelling.

Sources: objectives, formats, placements, bid strategies and pacing from the seed article; optimisation goals and
calls to action from the channel's facts (§1.4, §1.6).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EntityType(TextChoices):
    CAMPAIGN = "campaign", _("campaign")
    AD_GROUP = "ad_group", _("ad group")
    AD = "ad", _("ad")


class Objective(TextChoices):
    REACH = "reach", _("reach")
    TRAFFIC = "traffic", _("traffic")
    VIDEO_VIEWS = "video_views", _("video views")
    LEAD_GENERATION = "lead_generation", _("lead generation")
    ENGAGEMENT = "engagement", _("community interaction")
    APP_PROMOTION = "app_promotion", _("app promotion")
    WEB_CONVERSIONS = "web_conversions", _("website conversions")
    PRODUCT_SALES = "product_sales", _("product sales")


class BudgetMode(TextChoices):
    DAILY = "daily", _("daily")
    DYNAMIC_DAILY = "dynamic_daily", _("dynamic daily")
    LIFETIME = "lifetime", _("lifetime")
    UNLIMITED = "unlimited", _("unlimited")


class BidStrategy(TextChoices):
    LOWEST_COST = "lowest_cost", _("lowest cost")
    COST_CAP = "cost_cap", _("cost cap")
    BID_CAP = "bid_cap", _("bid cap")


class Pacing(TextChoices):
    STANDARD = "standard", _("standard")
    ACCELERATED = "accelerated", _("accelerated")


class OptimizationGoal(TextChoices):
    CLICK = "click", _("clicks")
    REACH = "reach", _("reach")
    TRAFFIC_LANDING_PAGE_VIEW = "traffic_landing_page_view", _("landing page views")
    ENGAGED_VIEW = "engaged_view", _("6-second views")
    ENGAGED_VIEW_FIFTEEN = "engaged_view_fifteen", _("15-second views")
    LEAD_GENERATION = "lead_generation", _("leads")
    FOLLOWERS = "followers", _("followers")
    PAGE_VISIT = "page_visit", _("profile visits")
    INSTALL = "install", _("installs")
    CONVERT = "convert", _("conversions")
    VALUE = "value", _("value")


class AdFormat(TextChoices):
    IN_FEED = "in_feed", _("in-feed ad")
    BRAND_TAKEOVER = "brand_takeover", _("brand takeover")
    TOP_VIEW = "top_view", _("TopView")
    BRANDED_HASHTAG_CHALLENGE = "branded_hashtag_challenge", _("branded hashtag challenge")
    BRANDED_EFFECT = "branded_effect", _("branded effect")
    SPARK_AD = "spark_ad", _("spark ad")
    SINGLE_IMAGE = "single_image", _("single image")
    CAROUSEL = "carousel", _("carousel")
    VIDEO_SHOPPING = "video_shopping", _("video shopping ad")


class PlacementType(TextChoices):
    AUTOMATIC = "automatic", _("automatic")
    SELECTED = "selected", _("selected")


PLACEMENT_APPS = ("tiktok", "pangle", "global_app_bundle")
AGE_GROUPS = ("13_17", "18_24", "25_34", "35_44", "45_54", "55_100")
GENDERS = ("all", "female", "male")
SPECIAL_INDUSTRIES = ("housing", "employment", "credit")
CALLS_TO_ACTION = (
    "apply_now", "book_now", "call_now", "contact_us", "download_now", "experience_now", "get_quote", "get_showtimes",
    "get_tickets_now", "install_now", "interested", "learn_more", "listen_now", "order_now", "play_game", "preorder_now",
    "read_more", "send_message", "shop_now", "sign_up", "subscribe", "view_now", "visit_store", "watch_now",
    "view_profile", "watch_live", "join_this_hashtag", "shoot_with_this_effect", "view_video_with_this_effect",
)  # fmt: skip

SECTIONS = (
    "structure", "creative", "copy", "destination", "identity",
    "targeting", "schedule", "budget", "bid", "tracking", "disclosure",
)  # fmt: skip
"""Every section a revision may have. `structure` (name, parent, kind, objective) is ours: see docs/adr/0003."""
