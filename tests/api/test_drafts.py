"""Editing drafts under If-Match; revisions and history of one entity."""

from __future__ import annotations

import pytest

from campaigns.models import Ad
from tests import builders
from tests.api.conftest import Api, door
from tests.builders import World


def test_etag_is_the_version(world: World, api: Api) -> None:
    campaign = world.campaign()
    address = f"campaigns/{campaign.pk}/"
    first = api.get(address)
    assert first.headers["ETag"] == '"v1"'
    changed = api.patch(address, {"name": "Winter"}, If_Match=first.headers["ETag"])
    assert (changed.status, changed.body["name"], changed.headers["ETag"]) == (200, "Winter", '"v2"')
    assert changed.body["version"] == 2
    stale = api.patch(address, {"name": "Spring"}, If_Match='"v1"')
    assert (stale.status, stale.body["code"], stale.body["version"]) == (412, "stale_version", 2)
    assert api.get(address).body["name"] == "Winter"


@pytest.mark.parametrize("given", [{}, {"If_Match": "*"}])
def test_if_match_is_optional(world: World, api: Api, given: dict[str, str]) -> None:
    assert api.patch(f"campaigns/{world.campaign().pk}/", {"name": "Winter"}, **given).status == 200


@pytest.mark.parametrize("given", ["v1", '"1"', 'W/"v1"', '"v1", "v2"', '"v-1"', '""'])
def test_malformed_if_match(world: World, api: Api, given: str) -> None:
    answer = api.patch(f"campaigns/{world.campaign().pk}/", {"name": "Winter"}, If_Match=given)
    assert (answer.status, answer.body["code"]) == (400, "invalid_if_match")


def test_editing_changes_what_is_named_and_nothing_else(world: World, api: Api) -> None:
    tree = world.tree()
    for name, change in (
        ("campaigns", {"budget": {"mode": "unlimited"}}),
        ("ad-groups", {"bidding": {"strategy": "bid_cap", "amount": "1.50"}}),
        ("ad-groups", {"schedule": {"end": None}}),
        ("ad-groups", {"placement": {"type": "automatic"}}),
        ("ads", {"text": "New words", "call_to_action": None}),
        ("campaigns", {"schedule": {"ends_at": "2027-01-01T00:00:00Z"}}),
        ("campaigns", {"schedule": None}),
        ("ad-groups", {"budget": {"mode": "dynamic_daily", "amount": "40.00"}}),
        ("ads", {"effect": {"name": "Snow"}}),
        ("ads", {"effect": None}),
        ("ads", {"spark_authorization": {"proof": "Mail of 1 May", "expires_at": "2027-01-01T00:00:00Z"}}),
        ("ads", {"spark_authorization": None}),
        ("ads", {"disclosure": {"payer": "Acme", "beneficiary": "Acme GmbH"}}),
        ("ads", {"disclosure": {"ai_generated": True}}),
    ):
        row = {"campaigns": tree.campaign, "ad-groups": tree.ad_group, "ads": tree.ad}[name]
        address = f"{name}/{row.pk}/"
        before = api.get(address).body
        after = api.patch(address, change)
        assert after.status == 200, after.body
        assert api.get(address).body == after.body, "the answer says what is stored"
        touched = {*change, "version", "updated_at"}
        assert {k: v for k, v in after.body.items() if k not in touched} == {
            k: v for k, v in before.items() if k not in touched
        }
    said = {"ai_generated": True, "disclaimer": "", "payer": "Acme", "beneficiary": "Acme GmbH"}
    assert after.body["disclosure"] == said, "what is not named stays"


def test_the_newer_fields_come_back_as_they_were_given(world: World, api: Api) -> None:
    tree, icon = world.tree(), world.upload(builders.image("Icon"))
    flight = {"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2027-01-01T00:00:00Z"}
    assert api.patch(f"campaigns/{tree.campaign.pk}/", {"schedule": flight}).body["schedule"] == flight
    given = {
        "effect": {"name": "Snow", "icon": str(icon.pk)},
        "spark_authorization": {"proof": "Mail of 1 May", "expires_at": "2027-01-01T00:00:00Z"},
    }
    body = api.patch(f"ads/{tree.ad.pk}/", given).body
    assert {name: body[name] for name in given} == given
    request = world.submit(tree).request
    sections = {item.entity_type: item.revision.content["sections"] for item in request.items.all()}
    assert sections["campaign"]["schedule"] == flight
    assert sections["ad"]["creative"]["effect"] == {"name": "Snow", "icon": icon.sha256}
    assert sections["ad"]["creative"]["spark_authorization"] == given["spark_authorization"]


def test_under_budget_optimisation_an_ad_group_has_no_budget(world: World, api: Api) -> None:
    campaign = world.campaign(budget_optimization=True)
    body = {
        "campaign": str(campaign.pk), "name": "Germany", "schedule": {"start": "2027-01-01T00:00:00Z"},
        "bidding": {"strategy": "lowest_cost"}, "optimization_goal": "click",
    }  # fmt: skip
    made = api.post("ad-groups/", body)
    assert (made.status, made.body["budget"]) == (201, {"mode": "unlimited", "amount": None})
    unlimited = api.post("ad-groups/", {**body, "budget": {"mode": "unlimited"}})
    assert (unlimited.status, unlimited.body["budget"]) == (201, {"mode": "unlimited", "amount": None})
    refused = api.post("ad-groups/", {**body, "budget": {"mode": "daily", "amount": "30.00"}})
    assert (refused.status, refused.body["errors"][0]["field"]) == (400, "budget.mode")
    plain = api.post("ad-groups/", {**body, "campaign": str(world.campaign().pk)})
    assert (plain.status, plain.body["errors"][0]["field"], plain.body["errors"][0]["code"]) == (400, "budget", "required")


def test_media_are_replaced_in_order(world: World, api: Api) -> None:
    tree = world.tree()
    one, two = world.upload(builders.image("One")), world.upload(builders.image("Two"))
    for wanted in ([str(two.pk), str(one.pk)], [str(one.pk)], []):
        answer = api.patch(f"ads/{tree.ad.pk}/", {"media": wanted})
        assert answer.body["media"] == wanted
        assert api.get(f"ads/{tree.ad.pk}/").body["media"] == wanted


def test_amounts_follow_the_currency_of_the_account(world: World, api: Api) -> None:
    answer = api.patch(f"campaigns/{world.campaign().pk}/", {"budget": {"mode": "daily", "amount": "1234.5"}})
    assert answer.body["budget"] == {"mode": "daily", "amount": "1234.50"}


def test_revisions_are_immutable_snapshots(world: World, api: Api) -> None:
    request = world.request(at="changes_requested")
    ad = Ad.objects.get()
    api.patch(f"ads/{ad.pk}/", {"text": "Second version"})
    world.submit(world.tree_of[request.pk])
    found = api.get(f"ads/{ad.pk}/revisions/").body["results"]
    assert [each["number"] for each in found] == [2, 1]
    assert [each["content"]["sections"]["copy"]["text"] for each in found] == ["Second version", "Warm jackets are here"]
    assert found[0]["sections"]["creative"] == found[1]["sections"]["creative"]
    assert found[0]["sections"]["copy"] != found[1]["sections"]["copy"]
    assert found[0]["created_by"]["name"] == "Submitter"


def test_history_is_one_story(world: World, api: Api) -> None:
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    other = world.request(at="in_review")
    story = api.get(f"ads/{tree.ad.pk}/history/?page_size=200").body["results"]
    actions = [each["action"] for each in story]
    assert actions[-1] == "campaigns.ad.drafted"
    assert actions.count("approvals.decision.recorded") == 2
    assert "approvals.request.approved" in actions
    assert all(each["subject"]["id"] != str(other.pk) for each in story)
    assert all(each["text"] and each["actor"]["label"] for each in story)


def test_history_keeps_refusals_to_auditors(world: World, api: Api) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    body = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    assert api.post(f"approval-requests/{request.pk}/decisions/", body).status == 403
    assert len(api.get(f"ads/{tree.ad.pk}/history/").body["results"]) > 0
    seen = door(world, "auditor").get(f"audit-events/?subject=approval_request:{request.pk}&outcome=refused").body["results"]
    assert [each["payload"]["code"] for each in seen] == ["self_approval"]
    assert str(seen[0]["id"]) not in str(api.get(f"ads/{tree.ad.pk}/history/").body)
