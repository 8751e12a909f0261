"""Revision contents that TikTok can book, for the channel tests: one campaign, its ad group and its ad."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from publishing.channels.base import ChannelAccount, Parent, UploadedMedia

CAMPAIGN_ID = "0190aaaa-0000-7000-8000-00000000c001"
GROUP_ID = "0190aaaa-0000-7000-8000-00000000a001"
AD_ID = "0190aaaa-0000-7000-8000-00000000d001"
ADVERTISER = "7000000000000000001"
VIDEO, IMAGE = "a" * 64, "b" * 64
MEDIA = {VIDEO: UploadedMedia("v-1", "i-cover"), IMAGE: UploadedMedia("i-1")}
ACCOUNT = ChannelAccount(ADVERTISER, "secret-token-of-the-tests", "USD")
Content = dict[str, Any]


def usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def campaign() -> Content:
    return _content(
        "campaign",
        CAMPAIGN_ID,
        structure={
            "name": "Spring sale",
            "ad_account": {
                "id": "0190aaaa-0000-7000-8000-0000000acc01",
                "channel": "tiktok",
                "external_id": ADVERTISER,
            },
            "objective": "traffic",
            "special_industries": ["housing"],
        },
        budget={"mode": "lifetime", "amount": usd(500_000), "optimization": False},
    )


def ad_group() -> Content:
    return _content(
        "ad_group",
        GROUP_ID,
        structure={"name": "Germany", "campaign": CAMPAIGN_ID},
        targeting={
            "placement": {"type": "selected", "apps": ["tiktok", "pangle"]},
            "audience": {
                "locations": ["2921044", "2782113"],
                "age_groups": ["25_34", "18_24"],
                "gender": "all",
                "languages": ["de"],
                "interests": ["15"],
            },
        },
        budget={"mode": "daily", "amount": usd(2_550)},
        schedule={"start": "2030-12-01T00:00:00Z", "end": "2030-12-24T12:30:00Z", "dayparting": "01" * 168},
        bid={"strategy": "cost_cap", "amount": usd(75), "pacing": "standard", "optimization_goal": "click"},
    )


def ad() -> Content:
    return _content(
        "ad",
        AD_ID,
        structure={"name": "Cones", "ad_group": GROUP_ID, "format": "in_feed"},
        creative={"media": [{"sha256": VIDEO, "kind": "video"}], "spark_post": None},
        copy={
            "text": "Ice cream is here",
            "call_to_action": "learn_more",
            "display_name": "Sprinkles",
            "hashtags": ["icecream"],
        },
        destination={"landing_page_url": "https://shop.example/cones"},
        identity={
            "page": {"id": "0190aaaa-0000-7000-8000-0000000fa9e1", "external_id": "7100", "identity_type": "TT_USER"}
        },
        disclosure={"ai_generated": True, "disclaimer": "Terms apply"},
    )


def all_contents() -> list[Content]:
    return [campaign(), ad_group(), ad()]


def parents_of(campaign_content: Content | None = None, group_content: Content | None = None) -> dict[str, Parent]:
    return {
        CAMPAIGN_ID: Parent("1800", campaign_content or campaign()),
        GROUP_ID: Parent("1801", group_content or ad_group()),
    }


def changed(content: Content, path: str, value: Any) -> Content:
    """A copy in which the dotted path below `sections` has another value."""
    result = copy.deepcopy(content)
    *way, last = path.split(".")
    target = result["sections"]
    for step in way:
        target = target[step]
    target[last] = value
    return result


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of the sections that is not an object, by dotted path."""
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        if isinstance(item, dict):
            yield from leaves(item, where)
        else:
            yield where, item


def _content(type_: str, id_: str, **sections: Any) -> Content:
    return {"format": "imprimatur.revision/1", "type": type_, "id": id_, "sections": sections}
