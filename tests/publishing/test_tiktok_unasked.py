"""What TikTok says that nobody asked for is a difference, whatever the field (R-02, R-38)."""

from __future__ import annotations

from typing import Any

import business_api_client as sdk
import pytest

from publishing.channels import tiktok_words as words
from publishing.channels.base import EntityType
from publishing.channels.tiktok_unasked import COMPARED, DEFAULTS, OWN, unasked
from tests.publishing.channel_contents import Content, ad_group, all_contents, campaign, changed, parents_of
from tests.publishing.test_tiktok_readback import differences, echo

CONTENTS: dict[EntityType, Content] = {content["type"]: content for content in all_contents()}
BODIES: dict[EntityType, list[Any]] = {
    "campaign": [sdk.CampaignCreateBody, sdk.CampaignUpdateBody],
    "ad_group": [sdk.AdgroupCreateBody, sdk.AdgroupUpdateBody],
    "ad": [sdk.AdCreateBody, sdk.AdUpdateBody, sdk.AdcreateCreatives, sdk.AdupdateCreatives],
}
SETTABLE = {
    type_: {name: kind for body in bodies for name, kind in body.swagger_types.items()}
    for type_, bodies in BODIES.items()
}
NOT_LOOKED_AT: dict[EntityType, set[str]] = {
    "campaign": {"campaign_id"},
    "ad_group": {"adgroup_id", "advertiser_id", "skip_learning_phase"},
    "ad": {"ad_id", "advertiser_id", "identity_authorized_bc_id"},
}
"""The only fields that a caller can name and whose value is not looked at. Written out: one more is a decision."""


def test_the_sdk_is_walked_and_not_an_empty_list() -> None:
    assert {type_: len(fields) for type_, fields in SETTABLE.items()} == {"campaign": 33, "ad_group": 116, "ad": 80}


def other_value(kind: str, sent: Any, neutral: tuple[Any, ...]) -> Any:
    """A value of this type that was not sent and is no default."""
    if kind == "bool":
        return not sent if sent is not None else True not in neutral
    scalar = {"int": 99, "float": 99.5}.get(kind, "SOMETHING")
    if kind.startswith("list["):
        return [{"any": "SOMETHING"}] if kind[5].isupper() else [scalar]
    return {"any": "SOMETHING"} if kind[0].isupper() else scalar


LOOKED_AT = [
    pytest.param(type_, name, kind, id=f"{type_}-{name}")
    for type_, fields in SETTABLE.items()
    for name, kind in sorted(fields.items())
    if name not in NOT_LOOKED_AT[type_]
]


@pytest.mark.parametrize(("type_", "name", "kind"), LOOKED_AT)
def test_r38_no_field_that_can_be_set_goes_unseen(type_: EntityType, name: str, kind: str) -> None:
    content, sent = CONTENTS[type_], echo(CONTENTS[type_])
    value = other_value(kind, sent.get(name), DEFAULTS.get(name, ()))
    found = [item.field for item in differences(content, {**sent, name: value})]
    assert found
    if name not in COMPARED[type_]:
        assert found == [f"channel.{name}"]


@pytest.mark.parametrize("type_", ["campaign", "ad_group", "ad"])
def test_what_is_not_looked_at_is_written_out_and_has_a_reason(type_: EntityType) -> None:
    assert OWN[type_].keys() & SETTABLE[type_].keys() == NOT_LOOKED_AT[type_]
    assert not OWN[type_].keys() & COMPARED[type_]
    assert not (OWN[type_].keys() | COMPARED[type_]) & DEFAULTS.keys()
    assert all(OWN[type_].values())


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
@pytest.mark.parametrize("value", ["NEW", True, 1, 0.5, ["x"], {"on": True}, {"deep": [{"er": "x"}]}])
def test_r02_a_field_of_tomorrow_counts(content: Content, value: Any) -> None:
    found = differences(content, {**echo(content), "field_of_tomorrow": value})
    assert [(item.field, item.cleared, item.live) for item in found] == [("channel.field_of_tomorrow", None, value)]


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
@pytest.mark.parametrize("value", [None, "", [], {}, False, 0, 0.0, "0", "-1", "UNSET", "NONE", "OFF", {"on": False}, [""]])
def test_a_field_of_tomorrow_that_says_nothing_does_not(content: Content, value: Any) -> None:
    assert differences(content, {**echo(content), "field_of_tomorrow": value}) == []


@pytest.mark.parametrize("name", DEFAULTS)
def test_beside_a_default_that_is_known_only_unset_is_nothing(name: str) -> None:
    raw = {"identity_type": "TT_USER"}
    for value in (None, "", "UNSET", *DEFAULTS[name]):
        assert unasked("ad", {**raw, name: value}) == {}
    for value in ({False, "OFF", "ENABLE", "SOMETHING"}) - set(DEFAULTS[name]):
        assert unasked("ad", {**raw, name: value}) == {f"channel.{name}": value}


# What TikTok itself answers beside what was sent: the examples of its pages (/campaign/create/, /adgroup/update/,
# /ad/create/ with a Spark identity) and records of real accounts that open-source connectors keep for their tests.
ANSWERED: dict[EntityType, dict[str, Any]] = {
    "campaign": {
        "campaign_id": "1899", "create_time": "2023-06-27 08:01:50", "modify_time": "2023-06-27 08:01:50",
        "secondary_status": "CAMPAIGN_STATUS_DISABLE", "is_new_structure": True, "objective": "LANDING_PAGE",
        "is_smart_performance_campaign": False, "is_search_campaign": False, "campaign_type": "REGULAR_CAMPAIGN",
        "rf_campaign_type": "STANDARD", "campaign_app_profile_page_state": "UNSET", "deep_bid_type": None, "roas_bid": 0,
    },
    "ad_group": {
        "adgroup_id": "1899", "campaign_name": "Summer", "create_time": "2022-03-28 12:09:07",
        "modify_time": "2022-03-31 08:13:30", "secondary_status": "ADGROUP_STATUS_CREATE", "is_new_structure": True,
        "conversion_bid_price": 0, "deep_cpa_bid": 0, "scheduled_budget": 0, "category_id": "0", "need_audit": False,
        "adgroup_app_profile_page_state": None, "adgroup_app_profile_page_type": "OFF", "app_download_url": None,
        "app_id": None, "app_type": None, "auto_targeting_enabled": False, "bid_display_mode": "CPMV",
        "brand_safety_partner": None, "delivery_mode": None, "conversion_window": None, "feed_type": None,
        "frequency": None, "frequency_schedule": None, "inventory_filter_enabled": False, "is_hfss": False,
        "is_lhf_compliance": False, "is_smart_performance_campaign": False, "ios14_quota_type": "UNOCCUPIED",
        "ios14_targeting": "UNSET", "keywords": None, "next_day_retention": None, "optimization_event": None,
        "pixel_id": None, "product_source": "UNSET", "promotion_website_type": "UNSET", "purchased_impression": None,
        "purchased_reach": None, "rf_estimated_cpr": None, "rf_estimated_frequency": None, "rf_purchased_type": None,
        "schedule_infos": None, "secondary_optimization_event": None, "shopping_ads_retargeting_type": "OFF",
        "skip_learning_phase": True, "spending_power": "ALL", "statistic_type": "NONE", "deep_bid_type": "DEFAULT",
        "click_attribution_window": "SEVEN_DAYS", "view_attribution_window": "ONE_DAY", "tiktok_subplacements": [],
        "engaged_view_attribution_window": "ONE_DAY", "attribution_event_count": "EVERY", "phone_info": {},
        "targeting_expansion": {"expansion_enabled": False, "expansion_types": []}, "promotion_target_type": "UNSET",
        "actions": [], "audience_ids": [], "category_exclusion_ids": [], "device_model_ids": [],
        "device_price_ranges": None, "excluded_audience_ids": [], "excluded_custom_actions": [],
        "included_custom_actions": [], "interest_keyword_ids": [], "isp_ids": [], "network_types": [],
        "operating_systems": [],
    },
    "ad": {
        "ad_id": "1899", "advertiser_id": "7000", "campaign_id": "1800", "campaign_name": "Summer",
        "adgroup_name": "Germany", "create_time": "2023-06-27 08:08:49", "modify_time": "2023-06-27 08:08:49",
        "secondary_status": "AD_STATUS_AUDIT", "is_new_structure": True, "ad_ref_pixel_id": 7, "ad_texts": None,
        "app_name": "", "avatar_icon_web_uri": "", "branded_content_disabled": False,
        "brand_safety_postbid_partner": "UNSET", "brand_safety_vast_url": None, "call_to_action_id": None,
        "card_id": None, "carousel_image_labels": None, "click_tracking_url": None, "creative_authorized": False,
        "creative_type": None, "deeplink": "", "deeplink_type": "NORMAL", "dynamic_destination": "UNSET",
        "dynamic_format": "UNSET", "fallback_type": "UNSET", "impression_tracking_url": None, "is_aco": False,
        "landing_page_urls": None, "music_id": None, "optimization_event": None, "page_id": None, "playable_url": "",
        "profile_image_url": "https://p21-ad-sg.ibyteimg.com/large/picture", "promotional_music_disabled": True,
        "shopping_ads_deeplink_type": "NONE", "shopping_ads_fallback_type": "DEFAULT",
        "shopping_ads_video_package_id": "", "tracking_pixel_id": 0, "vast_moat_enabled": False,
        "vertical_video_strategy": "UNSET", "viewability_postbid_partner": "UNSET", "viewability_vast_url": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("content", CONTENTS.values(), ids=list(CONTENTS))
def test_what_tiktok_answers_by_itself_is_no_difference(content: Content) -> None:
    assert differences(content, {**ANSWERED[content["type"]], **echo(content)}) == []


def test_what_a_campaign_shows_of_its_ad_groups_is_no_difference_under_budget_optimisation() -> None:
    copied = {"bid_type": "BID_TYPE_CUSTOM", "optimization_goal": "CLICK"}
    optimised = changed(campaign(), "budget.optimization", True)
    assert differences(optimised, {**echo(optimised), **copied}) == []
    assert len(differences(campaign(), {**echo(campaign()), **copied})) == 2


def test_the_picture_of_a_custom_identity_is_no_difference_and_that_of_an_account_is() -> None:
    picture = {"avatar_icon_web_uri": "picture"}
    assert unasked("ad", {"identity_type": words.CUSTOM_IDENTITY, **picture}) == {}
    for identity in sorted(words.PULL_IDENTITIES):
        assert unasked("ad", {"identity_type": identity, **picture}) == {"channel.avatar_icon_web_uri": "picture"}


def test_views_are_billed_and_shown_by_the_view() -> None:
    content = changed(changed(ad_group(), "bid.optimization_goal", "engaged_view"), "targeting.audience.interests", [])
    parents = parents_of(changed(campaign(), "structure.objective", "video_views"))
    sent = echo(content, parents)
    assert differences(content, sent, parents) == []
    found = differences(content, {**sent, "bid_display_mode": "CPMV"}, parents)
    assert [item.field for item in found] == ["channel.bid_display_mode"]


def test_a_budget_planned_for_tomorrow_counts() -> None:
    assert [item.field for item in differences(ad_group(), {**echo(ad_group()), "scheduled_budget": 999.0})] == [
        "channel.scheduled_budget"
    ]
