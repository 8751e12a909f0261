"""/adgroup/create/, /adgroup/update/ and the quota."""

import pytest

from simulator.adgroup_rules import scheduled_days
from tests.simulator import accounts
from tests.simulator.client import Refused

TOTAL = {
    "budget_mode": "BUDGET_MODE_TOTAL",
    "schedule_type": "SCHEDULE_START_END",
    "schedule_start_time": "2027-01-01 00:00:00",
    "schedule_end_time": "2027-02-01 00:00:00",
}
CUSTOM = {"bid_type": "BID_TYPE_CUSTOM", "bid_price": 1.5}

REFUSED = [
    ("no campaign", {"campaign_id": None}, 40002, "campaign_id: Missing"),
    ("unknown campaign", {"campaign_id": "1810000000000000000"}, 40007, "campaign_id"),
    ("campaign as number", {"campaign_id": 1810000000000000000}, 40002, "campaign_id: Not a valid string"),
    ("no name", {"adgroup_name": None}, 40002, "adgroup_name: Missing"),
    ("512 characters", {"adgroup_name": "x" * 512}, 40002, "adgroup_name: Length"),
    ("emoji", {"adgroup_name": "Los 🚀"}, 40002, "adgroup_name: Emoji"),
    ("no billing event", {"billing_event": None}, 40002, "billing_event: Missing"),
    ("old billing event", {"billing_event": "OCPC"}, 40002, "billing_event"),
    ("billing of another goal", {"billing_event": "CPM"}, 40002, "billing_event: Must be CPC"),
    ("no goal", {"optimization_goal": None}, 40002, "optimization_goal: Missing"),
    ("goal of another objective", {"optimization_goal": "REACH"}, 40002, "optimization_goal: Must be one of"),
    ("no promotion", {"promotion_type": None}, 40002, "promotion_type: Missing"),
    ("no pacing", {"pacing": None}, 40002, "pacing: Missing"),
    ("no schedule type", {"schedule_type": None}, 40002, "schedule_type: Missing"),
    ("no start", {"schedule_start_time": None}, 40002, "schedule_start_time: Missing"),
    ("ISO start", {"schedule_start_time": "2027-01-01T00:00:00Z"}, 40002, "schedule_start_time: Not a valid"),
    ("no end", TOTAL | {"schedule_end_time": None, "budget": 700}, 40002, "schedule_end_time: Missing"),
    ("end first", TOTAL | {"schedule_end_time": "2026-12-31 00:00:00"}, 40002, "schedule_end_time: Must be later"),
    ("lifetime from now", {"budget_mode": "BUDGET_MODE_TOTAL"}, 40002, "schedule_type"),
    ("no budget", {"budget": None}, 40002, "budget: Missing"),
    ("no budget mode", {"budget_mode": None}, 40002, "budget_mode: Missing"),
    ("endless", {"budget_mode": "BUDGET_MODE_INFINITE"}, 40002, "budget_mode"),
    ("below the minimum", {"budget": 19.99}, 40002, "budget: Must be at least 20"),
    ("three decimals", {"budget": 20.005}, 40002, "budget: The precision"),
    ("no placements", {"placements": None}, 40002, "placements: Missing"),
    ("old placement", {"placements": ["PLACEMENT_HELO"]}, 40002, "placements"),
    ("only the bundle, not allowed", {"placements": ["PLACEMENT_GLOBAL_APP_BUNDLE"]}, 40002, "placements: Missing"),
    ("placement twice", {"placements": ["PLACEMENT_TIKTOK"] * 2}, 40002, "placements: Duplicate"),
    ("no location", {"location_ids": None}, 40002, "location_ids: At least one"),
    ("empty location", {"location_ids": []}, 40002, "location_ids: At least one"),
    ("location as number", {"location_ids": [2921044]}, 40002, "location_ids: Not a valid list of strings"),
    ("location as word", {"location_ids": ["DE"]}, 40002, "location_ids: Not a valid location"),
    ("3001 locations", {"location_ids": [str(n) for n in range(3001)]}, 40002, "location_ids: Up to"),
    ("unknown age", {"age_groups": ["AGE_55_65"]}, 40002, "age_groups"),
    ("minors in Germany", {"age_groups": ["AGE_13_17"]}, 40065, "age_groups"),
    ("unknown gender", {"gender": "FEMALE"}, 40002, "gender"),
    ("short dayparting", {"dayparting": "1" * 335}, 40002, "dayparting"),
    ("bad dayparting", {"dayparting": "2" * 336}, 40002, "dayparting"),
    ("cost cap without bid", {"bid_type": "BID_TYPE_CUSTOM"}, 40002, "bid_price: Missing"),
    ("bid of the budget", CUSTOM | {"bid_price": 20}, 40002, "bid_price: The bid must be less"),
    ("bid over the ceiling", CUSTOM | {"bid_price": 31, "budget": 40}, 40002, "bid_price: Must not exceed 30"),
    ("bid of three decimals", CUSTOM | {"bid_price": 1.555}, 40002, "bid_price: The precision"),
    ("bid cap", {"bid_type": "BID_TYPE_CAP"}, 40002, "bid_type"),
    ("frequency for traffic", {"frequency": 3}, 40002, "frequency: Only supported"),
    ("two systems", {"operating_systems": ["ANDROID", "IOS"]}, 40002, "operating_systems"),
    ("app without system", {"promotion_type": "APP_IOS"}, 40002, "operating_systems: Missing"),
    (
        "audience in and out",
        {"audience_ids": ["1"], "excluded_audience_ids": ["1"]},
        40002,
        "excluded_audience_ids",
    ),
    (
        "exclusive keywords",
        {"interest_keyword_ids": ["1"], "purchase_intention_keyword_ids": ["2"]},
        40002,
        "interest_keyword_ids",
    ),
    ("income outside the US", {"household_income": ["TOP5"]}, 40002, "household_income"),
    ("food in the UK", {"location_ids": ["2635167"], "is_hfss": True}, 40002, "is_lhf_compliance"),
    ("third party without partner", {"brand_safety_type": "THIRD_PARTY"}, 40002, "brand_safety_partner"),
    ("categories without inventory", {"category_exclusion_ids": ["1"]}, 40002, "category_exclusion_ids"),
    ("bad status", {"operation_status": "PAUSED"}, 40002, "operation_status"),
    ("dynamic creative", {"creative_material_mode": "DYNAMIC"}, 40002, "creative_material_mode"),
]


@pytest.mark.parametrize(
    ("changes", "code", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_wrong_ad_group_is_refused_and_leaves_nothing(client, changes, code, message):
    campaign_id = client.create_campaign(budget_mode="BUDGET_MODE_TOTAL", budget=1000)["campaign_id"]
    with pytest.raises(Refused) as refused:
        client.create_adgroup(campaign_id, **changes)
    assert refused.value.code == code
    assert refused.value.message.startswith(message)
    assert client.get("adgroup")["page_info"]["total_number"] == 0


ACCEPTED = [
    ("31 days of 20", TOTAL | {"budget": 620}),
    ("dynamic daily", {"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}),
    ("cost cap", CUSTOM),
    ("landing page views", {"optimization_goal": "TRAFFIC_LANDING_PAGE_VIEW", "billing_event": "OCPM"}),
    ("Pangle too", {"placements": ["PLACEMENT_TIKTOK", "PLACEMENT_PANGLE"]}),
    ("minors outside the list", {"location_ids": ["1861060"], "age_groups": ["AGE_13_17"]}),
    ("dayparting", {"dayparting": "01" * 168}),
    ("food in the UK", {"location_ids": ["2635167"], "is_hfss": True, "is_lhf_compliance": True}),
]


@pytest.mark.parametrize("changes", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_a_right_ad_group_is_echoed_and_read_back(client, changes):
    campaign_id = client.create_campaign(budget_mode="BUDGET_MODE_INFINITE", budget=None)["campaign_id"]
    made = client.create_adgroup(campaign_id, **changes)
    back = client.one("adgroup", made["adgroup_id"])
    sent = accounts.adgroup(campaign_id, **changes)
    assert {name: value for name, value in made.items() if value is not None} == {
        name: value for name, value in back.items() if value is not None
    }
    assert {name: back[name] for name in sent} == sent


def test_a_lifetime_budget_counts_its_days(client):
    campaign_id = client.create_campaign(budget_mode="BUDGET_MODE_INFINITE", budget=None)["campaign_id"]
    with pytest.raises(Refused, match="Must be at least 620 EUR"):
        client.create_adgroup(campaign_id, **TOTAL, budget=619.99)


@pytest.mark.parametrize(
    ("end", "days"),
    [("2027-01-02 00:00:00", 1), ("2027-01-02 00:00:01", 2), ("2027-01-01 00:00:01", 1), ("2027-02-01 00:00:00", 31)],
)
def test_a_begun_day_counts_whole(end, days):
    assert scheduled_days({"schedule_start_time": "2027-01-01 00:00:00", "schedule_end_time": end}) == days


def test_a_daily_campaign_takes_no_lifetime_ad_group(client):
    campaign_id = client.create_campaign()["campaign_id"]
    with pytest.raises(Refused, match="40002: budget_mode"):
        client.create_adgroup(campaign_id, **TOTAL, budget=700)


def test_defaults_that_nobody_sent(client):
    campaign_id = client.create_campaign()["campaign_id"]
    made = client.create_adgroup(
        campaign_id, operation_status=None, placement_type=None, bid_type=None, age_groups=None
    )
    expected = {
        "operation_status": "ENABLE",
        "secondary_status": "ADGROUP_STATUS_CREATE",
        "placement_type": "PLACEMENT_TYPE_NORMAL",
        "bid_type": "BID_TYPE_NO_BID",
        "brand_safety_type": "NO_BRAND_SAFETY",
        "comment_disabled": False,
        "gender": "GENDER_UNLIMITED",
        "search_result_enabled": True,
        "dayparting": "1" * 336,
        "age_groups": ["AGE_18_24", "AGE_25_34", "AGE_35_44", "AGE_45_54", "AGE_55_100"],
        "campaign_name": "Sommer 2026",
    }
    assert {name: made[name] for name in expected} == expected


def test_a_bid_with_lowest_cost_is_dropped(client):
    campaign_id = client.create_campaign()["campaign_id"]
    assert client.create_adgroup(campaign_id, bid_price=1.5)["bid_price"] is None


def test_the_app_bundle_is_dropped_silently_without_the_allow_list(client):
    placements = ["PLACEMENT_TIKTOK", "PLACEMENT_GLOBAL_APP_BUNDLE"]
    campaign_id = client.create_campaign()["campaign_id"]
    assert client.create_adgroup(campaign_id, placements=placements)["placements"] == ["PLACEMENT_TIKTOK"]
    client.account = accounts.DOLLAR
    allowed = client.create_campaign()["campaign_id"]
    assert client.create_adgroup(allowed, placements=placements)["placements"] == placements


@pytest.mark.parametrize(("account", "code"), [(accounts.EURO, 40118), (accounts.DOLLAR, None)])
def test_allow_lists_decide_on_a_goal(client, account, code):
    client.account = account
    campaign_id = client.create_campaign(objective_type="VIDEO_VIEWS")["campaign_id"]
    views = {
        "promotion_type": None,
        "optimization_goal": "ENGAGED_VIEW_FIFTEEN",
        "billing_event": "CPV",
        "bid_display_mode": "CPV",
    }
    if code is None:
        assert client.create_adgroup(campaign_id, **views)["billing_event"] == "CPV"
        return
    with pytest.raises(Refused) as refused:
        client.create_adgroup(campaign_id, **views)
    assert refused.value.code == code


def test_video_views_are_shown_as_cpv(client):
    campaign_id = client.create_campaign(objective_type="VIDEO_VIEWS")["campaign_id"]
    with pytest.raises(Refused, match="bid_display_mode"):
        client.create_adgroup(campaign_id, optimization_goal="ENGAGED_VIEW", billing_event="CPV")


def test_conversions_need_pixel_and_event(client):
    campaign_id = client.create_campaign(objective_type="WEB_CONVERSIONS")["campaign_id"]
    goal = {"optimization_goal": "CONVERT", "billing_event": "OCPM"}
    with pytest.raises(Refused, match="pixel_id"):
        client.create_adgroup(campaign_id, **goal)
    made = client.create_adgroup(campaign_id, **goal, pixel_id="1", optimization_event="ON_WEB_ORDER")
    assert made["pixel_id"] == "1"


def test_budget_optimisation_brings_budget_and_pacing_itself(client):
    campaign_id = client.create_campaign(budget_optimize_on=True)["campaign_id"]
    made = client.create_adgroup(campaign_id, budget=None, budget_mode=None, pacing=None)
    assert (made["budget"], made["budget_mode"], made["pacing"]) == (0, "BUDGET_MODE_INFINITE", "PACING_MODE_SMOOTH")
    with pytest.raises(Refused, match="bid_type"):
        client.create_adgroup(campaign_id, bid_type=None)
    with pytest.raises(Refused, match="optimization_goal: Must equal"):
        client.create_adgroup(campaign_id, optimization_goal="TRAFFIC_LANDING_PAGE_VIEW", billing_event="OCPM")


def test_a_deleted_campaign_takes_no_ad_group(client):
    campaign_id = client.create_campaign()["campaign_id"]
    client.switch("campaign", "DELETE", campaign_id)
    with pytest.raises(Refused, match="40002: campaign_id"):
        client.create_adgroup(campaign_id)


def update(client, adgroup_id, **fields):
    return client.post(client.adgroups.adgroup_update, {"adgroup_id": adgroup_id} | fields)


def test_update_keeps_what_is_not_sent_and_null_clears(client):
    campaign_id = client.create_campaign()["campaign_id"]
    made = client.create_adgroup(campaign_id, languages=["de"])
    after = update(client, made["adgroup_id"], budget=30, gender="GENDER_FEMALE", languages=None)
    assert {name for name in made if made[name] != after[name]} - {"modify_time"} == {"budget", "gender", "languages"}
    assert after["languages"] is None


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({}, 40012, "There is nothing"),
        ({"placements": ["PLACEMENT_PANGLE"]}, 40002, "placements: Cannot be changed"),
        ({"placement_type": "PLACEMENT_TYPE_AUTOMATIC"}, 40002, "placement_type: Cannot be changed"),
        ({"optimization_goal": "TRAFFIC_LANDING_PAGE_VIEW"}, 40002, "optimization_goal: Cannot be changed"),
        ({"budget_mode": "BUDGET_MODE_TOTAL"}, 40002, "budget_mode: Cannot be changed"),
        ({"search_result_enabled": False}, 40002, "search_result_enabled: Cannot be changed"),
        ({"budget": 19}, 40002, "budget: Must be at least"),
        ({"location_ids": []}, 40002, "location_ids: At least one"),
        ({"location_ids": None}, 40002, "location_ids: At least one"),
        ({"adgroup_name": None}, 40002, "adgroup_name: Missing"),
        ({"dayparting": "1"}, 40002, "dayparting"),
    ],
    ids=str,
)
def test_update_refuses_what_is_fixed_or_wrong(client, fields, code, message):
    made = client.create_adgroup(client.create_campaign()["campaign_id"])
    with pytest.raises(Refused) as refused:
        update(client, made["adgroup_id"], **fields)
    assert refused.value.code == code
    assert refused.value.message.startswith(message)
    assert client.one("adgroup", made["adgroup_id"])["budget"] == 20


def test_targeting_of_the_united_states_stays(client):
    made = client.create_adgroup(client.create_campaign()["campaign_id"], location_ids=["6252001"])
    with pytest.raises(Refused, match="United States"):
        update(client, made["adgroup_id"], location_ids=["2921044"])


def test_a_budget_stays_above_105_percent_of_spend(client, simulator):
    made = client.create_adgroup(client.create_campaign(budget=1000)["campaign_id"], budget=100)
    simulator.control("spend", {"level": "adgroup", "id": made["adgroup_id"], "amount": "50"})
    with pytest.raises(Refused, match="105%"):
        update(client, made["adgroup_id"], budget=52)
    assert update(client, made["adgroup_id"], gender="GENDER_MALE")["budget"] == 100


def test_beyond_the_quota_creation_succeeds_and_the_group_is_off(client):
    client.account = accounts.SMALL
    campaign_id = client.create_campaign()["campaign_id"]
    first = client.create_adgroup(campaign_id, operation_status="ENABLE")
    second = client.create_adgroup(campaign_id, operation_status="ENABLE")
    assert (first["operation_status"], second["operation_status"]) == ("ENABLE", "DISABLE")
    quota = client.call(client.adgroups.adgroup_quota, client.account, client.token)
    assert quota == {"total_adgroup_quota": 1, "used_adgroup_quota": 1}
    with pytest.raises(Refused, match="quota"):
        client.switch("adgroup", "ENABLE", second["adgroup_id"])
