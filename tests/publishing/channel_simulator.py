"""The ad account that the channel tests have on the simulator, and a campaign tree on it."""

from __future__ import annotations

from pathlib import Path

from publishing.channels.base import ChannelAccount, Parent
from publishing.channels.tiktok import TikTokChannel
from tests.publishing.channel_contents import CAMPAIGN_ID, GROUP_ID, Content, ad, ad_group, campaign, changed
from tests.publishing.channel_media import sha256

ADVERTISER = "7000000000000000001"
ACCOUNT = ChannelAccount(ADVERTISER, "token-of-the-adapter-tests", "USD")
FIXTURE = {
    "advertisers": [
        {
            "advertiser_id": ADVERTISER,
            "name": "Sprinkles",
            "currency": "USD",
            "timezone": "America/New_York",
            "country": "US",
            "access_tokens": [ACCOUNT.access_token],
            "allow_lists": ["ENGAGED_VIEW_FIFTEEN"],
            "identities": [
                {"identity_id": "7100", "identity_type": "TT_USER", "display_name": "Sprinkles"},
                {
                    "identity_id": "7101",
                    "identity_type": "BC_AUTH_TT",
                    "identity_authorized_bc_id": "7300",
                    "display_name": "Sprinkles HQ",
                },
                {
                    "identity_id": "7102",
                    "identity_type": "TT_USER",
                    "display_name": "Town hall",
                    "is_gpppa": True,
                },
            ],
        },
        {
            "advertiser_id": "7000000000000000002",
            "name": "Other",
            "currency": "JPY",
            "timezone": "Asia/Tokyo",
            "country": "JP",
            "access_tokens": ["another-token"],
        },
    ]
}


def ad_with(video: Path) -> Content:
    return changed(ad(), "creative.media", [{"sha256": sha256(video), "kind": "video"}])


class Tree:
    """A campaign and an ad group on the simulator, switched off."""

    def __init__(self, channel: TikTokChannel, above: Content | None = None, group: Content | None = None) -> None:
        self.campaign, self.group = above or campaign(), group or ad_group()
        self.campaign_id = channel.create_disabled(ACCOUNT, self.campaign, {}, {}, "campaign")
        self.parents = {CAMPAIGN_ID: Parent(self.campaign_id, self.campaign)}
        self.group_id = channel.create_disabled(ACCOUNT, self.group, self.parents, {}, "group")
        self.parents[GROUP_ID] = Parent(self.group_id, self.group)
