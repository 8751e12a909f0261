"""The preview of a role judges what the service would; places and handles as people type them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Page, RoleGrant, UserGroup
from core import clock
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

GIVE = "/workplace/access/give/"


@pytest.fixture
def group(world: World) -> UserGroup:
    for name in ("ada", "bo"):
        world.add_person(name, "access_manager", scope=world.organisation)
    return accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")


@pytest.fixture
def ada(world: World, group: UserGroup, enter: Enter) -> Client:
    return enter("ada")


def in_days(days: int) -> str:
    return (clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def form(world: World, **more: str) -> dict[str, str]:
    return {
        "who": world.people["content"].email, "role": "operator", "scope": f"brand:{world.brand.pk}", "starts_at": "",
        "expires_at": "", **more,
    }  # fmt: skip


def look(client: Client, asked: dict[str, str]) -> Any:
    return client.get(GIVE, {**asked, "look": "1"})


def has_button(answer: Any) -> bool:
    return 'id="give-form"' in answer.content.decode()


def refused(client: Client, asked: dict[str, str], *words: str) -> None:
    """The preview says so and has no button, and the service does not do it either."""
    answer, before = look(client, asked), RoleGrant.objects.count()
    assert not has_button(answer)
    for each in words:
        assert each in answer.content.decode(), each
    assert client.post(GIVE, asked).status_code in (403, 409, 422)
    assert RoleGrant.objects.count() == before


def test_what_is_right_can_be_given(world: World, ada: Client):
    assert has_button(look(ada, form(world)))


def test_an_end_before_the_beginning(world: World, ada: Client):
    refused(ada, form(world, starts_at=in_days(9), expires_at=in_days(3)), "It has to end after it begins.")


def test_to_oneself_directly_by_a_machine_or_by_a_group(world: World, group: UserGroup, ada: Client):
    words = "Nobody gives a role to themselves, to a machine of theirs, or to a user group with either in it."
    accounts.create_service_account(actor=ROOT, owner=world.user("ada"), name="Robot", email="robot@acme.example")
    accounts.add_member(actor=ROOT, group=group, user=world.user("ada"))
    for who in ("ada@acme.example", "robot@acme.example", "Editors"):
        refused(ada, form(world, who=who), "This will be refused.", words)


def test_to_somebody_deactivated(world: World, ada: Client):
    accounts.deactivate_user(actor=ROOT, user=world.user("content").pk)
    refused(ada, form(world), "This person is deactivated.")


def test_r60_a_clash_names_the_group_and_the_machine_it_comes_through(world: World, group: UserGroup, ada: Client):
    who = world.user("operator")  # owns the machine, which submits
    told = look(ada, form(world, who=who.email, role="auditor")).context["preview"]["clashes"]
    assert sorted(told) == ["“Operator” on Acme Brand", "“Submitter” on Acme Brand (of Machine)"]
    accounts.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.brand)
    accounts.add_member(actor=ROOT, group=group, user=world.user("policy_manager"))
    asked = form(world, who=world.user("policy_manager").email, role="auditor")
    assert "“Publisher” on Acme Brand through “Editors”" in look(ada, asked).context["preview"]["clashes"]
    refused(ada, asked, "through “Editors”")
    accounts.add_member(actor=ROOT, group=group, user=world.machine)
    told = look(ada, form(world, who=who.email, role="auditor")).context["preview"]["clashes"]
    assert "“Publisher” on Acme Brand through “Editors” (of Machine)" in told
    page = ada.get(reverse("admin:access_group", args=[group.public_id]))
    assert page.status_code == 200


def test_r33_a_machine_is_not_said_to_decide(world: World, ada: Client):
    said = look(ada, form(world, who=world.machine.email, role="content_approver")).context["preview"]
    assert said["machine"] is True
    assert "decide" not in said["sentence"]
    assert "see everything below this" in said["sentence"]


def test_what_is_proposed_is_not_said_to_be_given(world: World, group: UserGroup, ada: Client):
    def said(address: str, typed: dict[str, str]) -> str:
        answer = ada.post(address, typed)
        assert answer.status_code == 303
        return str([*get_messages(answer.wsgi_request)][-1])

    join, later = reverse("admin:access_group_join", args=[group.public_id]), {"starts_at": in_days(4)}
    period = {"starts_at": "", "expires_at": ""}
    assert said(GIVE, form(world)) == "The role is given."
    assert said(GIVE, form(world, **later)).startswith("The role is given. It holds from ")
    assert said(join, {"user": "content@acme.example", **period}) == "Content belongs to “Editors”."
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    waits = "It is in force as soon as a second access manager confirms it."
    assert said(GIVE, form(world, role="publisher")) == f"The role is proposed. {waits}"
    assert said(join, {"user": "budget@acme.example", **period}) == f"It is proposed that Budget belongs to “Editors”. {waits}"


def test_a_handle_is_stored_without_the_sign_before_it(world: World, ada: Client):
    new = {"handle": "@nordwind", "external_id": "n1", "identity_type": "TT_USER"}
    assert ada.post(reverse("admin:access_page_new", args=["brand", world.brand.pk]), new).status_code == 303
    made = Page.objects.get(external_id="n1")
    assert (made.handle, str(made)) == ("nordwind", "@nordwind")
    rename = reverse("admin:access_place_rename", args=["page", made.pk])
    assert ada.post(rename, {"name": "@@north"}).status_code == 303
    made.refresh_from_db()
    assert made.handle == "north"
    assert ada.post(rename, {"name": "@"}).status_code == 422
    Page.objects.filter(pk=made.pk).update(handle="@@old")
    assert "@@" not in ada.get(reverse("admin:access_place", args=["page", made.pk])).content.decode().replace("@@old\"", "")


def test_a_page_says_which_ad_accounts_may_use_it(world: World, ada: Client, enter: Enter):
    address = reverse("admin:access_place", args=["page", world.page.pk])
    shown = ada.get(address)
    assert {each.name for each in shown.context["users_of_page"]} == {each.name for each in world.page.ad_accounts.all()} != set()
    assert "Ad accounts that may use it" in shown.content.decode()
    world.add_person("paula", "access_manager", scope=world.page)
    assert list(enter("paula").get(address).context["users_of_page"]) == [], "what they do not see is not named"
