"""Drafts in memory, with every field set to something; no database."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from accounts.models import AdAccount, Page
from campaigns.models import Ad, AdGroup, Campaign, MediaAsset


def uid(number: int) -> UUID:
    return UUID(int=(0x0192_0000_0000_7000_8000 << 48) | number)


ACCOUNT = AdAccount(
    id=uid(1), channel="tiktok", external_id="7123456789012345678", name="Acme US", currency="USD", timezone="UTC", country="US"
)
PAGE = Page(id=uid(2), external_id="identity-1", identity_type="TT_USER", handle="acme")
MEDIA = [
    MediaAsset(id=uid(3), sha256="ab" * 32, kind="video"),
    MediaAsset(id=uid(4), sha256="cd" * 32, kind="image"),
]


def campaign() -> Campaign:
    return Campaign(
        id=uid(10), ad_account=ACCOUNT, name="Herbst – Größen \N{MAPLE LEAF}", objective="traffic", budget_mode="daily",
        budget_minor=8000, budget_optimization=False, special_industries=["credit", "housing"],
    )  # fmt: skip


def ad_group() -> AdGroup:
    return AdGroup(
        id=uid(11), ad_account=ACCOUNT, campaign_id=uid(10), name="Germany 18-34",
        placement={"type": "selected", "apps": ["tiktok"]},
        targeting={
            "locations": ["2921044"], "age_groups": ["18_24", "25_34"], "gender": "all", "languages": ["de"], "interests": ["15"],
        },
        budget_mode="daily", budget_minor=3000, start=datetime(2026, 12, 1, tzinfo=UTC), end=datetime(2026, 12, 11, 8, 30, tzinfo=UTC),
        dayparting="01" * 168, bid_strategy="bid_cap", bid_minor=45, pacing="standard", optimization_goal="click",
    )  # fmt: skip


def ad() -> Ad:
    return Ad(
        id=uid(12), ad_account=ACCOUNT, ad_group_id=uid(11), campaign_id=uid(10), name="Autumn film", format="in_feed",
        text="Warm \"jackets\"\n\N{GRINNING FACE}", call_to_action="learn_more", landing_page_url="https://shop.example/ä?a=1&b=2",
        display_name="Brand", hashtags=["autumn", "wärme"], page=PAGE, spark_post="https://tiktok.example/p/1", ai_generated=False,
        disclaimer="Paid for by Acme",
    )  # fmt: skip
