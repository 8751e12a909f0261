"""Revision contents as bodies of TikTok's API: every field is mapped or refused (R-02, R-36)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.channels.base import ChannelError, NotBookable
from publishing.channels.shape import SHAPES, Later, Maybe, shape_problems
from publishing.channels.tiktok_money import amount_of, number
from publishing.channels.tiktok_payload import create_body, request_key, update_body
from tests.publishing.channel_contents import (
    ACCOUNT,
    AD_ID,
    CAMPAIGN_ID,
    IMAGE,
    MEDIA,
    VIDEO,
    Content,
    ad,
    ad_group,
    all_contents,
    campaign,
    changed,
    leaves,
    parents_of,
    usd,
)

REVISIONS = Path(__file__).parents[1] / "campaigns" / "vectors" / "revisions.json"
OUR_KEYS = {"structure.ad_account.id", "identity.page.id"}
"""Our own keys of what the same object names by its id on the channel: the only fields that are not sent."""

KEPT_HERE = {
    *("schedule", "schedule.starts_at", "schedule.ends_at"),
    *("creative.spark_authorization", "creative.spark_authorization.proof", "creative.spark_authorization.expires_at"),
    *("creative.effect", "creative.effect.name", "creative.effect.icon", "disclosure.payer", "disclosure.beneficiary"),
}
"""What TikTok has no field for: held on our side, or refused where TikTok would have to know it (the tests below)."""

OTHERS: dict[str, list[Any]] = {
    "structure.name": ["Other"],
    "structure.ad_account.channel": ["meta"],
    "structure.ad_account.external_id": ["7000000000000000002"],
    "structure.objective": ["reach", "nonsense"],
    "structure.special_industries": [[], ["credit"], ["nonsense"]],
    "structure.campaign": [AD_ID],
    "structure.ad_group": [AD_ID],
    "structure.format": ["carousel", "spark_ad", "nonsense"],
    "budget.mode": ["daily", "lifetime", "unlimited", "nonsense"],
    "budget.amount": [None],
    "budget.amount.minor": [500_001, 0, -1],
    "budget.amount.currency": ["EUR"],
    "budget.optimization": [True],
    "targeting.placement.type": ["automatic", "nonsense"],
    "targeting.placement.apps": [["tiktok"], [], ["nonsense"]],
    "targeting.audience.locations": [["2921044"], []],
    "targeting.audience.age_groups": [["18_24"], [], ["nonsense"]],
    "targeting.audience.gender": ["female", "nonsense"],
    "targeting.audience.languages": [[], ["en"]],
    "targeting.audience.interests": [[], ["16"]],
    "schedule.start": ["2030-12-02T00:00:00Z", "2030-12-02", "2030-12-01T00:00:00.5Z"],
    "schedule.end": [None, "2030-12-25T00:00:00Z"],
    "schedule.dayparting": [None, "10" * 168, "0" * 336, "1"],
    "bid.strategy": ["lowest_cost", "bid_cap", "nonsense"],
    "bid.amount": [None],
    "bid.amount.minor": [76],
    "bid.amount.currency": ["EUR"],
    "bid.pacing": ["accelerated", "nonsense"],
    "bid.optimization_goal": ["traffic_landing_page_view", "reach", "nonsense"],
    "creative.media": [[], [{"sha256": IMAGE, "kind": "image"}], [{"sha256": "c" * 64, "kind": "video"}]],
    "creative.spark_post": ["7200"],
    "copy.text": ["Other", "", "x" * 101],
    "copy.call_to_action": [None, "shop_now", "watch_live"],
    "copy.display_name": ["", "Other"],
    "copy.hashtags": [[], ["other"]],
    "destination.landing_page_url": ["", "https://shop.example/other"],
    "identity.page": [None],
    "identity.page.external_id": ["7101"],
    "identity.page.identity_type": ["AUTH_CODE", "BC_AUTH_TT", "CUSTOMIZED_USER", "TTS_TT"],
    "disclosure.ai_generated": [False, None],
    "disclosure.disclaimer": ["", "Other", "x" * 91],
}


def body_of(content: Content) -> dict[str, Any] | str:
    """The body, or the refusal as text."""
    try:
        return create_body(ACCOUNT, content, parents_of(), MEDIA, "try-1")
    except ChannelError as error:
        return str(error)


def test_the_walk_below_covers_every_field_of_the_content_format() -> None:
    known = {where for shape in SHAPES.values() for where in _shape_paths(shape)}
    assert set(OTHERS) | OUR_KEYS | KEPT_HERE == known


def _shape_paths(shape: Any, path: str = "") -> set[str]:
    found = set()
    for key, spec in shape.items():
        where = f"{path}.{key}" if path else key
        inner = spec.spec if isinstance(spec, Maybe | Later) else spec
        if isinstance(inner, dict):
            found |= _shape_paths(inner, where) | ({where} if isinstance(spec, Maybe | Later) else set())
        else:
            found.add(where)
    return found


@pytest.mark.parametrize("content", all_contents(), ids=lambda content: content["type"])
def test_r02_no_field_is_silently_dropped(content: Content) -> None:
    before = body_of(content)
    assert isinstance(before, dict)
    paths = {path for path, _ in leaves(content["sections"])} | {"budget.amount", "bid.amount", "identity.page"}
    walked = 0
    for path in paths & OTHERS.keys():
        if path.split(".")[0] not in content["sections"]:
            continue
        for other in OTHERS[path]:
            old = content["sections"]
            for step in path.split("."):
                old = old[step]
            if other == old:
                continue
            after = body_of(changed(content, path, other))
            assert after != before, f"{path} = {other!r} changes nothing"
            walked += 1
    assert walked >= 10


@pytest.mark.parametrize("content", all_contents(), ids=lambda content: content["type"])
def test_r02_a_field_nobody_knows_is_refused_at_every_depth(content: Content) -> None:
    objects = ["", *_object_paths(content["sections"])]
    for where in objects:
        path = f"{where}.surprise" if where else "surprise"
        with pytest.raises(NotBookable) as refusal:
            create_body(ACCOUNT, changed(content, path, 1), parents_of(), MEDIA, "try-1")
        assert (refusal.value.problems[0].field, refusal.value.problems[0].code) == (path, "unknown_field")


def _object_paths(value: dict[str, Any], path: str = "") -> list[str]:
    found = []
    for key, item in value.items():
        where = f"{path}.{key}" if path else key
        if isinstance(item, dict):
            found += [where, *_object_paths(item, where)]
    return found


def test_r02_contents_that_were_stored_before_the_newer_fields_are_read_as_they_are() -> None:
    for vector in json.loads(REVISIONS.read_text(encoding="utf-8")):
        assert shape_problems(vector["content"]) == [], vector["name"]


def test_what_tiktok_has_no_field_for_changes_nothing_that_is_sent() -> None:
    full = changed(changed(ad(), "disclosure.payer", "Acme"), "disclosure.beneficiary", "Acme GmbH")
    full = changed(full, "creative.spark_authorization", {"proof": "Mail", "expires_at": "2031-01-01T00:00:00Z"})
    assert body_of(full) == body_of(ad())
    flown = changed(campaign(), "schedule", {"starts_at": "2030-12-01T00:00:00Z", "ends_at": "2030-12-24T12:30:00Z"})
    assert create_body(ACCOUNT, flown, {}, {}, "try-1") == create_body(ACCOUNT, campaign(), {}, {}, "try-1")
    inside = create_body(ACCOUNT, ad_group(), parents_of(flown), {}, "try-1")
    assert inside == create_body(ACCOUNT, ad_group(), parents_of(), {}, "try-1")


@pytest.mark.parametrize(
    ("flight", "field"),
    [
        ({"starts_at": "2030-12-01T00:00:01Z", "ends_at": None}, "schedule.start"),
        ({"starts_at": None, "ends_at": "2030-12-24T12:29:59Z"}, "schedule.end"),
    ],
)
def test_an_ad_group_outside_its_campaigns_flight_is_refused(flight: dict[str, Any], field: str) -> None:
    with pytest.raises(NotBookable) as refusal:
        create_body(ACCOUNT, ad_group(), parents_of(changed(campaign(), "schedule", flight)), {}, "try-1")
    assert [(each.field, each.code) for each in refusal.value.problems] == [(field, "outside_flight")]


def test_an_effect_of_another_format_is_refused() -> None:
    with pytest.raises(NotBookable) as refusal:
        create_body(ACCOUNT, changed(ad(), "creative.effect", {"name": "Snow", "icon": IMAGE}), parents_of(), MEDIA, "try-1")
    assert [each.code for each in refusal.value.problems] == ["effect_unused"]


def test_under_budget_optimisation_nothing_is_said_of_the_ad_groups_budget() -> None:
    above = changed(campaign(), "budget.optimization", True)
    group = changed(ad_group(), "budget", {"mode": "unlimited", "amount": None})
    body = create_body(ACCOUNT, group, parents_of(above), {}, "try-1")
    assert not {"budget", "budget_mode"} & body.keys()
    dynamic = changed(ad_group(), "budget.mode", "dynamic_daily")
    assert create_body(ACCOUNT, dynamic, parents_of(), {}, "try-1")["budget_mode"] == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"


def test_r36_every_create_says_that_it_is_switched_off() -> None:
    bodies = [create_body(ACCOUNT, content, parents_of(), MEDIA, "try-1") for content in all_contents()]
    assert [body.get("operation_status") for body in bodies[:2]] == ["DISABLE", "DISABLE"]
    assert [creative["operation_status"] for creative in bodies[2]["creatives"]] == ["DISABLE"]
    assert "ENABLE" not in json.dumps(bodies).replace("NOT_ENABLE", "")


def test_a_campaign_body_is_exactly_this() -> None:
    assert create_body(ACCOUNT, campaign(), {}, {}, "try-1") == {
        "advertiser_id": ACCOUNT.advertiser_id,
        "campaign_name": "Spring sale [00000000c001]",
        "objective_type": "TRAFFIC",
        "special_industries": ["HOUSING"],
        "budget_mode": "BUDGET_MODE_TOTAL",
        "budget": 5000,
        "budget_optimize_on": False,
        "operation_status": "DISABLE",
        "request_id": request_key("try-1"),
    }


def test_an_ad_group_body_is_exactly_this() -> None:
    assert create_body(ACCOUNT, ad_group(), parents_of(), {}, "try-1") == {
        "advertiser_id": ACCOUNT.advertiser_id,
        "campaign_id": "1800",
        "adgroup_name": "Germany [00000000a001]",
        "promotion_type": "WEBSITE",
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "placements": ["PLACEMENT_TIKTOK", "PLACEMENT_PANGLE"],
        "location_ids": ["2921044", "2782113"],
        "age_groups": ["AGE_25_34", "AGE_18_24"],
        "gender": "GENDER_UNLIMITED",
        "languages": ["de"],
        "interest_category_ids": ["15"],
        "brand_safety_type": "STANDARD_INVENTORY",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 25.5,
        "schedule_type": "SCHEDULE_START_END",
        "schedule_start_time": "2030-12-01 00:00:00",
        "schedule_end_time": "2030-12-24 12:30:00",
        "dayparting": "01" * 168,
        "optimization_goal": "CLICK",
        "billing_event": "CPC",
        "bid_type": "BID_TYPE_CUSTOM",
        "bid_price": 0.75,
        "pacing": "PACING_MODE_SMOOTH",
        "creative_material_mode": "CUSTOM",
        "search_result_enabled": False,
        "smart_audience_enabled": False,
        "smart_interest_behavior_enabled": False,
        "comment_disabled": False,
        "share_disabled": False,
        "video_download_disabled": True,
        "operation_status": "DISABLE",
        "request_id": request_key("try-1"),
    }


def test_an_ad_body_is_exactly_this() -> None:
    assert create_body(ACCOUNT, ad(), parents_of(), MEDIA, "try-1") == {
        "advertiser_id": ACCOUNT.advertiser_id,
        "adgroup_id": "1801",
        "creatives": [
            {
                "ad_name": "Cones [00000000d001]",
                "ad_format": "SINGLE_VIDEO",
                "video_id": "v-1",
                "image_ids": ["i-cover"],
                "ad_text": "Ice cream is here #icecream",
                "call_to_action": "LEARN_MORE",
                "display_name": "Sprinkles",
                "landing_page_url": "https://shop.example/cones",
                "identity_type": "TT_USER",
                "identity_id": "7100",
                "dark_post_status": "ON",
                "aigc_disclosure_type": "SELF_DISCLOSURE",
                "creative_authorized": False,
                "disclaimer_type": "TEXT_ONLY",
                "disclaimer_text": {"text": "Terms apply"},
                "operation_status": "DISABLE",
            }
        ],
    }


def test_an_approved_image_beside_the_video_is_the_cover() -> None:
    both = [{"sha256": VIDEO, "kind": "video"}, {"sha256": IMAGE, "kind": "image"}]
    body = create_body(ACCOUNT, changed(ad(), "creative.media", both), parents_of(), MEDIA, "try-1")
    assert body["creatives"][0]["image_ids"] == ["i-1"]


def test_a_single_image_beside_tiktok_needs_no_page() -> None:
    content = changed(
        changed(ad(), "structure.format", "single_image"), "creative.media", [{"sha256": IMAGE, "kind": "image"}]
    )
    content = changed(
        changed(changed(content, "identity.page", None), "copy.hashtags", []), "disclosure.disclaimer", ""
    )
    parents = parents_of(group_content=changed(ad_group(), "targeting.placement.apps", ["pangle"]))
    creative = create_body(ACCOUNT, content, parents, MEDIA, "try-1")["creatives"][0]
    assert (creative["ad_format"], creative["image_ids"], creative["display_name"]) == (
        "SINGLE_IMAGE",
        ["i-1"],
        "Sprinkles",
    )
    assert not {"identity_type", "identity_id", "video_id"} & creative.keys()


def test_a_spark_ad_shows_the_post_and_nothing_of_ours() -> None:
    content = changed(changed(ad(), "structure.format", "spark_ad"), "creative", {"media": [], "spark_post": "7200"})
    content = changed(changed(content, "copy.text", ""), "copy.hashtags", [])
    creative = create_body(ACCOUNT, content, parents_of(), {}, "try-1")["creatives"][0]
    assert creative["tiktok_item_id"] == "7200"
    assert not {"video_id", "image_ids", "ad_text", "dark_post_status"} & creative.keys()


def test_a_business_centre_page_needs_the_centre() -> None:
    content = changed(ad(), "identity.page.identity_type", "bc_auth_tt")
    with pytest.raises(NotBookable, match="business centre"):
        create_body(ACCOUNT, content, parents_of(), MEDIA, "try-1")
    creative = create_body(ACCOUNT, content, parents_of(), MEDIA, "try-1", "7300")["creatives"][0]
    assert (creative["identity_type"], creative["identity_authorized_bc_id"]) == ("BC_AUTH_TT", "7300")


def test_an_endless_ad_group_starts_and_never_ends() -> None:
    body = create_body(ACCOUNT, changed(ad_group(), "schedule.end", None), parents_of(), {}, "try-1")
    assert body["schedule_type"] == "SCHEDULE_FROM_NOW"
    assert "schedule_end_time" not in body


@pytest.mark.parametrize(
    ("objective", "goal", "billing", "promotion", "bid_field"),
    [
        ("reach", "reach", "CPM", None, "bid_price"),
        ("traffic", "click", "CPC", "WEBSITE", "bid_price"),
        ("traffic", "traffic_landing_page_view", "OCPM", "WEBSITE", "conversion_bid_price"),
        ("video_views", "engaged_view", "CPV", None, "bid_price"),
        ("video_views", "engaged_view_fifteen", "CPV", None, "bid_price"),
        ("lead_generation", "lead_generation", "OCPM", "LEAD_GENERATION", "conversion_bid_price"),
        ("engagement", "followers", "OCPM", "EXTERNAL_OR_DISPLAY", "conversion_bid_price"),
        ("engagement", "page_visit", "OCPM", "EXTERNAL_OR_DISPLAY", "conversion_bid_price"),
    ],
)
def test_billing_promotion_and_bid_field_follow_objective_and_goal(
    objective: str, goal: str, billing: str, promotion: str | None, bid_field: str
) -> None:
    parents = parents_of(changed(campaign(), "structure.objective", objective))
    body = create_body(ACCOUNT, changed(ad_group(), "bid.optimization_goal", goal), parents, {}, "try-1")
    assert (body["billing_event"], body.get("promotion_type"), body[bid_field]) == (billing, promotion, 0.75)
    assert body.get("bid_display_mode") == ("CPV" if billing == "CPV" else None)
    assert ("promotion_target_type" in body) == (objective == "lead_generation")


def test_r27_a_child_is_not_sent_before_its_parent_exists() -> None:
    for parents in ({}, {CAMPAIGN_ID: parents_of()[CAMPAIGN_ID].__class__("", campaign())}):
        with pytest.raises(NotBookable, match="parent"):
            create_body(ACCOUNT, ad_group(), parents, {}, "try-1")
    with pytest.raises(NotBookable, match="parent"):
        create_body(ACCOUNT, ad(), {}, MEDIA, "try-1")


def test_an_ad_is_not_sent_before_its_media_are_there() -> None:
    with pytest.raises(NotBookable) as refusal:
        create_body(ACCOUNT, ad(), parents_of(), {}, "try-1")
    assert [problem.code for problem in refusal.value.problems] == ["media_missing"]


def test_an_update_never_touches_the_switch_nor_what_never_changes() -> None:
    group = update_body(ACCOUNT, ad_group(), "1801", parents_of(), {})
    assert not {"operation_status", "budget_mode", "placements", "campaign_id", "request_id"} & group.keys()
    assert group["adgroup_id"] == "1801"
    assert update_body(ACCOUNT, campaign(), "1800", {}, {}) == {
        "advertiser_id": ACCOUNT.advertiser_id,
        "campaign_id": "1800",
        "campaign_name": "Spring sale [00000000c001]",
        "budget": 5000,
        "special_industries": ["HOUSING"],
    }
    creative = update_body(ACCOUNT, ad(), "1802", parents_of(), MEDIA)["creatives"][0]
    assert "operation_status" not in creative
    assert (creative["ad_id"], creative["aigc_disclosure_type"]) == ("1802", "SELF_DISCLOSURE")


def test_an_update_spells_out_limits_that_were_taken_back() -> None:
    content = changed(changed(ad_group(), "targeting.audience.languages", []), "schedule.dayparting", None)
    body = update_body(ACCOUNT, content, "1801", parents_of(), {})
    assert (body["languages"], body["dayparting"], body["interest_category_ids"]) == ([], "1" * 336, ["15"])


def test_a_request_key_is_the_text_of_a_64_bit_integer_and_stays_the_same() -> None:
    keys = [request_key(text) for text in ("a", "a", "b")]
    assert keys[0] == keys[1] != keys[2]
    assert all(0 <= int(key) < 2**63 for key in keys)


@given(st.integers(min_value=1, max_value=10**14))
def test_money_goes_out_exactly_or_not_at_all(minor: int) -> None:
    for currency, digits in (("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0)):
        amount = {"minor": minor, "currency": currency}
        sent = number(amount)
        assert Decimal(repr(sent)) == Decimal(minor).scaleb(-digits)
        assert amount_of(json.loads(json.dumps(sent)), currency) == amount


@pytest.mark.parametrize("currency", ["HUF", "TWD", "IDR"])
def test_r23_tiktok_takes_no_fraction_of_some_currencies_that_have_one(currency: str) -> None:
    assert number({"minor": 5_000_00, "currency": currency}) == 5000
    with pytest.raises(ValueError, match="whole"):
        number({"minor": 5_000_50, "currency": currency})


def test_a_number_that_is_no_whole_minor_unit_equals_no_amount() -> None:
    assert amount_of(50.005, "USD") == "50.005"
    assert amount_of("garbage", "USD") == "garbage"
    assert amount_of(50.1, "USD") == usd(5010)
    assert [amount_of(value, "USD") for value in (0, 0.0, None, "")] == [None] * 4
