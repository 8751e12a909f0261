"""The words that may stand in an ad's fields, as the rules know them."""

from __future__ import annotations

FORMATS = (
    "in_feed",
    "brand_takeover",
    "top_view",
    "branded_hashtag_challenge",
    "branded_effect",
    "spark_ad",
    "single_image",
    "carousel",
    "video_shopping",
)

# Booked with TikTok and not created through the Marketing API (facts 0.8).
RESERVATION_FORMATS = ("brand_takeover", "top_view", "branded_hashtag_challenge", "branded_effect")

# By age in years, both ends included; 55_100 is 55 and older (facts 1.5).
AGE_GROUPS = ("13_17", "18_24", "25_34", "35_44", "45_54", "55_100")
MINORS = "13_17"

# Declared with a campaign, in the United States and Canada (facts 1.4).
SPECIAL_INDUSTRIES = ("housing", "employment", "credit")

# Formats whose caption goes through the Marketing API; a Spark Ad shows the caption of its post (facts 1.6,
# 3.1).
CAPTION_FORMATS = ("in_feed", "single_image", "carousel", "video_shopping")

# TikTok's list in lower case (facts 1.6).
_GENERAL_CALLS = (
    "apply_now book_now call_now contact_us download_now experience_now get_quote get_showtimes "
    "get_tickets_now install_now interested learn_more listen_now order_now play_game preorder_now read_more send_message "
    "shop_now sign_up subscribe view_now visit_store watch_now"
)

# Calls that only one objective may use, and calls that only these formats may use (facts 1.6).
CALLS_BY_OBJECTIVE = {"view_profile": "engagement"}
CALLS_BY_FORMAT = {
    "join_this_hashtag": "branded_hashtag_challenge",
    "shoot_with_this_effect": "branded_effect",
    "view_video_with_this_effect": "branded_effect",
}
# Only for live streams, which are none of the nine formats.
LIVE_CALLS = ("watch_live",)

CALLS_TO_ACTION = frozenset(
    (*_GENERAL_CALLS.split(), *CALLS_BY_OBJECTIVE, *CALLS_BY_FORMAT, *LIVE_CALLS),
)
