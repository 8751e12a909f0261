"""GET of campaigns, ad groups and ads: filters, fields, pages."""

import pytest

from tests.simulator.client import Refused


@pytest.fixture
def campaigns(client):
    """Twelve campaigns, oldest first; every third is enabled."""
    return [
        client.create_campaign(
            campaign_name=f"Kampagne {number:02d}",
            objective_type="REACH" if number % 2 else "TRAFFIC",
            operation_status="DISABLE" if number % 3 else "ENABLE",
        )["campaign_id"]
        for number in range(12)
    ]


def ids(page):
    return [item["campaign_id"] for item in page["list"]]


def test_pages_of_ten_newest_first(client, campaigns):
    first, second = client.get("campaign"), client.get("campaign", page=2)
    assert ids(first) + ids(second) == campaigns[::-1]
    assert first["page_info"] == {"page": 1, "page_size": 10, "total_number": 12, "total_page": 2}
    assert client.get("campaign", page=3)["list"] == []


def test_page_sizes_up_to_a_thousand(client, campaigns):
    assert len(client.get("campaign", page_size=1000)["list"]) == 12
    assert client.get("campaign", page_size=5)["page_info"]["total_page"] == 3


@pytest.mark.parametrize(
    ("filtering", "numbers"),
    [
        ({"campaign_name": "Kampagne 1"}, [10, 11]),
        ({"objective_type": "REACH"}, [1, 3, 5, 7, 9, 11]),
        ({"primary_status": "STATUS_DISABLE"}, [1, 2, 4, 5, 7, 8, 10, 11]),
        ({"primary_status": "STATUS_DELIVERY_OK"}, [0, 3, 6, 9]),
        ({"secondary_status": "CAMPAIGN_STATUS_ENABLE"}, [0, 3, 6, 9]),
        ({"creation_filter_start_time": "2100-01-01 00:00:00"}, []),
        ({"creation_filter_end_time": "2100-01-01 00:00:00"}, list(range(12))),
    ],
    ids=str,
)
def test_filters(client, campaigns, filtering, numbers):
    page = client.get("campaign", filtering=filtering, page_size=100)
    assert sorted(ids(page)) == sorted(campaigns[number] for number in numbers)


def test_deleted_objects_are_hidden_unless_asked_for(client, campaigns):
    client.switch("campaign", "DELETE", *campaigns[:2])

    def count(**filtering):
        return client.get("campaign", filtering=filtering)["page_info"]["total_number"]

    assert count() == 10
    assert count(primary_status="STATUS_NOT_DELETE") == 10
    assert count(primary_status="STATUS_DELETE") == 2
    assert count(primary_status="STATUS_ALL") == 12


def test_ids_are_found_and_unknown_ones_left_out(client, campaigns):
    page = client.get("campaign", filtering={"campaign_ids": [campaigns[3], "1"]})
    assert ids(page) == [campaigns[3]]


def test_children_are_found_by_their_parents(tree):
    other = tree.client.create_campaign()["campaign_id"]
    ad_id = tree.ad()["ad_id"]
    client = tree.client
    assert client.get("adgroup", filtering={"campaign_ids": [other]})["list"] == []
    assert len(client.get("adgroup", filtering={"campaign_ids": [tree.campaign_id]})["list"]) == 1
    (found,) = client.get("ad", filtering={"adgroup_ids": [tree.adgroup_id]})["list"]
    assert found["ad_id"] == ad_id
    assert client.get("ad", filtering={"objective_type": "REACH"})["list"] == []
    assert client.get("adgroup", filtering={"billing_events": ["CPM"]})["list"] == []


def test_only_the_wanted_fields_and_no_nulls(client, campaigns):
    (item,) = client.get(
        "campaign",
        filtering={"campaign_ids": campaigns[:1]},
        fields=["campaign_id", "campaign_name", "po_number"],
        exclude_field_types_in_response=["NULL_FIELD"],
    )["list"]
    assert item == {"campaign_id": campaigns[0], "campaign_name": "Kampagne 00"}


@pytest.mark.parametrize(
    ("filtering", "code"),
    [
        ({"campaign_ids": [str(n) for n in range(101)]}, 40011),
        ({"campaign_ids": "1"}, 40002),
        ({"primary_status": "STATUS_NOTHING"}, 40002),
        ({"creation_filter_start_time": "2026-01-01T00:00:00Z"}, 40002),
        ({"campain_ids": ["1"]}, 40002),
    ],
    ids=["101 ids", "ids as text", "bad status", "ISO time", "misspelt"],
)
def test_wrong_filters_are_refused(client, filtering, code):
    with pytest.raises(Refused) as refused:
        client.get("campaign", filtering=filtering)
    assert refused.value.code == code
