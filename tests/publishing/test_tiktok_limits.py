"""What TikTok's API cannot book is refused by name, never replaced by something near it."""

from __future__ import annotations

from typing import Any

import pytest

from publishing.channels.base import ChannelAccount, NotBookable
from publishing.channels.tiktok_limits import problems_of
from publishing.channels.tiktok_payload import create_body
from tests.publishing.channel_contents import (
    ACCOUNT,
    IMAGE,
    MEDIA,
    VIDEO,
    Content,
    ad,
    ad_group,
    all_contents,
    campaign,
    changed,
    parents_of,
    usd,
)

PANGLE = changed(ad_group(), "targeting.placement.apps", ["pangle"])
ONE_IMAGE = [{"sha256": IMAGE, "kind": "image"}]


def codes(content: Content, **known: Any) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in problems_of(ACCOUNT, content, parents_of(**known))]


@pytest.mark.parametrize("content", all_contents(), ids=lambda content: content["type"])
def test_the_samples_can_be_booked(content: Content) -> None:
    assert codes(content) == []
    assert problems_of(ACCOUNT, content, {}) == []


@pytest.mark.parametrize(
    "format_",
    ["brand_takeover", "top_view", "branded_hashtag_challenge", "branded_effect", "carousel", "video_shopping"],
)
def test_formats_that_are_not_booked_by_api_are_refused(format_: str) -> None:
    content = changed(ad(), "structure.format", format_)
    assert codes(content) == [("structure.format", "format_not_bookable")]
    with pytest.raises(NotBookable) as refusal:
        create_body(ACCOUNT, content, parents_of(), MEDIA, "try-1")
    assert (refusal.value.code, refusal.value.retryable, refusal.value.ambiguous) == (
        "channel_not_bookable",
        False,
        False,
    )


def test_a_bid_cap_never_becomes_a_cost_cap() -> None:
    assert codes(changed(ad_group(), "bid.strategy", "bid_cap")) == [("bid.strategy", "bid_cap_not_bookable")]


@pytest.mark.parametrize("objective", ["app_promotion", "web_conversions", "product_sales"])
def test_objectives_that_need_more_than_a_revision_has_are_refused(objective: str) -> None:
    assert codes(changed(campaign(), "structure.objective", objective)) == [
        ("structure.objective", "objective_not_bookable")
    ]


def test_single_images_run_beside_tiktok_only() -> None:
    content = changed(changed(ad(), "structure.format", "single_image"), "creative.media", ONE_IMAGE)
    content = changed(content, "disclosure.disclaimer", "")
    assert codes(content) == [("structure.format", "format_not_bookable")]
    assert codes(content, group_content=PANGLE) == []
    automatic = changed(ad_group(), "targeting.placement", {"type": "automatic", "apps": []})
    assert ("structure.format", "format_not_bookable") in codes(content, group_content=automatic)


def test_custom_identities_run_beside_tiktok_only() -> None:
    content = changed(changed(ad(), "identity.page.identity_type", "CUSTOMIZED_USER"), "copy.hashtags", [])
    content = changed(content, "disclosure.disclaimer", "")
    assert codes(content) == [("identity.page", "identity_not_bookable")]
    assert codes(content, group_content=PANGLE) == []
    assert codes(changed(content, "identity.page", None), group_content=PANGLE) == []


CAMPAIGN_CASES = [
    ("structure.ad_account.external_id", "8", "structure.ad_account.external_id", "wrong_account"),
    ("structure.ad_account.channel", "meta", "structure.ad_account.channel", "wrong_channel"),
    ("structure.name", " ", "structure.name", "name_missing"),
    ("structure.name", "x" * 498, "structure.name", "name_too_long"),
    ("structure.name", "広" * 249, "structure.name", "name_too_long"),
    ("budget", {"mode": "unlimited", "amount": None, "optimization": True}, "budget.optimization", "needs_budget"),
    ("budget", {"mode": "unlimited", "amount": usd(1), "optimization": False}, "budget.amount", "amount_unused"),
    ("budget.amount", None, "budget.amount", "amount_missing"),
    ("budget.amount", usd(0), "budget.amount", "amount_not_positive"),
    ("budget.amount.currency", "EUR", "budget.amount", "wrong_currency"),
    ("structure.special_industries", "housing", "structure.special_industries", "wrong_type"),
    ("budget", [], "budget", "wrong_type"),
    ("budget", {"mode": "daily", "amount": usd(5_000)}, "budget.optimization", "missing_field"),
    ("budget.amount.minor", "12", "budget.amount.minor", "wrong_type"),
    ("budget.amount.minor", True, "budget.amount.minor", "wrong_type"),
]
GROUP_CASES = [
    ("targeting.placement", {"type": "automatic", "apps": ["tiktok"]}, "targeting.placement.apps", "apps_unused"),
    ("targeting.placement.apps", [], "targeting.placement.apps", "apps_missing"),
    ("targeting.audience.locations", [], "targeting.audience.locations", "locations_missing"),
    ("targeting.audience.age_groups", [], "targeting.audience.age_groups", "age_groups_missing"),
    ("targeting.audience.gender", "any", "targeting.audience.gender", "value_unknown"),
    ("schedule.dayparting", "0" * 336, "schedule.dayparting", "slots_empty"),
    ("schedule.dayparting", "1" * 335, "schedule.dayparting", "slots_invalid"),
    ("schedule.start", "2030-12-01T00:00:00+01:00", "schedule.start", "time_invalid"),
    ("schedule.end", "2030-12-24T00:00:00.1Z", "schedule.end", "time_invalid"),
    (
        "bid",
        {"strategy": "lowest_cost", "amount": usd(1), "pacing": "standard", "optimization_goal": "click"},
        "bid.amount",
        "amount_unused",
    ),
    ("bid.amount", None, "bid.amount", "amount_missing"),
    ("bid.optimization_goal", "reach", "bid.optimization_goal", "goal_not_bookable"),
    ("budget.amount", None, "budget.amount", "amount_missing"),
]
AD_CASES = [
    ("structure.format", "poster", "structure.format", "value_unknown"),
    ("structure.name", "", "structure.name", "name_missing"),
    ("creative.media", [{"sha256": VIDEO}], "creative.media[0].kind", "missing_field"),
    ("creative.media", [], "creative.media", "media_count"),
    ("creative.media", [{"sha256": VIDEO, "kind": "video"}] * 2, "creative.media", "media_count"),
    ("creative.media", ONE_IMAGE, "creative.media", "media_count"),
    ("creative.spark_post", "7", "creative.spark_post", "post_unused"),
    ("identity.page.identity_type", "AUTH_CODE", "identity.page.identity_type", "identity_not_bookable"),
    ("copy.text", "  ", "copy.text", "text_missing"),
    ("copy.text", "x" * 91, "copy.text", "text_too_long"),
    ("copy.text", "広" * 46, "copy.text", "text_too_long"),
    ("copy.call_to_action", None, "copy.call_to_action", "call_to_action_missing"),
    ("copy.call_to_action", "watch_live", "copy.call_to_action", "value_unknown"),
    ("copy.call_to_action", "view_profile", "copy.call_to_action", "value_unknown"),
    ("destination.landing_page_url", "", "destination.landing_page_url", "landing_page_missing"),
    ("disclosure.ai_generated", None, "disclosure.ai_generated", "disclosure_missing"),
    ("disclosure.disclaimer", "x" * 91, "disclosure.disclaimer", "disclaimer_too_long"),
]


@pytest.mark.parametrize(
    ("content", "path", "value", "field", "code"),
    [
        *((campaign(), *case) for case in CAMPAIGN_CASES),
        *((ad_group(), *case) for case in GROUP_CASES),
        *((ad(), *case) for case in AD_CASES),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)
def test_each_limit_names_its_field(content: Content, path: str, value: Any, field: str, code: str) -> None:
    assert codes(changed(content, path, value)) == [(field, code)]


def test_a_spark_ad_shows_a_post_and_no_file() -> None:
    spark = changed(
        changed(ad(), "structure.format", "spark_ad"), "copy", {**ad()["sections"]["copy"], "hashtags": [], "text": ""}
    )
    assert codes(spark) == [("creative.media", "media_unused"), ("creative.spark_post", "post_missing")]
    post = changed(spark, "creative", {"media": [], "spark_post": "7200"})
    assert codes(post) == []
    assert codes(changed(post, "identity.page.identity_type", "AUTH_CODE")) == []
    assert codes(changed(post, "copy.text", "mine")) == [("copy.text", "text_unused")]


def test_a_lifetime_budget_needs_an_end_and_no_daily_parent() -> None:
    lifetime = changed(ad_group(), "budget.mode", "lifetime")
    assert codes(lifetime) == []
    assert codes(changed(lifetime, "schedule.end", None)) == [("schedule.end", "end_missing")]
    daily = changed(campaign(), "budget.mode", "daily")
    assert codes(lifetime, campaign_content=daily) == [("budget.mode", "modes_clash")]


def test_under_budget_optimisation_an_amount_that_tiktok_would_ignore_is_refused() -> None:
    above = changed(campaign(), "budget.optimization", True)
    assert codes(ad_group(), campaign_content=above) == [("budget.amount", "amount_unused")]
    assert codes(changed(ad_group(), "budget.amount", None), campaign_content=above) == []
    fast = changed(changed(ad_group(), "budget.amount", None), "bid.pacing", "accelerated")
    assert codes(fast, campaign_content=above) == [("bid.pacing", "pacing_unused")]


def test_an_ad_group_has_no_budget_exactly_under_budget_optimisation() -> None:
    none = changed(ad_group(), "budget", {"mode": "unlimited", "amount": None})
    assert codes(none, campaign_content=changed(campaign(), "budget.optimization", True)) == []
    assert ("budget.mode", "modes_clash") in codes(none, campaign_content=campaign())


def test_a_dynamic_daily_campaign_needs_budget_optimisation() -> None:
    dynamic = changed(campaign(), "budget.mode", "dynamic_daily")
    assert codes(dynamic) == [("budget.mode", "modes_clash")]
    assert codes(changed(dynamic, "budget.optimization", True)) == []


def test_whole_currencies_are_checked_before_anything_is_sent() -> None:
    account = ChannelAccount(ACCOUNT.advertiser_id, "t", "HUF")
    content = changed(campaign(), "budget.amount", {"minor": 5_000_050, "currency": "HUF"})
    assert [p.code for p in problems_of(account, content, {})] == ["too_precise"]


def test_a_format_of_content_nobody_knows_is_refused() -> None:
    assert problems_of(ACCOUNT, {**campaign(), "format": "imprimatur.revision/2"}, {})[0].code == "unknown_format"
    assert problems_of(ACCOUNT, {**campaign(), "note": "x"}, {})[0].code == "unknown_field"
