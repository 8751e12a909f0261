"""The verbs of `campaigns`."""

from campaigns.services.ad_groups import draft_ad_group, edit_ad_group
from campaigns.services.ads import draft_ad, edit_ad
from campaigns.services.campaigns import draft_campaign, edit_campaign
from campaigns.services.media import record_analysis, register_media

__all__ = [
    "draft_ad",
    "draft_ad_group",
    "draft_campaign",
    "edit_ad",
    "edit_ad_group",
    "edit_campaign",
    "record_analysis",
    "register_media",
]
