"""Who may do what through the door (R-57): what one may not see is 404, what one sees but may not do is 403; and in
either case nothing has happened."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import services as accounts
from accounts.models import User
from approvals.models import ApprovalRequest, Clearance, Decision, Revocation
from audit.models import AuditEvent
from campaigns.models import Ad, AdGroup, Campaign, MediaAsset
from core.ids import uuid7
from publishing.models import Publication
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.api.test_bad_input import LISTINGS
from tests.api.test_whole_way import bodies
from tests.builders import ROOT, World

OWN_THINGS = (
    "brands", "ad-accounts", "pages", "audit-events", "organisations", "users", "service-accounts", "roles", "role-grants", "api-tokens",
)  # fmt: skip
"""Listings in which a stranger finds things of their own organisation."""
GOVERNED = (Campaign, AdGroup, Ad, MediaAsset, ApprovalRequest, Decision, Clearance, Revocation, Publication)


def state() -> dict[str, Any]:
    """All that could have changed."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in GOVERNED}


@pytest.fixture
def stranger(world: World) -> Api:
    """A person of another organisation, who may do everything there but audit it (R-60)."""
    elsewhere = builders.organisation("Rival")
    acting = [role for role in builders.PEOPLE.values() if role != "auditor"]
    user = elsewhere.add_person("allrounder", *acting)
    for role in acting:
        accounts.grant_role(actor=ROOT, role=role, principal=user, scope=elsewhere.organisation)
    return door(elsewhere, "allrounder")


def attempts(world: World, api: Api, request: ApprovalRequest) -> dict[str, Answer]:
    """Every verb on the objects of `world`."""
    tree = world.tree_of[request.pk]
    campaign, group, ad = bodies(world)
    path = f"approval-requests/{request.pk}/"
    verdict = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    return {
        "upload": api.upload(world.account.pk, builders.video("Another")),
        "campaign": api.post("campaigns/", campaign),
        "ad_group": api.post("ad-groups/", {**group, "campaign": str(tree.campaign.pk)}),
        "ad": api.post("ads/", {**ad, "ad_group": str(tree.ad_group.pk)}),
        "edit_campaign": api.patch(f"campaigns/{tree.campaign.pk}/", {"name": "x"}),
        "edit_ad_group": api.patch(f"ad-groups/{tree.ad_group.pk}/", {"name": "x"}),
        "edit_ad": api.patch(f"ads/{tree.ad.pk}/", {"name": "x"}),
        "submit": api.post("approval-requests/", {"campaign": str(tree.campaign.pk)}),
        "dry_run": api.post("approval-requests/?dry_run=true", {"campaign": str(tree.campaign.pk)}),
        "decide": api.post(f"{path}decisions/", verdict),
        "withdraw": api.post(f"{path}withdraw/"),
        "revoke": api.post(f"{path}revoke/", {"reason": "x"}),
        "publish": api.post("publications/", {"approval_request": str(request.pk)}),
    }


def test_r57_strangers_get_404_and_nothing_happens(world: World, stranger: Api) -> None:
    request = world.request()
    before = state()
    answers = attempts(world, stranger, request)
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert state() == before


def test_r57_who_sees_may_not_therefore_do(world: World) -> None:
    """An auditor sees everything and changes nothing; refusals are recorded."""
    request = world.request()
    before, known = state(), set(AuditEvent.objects.values_list("pk", flat=True))
    answers = attempts(world, door(world, "auditor"), request)
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(answers, 403)
    assert state() == before
    fresh = AuditEvent.objects.exclude(pk__in=known).exclude(action__startswith="accounts.")
    assert {event.outcome for event in fresh} == {"refused"}
    assert fresh.count() == len(answers) - 1, "a dry run is a question, not an attempt"


def test_r57_missing_and_invisible_are_one_answer(world: World, stranger: Api) -> None:
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    media = MediaAsset.objects.get()
    clearance = Clearance.objects.first()
    assert clearance
    for path in (
        f"campaigns/{tree.campaign.pk}/", f"ad-groups/{tree.ad_group.pk}/", f"ads/{tree.ad.pk}/", f"media/{media.pk}/",
        f"ads/{tree.ad.pk}/revisions/", f"ads/{tree.ad.pk}/history/", f"approval-requests/{request.pk}/",
        f"clearances/{clearance.pk}/", f"brands/{world.brand.pk}/", f"ad-accounts/{world.account.pk}/",
        f"pages/{world.page.pk}/",
    ):  # fmt: skip
        answer = stranger.get(path)
        missing = stranger.get(path.replace(path.split("/")[1], str(uuid7())))
        assert answer.status == missing.status == 404, path
        assert answer.body == missing.body, path


def _asking(world: World, api: Api, ids: dict[str, Any], media: str) -> dict[str, Answer]:
    """Every verb that names an object, with these ids."""
    campaign, group, ad = bodies(world)
    path = f"approval-requests/{ids['request']}/"
    verdict = {"verdict": "approve", "digest": "0" * 64, "stage": "content"}
    items = {"items": [{"type": kind, "id": ids[kind]} for kind in ("campaign", "ad_group", "ad")]}
    return {
        "upload": api.upload(ids["account"], builders.video(media)),
        "campaign": api.post("campaigns/", {**campaign, "ad_account": ids["account"]}),
        "ad_group": api.post("ad-groups/", {**group, "campaign": ids["campaign"]}),
        "ad": api.post("ads/", {**ad, "ad_group": ids["ad_group"]}),
        "edit_campaign": api.patch(f"campaigns/{ids['campaign']}/", {"name": "x"}),
        "edit_ad_group": api.patch(f"ad-groups/{ids['ad_group']}/", {"name": "x"}),
        "edit_ad": api.patch(f"ads/{ids['ad']}/", {"name": "x"}),
        "submit": api.post("approval-requests/", {"campaign": ids["campaign"]}),
        "submit_items": api.post("approval-requests/", items),
        "dry_run": api.post("approval-requests/?dry_run=true", {"campaign": ids["campaign"]}),
        "dry_run_items": api.post("approval-requests/?dry_run=true", items),
        "decide": api.post(f"{path}decisions/", verdict),
        "withdraw": api.post(f"{path}withdraw/"),
        "revoke": api.post(f"{path}revoke/", {"reason": "x"}),
        "publish": api.post("publications/", {"approval_request": ids["request"]}),
    }


def test_r57_verbs_answer_the_same_for_what_is_missing_and_what_is_not_theirs(world: World, stranger: Api) -> None:
    """Word for word; and neither reaches the log of those whose object it is."""
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    theirs = {
        "account": str(world.account.pk), "campaign": str(tree.campaign.pk), "ad_group": str(tree.ad_group.pk),
        "ad": str(tree.ad.pk), "request": str(request.pk),
    }  # fmt: skip
    known = set(AuditEvent.objects.values_list("pk", flat=True))
    foreign = _asking(world, stranger, theirs, "Another")
    refused = list(AuditEvent.objects.exclude(pk__in=known))
    missing = _asking(world, stranger, {name: str(uuid7()) for name in theirs}, "Another")
    assert {name: answer.status for name, answer in foreign.items()} == dict.fromkeys(foreign, 404)
    assert {name: answer.body for name, answer in foreign.items()} == {name: answer.body for name, answer in missing.items()}
    assert len({answer.body["detail"] for answer in foreign.values()}) == 1
    assert {row.outcome for row in refused} == {"refused"}
    assert len(refused) == len(foreign) - 2, "a dry run is a question, not an attempt"
    rival = User.objects.get(email__startswith="allrounder@").organisation_id
    assert {(row.organisation, row.brand, row.ad_account) for row in refused} == {(rival, None, None)}
    assert not any(name in row.canonical for row in refused for name in (tree.campaign.name, world.account.name, tree.ad.name))
    seen = door(world, "auditor").get("audit-events/?page_size=200").body["results"]
    assert not [row for row in seen if "allrounder" in str(row)]


@pytest.mark.parametrize("name", LISTINGS)
def test_listings_show_nothing_of_others(world: World, stranger: Api, name: str) -> None:
    world.request(at="approved", publish="manual")
    own = stranger.get(f"{name}/?page_size=200").body["results"]
    identifiers = {str(world.organisation.pk), str(world.brand.pk), str(world.account.pk), str(world.second_account.pk)}
    assert not [row for row in own if identifiers & set(map(str, row.values()))]
    if name not in OWN_THINGS:
        assert own == []


def test_r16_submitter_cannot_decide(world: World) -> None:
    world.add_person("both", "submitter", "content_approver")
    request = world.submit(actor=world.actor("both")).request
    world.check(request)
    body = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    answer = door(world, "both").post(f"approval-requests/{request.pk}/decisions/", body)
    assert (answer.status, answer.body["code"]) == (403, "self_approval")
    assert Decision.objects.count() == 0


def test_r33_machines_propose_and_never_decide(world: World) -> None:
    machine = Api(world.machine_token())
    tree = world.tree()
    sent = machine.post("approval-requests/", {"campaign": str(tree.campaign.pk)})
    assert sent.status == 202
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    request = ApprovalRequest.objects.get(pk=sent.body["id"])
    world.check(request)
    body = {"verdict": "approve", "digest": request.digest, "stage": "content"}
    answer = machine.post(f"approval-requests/{request.pk}/decisions/", body)
    assert (answer.status, answer.body["code"]) == (403, "machine_decision")
    assert Decision.objects.count() == 0


def test_r57_superuser_without_role(world: World) -> None:
    request = world.request()
    User.objects.create_superuser("root@example.test", "irrelevant", name="Root")
    world.people["root"] = User.objects.get(email="root@example.test")
    before = state()
    answers = attempts(world, door(world, "root"), request)
    assert {answer.status for answer in answers.values()} == {404}
    assert state() == before
    assert door(world, "root").get("audit-events/").body["results"] == []


def test_role_on_one_account_reaches_no_other(world: World) -> None:
    world.add_person("narrow", "submitter", scope=world.account)
    narrow = door(world, "narrow")
    tree = world.tree(world.second_account)
    assert narrow.get(f"ads/{tree.ad.pk}/").status == 404
    assert [each["id"] for each in narrow.get("ad-accounts/").body["results"]] == [str(world.account.pk)]
    assert narrow.post("campaigns/", {**bodies(world)[0], "ad_account": str(world.second_account.pk)}).status == 404
    assert narrow.post("campaigns/", bodies(world)[0]).status == 201


def test_media_of_another_account_cannot_be_used(world: World, api: Api) -> None:
    foreign = world.upload(account=world.second_account)
    tree = world.tree()
    answer = api.patch(f"ads/{tree.ad.pk}/", {"media": [str(foreign.pk)]})
    assert (answer.status, answer.fields) == (400, {"media.0": "unknown"})


def test_r60_log_is_for_auditors_of_the_scope(world: World) -> None:
    world.request()
    assert door(world, "submitter").get("audit-events/").body["results"] == []
    world.add_person("account_auditor", "auditor", scope=world.second_account)
    narrow = door(world, "account_auditor").get("audit-events/").body["results"]
    assert {each["subject"]["type"] for each in narrow} <= {"ad_account", "role_grant"}
    seen = door(world, "auditor").get("audit-events/?page_size=200").body["results"]
    assert {"campaigns.ad.drafted", "approvals.request.submitted"} <= {each["action"] for each in seen}
    assert door(world, "auditor").get(f"audit-events/{seen[0]['id']}/").body == seen[0]
