"""The submitter's and the reviewers' part, played through HTTP alone."""

from __future__ import annotations

from typing import Any

from tests import builders
from tests.api.conftest import Api, door
from tests.builders import World


def bodies(world: World) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A campaign, an ad group and an ad, without their parents, as JSON."""
    campaign = {"ad_account": str(world.account.pk), **builders.campaign_values()}
    group = builders.ad_group_values()
    group["schedule"] = {name: moment.isoformat() for name, moment in group["schedule"].items()}
    ad = {**builders.ad_values(None, world.page), "page": str(world.page.pk)}
    return campaign, group, ad


def draft_through(api: Api, world: World) -> dict[str, Any]:
    """Upload, campaign, ad group, ad; returns the answers."""
    media = api.upload(world.account.pk, builders.video())
    assert media.status == 201, media.body
    campaign_body, group_body, ad_body = bodies(world)
    campaign = api.post("campaigns/", campaign_body)
    assert campaign.status == 201, campaign.body
    group = api.post("ad-groups/", {**group_body, "campaign": campaign.body["id"]})
    assert group.status == 201, group.body
    ad = api.post("ads/", {**ad_body, "ad_group": group.body["id"], "media": [media.body["id"]]})
    assert ad.status == 201, ad.body
    return {"media": media.body, "campaign": campaign.body, "ad_group": group.body, "ad": ad.body}


def test_from_upload_to_clearance(world: World, api: Api) -> None:
    made = draft_through(api, world)
    sent = api.post("approval-requests/", {"campaign": made["campaign"]["id"], "note": "Autumn"})
    assert sent.status == 202
    assert [item["type"] for item in sent.body["items"]] == ["campaign", "ad_group", "ad"]
    assert sent.body["status"] == "awaiting_checks"
    assert [stage["status"] for stage in sent.body["stages"]] == ["open", "pending"]
    assert {check["status"] for check in sent.body["checks"]} == {"queued"}
    path = f"approval-requests/{sent.body['id']}/"

    from approvals import tasks

    tasks.check_request(sent.body["id"])
    seen = door(world, "content").get(path).body
    assert seen["status"] == "in_review"
    assert {check["outcome"] for check in seen["checks"]} <= {"passed", "warned"}

    first = door(world, "content").post(
        f"{path}decisions/", {"verdict": "approve", "digest": seen["digest"], "stage": "content", "comment": "Good"}
    )
    assert (first.status, first.body["status"]) == (201, "in_review")
    last = door(world, "budget").post(
        f"{path}decisions/", {"verdict": "approve", "digest": seen["digest"], "stage": "budget"}
    )
    assert (last.status, last.body["status"]) == (201, "approved")

    cleared = api.get(f"clearances/?approval_request={sent.body['id']}").body["results"]
    assert sorted(each["type"] for each in cleared) == ["ad", "ad_group", "campaign"]
    by_type = {each["type"]: each for each in cleared}
    assert by_type["campaign"]["limit"] == {"amount": "80.00", "currency": "USD"}
    assert by_type["ad"]["limit"] is None
    assert {each["digest"] for each in cleared} == {item["digest"] for item in sent.body["items"]}


def test_media_answers_exactly_the_contract(world: World, api: Api) -> None:
    answer = api.upload(world.account.pk, builders.video(), name="whatever.txt")
    assert answer.status == 201
    names = "id sha256 kind container width height duration_seconds size_bytes has_audio bit_rate"
    assert set(answer.body) == set(names.split())
    assert (answer.body["kind"], answer.body["container"]) == ("video", "mp4")
    assert (answer.body["width"], answer.body["height"]) == (540, 960)
    assert isinstance(answer.body["duration_seconds"], float)
    assert abs(answer.body["duration_seconds"] - 9) < 0.2
    assert api.get(f"media/{answer.body['id']}/").body == answer.body
    again = api.upload(world.account.pk, builders.video())
    assert again.body["id"] == answer.body["id"], "the same bytes are the same media"


def test_drafts_answer_what_was_sent(world: World, api: Api) -> None:
    made = draft_through(api, world)
    campaign_body, group_body, ad_body = bodies(world)
    for sent, answered in ((campaign_body, made["campaign"]), (ad_body, made["ad"])):
        for name, value in sent.items():
            if name != "media":
                told = answered[name]
                assert {**told, **value} == told if isinstance(value, dict) else told == value, name
    assert made["ad"]["media"] == [made["media"]["id"]]
    assert made["ad"]["spark_post"] is None
    group = made["ad_group"]
    assert group["budget"] == group_body["budget"]
    assert group["bidding"] == {"strategy": "lowest_cost", "amount": None}
    assert group["schedule"]["start"].endswith("Z")
    assert group["targeting"]["interests"] == []
    for path in ("campaign", "ad_group", "ad"):
        address = f"{path.replace('_', '-')}s/{made[path]['id']}/"
        assert api.get(address).body == made[path], "reading and writing answer alike"
