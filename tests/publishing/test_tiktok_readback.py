"""What TikTok answers against what was cleared: nothing more, nothing less (R-36, R-38)."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.channels import tiktok_words as words
from publishing.channels.base import Difference, EntityType, RemoteObject
from publishing.channels.tiktok_limits import problems_of
from publishing.channels.tiktok_payload import create_body
from publishing.channels.tiktok_readback import compare, remote_object
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

IDS: dict[EntityType, str] = {"campaign": "campaign_id", "ad_group": "adgroup_id", "ad": "ad_id"}
GROUPS = all_contents()


def echo(content: Content, parents: Any = None) -> dict[str, Any]:
    """What a platform that keeps everything as it was sent would answer."""
    body = json.loads(json.dumps(create_body(ACCOUNT, content, parents or parents_of(), MEDIA, "try-1", "7300")))
    head = {key: value for key, value in body.items() if key not in ("request_id", "creatives")}
    return {**head, **(body.get("creatives") or [{}])[0], IDS[content["type"]]: "1899"}


def remote(content: Content, raw: dict[str, Any]) -> RemoteObject:
    return remote_object(content["type"], "USD", raw)


def differences(
    content: Content, raw: dict[str, Any], parents: Any = None, enabled: bool | None = False
) -> list[Difference]:
    return compare(ACCOUNT, content, remote(content, raw), parents or parents_of(), MEDIA, enabled)


@pytest.mark.parametrize("content", GROUPS, ids=lambda content: content["type"])
def test_r36_an_echo_has_no_differences(content: Content) -> None:
    assert differences(content, echo(content)) == []


def test_a_remote_object_speaks_our_words() -> None:
    found = remote(ad_group(), {**echo(ad_group()), "secondary_status": "ADGROUP_STATUS_CREATE"})
    assert (found.type, found.external_id, found.parent_external_id) == ("ad_group", "1899", "1800")
    assert (found.name, found.enabled) == ("Germany [00000000a001]", False)
    assert found.comparable["budget.amount"] == usd(2550)
    assert found.comparable["bid.strategy"] == "cost_cap"
    assert found.comparable["schedule.end"] == "2030-12-24T12:30:00Z"
    assert found.raw["secondary_status"] == "ADGROUP_STATUS_CREATE"


LIVE: list[tuple[Content, str, Any, str, Any]] = [
    (campaign(), "campaign_name", "Other", "structure.name", "Other"),
    (campaign(), "objective_type", "REACH", "structure.objective", "reach"),
    (campaign(), "objective_type", "TOPVIEW_REACH", "structure.objective", "TOPVIEW_REACH"),
    (campaign(), "advertiser_id", "8", "structure.ad_account.external_id", "8"),
    (campaign(), "special_industries", [], "structure.special_industries", []),
    (campaign(), "budget_mode", "BUDGET_MODE_DAY", "budget.mode", "daily"),
    (campaign(), "budget", 5000.01, "budget.amount", usd(500_001)),
    (campaign(), "budget", 5000.001, "budget.amount", "5000.001"),
    (campaign(), "budget", None, "budget.amount", None),
    (campaign(), "budget_optimize_on", True, "budget.optimization", True),
    (campaign(), "is_smart_performance_campaign", True, "channel.is_smart_performance_campaign", True),
    (campaign(), "operation_status", "ENABLE", "enabled", True),
    (campaign(), "operation_status", "FROZEN", "enabled", None),
    (ad_group(), "adgroup_name", "Germany", "structure.name", "Germany"),
    (ad_group(), "campaign_id", "1", "structure.campaign", "1"),
    (ad_group(), "placements", ["PLACEMENT_TIKTOK"], "targeting.placement.apps", ["tiktok"]),
    (ad_group(), "location_ids", ["2921044"], "targeting.audience.locations", ["2921044"]),
    (ad_group(), "age_groups", ["AGE_13_17", "AGE_18_24", "AGE_25_34"], "targeting.audience.age_groups", ["13_17", "18_24", "25_34"]),
    (ad_group(), "gender", "GENDER_MALE", "targeting.audience.gender", "male"),
    (ad_group(), "languages", [], "targeting.audience.languages", []),
    (ad_group(), "interest_category_ids", None, "targeting.audience.interests", []),
    (ad_group(), "budget_mode", "BUDGET_MODE_DYNAMIC_DAILY_BUDGET", "budget.mode", "dynamic_daily"),
    (ad_group(), "budget", 255, "budget.amount", usd(25_500)),
    (ad_group(), "schedule_start_time", "2030-12-01 00:00:01", "schedule.start", "2030-12-01T00:00:01Z"),
    (ad_group(), "schedule_end_time", "2031-12-24 12:30:00", "schedule.end", "2031-12-24T12:30:00Z"),
    (ad_group(), "schedule_type", "SCHEDULE_FROM_NOW", "schedule.end", None),
    (ad_group(), "dayparting", "1" * 336, "schedule.dayparting", None),
    (ad_group(), "bid_type", "BID_TYPE_NO_BID", "bid.strategy", "lowest_cost"),
    (ad_group(), "bid_price", 0.76, "bid.amount", usd(76)),
    (ad_group(), "conversion_bid_price", 3, "bid.amount", [usd(75), usd(300)]),
    (ad_group(), "pacing", "PACING_MODE_FAST", "bid.pacing", "accelerated"),
    (ad_group(), "optimization_goal", "REACH", "bid.optimization_goal", "reach"),
    (ad_group(), "billing_event", "OCPM", "channel.billing_event", "OCPM"),
    (ad_group(), "promotion_type", "APP_IOS", "channel.promotion_type", "APP_IOS"),
    (ad_group(), "search_result_enabled", True, "channel.search_result_enabled", True),
    (ad_group(), "smart_audience_enabled", True, "channel.smart_audience_enabled", True),
    (ad_group(), "video_download_disabled", False, "channel.video_download_disabled", False),
    (ad_group(), "brand_safety_type", "NO_BRAND_SAFETY", "channel.brand_safety_type", "NO_BRAND_SAFETY"),
    (ad_group(), "bid_display_mode", "CPV", "channel.bid_display_mode", "CPV"),
    (ad_group(), "schedule_type", "SCHEDULE_BY_MOON", "channel.schedule_type", "SCHEDULE_BY_MOON"),
    (ad_group(), "audience_ids", ["9"], "channel.audience_ids", ["9"]),
    (ad_group(), "targeting_expansion", {"expansion_enabled": True}, "channel.targeting_expansion", {"expansion_enabled": True}),
    (ad(), "ad_name", "Cones", "structure.name", "Cones"),
    (ad(), "adgroup_id", "1", "structure.ad_group", "1"),
    (ad(), "ad_format", "SINGLE_IMAGE", "channel.ad_format", "SINGLE_IMAGE"),
    (ad(), "video_id", "v-2", "creative.video", "v-2"),
    (ad(), "image_ids", ["i-2"], "creative.images", ["i-2"]),
    (ad(), "ad_text", "Other", "copy.text", "Other"),
    (ad(), "call_to_action", "SHOP_NOW", "copy.call_to_action", "shop_now"),
    (ad(), "display_name", "Other", "copy.display_name", "Other"),
    (ad(), "landing_page_url", "https://evil.example", "destination.landing_page_url", "https://evil.example"),
    (ad(), "identity_id", "7101", "identity.page.external_id", "7101"),
    (ad(), "aigc_disclosure_type", "NOT_DECLARED", "disclosure.ai_generated", False),
    (ad(), "aigc_disclosure_type", None, "disclosure.ai_generated", None),
    (ad(), "disclaimer_text", {"text": "Other"}, "disclosure.disclaimer", "Other"),
    (ad(), "disclaimer_text", {"text": "Terms apply", "url": "https://evil.example"}, "disclosure.disclaimer",
     {"text": "Terms apply", "url": "https://evil.example"}),
    (ad(), "disclaimer_type", "TEXT_LINK", "channel.disclaimer_type", "TEXT_LINK"),
    (ad(), "disclaimer_text", None, "disclosure.disclaimer", None),
    (ad(), "dark_post_status", "OFF", "channel.dark_post_status", "OFF"),
    (ad(), "creative_auto_enhancement_strategy_list", ["MUSIC"], "channel.creative_auto_enhancement_strategy_list", ["MUSIC"]),
    (ad(), "operation_status", "ENABLE", "enabled", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "key", "value", "field", "live"), LIVE, ids=[f"{case[1]}={case[2]!r:.30}" for case in LIVE]
)
def test_r38_each_difference_is_found_and_named(content: Content, key: str, value: Any, field: str, live: Any) -> None:
    found = differences(content, {**echo(content), key: value})
    assert [(item.field, item.live) for item in found] == [(field, live)]
    assert found[0].cleared != live


@pytest.mark.parametrize("content", GROUPS, ids=lambda content: content["type"])
def test_r38_whatever_was_sent_is_missed_when_it_goes_missing(content: Content) -> None:
    sent = echo(content)
    held_elsewhere = {
        IDS[content["type"]],
        "schedule_type",
        "disclaimer_type",
        "creative_authorized",
    }
    if content["type"] != "campaign":
        held_elsewhere.add("advertiser_id")  # its parent is compared, and belongs to one account
    for key, value in sent.items():
        if key in held_elsewhere or value is False or value == []:
            continue
        left = {name: item for name, item in sent.items() if name != key}
        assert differences(content, left), f"{key} went missing unseen"


def test_order_of_targeting_means_nothing_and_order_of_images_does() -> None:
    raw = echo(ad_group())
    assert (
        differences(
            ad_group(), {**raw, "location_ids": raw["location_ids"][::-1], "placements": raw["placements"][::-1]}
        )
        == []
    )
    assert differences(ad(), {**echo(ad()), "image_ids": ["i-cover", "i-2"]})[0].field == "creative.images"


def test_numbers_may_come_back_as_text_or_float() -> None:
    for budget in ("5000.00", 5000.0, 5000):
        assert differences(campaign(), {**echo(campaign()), "budget": budget}) == []


def test_an_endless_ad_group_may_come_back_with_an_end_far_away() -> None:
    content = changed(ad_group(), "schedule.end", None)
    assert differences(content, {**echo(content), "schedule_end_time": "2040-12-01 00:00:00"}) == []


def test_under_budget_optimisation_the_group_has_no_budget_of_its_own() -> None:
    parents = parents_of(changed(campaign(), "budget.optimization", True))
    content = changed(ad_group(), "budget.amount", None)
    raw = {**echo(content, parents), "budget": 0.0, "budget_mode": "BUDGET_MODE_INFINITE"}
    assert differences(content, raw, parents) == []
    assert [item.field for item in differences(content, {**raw, "budget": 20.0}, parents)] == [
        "budget.amount",
        "budget.mode",
    ]


def test_an_identitys_own_name_is_no_difference_when_none_was_asked_for() -> None:
    content = changed(ad(), "copy.display_name", "")
    assert differences(content, {**echo(content), "display_name": "sprinkles_official"}) == []


def test_a_post_shown_as_a_spark_ad_brings_its_own_video_and_text() -> None:
    content = changed(ad(), "structure.format", "spark_ad")
    content = changed(
        changed(changed(content, "creative", {"media": [], "spark_post": "7200"}), "copy.text", ""), "copy.hashtags", []
    )
    raw = {**echo(content), "video_id": "v-of-the-post", "ad_text": "the post's caption"}
    assert differences(content, raw) == []
    assert [item.field for item in differences(content, {**raw, "tiktok_item_id": "7201"})] == ["creative.spark_post"]


def test_the_switch_is_compared_only_when_asked() -> None:
    raw = {**echo(ad()), "operation_status": "ENABLE"}
    assert differences(ad(), raw, enabled=None) == []
    assert differences(ad(), raw, enabled=True) == []
    assert differences(ad(), raw, enabled=False) == [Difference("enabled", False, True)]


# Round trips over everything that can be booked.

_names = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=60).filter(str.strip)
_money = st.integers(1, 10**9).map(usd)
_apps = st.lists(st.sampled_from(sorted(words.PLACEMENTS)), min_size=1, unique=True)
_placement = st.one_of(
    st.just({"type": "automatic", "apps": []}), _apps.map(lambda apps: {"type": "selected", "apps": apps})
)
_ids = st.lists(st.integers(1, 10**12).map(str), max_size=4, unique=True)
_moments = (
    st.datetimes()
    .map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
    .filter(lambda text: len(text) == 20)
)


def _sections(base: Content, **paths: Any) -> Content:
    for path, value in paths.items():
        base = changed(base, path.replace("__", "."), value)
    return base


_campaigns = st.builds(
    lambda budget, **paths: _sections(campaign(), budget=budget, **paths),
    budget=st.one_of(
        st.just({"mode": "unlimited", "amount": None, "optimization": False}),
        st.fixed_dictionaries(
            {"mode": st.sampled_from(["daily", "lifetime"]), "amount": _money, "optimization": st.booleans()}
        ),
    ),
    structure__name=_names,
    structure__objective=st.sampled_from(sorted(words.GOALS_BY_OBJECTIVE)),
    structure__special_industries=st.lists(st.sampled_from(sorted(words.SPECIAL_INDUSTRIES)), unique=True),
)
_groups = st.builds(
    lambda **paths: _sections(ad_group(), **paths),
    structure__name=_names,
    targeting__placement=_placement,
    targeting__audience=st.fixed_dictionaries(
        {
            "locations": _ids.filter(bool),
            "age_groups": st.lists(st.sampled_from(sorted(words.AGE_GROUPS)), min_size=1, unique=True),
            "gender": st.sampled_from(sorted(words.GENDERS)),
            "languages": st.lists(st.sampled_from(["de", "en", "fr"]), unique=True),
            "interests": _ids,
        }
    ),
    budget=st.fixed_dictionaries(
        {"mode": st.sampled_from(["daily", "lifetime"]), "amount": st.one_of(st.none(), _money)}
    ),
    schedule=st.fixed_dictionaries(
        {
            "start": _moments,
            "end": st.one_of(st.none(), _moments),
            "dayparting": st.one_of(
                st.none(), st.text("01", min_size=336, max_size=336).filter(lambda slots: "1" in slots)
            ),
        }
    ),
    bid=st.one_of(
        *[
            st.fixed_dictionaries(
                {
                    "strategy": st.just(strategy),
                    "amount": _money if strategy == "cost_cap" else st.none(),
                    "pacing": st.sampled_from(sorted(words.PACINGS)),
                    "optimization_goal": st.sampled_from(sorted(words.GOALS)),
                }
            )
            for strategy in words.BID_STRATEGIES
        ]
    ),
)
_ads = st.builds(
    lambda **paths: _sections(ad(), **paths),
    structure__name=_names,
    creative__media=st.sampled_from(
        [
            [{"sha256": VIDEO, "kind": "video"}],
            [{"sha256": VIDEO, "kind": "video"}, {"sha256": IMAGE, "kind": "image"}],
        ]
    ),
    copy__text=_names,
    copy__call_to_action=st.sampled_from(sorted(words.CALLS_TO_ACTION)),
    copy__display_name=st.one_of(st.just(""), _names),
    copy__hashtags=st.lists(st.text("abc", min_size=1, max_size=8), max_size=2),
    destination__landing_page_url=st.sampled_from(["https://shop.example/", "https://shop.example/a?b=c"]),
    identity__page__identity_type=st.sampled_from(["TT_USER", "tt_user", "BC_AUTH_TT"]),
    disclosure=st.fixed_dictionaries({"ai_generated": st.booleans(), "disclaimer": st.one_of(st.just(""), _names)}),
)


@settings(max_examples=150, deadline=None)
@given(above=_campaigns, group=_groups, creative=_ads)
def test_r36_body_echo_compare_is_the_identity_for_everything_bookable(
    above: Content, group: Content, creative: Content
) -> None:
    parents = parents_of(above, group)
    for content in (above, group, creative):
        if not problems_of(ACCOUNT, content, parents):
            assert differences(content, echo(content, parents), parents) == []


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_r38_two_different_clearances_never_compare_equal(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([_campaigns, _groups, _ads]))
    first, second = data.draw(kind), data.draw(kind)
    parents = parents_of()
    if any(problems_of(ACCOUNT, content, parents) for content in (first, second)):
        return
    if second["type"] == "ad" and not second["sections"]["copy"]["display_name"]:
        first = changed(first, "copy.display_name", "")  # nothing asked for: the identity's own name is fine
    same = _meaning(first) == _meaning(second)
    found = differences(second, echo(first))
    assert bool(found) != same, found


def _meaning(content: Content) -> Any:
    """The sections with what means the same written the same."""
    sections = copy.deepcopy(content["sections"])
    if content["type"] == "campaign":
        sections["structure"]["special_industries"].sort()
    if content["type"] == "ad_group":
        sections["targeting"]["placement"]["apps"].sort()
        for value in sections["targeting"]["audience"].values():
            value.sort() if isinstance(value, list) else None
        if sections["schedule"]["dayparting"] == "1" * 336:
            sections["schedule"]["dayparting"] = None
    if content["type"] == "ad":
        text = sections["copy"]
        text["text"] = " ".join([text["text"], *("#" + tag for tag in text.pop("hashtags"))])
        text["display_name"] = text["display_name"] or None
        sections["identity"]["page"]["identity_type"] = sections["identity"]["page"]["identity_type"].upper()
    return sections
