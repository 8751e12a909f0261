"""Idempotency-Key: sent twice, done once, answered twice."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from accounts import services as accounts
from accounts.models import RoleGrant
from api import idempotency
from api.models import IdempotencyKey
from api.tasks import sweep
from campaigns.models import Campaign, MediaAsset
from core import clock
from tests import builders
from tests.api.conftest import Api, door
from tests.api.test_whole_way import bodies
from tests.builders import ROOT, World

KEY = {"Idempotency_Key": "b1946ac9-2f6a-4c6e"}


def test_same_key_and_body_give_the_same_answer(world: World, api: Api) -> None:
    body = bodies(world)[0]
    first, second = api.post("campaigns/", body, **KEY), api.post("campaigns/", body, **KEY)
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert first.headers["ETag"] == second.headers["ETag"]
    assert (first.type, second.type) == ("application/json", "application/json")
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert Campaign.objects.count() == 1


def test_refusals_are_replayed_as_well(world: World, api: Api) -> None:
    first = api.post("campaigns/", {"name": "x"}, **KEY)
    second = api.post("campaigns/", {"name": "x"}, **KEY)
    assert (first.status, second.status, first.body) == (400, 400, second.body)
    assert second.headers["Idempotency-Replayed"] == "true"


def test_same_key_with_another_request_is_refused(world: World, api: Api) -> None:
    body = bodies(world)[0]
    api.post("campaigns/", body, **KEY)
    for answer in (
        api.post("campaigns/", {**body, "name": "Other"}, **KEY),
        api.post("campaigns/", b" " + str(body).encode(), **KEY),
        api.post("ad-groups/", body, **KEY),
        api.post("approval-requests/?dry_run=true", body, **KEY),
    ):
        assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert Campaign.objects.count() == 1


def test_still_running(world: World, api: Api) -> None:
    body = bodies(world)[0]
    api.post("campaigns/", body, **KEY)
    IdempotencyKey.objects.update(status=None)
    answer = api.post("campaigns/", body, **KEY)
    assert (answer.status, answer.body["code"]) == (409, "idempotency_key_in_use")
    assert Campaign.objects.count() == 1


def test_keys_belong_to_their_principal(world: World, api: Api) -> None:
    """Somebody else's key never answers, not even for the same body."""
    body = bodies(world)[0]
    mine = api.post("campaigns/", body, **KEY)
    theirs = Api(world.machine_token()).post("campaigns/", body, **KEY)
    assert theirs.status == 201
    assert theirs.body["id"] != mine.body["id"]
    assert "Idempotency-Replayed" not in theirs.headers
    auditor = door(world, "auditor").post("campaigns/", body, **KEY)
    assert auditor.status == 403


def test_files_count_by_their_bytes(world: World, api: Api) -> None:
    first = api.upload(world.account.pk, builders.video(), **KEY)
    same = api.upload(world.account.pk, builders.video(), **KEY)
    assert (first.status, same.status, same.headers["Idempotency-Replayed"]) == (201, 201, "true")
    other = api.upload(world.account.pk, builders.video("Other"), **KEY)
    assert other.status == 422
    elsewhere = api.upload(world.second_account.pk, builders.video(), **KEY)
    assert elsewhere.status == 422
    assert MediaAsset.objects.count() == 1


def test_keys_expire(world: World, api: Api) -> None:
    body = bodies(world)[0]
    api.post("campaigns/", body, **KEY)
    IdempotencyKey.objects.update(created_at=clock.now() - timedelta(hours=24, seconds=1))
    answer = api.post("campaigns/", {**body, "name": "A day later"}, **KEY)
    assert (answer.status, answer.body["name"]) == (201, "A day later")
    replay = api.post("campaigns/", {**body, "name": "A day later"}, **KEY)
    assert replay.headers["Idempotency-Replayed"] == "true"
    assert Campaign.objects.count() == 2


def test_sweep_forgets_expired_keys_alone(world: World, api: Api) -> None:
    for key in ("old", "new"):
        api.post("campaigns/", {"name": key}, Idempotency_Key=key)
    IdempotencyKey.objects.filter(key="old").update(created_at=clock.now() - idempotency.KEPT_FOR)
    sweep()
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "ä", "a b"])
def test_malformed_key(world: World, api: Api, key: str) -> None:
    answer = api.post("campaigns/", bodies(world)[0], Idempotency_Key=key)
    assert (answer.status, answer.body["code"]) == (400, "invalid_idempotency_key")
    assert Campaign.objects.count() == 0


def test_reading_ignores_the_key(api: Api) -> None:
    assert api.get("campaigns/", **KEY).status == 200
    assert IdempotencyKey.objects.count() == 0


def test_strangers_claim_no_keys(world: World) -> None:
    assert Api(None).post("campaigns/", bodies(world)[0], **KEY).status == 401
    assert IdempotencyKey.objects.count() == 0


def test_a_fault_of_ours_frees_the_key(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.v1.campaigns import views

    def fail(**arguments: Any) -> None:
        raise DatabaseError("the disk is full")

    body = bodies(world)[0]
    with monkeypatch.context() as patched:
        patched.setattr(views, "draft_campaign", fail)
        api.client.raise_request_exception = False
        answer = api.post("campaigns/", body, **KEY)
        assert (answer.status, answer.body["code"]) == (500, "server_error")
        assert "disk" not in str(answer.body)
    assert api.post("campaigns/", body, **KEY).status == 201


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done() -> None:
    place = builders.organisation()
    token, body = place.token("submitter"), bodies(place)[0]
    start, answers = threading.Barrier(4), []

    def send() -> None:
        start.wait(30)
        try:
            answers.append(Api(token).post("campaigns/", body, **KEY))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 4
    assert {answer.status for answer in answers} <= {201, 409}
    assert len({answer.body["id"] for answer in answers if answer.status == 201}) == 1
    assert Campaign.objects.count() == 1


# --- after access has ended ----------------------------------------------------------------------------------------------


def end_all(world: World, name: str) -> None:
    for grant in RoleGrant.objects.filter(user=world.people[name], revoked_at__isnull=True):
        accounts.revoke_role(actor=ROOT, grant=grant.pk)


def test_r57_a_kept_answer_is_not_given_to_who_may_see_it_no_longer(world: World, api: Api) -> None:
    body = bodies(world)[0]
    made = api.post("campaigns/", body, **KEY)
    end_all(world, "submitter")
    answer = api.post("campaigns/", body, **KEY)
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert made.body["id"] not in str(answer.body)
    assert "Idempotency-Replayed" not in answer.headers
    accounts.grant_role(actor=ROOT, role="submitter", principal=world.user("submitter"), scope=world.second_account)
    assert api.post("campaigns/", body, **KEY).status == 404, "what they see elsewhere does not count"
    accounts.grant_role(actor=ROOT, role="submitter", principal=world.user("submitter"), scope=world.account)
    assert api.post("campaigns/", body, **KEY).body == made.body
    assert Campaign.objects.count() == 1


def test_r57_nor_after_the_ad_account_has_moved_away(world: World, api: Api) -> None:
    body = bodies(world)[0]
    assert api.post("campaigns/", body, **KEY).status == 201
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Second")
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=other)
    assert api.post("campaigns/", body, **KEY).status == 404


def test_r57_nor_the_answer_about_what_an_address_names(world: World) -> None:
    request = world.request("in_review")
    content = door(world, "content")
    path, body = f"approval-requests/{request.pk}/decisions/", {"verdict": "approve", "digest": request.digest, "stage": "content"}
    assert content.post(path, body, **KEY).status == 201
    assert content.post(path, body, **KEY).headers["Idempotency-Replayed"] == "true"
    end_all(world, "content")
    answer = content.post(path, body, **KEY)
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert request.digest not in str(answer.body)


def test_r57_nor_a_refusal_to_who_sees_nothing_at_all(world: World, api: Api) -> None:
    body = {**bodies(world)[0], "ad_account": str(world.account.pk), "name": ""}
    assert api.post("campaigns/", body, **KEY).status == 400
    end_all(world, "submitter")
    assert api.post("campaigns/", body, **KEY).status == 404


def test_r57_nor_the_publications_of_a_request(world: World) -> None:
    request = world.request("approved", publish="manual")
    publisher = door(world, "publisher")
    first = publisher.post("publications/", {"approval_request": str(request.pk)}, **KEY)
    assert first.status == 202
    assert publisher.post("publications/", {"approval_request": str(request.pk)}, **KEY).body == first.body
    end_all(world, "publisher")
    accounts.grant_role(actor=ROOT, role="publisher", principal=world.user("publisher"), scope=world.second_account)
    assert publisher.post("publications/", {"approval_request": str(request.pk)}, **KEY).status == 404


def test_a_dry_run_is_answered_anew(world: World, api: Api) -> None:
    """It did nothing, so that nothing is kept of it."""
    tree = world.tree()
    body = {"campaign": str(tree.campaign.pk)}
    first, second = (api.post("approval-requests/?dry_run=true", body, **KEY) for _time in range(2))
    assert (first.status, second.status) == (202, 202)
    assert "Idempotency-Replayed" not in second.headers
    end_all(world, "submitter")
    assert api.post("approval-requests/?dry_run=true", body, **KEY).status == 404
    assert not IdempotencyKey.objects.filter(status=202).exists()
