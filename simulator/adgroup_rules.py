"""Rules of one ad group: choices, placements, schedule, budget, bid (facts 1.5 and 2)."""

import re
from typing import Any

from simulator import checks, clock, currencies, money
from simulator.call import spent
from simulator.envelope import NOT_ON_ALLOW_LIST, ApiError, invalid
from simulator.model import Advertiser, Entity
from simulator.objectives import (
    ALLOW_LISTED,
    DYNAMIC_BUDGET_ALLOW_LISTED,
    OBJECTIVES,
    SEARCH_BY_DEFAULT,
)
from simulator.words import words

MAX_NAME = 511  # "< 512 characters"
TIKTOK = "PLACEMENT_TIKTOK"
GLOBAL_APP_BUNDLE = "PLACEMENT_GLOBAL_APP_BUNDLE"
AUTOMATIC = "PLACEMENT_TYPE_AUTOMATIC"
_PLACEMENTS = frozenset({TIKTOK, "PLACEMENT_PANGLE", GLOBAL_APP_BUNDLE})
_BILLING = frozenset({"CPC", "CPM", "CPV", "OCPM", "GD"})
_BID_FIELD = {"OCPM": "conversion_bid_price", "CPC": "bid_price", "CPM": "bid_price"}
_DAYPARTING = re.compile(r"[01]{336}")
_BASICS = (
    "adgroup_name",
    "billing_event",
    "optimization_goal",
    "schedule_type",
    "schedule_start_time",
)
_CHOICES: dict[str, frozenset[str]] = {
    "placement_type": frozenset({"PLACEMENT_TYPE_NORMAL", AUTOMATIC}),
    "schedule_type": frozenset({"SCHEDULE_FROM_NOW", "SCHEDULE_START_END"}),
    "pacing": frozenset({"PACING_MODE_SMOOTH", "PACING_MODE_FAST"}),
    "billing_event": _BILLING,
    "bid_type": frozenset({"BID_TYPE_NO_BID", "BID_TYPE_CUSTOM"}),
    "creative_material_mode": frozenset({"CUSTOM", "SMART_CREATIVE"}),
    "brand_safety_type": words("NO_BRAND_SAFETY EXPANDED_INVENTORY STANDARD_INVENTORY LIMITED_INVENTORY THIRD_PARTY"),
    "brand_safety_partner": frozenset({"IAS", "OPEN_SLATE"}),
    "shopping_ads_type": frozenset({"VIDEO", "LIVE", "PRODUCT_SHOPPING_ADS"}),
    "product_source": frozenset({"CATALOG", "STORE", "SHOWCASE"}),
    "click_attribution_window": words("OFF ONE_DAY SEVEN_DAYS FOURTEEN_DAYS TWENTY_EIGHT_DAYS"),
    "view_attribution_window": frozenset(["OFF", "ONE_DAY", "SEVEN_DAYS"]),
}


def require_basics(fields: dict[str, Any], campaign: Entity) -> None:
    """Fields every ad group needs; CBO campaigns bring budget and pacing themselves."""
    for name in _BASICS:
        checks.required(fields, name)
    if campaign.fields["budget_optimize_on"]:
        checks.required(fields, "bid_type")
        fields["pacing"] = "PACING_MODE_SMOOTH"
        fields["budget_mode"], fields["budget"] = "BUDGET_MODE_INFINITE", 0.0
        return
    for name in ("budget_mode", "budget", "pacing"):
        checks.required(fields, name)


def check_choices(advertiser: Advertiser, fields: dict[str, Any], campaign: Entity) -> None:
    """Names, enumerations, and what the campaign's objective asks for."""
    checks.text_length("adgroup_name", fields["adgroup_name"], MAX_NAME)
    for name, allowed in _CHOICES.items():
        checks.one_of(name, fields.get(name), allowed)
    objective = campaign.fields["objective_type"]
    _check_promotion(fields, objective)
    _check_goal(advertiser, fields, objective)
    _check_product(fields, campaign)
    _check_frequency(fields, objective)


def _check_promotion(fields: dict[str, Any], objective: str) -> None:
    allowed = OBJECTIVES[objective].promotion_types
    if allowed:
        checks.one_of("promotion_type", checks.required(fields, "promotion_type"), allowed)
    if objective == "LEAD_GENERATION":
        checks.one_of(
            "promotion_target_type",
            checks.required(fields, "promotion_target_type"),
            ("INSTANT_PAGE", "EXTERNAL_WEBSITE"),
        )
    if objective == "APP_PROMOTION":
        checks.required(fields, "app_id")
    if fields.get("promotion_type") in ("APP_ANDROID", "APP_IOS"):
        checks.required(fields, "operating_systems")


def _check_goal(advertiser: Advertiser, fields: dict[str, Any], objective: str) -> None:
    goal, billing = fields["optimization_goal"], fields["billing_event"]
    checks.one_of("optimization_goal", goal, OBJECTIVES[objective].goals)
    if goal in ALLOW_LISTED.get(objective, ()) and not advertiser.allows(goal):
        raise ApiError(NOT_ON_ALLOW_LIST, f"optimization_goal: {goal} is not on the allow-list.")
    expected = {"CLICK": "CPC", "ENGAGED_VIEW": "CPV", "ENGAGED_VIEW_FIFTEEN": "CPV"}.get(goal)
    if expected is not None and billing != expected:
        raise invalid("billing_event", f"Must be {expected} for {goal}.")
    if expected is None and billing in ("CPC", "CPV"):
        raise invalid("billing_event", f"{billing} is not supported for {goal}.")
    if (billing == "GD") != (objective == "RF_REACH"):
        raise invalid("billing_event", "GD belongs to reservation campaigns.")
    if objective == "VIDEO_VIEWS" and fields.get("bid_display_mode") != "CPV":
        raise invalid("bid_display_mode", "Must be CPV.")
    if goal in OBJECTIVES[objective].pixel_goals:
        checks.required(fields, "pixel_id")
        checks.required(fields, "optimization_event")


def _check_product(fields: dict[str, Any], campaign: Entity) -> None:
    if campaign.fields["objective_type"] != "PRODUCT_SALES":
        return
    if checks.required(fields, "shopping_ads_type") == "VIDEO":
        source = checks.required(fields, "product_source")
        wanted = campaign.fields.get("campaign_product_source")
        if wanted is not None and (wanted == "CATALOG") != (source == "CATALOG"):
            raise invalid("product_source", "Does not fit the campaign's product source.")


def _check_frequency(fields: dict[str, Any], objective: str) -> None:
    for name, maximum in (("frequency", 1_000), ("frequency_schedule", 30)):
        value = fields.get(name)
        if value is None:
            continue
        if objective not in ("REACH", "RF_REACH"):
            raise invalid(name, "Only supported for reach.")
        if not 1 <= value <= maximum:
            raise invalid(name, f"Must be between 1 and {maximum}.")


def check_placements(advertiser: Advertiser, fields: dict[str, Any], campaign: Entity) -> None:
    """Placements, with the silent drop of the Global App Bundle and the search default."""
    if fields["placement_type"] == AUTOMATIC:
        fields.pop("placements", None)
    else:
        checks.required(fields, "placements")
        checks.each_of("placements", fields["placements"], _PLACEMENTS)
        if not advertiser.allows("GLOBAL_APP_BUNDLE"):
            kept = [name for name in fields["placements"] if name != GLOBAL_APP_BUNDLE]
            fields["placements"] = kept
        checks.required(fields, "placements")
    searchable = campaign.fields["objective_type"] in SEARCH_BY_DEFAULT
    fields.setdefault("search_result_enabled", searchable and runs_on_tiktok(fields))
    _check_brand_safety(fields)


def runs_on_tiktok(fields: dict[str, Any]) -> bool:
    """Whether ads of the group can appear on TikTok itself."""
    return fields["placement_type"] == AUTOMATIC or TIKTOK in fields.get("placements", [])


def _check_brand_safety(fields: dict[str, Any]) -> None:
    if fields["brand_safety_type"] == "THIRD_PARTY":
        checks.required(fields, "brand_safety_partner")
    fits = fields["brand_safety_type"] in ("STANDARD_INVENTORY", "LIMITED_INVENTORY") and fields.get("placements") == [
        TIKTOK
    ]
    for name in ("category_exclusion_ids", "vertical_sensitivity_id"):
        if fields.get(name) and not fits:
            raise invalid(name, "Needs a standard or limited inventory on TikTok only.")


def check_schedule(fields: dict[str, Any]) -> None:
    """Times in UTC+0, end after start, and the 336 half hours of the week."""
    start = clock.parsed(fields["schedule_start_time"])
    end_text = fields.get("schedule_end_time")
    end = clock.parsed(end_text) if end_text else None
    if start is None:
        raise invalid("schedule_start_time", "Not a valid datetime (YYYY-MM-DD HH:MM:SS).")
    if end_text and end is None:
        raise invalid("schedule_end_time", "Not a valid datetime (YYYY-MM-DD HH:MM:SS).")
    if fields["schedule_type"] == "SCHEDULE_START_END":
        checks.required(fields, "schedule_end_time")
    else:
        fields.pop("schedule_end_time", None)
        end = None
    if end is not None and end <= start:
        raise invalid("schedule_end_time", "Must be later than schedule_start_time.")
    slots = fields.get("dayparting")
    if slots and not _DAYPARTING.fullmatch(slots):
        raise invalid("dayparting", "Must be a string of 336 characters 0 or 1.")


def scheduled_days(fields: dict[str, Any]) -> int:
    """Days between start and end, a begun day counted whole (facts 2.2, rounding assumed)."""
    start = clock.parsed(fields["schedule_start_time"])
    end = clock.parsed(fields.get("schedule_end_time") or "")
    if start is None or end is None:
        return 1
    return -int((start - end).total_seconds() // 86_400)


def check_budget(advertiser: Advertiser, fields: dict[str, Any], campaign: Entity) -> None:
    """Mode against campaign and schedule, then the amount. Skipped under CBO."""
    if campaign.fields["budget_optimize_on"]:
        return
    mode = fields["budget_mode"]
    checks.one_of("budget_mode", mode, money.MODES_ADGROUP)
    if mode == "BUDGET_MODE_TOTAL":
        if campaign.fields["budget_mode"] == "BUDGET_MODE_DAY":
            raise invalid("budget_mode", "A daily campaign budget needs a daily ad group budget.")
        if fields["schedule_type"] != "SCHEDULE_START_END":
            raise invalid("schedule_type", "A lifetime budget needs SCHEDULE_START_END.")
    objective = campaign.fields["objective_type"]
    is_dynamic = mode == "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"
    if is_dynamic and objective in DYNAMIC_BUDGET_ALLOW_LISTED and not advertiser.allows(mode):
        raise ApiError(NOT_ON_ALLOW_LIST, f"budget_mode: {mode} is not on the allow-list.")
    is_shop = fields.get("product_source") in ("STORE", "SHOWCASE")
    days = scheduled_days(fields) if mode == "BUDGET_MODE_TOTAL" else 1
    money.budget(fields["budget"], advertiser, 10 if is_shop else 20, days)
    fields["budget"] = float(fields["budget"])


def check_bid(advertiser: Advertiser, fields: dict[str, Any], campaign: Entity) -> None:
    """Cost Cap needs the bid of its billing event; Maximum Delivery drops any bid sent."""
    if fields["bid_type"] == "BID_TYPE_NO_BID":
        fields.pop("bid_price", None)
        fields.pop("conversion_bid_price", None)
        return
    name = _BID_FIELD.get(fields["billing_event"], "bid_price")
    budgets = [fields["budget"], campaign.fields["budget"]]
    money.bid(name, checks.required(fields, name), advertiser, fields["billing_event"], budgets)


def check_like_first(fields: dict[str, Any], first: dict[str, Any]) -> None:
    """Under CBO every ad group repeats the first one's goal, bid type and event."""
    for name in ("optimization_goal", "bid_type", "optimization_event"):
        if fields.get(name) != first.get(name):
            raise invalid(name, "Must equal that of the campaign's other ad groups (CBO).")


def check_change(group: Entity, fields: dict[str, Any]) -> None:
    """What only an update can break: 105 % of spend, and giving up all US targeting."""
    if fields["budget"] != group.fields["budget"]:
        money.above_spend(currencies.exact(fields["budget"]), spent(group))
    had_us = "6252001" in group.fields.get("location_ids", [])
    if had_us and "6252001" not in fields.get("location_ids", []):
        raise invalid("location_ids", "Targeting of the United States cannot be removed.")
