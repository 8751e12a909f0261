"""API tokens through the door: told once, narrowed, expiring, revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts import services as accounts
from accounts.models import ApiToken, Scope
from api.models import IdempotencyKey
from approvals.models import ApprovalRequest
from campaigns.models import Campaign
from core import clock
from core.ids import uuid7
from tests import builders
from tests.api.conftest import Answer, Api, door, policy
from tests.api.test_accounts import LATER, LONG, ids, unchanged
from tests.api.test_whole_way import bodies
from tests.builders import ROOT, World


@pytest.fixture
def rival(db: None) -> World:
    return builders.organisation("Rival")


def narrow(world: World, name: str, *permissions: str, scope: Scope | None = None, **more: Any) -> Api:
    """A door with a token that gives less than its person holds."""
    return Api(
        accounts.create_api_token(actor=ROOT, user=world.user(name), name=str(uuid7()), permissions=permissions, scope=scope, **more)[1]
    )


def test_a_token_is_told_once(world: World, api: Api) -> None:
    made = api.post("api-tokens/", {"name": "ci", "expires_at": LATER})
    assert made.status == 201, made.body
    expected: dict[str, Any] = {
        "user": {"id": str(world.people["submitter"].pk), "name": "Submitter"}, "name": "ci", "permissions": [], "scope": None,
        "expires_at": LATER, "last_used_at": None, "revoked_at": None,
    }  # fmt: skip
    assert {name: made.body[name] for name in expected} == expected
    text = made.body["token"]
    assert Api(text).get("brands/").status == 200
    again = api.get(f"api-tokens/{made.body['id']}/").body
    assert "token" not in again
    assert again["last_used_at"] is not None
    assert api.delete(f"api-tokens/{made.body['id']}/").status == 204
    assert Api(text).get("brands/").body["code"] == "token_revoked"
    unchanged(lambda: api.delete(f"api-tokens/{made.body['id']}/"), 409)
    assert made.body["id"] in ids(api.get("api-tokens/?is_revoked=true"))
    assert made.body["id"] not in ids(api.get("api-tokens/?is_revoked=false"))


def test_the_text_is_kept_nowhere(world: World, api: Api) -> None:
    """Also not with the answer that is kept for an Idempotency-Key, which is repeated without it."""
    key = {"Idempotency_Key": "once"}
    made, again = (api.post("api-tokens/", {"name": "ci"}, **key) for _ in range(2))
    assert (made.status, again.status, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert again.body == {**made.body, "token": None}
    secret = made.body["token"][len(ApiToken.objects.get(name="ci").token_key) :]
    assert len(secret) > 30
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            assert not any(secret in str(value) for row in cursor.fetchall() for value in row), table


def test_tokens_for_machines_of_one_s_own(world: World, boss: Api) -> None:
    owner, body = door(world, "operator"), {"user": str(world.machine.pk), "name": "bot"}
    made = owner.post("api-tokens/", body)
    assert (made.status, made.body["user"]["id"]) == (201, str(world.machine.pk))
    unchanged(lambda: boss.post("api-tokens/", {**body, "name": "borrowed"}), 403)
    unchanged(lambda: boss.post("api-tokens/", {"user": str(world.people["content"].pk), "name": "borrowed"}), 403)
    assert ids(owner.get(f"api-tokens/?user={world.machine.pk}")) == {made.body["id"]}
    assert made.body["id"] in ids(boss.get("api-tokens/"))
    assert boss.delete(f"api-tokens/{made.body['id']}/").status == 204


def test_token_input(world: World, api: Api) -> None:
    page = {"type": "page", "id": str(world.page.pk)}
    for body, field, code in (
        ({"name": ""}, "name", "blank"), ({"name": LONG}, "name", "max_length"), ({}, "name", "required"), ({"name": "x", "permissions": ["fly"]}, "permissions.0", None),
        ({"name": "x", "permissions": "view"}, "permissions", "not_a_list"), ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "in_the_past"),
        ({"name": "x", "scope": "all"}, "scope", "invalid"), ({"name": "x", "user": "me"}, "user", "invalid"), ({"name": "x", "digest": "0"}, "digest", "unknown_field"),
    ):  # fmt: skip
        answer = unchanged(partial(api.post, "api-tokens/", body), 400)
        assert all(name.startswith(field.partition(".")[0]) for name in answer.fields), answer.body
        assert code is None or answer.fields == {field: code}
    assert unchanged(lambda: api.post("api-tokens/", {"name": "x", "scope": page}), 400).fields == {"scope": "page"}
    api.post("api-tokens/", {"name": "ci"})
    assert unchanged(lambda: api.post("api-tokens/", {"name": "ci"}), 400).fields == {"name": "taken"}


def test_r57_tokens_of_others(world: World, api: Api, rival: World) -> None:
    theirs = [accounts.create_api_token(actor=ROOT, user=each, name="x")[0] for each in (rival.user("submitter"), world.user("content"))]
    for token in theirs:
        assert str(token.public_id) not in ids(api.get("api-tokens/"))
        assert api.get(f"api-tokens/{token.public_id}/").body == api.get(f"api-tokens/{uuid7()}/").body
        unchanged(partial(api.delete, f"api-tokens/{token.public_id}/"), 404)
    for field, foreign in (("user", rival.people["submitter"].pk), ("scope", rival.brand.pk)):
        answers = []
        for each in (foreign, uuid7()):
            value: Any = str(each) if field == "user" else {"type": "brand", "id": str(each)}
            answers.append(unchanged(partial(api.post, "api-tokens/", {"name": "x", field: value}), 404))
        assert answers[0].body == answers[1].body
        assert set(answers[0].fields) == {field}


# --- narrowed --------------------------------------------------------------------------------------------------------------------


def written() -> tuple[int, int]:
    return Campaign.objects.count(), ApprovalRequest.objects.count()


def test_a_token_narrowed_to_an_account_sees_and_does_nothing_beyond(world: World) -> None:
    here, there = world.tree(), world.tree(world.second_account)
    api = narrow(world, "submitter", scope=world.account)
    assert ids(api.get("ad-accounts/")) == {str(world.account.pk)}
    assert ids(api.get("campaigns/")) == {str(here.campaign.pk)}
    assert api.get("brands/").body["results"] == api.get("pages/").body["results"] == []
    before, body = written(), bodies(world)[0]
    for answer in (
        api.get(f"campaigns/{there.campaign.pk}/"), api.get(f"ads/{there.ad.pk}/"), api.get(f"brands/{world.brand.pk}/"),
        api.post("campaigns/", {**body, "ad_account": str(world.second_account.pk)}),
        api.post("approval-requests/", {"campaign": str(there.campaign.pk)}),
        api.patch(f"ads/{there.ad.pk}/", {"text": "x"}),
        api.get(f"access/explain/?permission=submit&object=ad_account:{world.second_account.pk}"),
    ):  # fmt: skip
        assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert written() == before
    assert api.post("approval-requests/", {"campaign": str(here.campaign.pk)}).status == 202
    assert api.post("campaigns/", body).status == 201


def test_a_token_narrowed_to_view_cannot_submit(world: World) -> None:
    tree, before = world.tree(), None
    api, before = narrow(world, "submitter", "view"), written()
    assert api.get(f"campaigns/{tree.campaign.pk}/").status == 200
    for answer in (
        api.post("approval-requests/", {"campaign": str(tree.campaign.pk)}), api.post("campaigns/", bodies(world)[0]),
        api.patch(f"ads/{tree.ad.pk}/", {"text": "x"}),
    ):  # fmt: skip
        assert (answer.status, answer.body["code"]) == (403, "forbidden")
    assert written() == before


def test_a_narrowed_token_governs_no_further(world: World) -> None:
    world.add_person("boss", "access_manager", scope=world.organisation)
    new = str(world.add_person("new").pk)
    api = narrow(world, "boss", scope=world.account)
    body = {"role": "publisher", "user": new, "scope": {"type": "brand", "id": str(world.brand.pk)}}
    unchanged(lambda: api.post("role-grants/", body), 404)
    unchanged(lambda: api.patch(f"users/{new}/", {"is_active": False}), 403)
    unchanged(lambda: api.post("groups/", {"title": "x"}), 403)
    unchanged(lambda: api.post("access-policies/", policy()), 403)
    assert api.post("role-grants/", {**body, "scope": {"type": "ad_account", "id": str(world.account.pk)}}).status == 201
    looking = narrow(world, "boss", "view")
    assert looking.get("access/review/").status == 403
    unchanged(lambda: looking.post("role-grants/", body), 404)


def test_a_narrowed_token_shows_the_grants_that_reach_its_place_alone(world: World) -> None:
    world.add_person("two", "submitter", scope=world.account)
    other = accounts.grant_role(actor=ROOT, role="publisher", principal=world.user("two"), scope=world.second_account)
    above = accounts.grant_role(actor=ROOT, role="operator", principal=world.user("two"), scope=world.brand)
    seen = ids(narrow(world, "two", scope=world.account).get("role-grants/"))
    assert str(other.pk) not in seen
    assert str(above.pk) in seen
    assert len(seen) == 2
    assert len(ids(narrow(world, "two", scope=world.brand).get("role-grants/"))) == 3


def test_a_narrowed_token_does_nothing_else_in_one_s_name(world: World) -> None:
    """What people may do for themselves needs no permission, so that narrowing has to stop it."""
    own = world.people["submitter"]
    other = accounts.create_api_token(actor=ROOT, user=own, name="other")[0]
    for api in (narrow(world, "submitter", "view"), narrow(world, "submitter", scope=world.account)):
        assert len(ids(api.get("api-tokens/"))) == 1
        unchanged(partial(api.delete, f"api-tokens/{other.public_id}/"), 404)
        unchanged(partial(api.patch, f"users/{own.pk}/", {"name": "x"}), 403)
        unchanged(partial(api.post, "api-tokens/", {"name": "more"}), 403)
        (itself,) = ids(api.get("api-tokens/"))
        assert api.delete(f"api-tokens/{itself}/").status == 204, "it may end itself"
        assert api.get("brands/").status == 401


def test_a_narrowed_token_ends_no_other_token(world: World) -> None:
    """Nor where its person sees them all."""
    world.add_person("boss", "access_manager", scope=world.organisation)
    api = narrow(world, "boss", "manage_access")
    other = accounts.create_api_token(actor=ROOT, user=world.user("boss"), name="other")[0]
    unchanged(lambda: api.delete(f"api-tokens/{other.public_id}/"), 403)


def test_a_token_expires_with_its_scope(world: World) -> None:
    api = narrow(world, "submitter", "view", scope=world.account, expires_at=clock.now() + timedelta(hours=1))
    assert api.get("campaigns/").status == 200
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        answer = api.post("campaigns/", bodies(world)[0])
        assert (answer.status, answer.body["code"]) == (401, "token_expired")
    assert Campaign.objects.count() == 0


def test_a_scoped_token_ends_where_its_person_loses_the_place(world: World) -> None:
    user = world.add_person("two")
    grant = accounts.grant_role(actor=ROOT, role="submitter", principal=user, scope=world.brand)
    api = narrow(world, "two", scope=world.account)
    assert ids(api.get("ad-accounts/")) == {str(world.account.pk)}
    accounts.revoke_role(actor=ROOT, grant=grant.pk)
    assert ids(api.get("ad-accounts/")) == set()


def test_an_account_that_moves_leaves_a_token_of_its_brand(world: World) -> None:
    user = world.add_person("two", "submitter", scope=world.organisation)
    api, other = narrow(world, user.name.lower(), scope=world.brand), accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Other")
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=other)
    assert ids(api.get("ad-accounts/")) == {str(world.second_account.pk)}


def test_a_narrowed_token_replays_no_answer_of_a_broader_one(world: World, api: Api) -> None:
    body, key = bodies(world)[0], {"Idempotency_Key": "once"}
    assert api.post("campaigns/", body, **key).status == 201
    answers: list[Callable[[], Answer]] = [
        partial(each.post, "campaigns/", body, **key) for each in (narrow(world, "submitter", scope=world.second_account), narrow(world, "submitter", "view"))
    ]
    for send in answers:
        answer = unchanged(send, 422)
        assert answer.body["code"] == "idempotency_key_reused"
    assert Campaign.objects.count() == IdempotencyKey.objects.count() == 1
