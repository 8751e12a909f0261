"""/campaign/create/ and /campaign/update/."""

import business_api_client as sdk
import pytest

from tests.simulator import accounts
from tests.simulator.client import Refused

REFUSED = [
    ("no name", {"campaign_name": None}, 40002, "campaign_name: Missing"),
    ("empty name", {"campaign_name": ""}, 40002, "campaign_name: Missing"),
    ("emoji in the name", {"campaign_name": "Sommer ☀️"}, 40002, "campaign_name: Emoji"),
    ("513 characters", {"campaign_name": "x" * 513}, 40002, "campaign_name: Length"),
    ("257 Chinese characters", {"campaign_name": "夏" * 257}, 40002, "campaign_name: Length"),
    ("name as number", {"campaign_name": 5}, 40002, "campaign_name: Not a valid string"),
    ("no objective", {"objective_type": None}, 40002, "objective_type: Missing"),
    ("deprecated objective", {"objective_type": "CONVERSIONS"}, 40002, "objective_type: Must be one of"),
    ("lower case", {"objective_type": "traffic"}, 40002, "objective_type: Must be one of"),
    ("reservation", {"objective_type": "RF_REACH"}, 40118, "objective_type"),
    ("app without type", {"objective_type": "APP_PROMOTION"}, 40002, "app_promotion_type: Missing"),
    ("no budget mode", {"budget_mode": None}, 40002, "budget_mode: Missing"),
    ("dynamic without CBO", {"budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}, 40002, "budget_mode"),
    ("endless with CBO", {"budget_mode": "BUDGET_MODE_INFINITE", "budget_optimize_on": True}, 40002, "budget_mode"),
    ("no budget", {"budget": None}, 40002, "budget: Missing"),
    ("budget as text", {"budget": "50"}, 40002, "budget: Not a valid number"),
    ("budget as bool", {"budget": True}, 40002, "budget: Not a valid number"),
    ("below the minimum", {"budget": 49.99}, 40002, "budget: Must be at least 50"),
    ("lifetime below", {"budget_mode": "BUDGET_MODE_TOTAL", "budget": 49}, 40002, "budget: Must be at least 50"),
    ("three decimals", {"budget": 50.001}, 40002, "budget: The precision"),
    ("negative", {"budget": -50}, 40002, "budget: Must be greater than 0"),
    ("ten millions", {"budget": 10_000_000}, 40002, "budget: Must be less"),
    ("50 digits", {"budget": int("9" * 50)}, 40002, "budget: Must be less"),
    ("bad status", {"operation_status": "DELETE"}, 40002, "operation_status: Must be one of"),
    ("bad industry", {"special_industries": ["TOBACCO"]}, 40002, "special_industries"),
    ("search campaign", {"is_search_campaign": True}, 40118, "is_search_campaign"),
    ("request id no number", {"request_id": "abc"}, 40002, "request_id"),
    ("request id too long", {"request_id": str(2**63)}, 40002, "request_id"),
]


@pytest.mark.parametrize(
    ("changes", "code", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_wrong_campaign_is_refused_and_leaves_nothing(client, changes, code, message):
    with pytest.raises(Refused) as refused:
        client.create_campaign(**changes)
    assert refused.value.code == code
    assert refused.value.message.startswith(message)
    assert client.get("campaign")["page_info"]["total_number"] == 0


ACCEPTED = [
    ("exact minimum", {"budget": 50}),
    ("a cent more", {"budget": 50.01}),
    ("256 Chinese characters", {"campaign_name": "夏" * 256}),
    ("copyright sign", {"campaign_name": "Schuhe © 2026"}),
    ("endless", {"budget_mode": "BUDGET_MODE_INFINITE", "budget": None}),
    ("CBO", {"budget_optimize_on": True, "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET"}),
    ("shop minimum", {"objective_type": "PRODUCT_SALES", "campaign_product_source": "STORE", "budget": 10}),
    ("industry", {"special_industries": ["CREDIT"]}),
]


@pytest.mark.parametrize("changes", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_a_right_campaign_is_echoed_and_read_back(client, changes):
    made = client.create_campaign(**changes)
    back = client.one("campaign", made["campaign_id"])
    sent = accounts.campaign(**changes)
    assert back == made
    assert {name: back[name] for name in sent} == sent


def test_enabled_is_the_default_when_nothing_is_said(client):
    made = client.create_campaign(operation_status=None)
    assert (made["operation_status"], made["secondary_status"]) == ("ENABLE", "CAMPAIGN_STATUS_ENABLE")


def test_the_sdk_s_own_model_switches_on_unasked(client):
    body = sdk.CampaignCreateBody(
        advertiser_id=client.account,
        campaign_name="Modell",
        objective_type="TRAFFIC",
        budget_mode="BUDGET_MODE_INFINITE",
    )
    made = client.call(client.campaigns.campaign_create, client.token, body=body)
    assert made["operation_status"] == "ENABLE"


def test_defaults_that_nobody_sent_appear_in_the_answer(client):
    made = client.create_campaign()
    assert made["budget_optimize_on"] is False
    assert made["campaign_type"] == "REGULAR_CAMPAIGN"
    assert made["objective"] == "LANDING_PAGE"
    assert made["po_number"] is None


def test_ids_are_text_that_a_float_would_corrupt(client):
    first, second = (client.create_campaign()["campaign_id"] for _ in range(2))
    assert first != second
    for made in (first, second):
        assert isinstance(made, str)
        assert 16 <= len(made) <= 19
        assert int(made) > 2**53


def test_names_are_not_unique(client):
    client.create_campaign(campaign_name="Gleich")
    client.create_campaign(campaign_name="Gleich")
    assert client.get("campaign")["page_info"]["total_number"] == 2


@pytest.mark.parametrize(("budget", "taken"), [(5_000, True), (4_999, False), (5_000.5, False)])
def test_yen_have_their_own_minimum_and_no_decimals(client, budget, taken):
    client.account = accounts.YEN
    if taken:
        assert client.create_campaign(budget=budget)["budget"] == budget
    else:
        with pytest.raises(Refused, match="40002: budget"):
            client.create_campaign(budget=budget)


def test_unknown_fields_are_dropped_silently_and_named_in_the_log(client, simulator):
    made = client.create_campaign(campain_name="Tippfehler", budget_mod="X")
    assert "campain_name" not in client.one("campaign", made["campaign_id"])
    (entry,) = [entry for entry in simulator.log() if entry["action"] == "campaign.created"]
    assert entry["details"]["ignored"] == ["budget_mod", "campain_name"]


def test_reservation_campaigns_must_be_enabled(client):
    client.account = accounts.DOLLAR
    reservation = {"objective_type": "RF_REACH", "budget_mode": None, "budget": None}
    with pytest.raises(Refused, match="40002: operation_status"):
        client.create_campaign(**reservation)
    made = client.create_campaign(**reservation, operation_status="ENABLE")
    assert made["budget_mode"] == "BUDGET_MODE_INFINITE"


def update(client, campaign_id, **fields):
    return client.post(client.campaigns.campaign_update, {"campaign_id": campaign_id} | fields)


def test_update_changes_what_is_sent_and_nothing_else(client):
    made = client.create_campaign()
    after = update(client, made["campaign_id"], campaign_name="Herbst", budget=75.5)
    changed = {name for name in made if made[name] != after[name]}
    assert changed - {"modify_time"} == {"campaign_name", "budget"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 40012),
        ({"operation_status": "ENABLE"}, 40012),
        ({"objective_type": "REACH"}, 40002),
        ({"budget_mode": "BUDGET_MODE_TOTAL"}, 40002),
        ({"budget_optimize_on": True}, 40002),
        ({"budget": 49.99}, 40002),
        ({"campaign_name": "🙂"}, 40002),
        ({"special_industries": ["CREDIT"]}, 40002),
    ],
    ids=str,
)
def test_update_refuses_what_is_fixed_or_wrong(client, fields, code):
    made = client.create_campaign()
    with pytest.raises(Refused) as refused:
        update(client, made["campaign_id"], **fields)
    assert refused.value.code == code
    assert client.one("campaign", made["campaign_id"]) == made


def test_an_unchanged_fixed_field_may_be_repeated(client):
    made = client.create_campaign()
    after = update(client, made["campaign_id"], objective_type="TRAFFIC", campaign_name="Neu")
    assert after["campaign_name"] == "Neu"


def test_special_industries_can_be_cleared(client):
    made = client.create_campaign(special_industries=["CREDIT"])
    assert update(client, made["campaign_id"], special_industries=[])["special_industries"] == []


def test_a_budget_stays_above_105_percent_of_spend(client, simulator):
    made = client.create_campaign(budget=200)
    simulator.control("spend", {"level": "campaign", "id": made["campaign_id"], "amount": "100"})
    with pytest.raises(Refused, match="105%"):
        update(client, made["campaign_id"], budget=104.99)
    assert update(client, made["campaign_id"], budget=105)["budget"] == 105


def test_an_unknown_campaign_is_40007(client):
    with pytest.raises(Refused) as refused:
        update(client, "1", budget=60)
    assert refused.value.code == 40007


def test_a_request_id_succeeds_once_in_ten_seconds(client, simulator):
    client.create_campaign(request_id="42")
    with pytest.raises(Refused) as refused:
        client.create_campaign(request_id="42")
    assert refused.value.code == 40050
    assert client.get("campaign")["page_info"]["total_number"] == 1
    simulator.control("clock", {"advance_seconds": 11})
    client.create_campaign(request_id="42")
    assert client.get("campaign")["page_info"]["total_number"] == 2


def test_a_refused_creation_does_not_use_up_its_request_id(client):
    with pytest.raises(Refused, match="budget"):
        client.create_campaign(request_id="43", budget=1)
    assert client.create_campaign(request_id="43")["budget"] == 50


def test_request_ids_of_campaigns_and_ad_groups_are_apart(client):
    made = client.create_campaign(request_id="44")
    assert client.create_adgroup(made["campaign_id"], request_id="44")["adgroup_id"]
    with pytest.raises(Refused) as refused:
        client.create_adgroup(made["campaign_id"], request_id="44")
    assert refused.value.code == 40050
