"""What TikTok answers, in our words, and the comparison with what was cleared (R-36, R-38). Pure.

The expectation is built from the content, not from the body that was sent, so that a fault in one mapping shows.
Besides the approved fields the comparison covers what we always send (`channel.*` settings) and whatever else the answer
says: see tiktok_unasked. A field that is read here belongs into its table `COMPARED`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from publishing.channels import tiktok_words as words
from publishing.channels.base import (
    ChannelAccount,
    Content,
    Difference,
    EntityType,
    MediaIds,
    Parents,
    RemoteObject,
)
from publishing.channels.tiktok_ad_limits import caption, identity_type, pulls
from publishing.channels.tiktok_limits import remote_name
from publishing.channels.tiktok_money import amount_of
from publishing.channels.tiktok_unasked import unasked

Flat = dict[str, Any]

ID_FIELDS: Mapping[EntityType, str] = {"campaign": "campaign_id", "ad_group": "adgroup_id", "ad": "ad_id"}
_NAME_FIELDS = {"campaign": "campaign_name", "ad_group": "adgroup_name", "ad": "ad_name"}
_PARENT_FIELDS = {"campaign": "advertiser_id", "ad_group": "campaign_id", "ad": "adgroup_id"}
_SWITCH = {"ENABLE": True, "DISABLE": False}

IMMUTABLE: Mapping[str, frozenset[str]] = {
    "campaign": frozenset(
        {"structure.ad_account.external_id", "structure.objective", "budget.mode", "budget.optimization"}
    ),
    "ad_group": frozenset(
        {
            *("structure.campaign", "targeting.placement.type", "targeting.placement.apps", "budget.mode"),
            *("bid.optimization_goal", "channel.billing_event", "channel.promotion_type"),
            *("channel.promotion_target_type", "channel.creative_material_mode"),
            *("channel.search_result_enabled", "channel.video_download_disabled", "channel.bid_display_mode"),
        }
    ),
    "ad": frozenset({"structure.ad_group"}),
}
"""Differences that an update cannot repair."""


def remote_object(type: EntityType, currency: str, raw: Mapping[str, Any]) -> RemoteObject:
    """One item of a /get/ answer as RemoteObject."""
    readers = {"campaign": _read_campaign, "ad_group": _read_ad_group, "ad": _read_ad}
    parent = raw.get(_PARENT_FIELDS[type])
    return RemoteObject(
        type=type,
        external_id=str(raw[ID_FIELDS[type]]),
        name=str(raw.get(_NAME_FIELDS[type]) or ""),
        parent_external_id=None if parent is None else str(parent),
        enabled=_SWITCH.get(str(raw.get("operation_status"))),
        comparable={**readers[type](raw, currency), **unasked(type, raw)},
        raw=dict(raw),
    )


def compare(
    account: ChannelAccount,
    content: Content,
    remote: RemoteObject,
    parents: Parents,
    media_ids: MediaIds,
    enabled: bool | None = None,
) -> list[Difference]:
    """Differences by field, sorted; empty when the channel has exactly what was cleared.

    `enabled` is what the switch should be; None leaves it out. `content` must be bookable (its mapping is total then).
    """
    cleared = expected(account, content, parents, media_ids)
    live = dict(remote.comparable)
    if content["type"] == "ad_group" and cleared["budget.amount"] is None and live.get("budget.amount") is None:
        live["budget.mode"] = cleared["budget.mode"]  # the campaign optimises; TikTok ignores the group's mode
    if content["type"] == "ad" and cleared["copy.display_name"] is None:
        live["copy.display_name"] = None  # TikTok fills in the identity's own name, which was approved as identity
    if enabled is not None:
        cleared["enabled"], live["enabled"] = enabled, remote.enabled
    return [
        Difference(field, cleared.get(field), live.get(field))
        for field in sorted(cleared.keys() | live.keys())
        if cleared.get(field) != live.get(field)
    ]


def expected(account: ChannelAccount, content: Content, parents: Parents, media_ids: MediaIds) -> Flat:
    """The comparable form that a content must have on the channel."""
    sections = content["sections"]
    flat: Flat = {"structure.name": remote_name(content)}
    if content["type"] == "campaign":
        return flat | _expect_campaign(sections, account)
    if content["type"] == "ad_group":
        return flat | _expect_ad_group(sections, parents)
    return flat | _expect_ad(sections, parents, media_ids)


def _expect_campaign(sections: Any, account: ChannelAccount) -> Flat:
    structure, budget = sections["structure"], sections["budget"]
    return {
        "structure.ad_account.external_id": structure["ad_account"]["external_id"],
        "structure.objective": structure["objective"],
        "structure.special_industries": sorted(structure["special_industries"]),
        "budget.mode": budget["mode"],
        "budget.amount": _money(budget["amount"]),
        "budget.optimization": budget["optimization"],
    }


def _read_campaign(raw: Mapping[str, Any], currency: str) -> Flat:
    return {
        "structure.name": raw.get("campaign_name"),
        "structure.ad_account.external_id": _text(raw.get("advertiser_id")),
        "structure.objective": words.back(words.OBJECTIVES, raw.get("objective_type")),
        "structure.special_industries": _words(words.SPECIAL_INDUSTRIES, raw.get("special_industries")),
        "budget.mode": words.back(words.BUDGET_MODES, raw.get("budget_mode")),
        "budget.amount": amount_of(raw.get("budget"), currency),
        "budget.optimization": bool(raw.get("budget_optimize_on")),
    }


def _expect_ad_group(sections: Any, parents: Parents) -> Flat:
    campaign = parents[sections["structure"]["campaign"]]
    placement, audience = sections["targeting"]["placement"], sections["targeting"]["audience"]
    schedule, bid, budget = sections["schedule"], sections["bid"], sections["budget"]
    slots = schedule["dayparting"]
    objective = campaign.content["sections"]["structure"]["objective"]
    settings = {**words.AD_GROUP_FIXED, **words.PROMOTIONS[objective]}
    settings["billing_event"] = words.billing_event(bid["optimization_goal"])
    settings["bid_display_mode"] = "CPV" if settings["billing_event"] == "CPV" else "CPMV"
    settings["brand_safety_type"] = words.BRAND_SAFETY if words.on_tiktok(placement) else None
    return {
        "structure.campaign": campaign.external_id,
        "targeting.placement.type": placement["type"],
        "targeting.placement.apps": sorted(placement["apps"]),
        **{f"targeting.audience.{key}": _sorted(value) for key, value in audience.items()},
        **{f"budget.{key}": value for key, value in {**budget, "amount": _money(budget["amount"])}.items()},
        "schedule.start": schedule["start"],
        "schedule.end": schedule["end"],
        "schedule.dayparting": None if slots == words.ALWAYS_ON else slots,
        **{f"bid.{key}": value for key, value in {**bid, "amount": _money(bid["amount"])}.items()},
        **{f"channel.{key}": value for key, value in settings.items()},
    }


def _read_ad_group(raw: Mapping[str, Any], currency: str) -> Flat:
    automatic = raw.get("placement_type") == words.PLACEMENT_TYPES["automatic"]
    return {
        "structure.name": raw.get("adgroup_name"),
        "structure.campaign": _text(raw.get("campaign_id")),
        "targeting.placement.type": words.back(words.PLACEMENT_TYPES, raw.get("placement_type")),
        "targeting.placement.apps": [] if automatic else _words(words.PLACEMENTS, raw.get("placements")),
        "targeting.audience.locations": _words({}, raw.get("location_ids")),
        "targeting.audience.age_groups": _words(words.AGE_GROUPS, raw.get("age_groups")),
        "targeting.audience.gender": words.back(words.GENDERS, raw.get("gender")),
        "targeting.audience.languages": _words({}, raw.get("languages")),
        "targeting.audience.interests": _words({}, raw.get("interest_category_ids")),
        "budget.mode": words.back(words.BUDGET_MODES, raw.get("budget_mode")),
        "budget.amount": amount_of(raw.get("budget"), currency),
        **_read_schedule(raw),
        "bid.strategy": words.back(words.BID_STRATEGIES, raw.get("bid_type")),
        "bid.amount": _bid_amount(raw, currency),
        "bid.pacing": words.back(words.PACINGS, raw.get("pacing")),
        "bid.optimization_goal": words.back(words.GOALS, raw.get("optimization_goal")),
        **_read_settings(raw),
    }


def _read_schedule(raw: Mapping[str, Any]) -> Flat:
    """An endless ad group is answered with an end years ahead; its schedule type says that it has none."""
    slots = raw.get("dayparting")
    endless = raw.get("schedule_type") == "SCHEDULE_FROM_NOW"
    return {
        "schedule.start": _time(raw.get("schedule_start_time")),
        "schedule.end": None if endless else _time(raw.get("schedule_end_time")),
        "schedule.dayparting": slots if slots and len(set(slots)) > 1 else None,
    }


def _read_settings(raw: Mapping[str, Any]) -> Flat:
    """A switch that the answer leaves out counts as off; anything else left out counts as absent."""
    flat: Flat = {}
    for key, value in words.AD_GROUP_FIXED.items():
        live = raw.get(key)
        flat[f"channel.{key}"] = bool(live) if isinstance(value, bool) else live
    for key in ("promotion_type", "promotion_target_type", "billing_event", "brand_safety_type"):
        flat[f"channel.{key}"] = _set(raw.get(key))
    flat["channel.bid_display_mode"] = raw.get("bid_display_mode") or "CPMV"  # TikTok's default
    return flat


def _bid_amount(raw: Mapping[str, Any], currency: str) -> Any:
    amounts = [amount_of(raw.get(key), currency) for key in ("bid_price", "conversion_bid_price")]
    set_ones = [amount for amount in amounts if amount is not None]
    return set_ones[0] if len(set_ones) == 1 else (set_ones or None)


def _expect_ad(sections: Any, parents: Parents, media_ids: MediaIds) -> Flat:
    copy, disclosure, page = sections["copy"], sections["disclosure"], sections["identity"]["page"]
    by_kind = {item["kind"]: media_ids[item["sha256"]] for item in sections["creative"]["media"]}
    video, image = by_kind.get("video"), by_kind.get("image")
    cover = image.external_id if image else (video.cover_external_id if video else None)
    push = identity_type(sections) in words.PUSH_IDENTITIES and not pulls(sections)
    return {
        "structure.ad_group": parents[sections["structure"]["ad_group"]].external_id,
        "channel.ad_format": words.FORMATS[sections["structure"]["format"]],
        "creative.video": video.external_id if video else None,
        "creative.images": [cover] if cover else [],
        "creative.spark_post": sections["creative"]["spark_post"],
        "copy.text": None if pulls(sections) else caption(sections),
        "copy.call_to_action": copy["call_to_action"],
        "copy.display_name": copy["display_name"] or None,
        "destination.landing_page_url": sections["destination"]["landing_page_url"] or None,
        "identity.page.external_id": page["external_id"] if page else None,
        "identity.page.identity_type": identity_type(sections),
        "disclosure.ai_generated": disclosure["ai_generated"],
        "disclosure.disclaimer": disclosure["disclaimer"] or None,
        "channel.dark_post_status": "ON" if push else None,
    }


def _read_ad(raw: Mapping[str, Any], currency: str) -> Flat:
    disclosed = {"SELF_DISCLOSURE": True, "NOT_DECLARED": False}
    spark = bool(raw.get("tiktok_item_id"))
    aigc, dark = raw.get("aigc_disclosure_type"), raw.get("dark_post_status")
    on_account = raw.get("identity_type") in words.PUSH_IDENTITIES and not spark
    return {
        "structure.name": raw.get("ad_name"),
        "structure.ad_group": _text(raw.get("adgroup_id")),
        "channel.ad_format": raw.get("ad_format"),
        "creative.video": None if spark else raw.get("video_id") or None,
        "creative.images": [] if spark else [str(item) for item in raw.get("image_ids") or []],
        "creative.spark_post": raw.get("tiktok_item_id") or None,
        "copy.text": None if spark else raw.get("ad_text") or None,
        "copy.call_to_action": words.back(words.CALLS_TO_ACTION, raw.get("call_to_action") or None),
        "copy.display_name": raw.get("display_name") or None,
        "destination.landing_page_url": raw.get("landing_page_url") or None,
        "identity.page.external_id": _text(raw.get("identity_id")),
        "identity.page.identity_type": _set(raw.get("identity_type")),
        "disclosure.ai_generated": disclosed.get(str(aigc), aigc),
        "disclosure.disclaimer": _disclaimer(raw),
        "channel.dark_post_status": dark or None if on_account else None,
    }


def _disclaimer(raw: Mapping[str, Any]) -> Any:
    """The text; whatever else the object says makes it differ from every text."""
    value = raw.get("disclaimer_text")
    said = {key: item for key, item in value.items() if item} if isinstance(value, Mapping) else {"text": value}
    return (said.get("text") if said.keys() <= {"text"} else said) or None


def _money(amount: Any) -> Any:
    return dict(amount) if amount is not None else None


def _sorted(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value


def _words(table: Mapping[str, str], values: Any) -> list[str]:
    """A list whose order means nothing."""
    return sorted(str(words.back(table, value)) for value in values or [])


def _set(value: Any) -> Any:
    return None if value in (None, "", "UNSET") else value


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _time(value: Any) -> str | None:
    return str(value).replace(" ", "T") + "Z" if value else None
