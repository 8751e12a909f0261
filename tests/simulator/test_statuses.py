"""`operation_status` and `secondary_status`, switching and deleting."""

import pytest

from tests.simulator import accounts
from tests.simulator.client import Refused
from tests.simulator.conftest import grow


def all_statuses(tree, ad_id):
    client = tree.client
    return (
        client.status("campaign", tree.campaign_id),
        client.status("adgroup", tree.adgroup_id),
        client.status("ad", ad_id),
    )


def test_enabling_bottom_up_shows_why_nothing_runs_yet(tree):
    ad_id = tree.ad()["ad_id"]
    assert all_statuses(tree, ad_id) == (
        "CAMPAIGN_STATUS_DISABLE",
        "ADGROUP_STATUS_DISABLE",
        "AD_STATUS_DISABLE",
    )
    assert tree.client.switch("ad", "ENABLE", ad_id) == {"ad_ids": [ad_id], "status": "ENABLE"}
    assert tree.client.status("ad", ad_id) == "AD_STATUS_ADGROUP_DISABLE"
    tree.client.switch("adgroup", "ENABLE", tree.adgroup_id)
    assert all_statuses(tree, ad_id) == (
        "CAMPAIGN_STATUS_DISABLE",
        "ADGROUP_STATUS_CAMPAIGN_DISABLE",
        "AD_STATUS_CAMPAIGN_DISABLE",
    )
    tree.client.switch("campaign", "ENABLE", tree.campaign_id)
    assert all_statuses(tree, ad_id) == (
        "CAMPAIGN_STATUS_ENABLE",
        "ADGROUP_STATUS_DELIVERY_OK",
        "AD_STATUS_DELIVERY_OK",
    )


def test_a_campaign_is_enabled_without_delivering_anything(client):
    made = client.create_campaign(operation_status="ENABLE")
    assert client.create_adgroup(made["campaign_id"])["secondary_status"] == "ADGROUP_STATUS_CREATE"
    assert client.status("campaign", made["campaign_id"]) == "CAMPAIGN_STATUS_ENABLE"


def test_deleting_a_campaign_takes_its_children_along_for_good(tree):
    ad_id = tree.ad()["ad_id"]
    tree.client.switch("campaign", "DELETE", tree.campaign_id)
    assert all_statuses(tree, ad_id) == (
        "CAMPAIGN_STATUS_DELETE",
        "ADGROUP_STATUS_CAMPAIGN_DELETE",
        "AD_STATUS_CAMPAIGN_DELETE",
    )
    for level, entity_id in (("campaign", tree.campaign_id), ("adgroup", tree.adgroup_id), ("ad", ad_id)):
        with pytest.raises(Refused, match="is deleted and cannot change"):
            tree.client.switch(level, "ENABLE", entity_id)
        assert tree.client.get(level)["list"] == []


def test_deleting_an_ad_group_takes_its_ads_along(tree):
    ad_id = tree.ad()["ad_id"]
    tree.client.switch("adgroup", "DELETE", tree.adgroup_id)
    assert tree.client.status("ad", ad_id) == "AD_STATUS_ADGROUP_DELETE"


def test_review_takes_its_time_and_edits_bring_it_back(tree, simulator):
    simulator.control("settings", {"review_seconds": 3600})
    ad_id = tree.ad(operation_status="ENABLE")["ad_id"]
    tree.enable()
    assert all_statuses(tree, ad_id)[1:] == ("ADGROUP_STATUS_AUDIT", "AD_STATUS_AUDIT")
    simulator.control("clock", {"advance_seconds": 3601})
    assert all_statuses(tree, ad_id)[1:] == ("ADGROUP_STATUS_DELIVERY_OK", "AD_STATUS_DELIVERY_OK")
    tree.update_ad(ad_id, patch=True, ad_name="Nur der Name")
    assert tree.client.status("ad", ad_id) == "AD_STATUS_DELIVERY_OK"
    tree.update_ad(ad_id, patch=True, ad_text="Ein anderer Text.")
    assert all_statuses(tree, ad_id)[1:] == ("ADGROUP_STATUS_REAUDIT", "AD_STATUS_REAUDIT")


def test_rejections_are_seen_on_ad_and_group(tree, simulator):
    first, second = (tree.ad(operation_status="ENABLE")["ad_id"] for _ in range(2))
    tree.enable()
    simulator.control("review", {"id": first, "verdict": "rejected"})
    assert all_statuses(tree, first)[1:] == ("ADGROUP_STATUS_REVIEW_PARTIALLY_APPROVED", "AD_STATUS_AUDIT_DENY")
    simulator.control("review", {"id": second, "verdict": "rejected"})
    assert tree.client.status("adgroup", tree.adgroup_id) == "ADGROUP_STATUS_AUDIT_DENY"


def test_schedules_begin_and_end(client, media_paths, simulator):
    schedule = {
        "schedule_type": "SCHEDULE_START_END",
        "schedule_start_time": "2100-01-01 00:00:00",
        "schedule_end_time": "2100-01-02 00:00:00",
    }
    tree = grow(client, media_paths, schedule)
    ad_id = tree.ad(operation_status="ENABLE")["ad_id"]
    tree.enable()
    assert all_statuses(tree, ad_id)[1:] == ("ADGROUP_STATUS_NOT_START", "AD_STATUS_NOT_START")
    simulator.tamper("adgroup", tree.adgroup_id, schedule_start_time="2020-01-01 00:00:00")
    assert all_statuses(tree, ad_id)[1:] == ("ADGROUP_STATUS_DELIVERY_OK", "AD_STATUS_DELIVERY_OK")
    simulator.tamper("adgroup", tree.adgroup_id, schedule_end_time="2020-01-02 00:00:00")
    assert all_statuses(tree, ad_id)[1:] == ("ADGROUP_STATUS_TIME_DONE", "AD_STATUS_DONE")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("STATUS_LIMIT", "ADVERTISER_ACCOUNT_PUNISH"),
        ("STATUS_CONTRACT_PENDING", "ADVERTISER_CONTRACT_PENDING"),
        ("STATUS_PENDING_VERIFIED", "CAMPAIGN_STATUS_ADVERTISER_AUDIT"),
    ],
)
def test_the_account_s_status_stops_campaigns(client, simulator, status, expected):
    campaign_id = client.create_campaign(operation_status="ENABLE")["campaign_id"]
    simulator.tamper("advertiser", accounts.EURO, status=status)
    assert client.status("campaign", campaign_id) == expected


def test_a_revoked_identity_stops_its_ads(tree, simulator):
    ad_id = tree.ad(operation_status="ENABLE")["ad_id"]
    tree.enable()
    simulator.tamper("identity", accounts.HANDLE, available_status="NO_VALID_BIND_ACCOUNT")
    assert tree.client.status("ad", ad_id) == "AD_STATUS_CREATOR_AUTHORIZATION_REVOKED"


def test_the_sandbox_s_silence_can_be_imitated(client, simulator):
    simulator.control("settings", {"omit_secondary_status": True})
    try:
        assert "secondary_status" not in client.create_campaign()
    finally:
        simulator.control("settings", {"omit_secondary_status": False})


def test_switching_to_the_same_state_changes_nothing(client, simulator):
    campaign_id = client.create_campaign()["campaign_id"]
    before = simulator.state()["seq"]
    assert client.switch("campaign", "DISABLE", campaign_id)["status"] == "DISABLE"
    assert simulator.state()["seq"] == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"campaign_ids": [], "operation_status": "ENABLE"}, 40002),
        ({"campaign_ids": ["1"], "operation_status": "ENABLE"}, 40007),
        ({"campaign_ids": [1], "operation_status": "ENABLE"}, 40002),
        ({"campaign_ids": ["1"], "operation_status": "FROZEN"}, 40002),
        ({"campaign_ids": ["1"]}, 40002),
        ({"campaign_ids": ["1"] * 21, "operation_status": "ENABLE"}, 40011),
    ],
    ids=["no ids", "unknown", "number", "bad operation", "no operation", "21 ids"],
)
def test_wrong_switches_are_refused(client, body, code):
    with pytest.raises(Refused) as refused:
        client.post(client.campaigns.campaign_status_update, body)
    assert refused.value.code == code


def test_one_bad_id_stops_the_whole_switch(client):
    campaign_id = client.create_campaign()["campaign_id"]
    with pytest.raises(Refused):
        client.switch("campaign", "ENABLE", campaign_id, "1")
    assert client.one("campaign", campaign_id)["operation_status"] == "DISABLE"


def test_partial_success_of_ad_groups_is_20001(tree):
    with pytest.raises(Refused) as refused:
        tree.client.switch("adgroup", "ENABLE", tree.adgroup_id, "1", allow_partial_success=True)
    assert refused.value.code == 20001
    assert refused.value.data["adgroup_ids"] == [tree.adgroup_id]
    assert [error["adgroup_id"] for error in refused.value.data["error_list"]] == ["1"]
    assert tree.client.one("adgroup", tree.adgroup_id)["operation_status"] == "ENABLE"
