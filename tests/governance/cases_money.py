"""Tables for the rules of campaigns and ad groups: budgets (R-23), schedules, bids, audience, number of ads (R-54)."""

from __future__ import annotations

from tests.governance.builders import (
    ERROR,
    FAIL,
    NA,
    PASS,
    Case,
    ad,
    ad_group,
    budget,
    campaign,
    case,
    context,
    money,
)

CBO = context(campaign=campaign(budget={"optimization": True}).sections)
NO_CAMPAIGN = context(campaign=None)


def lifetime(minor: int, end: str | None = "2026-12-11T00:00:00Z", currency: str = "USD"):
    """An ad group with a lifetime budget from 1 December 2026 to `end`."""
    return ad_group(budget=budget("lifetime", minor, currency), schedule={"end": end})


CAMPAIGN_MINIMUM = [
    case("budget.campaign_minimum", campaign(budget=budget(minor=4_999)), FAIL, "budget.campaign_below_minimum"),
    case("budget.campaign_minimum", campaign(budget=budget(minor=5_000)), PASS, "budget.minimum_met"),
    case("budget.campaign_minimum", campaign(budget=budget(minor=5_001)), PASS, "budget.minimum_met"),
    case("budget.campaign_minimum", campaign(budget=budget(minor=0)), FAIL, "budget.campaign_below_minimum"),
    case("budget.campaign_minimum", campaign(budget=budget(minor=-5_000)), FAIL, "budget.campaign_below_minimum"),
    case("budget.campaign_minimum", campaign(budget=budget("lifetime", 4_999)), FAIL, "budget.campaign_below_minimum"),
    case("budget.campaign_minimum", campaign(budget=budget("lifetime", 5_000)), PASS, "budget.minimum_met"),
    case("budget.campaign_minimum", campaign(budget=budget("dynamic_daily", 4_999)), FAIL, "budget.campaign_below_minimum"),
    case("budget.campaign_minimum", campaign(budget=budget("dynamic_daily", 5_000)), PASS, "budget.minimum_met"),
    case("budget.campaign_minimum", campaign(budget=budget("unlimited", None)), NA, "budget.unlimited"),
    case("budget.campaign_minimum", campaign(budget=budget(minor=None)), FAIL, "budget.amount_missing"),
    case(
        "budget.campaign_minimum", campaign(budget=budget(minor=5_000)), FAIL, "budget.not_above_minimum",
        params={"strict": True},
    ),
    case(
        "budget.campaign_minimum", campaign(budget=budget(minor=5_001)), PASS, "budget.minimum_met",
        params={"strict": True},
    ),
    case(
        "budget.campaign_minimum", campaign(budget=budget(minor=6_000)), FAIL, "budget.campaign_below_minimum",
        params={"campaign_daily": 61},
    ),
    case("budget.campaign_minimum", campaign(budget=budget(currency="XAU")), ERROR, "budget.currency_unknown"),
    case("budget.campaign_minimum", campaign(budget={"mode": "weekly"}), ERROR, "check.unreadable"),
    case("budget.campaign_minimum", campaign(budget={"amount": {"minor": "9000"}}), ERROR, "check.unreadable"),
    case("budget.campaign_minimum", campaign(budget={"amount": {"minor": True}}), ERROR, "check.unreadable"),
    case("budget.campaign_minimum", campaign(budget=budget(minor=10**50)), ERROR, "check.unreadable"),
    case("budget.campaign_minimum", campaign(budget=budget(currency="usd")), ERROR, "check.unreadable"),
    case("budget.campaign_minimum", campaign(budget=...), ERROR, "check.unreadable"),
]  # fmt: skip

AD_GROUP_MINIMUM = [
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=1_999)), FAIL, "budget.ad_group_below_minimum"),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=2_000)), PASS, "budget.minimum_met"),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=2_001)), PASS, "budget.minimum_met"),
    # 10 days x 20 = 200; 31 days -> 620 (TikTok's own example); a begun day counts whole
    case("budget.ad_group_minimum", lifetime(19_999), FAIL, "budget.ad_group_lifetime_below_minimum"),
    case("budget.ad_group_minimum", lifetime(20_000), PASS, "budget.minimum_met"),
    case("budget.ad_group_minimum", lifetime(61_999, "2027-01-01T00:00:00Z"), FAIL, "budget.ad_group_lifetime_below_minimum"),
    case("budget.ad_group_minimum", lifetime(62_000, "2027-01-01T00:00:00Z"), PASS, "budget.minimum_met"),
    case("budget.ad_group_minimum", lifetime(2_000, "2026-12-01T00:00:01Z"), PASS, "budget.minimum_met"),
    case("budget.ad_group_minimum", lifetime(20_000, "2026-12-11T00:00:01Z"), FAIL, "budget.ad_group_lifetime_below_minimum"),
    case("budget.ad_group_minimum", lifetime(22_000, "2026-12-11T00:00:01Z"), PASS, "budget.minimum_met"),
    case("budget.ad_group_minimum", lifetime(20_000, None), ERROR, "budget.days_unknown"),
    case("budget.ad_group_minimum", lifetime(20_000, "2026-12-01T00:00:00Z"), ERROR, "budget.days_unknown"),
    case("budget.ad_group_minimum", lifetime(20_000, "2026-11-01T00:00:00Z"), ERROR, "budget.days_unknown"),
    case("budget.ad_group_minimum", lifetime(20_000, "2026-12-11"), ERROR, "check.unreadable"),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=1)), NA, "budget.set_by_campaign", CBO),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=None)), NA, "budget.set_by_campaign", CBO),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=None)), FAIL, "budget.amount_missing"),
    case("budget.ad_group_minimum", ad_group(), ERROR, "check.context_missing", NO_CAMPAIGN),
    case("budget.ad_group_minimum", ad_group(budget=budget("unlimited", None)), FAIL, "budget.amount_missing"),
    case("budget.ad_group_minimum", ad_group(budget=budget("unlimited", None)), NA, "budget.set_by_campaign", CBO),
    case("budget.ad_group_minimum", ad_group(budget=budget("dynamic_daily", 1_999)), FAIL, "budget.ad_group_below_minimum"),
    case("budget.ad_group_minimum", ad_group(budget=budget("dynamic_daily", 2_000)), PASS, "budget.minimum_met"),
    case("budget.ad_group_minimum", ad_group(budget=budget("weekly", 2_000)), ERROR, "check.unreadable"),
    case("budget.ad_group_minimum", ad_group(budget=budget(currency="KPW")), ERROR, "budget.currency_unknown"),
    case(
        "budget.ad_group_minimum", ad_group(budget=budget(minor=2_000)), FAIL, "budget.not_above_minimum",
        params={"strict": True},
    ),
]  # fmt: skip

# Campaign and ad group minimum in minor units, from TikTok's table.
BY_CURRENCY = {
    "EUR": (5_000, 2_000), "JPY": (5_000, 2_000), "PLN": (20_000, 8_000), "SEK": (50_000, 20_000),
    "KRW": (50_000, 20_000), "IDR": (50_000_000, 20_000_000), "VND": (500_000, 200_000), "PHP": (250_000, 100_000),
    "HUF": (5_000, 2_000), "TWD": (50_000, 20_000), "INR": (500_000, 200_000), "VEF": (500_000_000, 200_000_000),
}  # fmt: skip
CURRENCIES = [
    line
    for currency, (least_campaign, least_group) in BY_CURRENCY.items()
    for line in (
        case(
            "budget.campaign_minimum", campaign(budget=budget(minor=least_campaign - 1, currency=currency)),
            FAIL, "budget.campaign_below_minimum", note=currency,
        ),
        case(
            "budget.campaign_minimum", campaign(budget=budget(minor=least_campaign, currency=currency)),
            PASS, "budget.minimum_met", note=currency,
        ),
        case(
            "budget.ad_group_minimum", ad_group(budget=budget(minor=least_group - 1, currency=currency)),
            FAIL, "budget.ad_group_below_minimum", note=currency,
        ),
        case(
            "budget.ad_group_minimum", ad_group(budget=budget(minor=least_group, currency=currency)),
            PASS, "budget.minimum_met", note=currency,
        ),
    )
]  # fmt: skip

AT_MINIMUM = [
    case("budget.at_minimum", campaign(budget=budget(minor=5_000)), FAIL, "budget.equals_minimum"),
    case("budget.at_minimum", campaign(budget=budget(minor=5_001)), PASS),
    case("budget.at_minimum", campaign(budget=budget(minor=4_999)), PASS, note="below is another rule's"),
    case("budget.at_minimum", campaign(budget=budget("unlimited", None)), NA, "budget.unlimited"),
    case("budget.at_minimum", campaign(budget=budget(minor=None)), FAIL, "budget.amount_missing"),
    case("budget.at_minimum", ad_group(budget=budget(minor=2_000)), FAIL, "budget.equals_minimum"),
    case("budget.at_minimum", lifetime(20_000), FAIL, "budget.equals_minimum"),
    case("budget.at_minimum", lifetime(20_001), PASS),
    case("budget.at_minimum", lifetime(20_000, None), ERROR, "budget.days_unknown"),
    case("budget.at_minimum", ad_group(), NA, "budget.set_by_campaign", CBO),
    case("budget.at_minimum", ad_group(budget=budget(currency="XXX")), ERROR, "budget.currency_unknown"),
]



def table(*rows: tuple[str, str, str | None, int], strict: bool = False, **around):
    """A context with these minimum budgets in USD: entity type, mode, objective, minor units."""
    lines = [
        {"currency": "USD", "entity_type": kind, "mode": mode, "objective": objective, "amount_minor": minor, "source": "test"}
        for kind, mode, objective, minor in rows
    ]
    return context(minimums={"channel": "tiktok", "strict": strict, "rows": lines}, **around)


DAILY_70 = table(("campaign", "daily", None, 7_000), ("ad_group", "daily", None, 3_000), ("ad_group", "lifetime", None, 4_000))
FOR_TRAFFIC = table(("campaign", "daily", None, 7_000), ("campaign", "daily", "traffic", 1_000))
FOR_REACH = table(("campaign", "daily", None, 7_000), ("campaign", "daily", "reach", 1_000))
STRICT = table(("campaign", "daily", None, 7_000), ("ad_group", "daily", None, 3_000), strict=True)
BELOW_CAMPAIGN, BELOW_GROUP = "budget.campaign_below_minimum", "budget.ad_group_below_minimum"
BY_TABLE = [
    case("budget.campaign_minimum", campaign(budget=budget(minor=6_999)), FAIL, BELOW_CAMPAIGN, DAILY_70),
    case("budget.campaign_minimum", campaign(budget=budget(minor=7_000)), PASS, "budget.minimum_met", DAILY_70),
    case("budget.campaign_minimum", campaign(budget=budget("dynamic_daily", 6_999)), FAIL, BELOW_CAMPAIGN, DAILY_70),
    case("budget.campaign_minimum", campaign(budget=budget("dynamic_daily", 7_000)), PASS, "budget.minimum_met", DAILY_70),
    case("budget.ad_group_minimum", ad_group(budget=budget("dynamic_daily", 2_999)), FAIL, BELOW_GROUP, DAILY_70),
    case("budget.campaign_minimum", campaign(budget=budget(minor=7_000)), FAIL, "budget.not_above_minimum", STRICT),
    case("budget.campaign_minimum", campaign(budget=budget(minor=7_001)), PASS, "budget.minimum_met", STRICT),
    case("budget.campaign_minimum", campaign(budget=budget(minor=999)), FAIL, BELOW_CAMPAIGN, FOR_TRAFFIC),
    case("budget.campaign_minimum", campaign(budget=budget(minor=1_000)), PASS, "budget.minimum_met", FOR_TRAFFIC),
    case("budget.campaign_minimum", campaign(budget=budget(minor=6_999)), FAIL, BELOW_CAMPAIGN, FOR_REACH),
    case("budget.campaign_minimum", campaign(budget=budget("lifetime")), ERROR, "budget.currency_unknown", DAILY_70),
    case("budget.campaign_minimum", campaign(budget=budget(currency="EUR")), ERROR, "budget.currency_unknown", DAILY_70),
    case("budget.campaign_minimum", campaign(), ERROR, "budget.currency_unknown", table(), note="an empty table"),
    case("budget.campaign_minimum", campaign(), ERROR, "check.crashed", context(minimums={}), note="a broken snapshot"),
    case("budget.campaign_minimum", campaign(budget=budget("unlimited", None)), NA, "budget.unlimited", DAILY_70),
    case(
        "budget.campaign_minimum", campaign(budget=budget(minor=6_999)), FAIL, BELOW_CAMPAIGN, DAILY_70,
        params={"campaign_daily": 60}, note="a rule set never asks for less than the table",
    ),
    case(
        "budget.campaign_minimum", campaign(budget=budget(minor=7_999)), FAIL, BELOW_CAMPAIGN, DAILY_70,
        params={"campaign_daily": 80}, note="a rule set may ask for more",
    ),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=2_999)), FAIL, BELOW_GROUP, DAILY_70),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=3_000)), PASS, "budget.minimum_met", DAILY_70),
    case("budget.ad_group_minimum", ad_group(budget=budget(minor=3_000)), FAIL, "budget.not_above_minimum", STRICT),
    case("budget.ad_group_minimum", lifetime(39_999), FAIL, "budget.ad_group_lifetime_below_minimum", DAILY_70),
    case("budget.ad_group_minimum", lifetime(40_000), PASS, "budget.minimum_met", DAILY_70),
    case("budget.ad_group_minimum", lifetime(40_000), ERROR, "budget.currency_unknown", STRICT),
    case("budget.at_minimum", campaign(budget=budget(minor=7_000)), FAIL, "budget.equals_minimum", DAILY_70),
    case("budget.at_minimum", campaign(budget=budget(minor=5_000)), PASS, around=DAILY_70),
]  # fmt: skip


def live(spent: int | None, *, changed: bool = True, **around):
    """A context in which something was approved, and spent."""
    return context(live={"approved": True, "changed": changed, "spent_minor": spent}, **around)


NEVER = context(live={"approved": False, "changed": True, "spent_minor": None})
CBO_LIVE = live(10_000, campaign=CBO.campaign)
CHANGES = [
    case("budget.unlimited_forbidden", campaign(), PASS),
    case("budget.unlimited_forbidden", campaign(budget=budget("lifetime")), PASS),
    case("budget.unlimited_forbidden", campaign(budget=budget("unlimited", None)), FAIL, "budget.unlimited_not_allowed"),
    case("budget.unlimited_forbidden", campaign(budget={"mode": "weekly"}), ERROR, "check.unreadable"),
    case("budget.above_spent", campaign(budget=budget(minor=10_499)), FAIL, "budget.below_spent", live(10_000)),
    case("budget.above_spent", campaign(budget=budget(minor=10_500)), PASS, around=live(10_000)),
    case("budget.above_spent", campaign(budget=budget(minor=11)), FAIL, "budget.below_spent", live(11), note="rounded up"),
    case("budget.above_spent", campaign(budget=budget(minor=12)), PASS, around=live(11), note="rounded up"),
    case("budget.above_spent", campaign(budget=budget(minor=1)), PASS, around=live(0), note="nothing spent"),
    case("budget.above_spent", campaign(budget=budget(minor=1)), NA, "budget.not_live", NEVER),
    case("budget.above_spent", campaign(budget=budget(minor=10)), NA, "budget.unchanged", live(None, changed=False)),
    case("budget.above_spent", campaign(budget=budget(minor=11)), ERROR, "budget.spent_unknown", live(None)),
    case("budget.above_spent", campaign(budget=budget("unlimited", None)), NA, "check.nothing_given", live(10)),
    case("budget.above_spent", campaign(), ERROR, "check.context_missing"),
    case("budget.above_spent", ad_group(budget=budget(minor=10_499)), FAIL, "budget.below_spent", live(10_000)),
    case("budget.above_spent", ad_group(budget=budget(minor=10_500)), PASS, around=live(10_000)),
    case("budget.above_spent", ad_group(), NA, "budget.set_by_campaign", CBO_LIVE),
    case(
        "budget.above_spent", campaign(budget=budget(minor=11_999)), FAIL, "budget.below_spent", live(10_000),
        params={"percent": 120},
    ),
]  # fmt: skip

def raised(by: int, before: int | None = 10_000, account: int | None = None, hours: int = 24, **around):
    """A context in which a budget was raised, and others of its account with it."""
    window = {"before_minor": before, "raised_minor": by, "account_raised_minor": by if account is None else account}
    others = [{"hours": each, "before_minor": 0, "raised_minor": 0, "account_raised_minor": 0} for each in {24, 168} - {hours}]
    return context(currency="USD", increase={"windows": [{"hours": hours, **window}, *others]}, **around)


def increase(result, code="check.passed", around=None, note="", kind=campaign, **params):
    return case("budget.increase", kind(), result, code, around, params=params or None, note=note)


WEEK = {"hours": 168}
MOST = {"percent": None, "most": 50}
ALL = {"percent": None, "account_most": 50}
INCREASES = [
    increase(PASS, "budget.not_raised", raised(0)),
    increase(PASS, "budget.not_raised", raised(0, account=9_999_999), **ALL, note="not by this one"),
    increase(PASS, "budget.raised_within", raised(2_000), note="20 % of 100.00"),
    increase(FAIL, "budget.raised_too_fast", raised(2_001)),
    increase(PASS, "budget.not_raised", raised(999_999), **WEEK, note="another window"),
    increase(FAIL, "budget.raised_too_fast", raised(2_001, hours=168), **WEEK),
    increase(FAIL, "budget.raised_from_nothing", raised(1, before=None)),
    increase(FAIL, "budget.raised_from_nothing", raised(1, before=0)),
    increase(PASS, "budget.raised_within", raised(5_000, before=None), percent=20, most=50),
    increase(FAIL, "budget.raised_too_much", raised(5_001, before=None), percent=20, most=50),
    increase(PASS, "budget.raised_within", raised(5_000), **MOST),
    increase(FAIL, "budget.raised_too_much", raised(5_001), **MOST),
    increase(PASS, "budget.raised_within", raised(1, account=5_000), **ALL),
    increase(FAIL, "budget.account_raised_too_much", raised(1, account=5_001), **ALL, note="what others were given counts"),
    increase(FAIL, "budget.raised_too_much", raised(1, before=None), percent=None, most=0, note="nothing at all"),
    increase(PASS, "budget.raised_within", raised(2_000, campaign=campaign().sections), kind=ad_group),
    increase(FAIL, "budget.raised_too_fast", raised(2_001, campaign=campaign().sections), kind=ad_group),
    increase(NA, "budget.set_by_campaign", raised(2_001, campaign=CBO.campaign), kind=ad_group),
    increase(ERROR, "check.context_missing", context(currency="USD"), note="nothing was measured"),
    increase(ERROR, "check.context_missing", context(currency=None, increase={"windows": []}), note="no currency"),
    increase(ERROR, "budget.currency_unknown", context(currency="XXX", increase=raised(1).increase), **MOST),
    increase(ERROR, "check.params_invalid", raised(1), hours=25),
    increase(ERROR, "check.params_invalid", raised(1), percent=None),
]  # fmt: skip

PRECISION = [
    case("budget.precision", campaign(budget=budget(minor=5_001)), PASS),
    case("budget.precision", campaign(budget=budget(minor=500_100, currency="HUF")), PASS),
    case("budget.precision", campaign(budget=budget(minor=500_101, currency="HUF")), FAIL, "budget.too_precise"),
    case("budget.precision", campaign(budget=budget(minor=500_001, currency="JPY")), PASS),
    case("budget.precision", campaign(budget=budget("unlimited", None)), NA, "check.nothing_given"),
    case("budget.precision", campaign(budget=budget(currency="XXX")), ERROR, "budget.currency_unknown"),
    case("budget.precision", ad_group(bid={"strategy": "lowest_cost"}), PASS),
    Case(
        "budget.precision",
        ad_group(
            budget=budget(minor=100_000, currency="TWD"), bid={"strategy": "cost_cap", "amount": money(150, "TWD")}
        ),
        ((PASS, "check.passed"), (FAIL, "budget.too_precise")),
    ),
]

MAXIMUM = [
    case("budget.maximum", campaign(budget=budget(minor=999_999_999)), PASS),
    case("budget.maximum", campaign(budget=budget(minor=1_000_000_000)), FAIL, "budget.above_maximum"),
    case("budget.maximum", campaign(budget=budget(minor=1_000_000_000, currency="JPY")), FAIL, "budget.above_maximum"),
    case("budget.maximum", campaign(budget=budget(minor=999_999_999, currency="JPY")), PASS),
    case("budget.maximum", ad_group(budget=budget("dynamic_daily", 1_000_000_000)), FAIL, "budget.above_maximum"),
    case("budget.maximum", campaign(budget=budget("lifetime", 10**12)), NA, "budget.not_daily"),
    case("budget.maximum", ad_group(budget=budget(minor=None)), NA, "check.nothing_given"),
    case("budget.maximum", ad_group(budget=budget(currency="XXX")), ERROR, "budget.currency_unknown"),
]

CURRENCY = [
    case("budget.currency", campaign(), PASS),
    case("budget.currency", campaign(budget=budget(currency="EUR")), FAIL, "budget.currency_differs"),
    case("budget.currency", campaign(budget=budget("unlimited", None)), NA, "check.nothing_given"),
    case("budget.currency", campaign(), ERROR, "check.context_missing", context(currency=None)),
    Case(
        "budget.currency",
        ad_group(bid={"strategy": "cost_cap", "amount": money(100, "EUR")}),
        ((PASS, "check.passed"), (FAIL, "budget.currency_differs")),
    ),
]

LIFETIME_CAMPAIGN = context(campaign=campaign(budget=budget("lifetime", 10**6, optimization=False)).sections)
LIFETIME_CBO = context(campaign=campaign(budget=budget("lifetime", 10**6, optimization=True)).sections)
UNLIMITED = context(campaign=campaign(budget=budget("unlimited", None)).sections)

MODES = [
    case("budget.mode_combination", ad_group(), PASS),
    case("budget.mode_combination", lifetime(20_000), FAIL, "budget.lifetime_under_daily"),
    case("budget.mode_combination", lifetime(20_000), PASS, around=LIFETIME_CAMPAIGN),
    case("budget.mode_combination", lifetime(20_000), PASS, around=UNLIMITED),
    case("budget.mode_combination", lifetime(20_000), FAIL, "budget.ignored_under_optimisation", CBO),
    case("budget.mode_combination", ad_group(budget=budget("unlimited", None)), NA, "budget.set_by_campaign", CBO),
    case("budget.mode_combination", ad_group(budget=budget(minor=None)), NA, "budget.set_by_campaign", CBO, note="of before"),
    case("budget.mode_combination", ad_group(budget=budget("unlimited", None)), FAIL, "budget.amount_missing"),
    case("budget.mode_combination", ad_group(budget=budget("dynamic_daily")), PASS),
    case("budget.mode_combination", ad_group(budget=budget("dynamic_daily")), PASS, around=LIFETIME_CAMPAIGN),
    case("budget.mode_combination", ad_group(budget=budget("dynamic_daily")), PASS, around=UNLIMITED),
    case("budget.mode_combination", campaign(), PASS),
    case("budget.mode_combination", campaign(budget=budget("dynamic_daily", optimization=True)), PASS),
    case(
        "budget.mode_combination", campaign(budget=budget("dynamic_daily", optimization=False)),
        FAIL, "budget.dynamic_without_optimisation",
    ),
    case(
        "budget.mode_combination", campaign(budget=budget("unlimited", None, optimization=True)),
        FAIL, "budget.optimisation_without_budget",
    ),
    case("budget.mode_combination", campaign(budget=budget("unlimited", None, optimization=False)), PASS),
    case("budget.mode_combination", campaign(budget=budget("weekly")), ERROR, "check.unreadable"),
    case("budget.mode_combination", ad_group(), ERROR, "check.context_missing", NO_CAMPAIGN),
]  # fmt: skip

SCHEDULES = [
    case("schedule.order", ad_group(), PASS),
    case("schedule.order", ad_group(schedule={"end": "2026-12-01T00:00:00Z"}), FAIL, "schedule.end_not_after_start"),
    case("schedule.order", ad_group(schedule={"end": "2026-12-01T00:00:01Z"}), PASS),
    case("schedule.order", ad_group(schedule={"end": "2026-12-01T01:00:00+02:00"}), FAIL, "schedule.end_not_after_start"),
    case("schedule.order", ad_group(schedule={"end": None}), NA, "schedule.open_ended"),
    case("schedule.order", ad_group(schedule={"start": None}), FAIL, "schedule.start_missing"),
    case("schedule.order", ad_group(schedule={"end": "2026-12-11T00:00:00"}), ERROR, "check.unreadable"),
    case("schedule.order", ad_group(schedule={"end": "soon"}), ERROR, "check.unreadable"),
    case("schedule.order", ad_group(schedule=[]), ERROR, "check.unreadable"),
    case("schedule.end_for_lifetime", lifetime(20_000), PASS),
    case("schedule.end_for_lifetime", lifetime(20_000, None), FAIL, "schedule.lifetime_without_end"),
    case("schedule.end_for_lifetime", ad_group(schedule={"end": None}), NA, "budget.not_lifetime"),
    case(
        "schedule.end_for_lifetime", ad_group(schedule={"end": None}), FAIL, "schedule.lifetime_without_end", LIFETIME_CBO,
    ),
    case("schedule.end_for_lifetime", ad_group(), ERROR, "check.context_missing", NO_CAMPAIGN),
    case("schedule.end_present", ad_group(), PASS),
    case("schedule.end_present", ad_group(schedule={"end": None}), FAIL, "schedule.no_end"),
    case("schedule.end_present", ad_group(schedule={"end": 1}), ERROR, "check.unreadable"),
    case("schedule.dayparting", ad_group(schedule={"dayparting": 1}), ERROR, "check.unreadable"),
    case("schedule.dayparting", ad_group(), NA, "schedule.always_on"),
    case("schedule.dayparting", ad_group(schedule={"dayparting": "1" + "0" * 335}), PASS),
    case("schedule.dayparting", ad_group(schedule={"dayparting": "0" * 336}), FAIL, "schedule.dayparting_empty"),
    case("schedule.dayparting", ad_group(schedule={"dayparting": "1" * 335}), FAIL, "schedule.dayparting_malformed"),
    case("schedule.dayparting", ad_group(schedule={"dayparting": "1" * 337}), FAIL, "schedule.dayparting_malformed"),
    case("schedule.dayparting", ad_group(schedule={"dayparting": "2" * 336}), FAIL, "schedule.dayparting_malformed"),
]  # fmt: skip


def bid(strategy: str, minor: int | None, currency: str = "USD"):
    """An ad group with 100 USD a day and this bid."""
    return ad_group(bid={"strategy": strategy, "amount": None if minor is None else money(minor, currency)})


BIDS = [
    case("bid.publishable", bid("lowest_cost", None), PASS),
    case("bid.publishable", bid("cost_cap", 100), PASS),
    case("bid.publishable", bid("bid_cap", 100), FAIL, "bid.cap_not_publishable"),
    case("bid.publishable", bid("highest_value", 100), ERROR, "bid.strategy_unknown"),
    case("bid.amount", bid("lowest_cost", None), PASS),
    case("bid.amount", bid("lowest_cost", 100), FAIL, "bid.amount_unexpected"),
    case("bid.amount", bid("cost_cap", None), FAIL, "bid.amount_missing"),
    case("bid.amount", bid("cost_cap", 0), FAIL, "bid.amount_not_positive"),
    case("bid.amount", bid("cost_cap", 1), PASS),
    case("bid.amount", bid("bid_cap", 9_999), PASS),
    case("bid.amount", bid("bid_cap", 10_000), FAIL, "bid.amount_not_below_budget"),
    case("bid.amount", bid("", None), ERROR, "bid.strategy_unknown"),
]

GROUPS = [
    case("ad_group.ads_limit", ad_group(), PASS, around=context(ads_in_group=20)),
    case("ad_group.ads_limit", ad_group(), FAIL, "ad_group.too_many_ads", context(ads_in_group=21)),
    case("ad_group.ads_limit", ad(), PASS, around=context(ads_in_group=20)),
    case("ad_group.ads_limit", ad(), FAIL, "ad_group.too_many_ads", context(ads_in_group=21)),
    case("ad_group.ads_limit", ad(), ERROR, "check.context_missing", context(ads_in_group=None)),
    case("ad_group.ads_limit", ad(), PASS, around=context(ads_in_group=50), params={"max_ads": 50}),
    case("ad_group.ads_limit_channel", ad_group(), PASS, around=context(ads_in_group=50)),
    case("ad_group.ads_limit_channel", ad(), FAIL, "ad_group.too_many_ads", context(ads_in_group=51)),
    case("ad_group.ads_limit_channel", ad(), PASS, around=context(ads_in_group=999), params={"max_ads": None}),
    case("ad_group.ads_limit_channel", ad(), ERROR, "check.context_missing", context(ads_in_group=None)),
    case("structure.name", campaign(structure={"name": "x" * 512}), PASS),
    case("structure.name", campaign(structure={"name": "x" * 513}), FAIL, "structure.name_too_long"),
    case("structure.name", campaign(structure={"name": "広" * 257}), FAIL, "structure.name_too_long"),
    case("structure.name", ad_group(structure={"name": "x" * 511}), PASS),
    case("structure.name", ad_group(structure={"name": "x" * 512}), FAIL, "structure.name_too_long"),
    case("structure.name", ad(structure={"name": "Sale 🎉"}), FAIL, "structure.name_has_emoji"),
    case("structure.name", ad(structure={"name": " "}), FAIL, "structure.name_missing"),
    case("structure.name", ad(structure={"name": 5}), ERROR, "check.unreadable"),
]  # fmt: skip

CASES = [
    *CAMPAIGN_MINIMUM,
    *AD_GROUP_MINIMUM,
    *CURRENCIES,
    *AT_MINIMUM,
    *BY_TABLE,
    *CHANGES,
    *INCREASES,
    *PRECISION,
    *MAXIMUM,
    *CURRENCY,
    *MODES,
    *SCHEDULES,
    *BIDS,
    *GROUPS,
]
