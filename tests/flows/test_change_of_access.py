"""What changes about access is effective on the next request: mid-session at the workplace, mid-approval at the API (R-13, R-57).

Each test begins with a door that opens, changes one thing through a service, and finds the door shut with nothing written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Brand, RoleGrant, User, UserGroup
from approvals.models import ApprovalRequest, Clearance, Decision
from core import clock
from publishing.models import Publication
from tests import builders
from tests.api.conftest import Answer, Api, door
from tests.builders import ROOT, World


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation()


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in (Decision, Clearance, Publication)}


def verdict(api: Api, request: ApprovalRequest, stage: str = "content") -> Answer:
    body = {"verdict": "approve", "digest": request.digest, "stage": stage}
    return api.post(f"approval-requests/{request.pk}/decisions/", body)


def at_the_workplace(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def group_approver(world: World, **how: Any) -> tuple[User, UserGroup]:
    """Somebody who decides content by being in a group, and in no other way."""
    with time_machine.travel(clock.now() - timedelta(days=1)):
        group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Brand managers")
        accounts.grant_role(actor=ROOT, role="content_approver", principal=group, scope=world.brand)
        user = world.add_person("gina")
        accounts.add_member(actor=ROOT, group=group, user=user, **how)
    return user, group


def other_brand(world: World) -> Brand:
    brand = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Second brand")
    world.add_person("second", "content_approver", scope=brand)
    return brand


def shut(client: Client, api: Api, request: ApprovalRequest, page: int = 404, answer: int = 404) -> None:
    """Neither the open session nor the token gets any further, and nothing is written."""
    before = counts()
    path = reverse("admin:request", args=[request.pk])
    form = {"stage": "content", "digest": request.digest, "verdict": "approve"}
    assert client.get(path).status_code == page
    assert client.post(reverse("admin:decide", args=[request.pk]), form).status_code == page
    assert verdict(api, request).status == answer
    assert counts() == before


def removed(world: World, user: User, group: UserGroup) -> None:
    accounts.remove_member(actor=ROOT, group=group, user=user)


def ended(world: World, user: User, group: UserGroup) -> None:
    accounts.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(group=group).pk)


@pytest.mark.parametrize("change", [removed, ended])
def test_r13_r57_leaving_a_group_counts_mid_session(world: World, change: Callable[..., None]) -> None:
    user, group = group_approver(world)
    request = world.request()
    client, api = at_the_workplace(user), door(world, "gina")
    assert client.get(reverse("admin:request", args=[request.pk])).status_code == 200
    assert api.get(f"approval-requests/{request.pk}/").status == 200
    change(world, user, group)
    shut(client, api, request)


def test_r57_the_end_of_a_membership_counts_at_its_moment(world: World) -> None:
    end = clock.now() + timedelta(hours=1)
    user, _ = group_approver(world, expires_at=end)
    request = world.request()
    client, api = at_the_workplace(user), door(world, "gina")
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert client.get(reverse("admin:request", args=[request.pk])).status_code == 200
    with time_machine.travel(end, tick=False):
        shut(client, api, request)


def test_r57_the_end_of_a_grant_counts_at_its_moment(world: World) -> None:
    end = clock.now() + timedelta(hours=1)
    user = world.add_person("gina")
    accounts.grant_role(actor=ROOT, role="content_approver", principal=user, scope=world.account, expires_at=end)
    request = world.request()
    client, api = at_the_workplace(user), door(world, "gina")
    assert client.get(reverse("admin:request", args=[request.pk])).status_code == 200
    with time_machine.travel(end, tick=False):
        shut(client, api, request)


def test_r17_deactivation_counts_mid_session(world: World) -> None:
    user, _ = group_approver(world)
    request = world.request()
    client, api = at_the_workplace(user), door(world, "gina")
    accounts.deactivate_user(actor=ROOT, user=user.pk)
    shut(client, api, request, page=302, answer=401)


def test_r57_what_a_role_loses_its_holders_lose_mid_session(world: World) -> None:
    role = accounts.create_role(
        actor=ROOT, organisation=world.organisation, title="Editor in chief", permissions=["approve_content", "submit"]
    )
    world.add_person("gina", role.pk)
    request = world.request()
    api = door(world, "gina")
    assert api.get("approval-requests/?awaiting=me").body["results"]
    accounts.change_role(actor=ROOT, role=role, permissions=["submit"])
    before = counts()
    assert verdict(api, request).status == 403
    assert api.get("approval-requests/?awaiting=me").body["results"] == []
    assert counts() == before


# --- mid-approval --------------------------------------------------------------------------------------------------------


def test_r13_who_left_the_group_does_not_count_when_the_last_stage_closes(world: World) -> None:
    user, group = group_approver(world)
    request = world.request()
    assert verdict(door(world, "gina"), request).status == 201
    accounts.remove_member(actor=ROOT, group=group, user=user)
    before = counts()
    answer = verdict(door(world, "budget"), request, "budget")
    assert (answer.status, answer.body["code"]) == (412, "approval_lapsed")
    assert counts() == before
    assert ApprovalRequest.objects.get(pk=request.pk).state == "in_review"


def test_r57_a_moved_ad_account_is_looked_after_by_its_new_brand(world: World) -> None:
    """The old brand's people see it no more; the new brand's do, and have it put forward under their own policies."""
    brand = other_brand(world)
    request = world.request()
    old, new = door(world, "content"), door(world, "second")
    assert old.get(f"approval-requests/{request.pk}/").status == 200
    assert new.get(f"approval-requests/{request.pk}/").status == 404
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=brand)
    shut(at_the_workplace(world.user("content")), old, request)
    assert new.get(f"approval-requests/{request.pk}/").status == 200
    before = counts()
    answer = verdict(new, request)
    assert (answer.status, answer.body["code"]) == (412, "account_moved")
    assert counts() == before


def test_r57_nobody_publishes_at_a_new_brand_what_the_old_one_approved(world: World) -> None:
    request = world.request(at="approved", publish="manual")
    brand = other_brand(world)
    world.add_person("printer", "publisher", scope=brand)
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=brand)
    before = counts()
    answer = door(world, "printer").post("publications/", {"approval_request": str(request.pk)})
    assert (answer.status, answer.body["code"]) == (412, "account_moved")
    assert counts() == before
    page = at_the_workplace(world.user("printer")).get(reverse("admin:request", args=[request.pk]))
    assert "moved to another brand" in page.content.decode()


def test_what_is_put_forward_after_the_move_goes_the_new_brands_way(world: World) -> None:
    brand = other_brand(world)
    accounts.move_ad_account(actor=ROOT, ad_account=world.account, brand=brand)
    page = accounts.create_page(actor=ROOT, brand=brand, external_id="p2", identity_type="TT_USER", handle="second")
    account = accounts.edit_ad_account(actor=ROOT, ad_account=world.account, pages=[page])
    world.add_person("writer", "submitter", scope=brand)
    world.people["submitter"], world.page, world.account = world.people["writer"], page, account
    request = world.request()
    assert verdict(door(world, "second"), request).status == 201
