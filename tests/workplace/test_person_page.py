"""The page of a person says of each role what `accounts.explain` says, also where a membership stands between the two."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from accounts import services as accounts
from accounts.explain import explain
from accounts.models import Membership, RoleGrant, User, UserGroup
from core import clock
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

DAY = timedelta(days=1)
WHENS: dict[str, tuple[int | None, int | None]] = {
    "open": (None, None), "ending": (None, 3), "ending sooner": (None, 2), "later": (4, None), "later still": (6, 9),
}  # fmt: skip
"""What → (begins, ends) in days from now."""


@pytest.fixture
def group(world: World) -> UserGroup:
    for name in ("ada", "bo"):
        world.add_person(name, "access_manager", scope=world.organisation)
    return accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")


def when(name: str) -> dict[str, Any]:
    begins, ends = WHENS[name]
    now = clock.now()
    return {"starts_at": begins and now + begins * DAY, "expires_at": ends and now + ends * DAY}


def shown(enter: Enter, world: World, role: str = "publisher") -> list[Any]:
    page = enter("ada").get(reverse("admin:access_person", args=[world.user("content").pk]))
    return [row for row in page.context["standing"] + page.context["ended"] if row.fact.role_id == role]


def agrees(world: World, row: Any, moment: datetime | None = None) -> None:
    """The row and the one answer of all doors."""
    said = explain(world.user("content"), "publish", world.brand)
    assert said.allowed == (row.state == "in_force"), (row.state, [each.code for each in said.missing])
    if said.allowed:
        (reason,) = said.because
        assert (row.since, row.until) == (reason.since, reason.until)
        return
    codes = {each.code.partition("_")[2] for each in said.missing}
    assert {"awaited": {"awaits_second"}, "later": {"not_begun"}}[row.state] & codes


@pytest.mark.parametrize("of_grant", WHENS)
@pytest.mark.parametrize("of_membership", WHENS)
def test_r58_a_role_through_a_group_holds_while_both_do(
    of_grant: str, of_membership: str, world: World, group: UserGroup, enter: Enter
):
    grant = accounts.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.brand, **when(of_grant))
    row = accounts.add_member(actor=ROOT, group=group, user=world.user("content"), **when(of_membership))
    found = shown(enter, world)
    if row.since is not None and grant.until is not None and row.since >= grant.until:
        assert found == [], "the two never meet"
        return
    if grant.since is not None and row.until is not None and grant.since >= row.until:
        assert found == []
        return
    (one,) = found
    agrees(world, one)
    ends = [each for each in (grant.until, row.until) if each]
    assert one.until == (min(ends) if ends else None)
    assert one.since == max(grant.since, row.since)  # type: ignore[type-var]


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("which", ["grant", "membership", "both"])
def test_r55_what_is_awaited_is_not_said_to_be_in_force(which: str, later: bool, world: World, group: UserGroup, enter: Enter):
    how = when("later") if later else {}
    if which == "membership":
        accounts.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.brand, **how)
    elif which == "grant":
        accounts.add_member(actor=ROOT, group=group, user=world.user("content"), **how)
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    if which != "membership":
        accounts.grant_role(actor=world.actor("ada"), role="publisher", principal=group, scope=world.brand)
    if which != "grant":
        accounts.add_member(actor=world.actor("ada"), group=group, user=world.user("content"))
    (one,) = shown(enter, world)
    assert one.state == "awaited"
    assert one.since is None
    assert not explain(world.user("content"), "publish", world.brand).allowed
    page = enter("ada").get(reverse("admin:access_person", args=[world.user("content").pk])).content.decode()
    part = page[page.index("Publisher") :].partition("</li>")[0]
    assert "waits for a second access manager" in part
    assert "in force" not in part


def test_each_time_somebody_belonged_to_a_group_is_a_time_they_held_its_role(world: World, group: UserGroup, enter: Enter):
    who = world.user("content")
    accounts.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.brand)
    accounts.add_member(actor=ROOT, group=group, user=who)
    accounts.remove_member(actor=ROOT, group=group, user=who)
    accounts.add_member(actor=ROOT, group=group, user=who)
    assert [row.state for row in shown(enter, world)] == ["in_force", "ended"]
    first = Membership.objects.earliest("pk")
    assert shown(enter, world)[1].until == first.revoked_at


def test_what_is_not_held_yet_is_marked_in_the_list_of_people(world: World, group: UserGroup, enter: Enter):
    who = world.user("content")
    accounts.grant_role(actor=ROOT, role="operator", principal=who, scope=world.brand, **when("later"))
    accounts.add_member(actor=ROOT, group=group, user=who, **when("later"))
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    accounts.grant_role(actor=world.actor("ada"), role="legal_approver", principal=who, scope=world.brand)
    page = enter("ada").get(reverse("admin:access"), {"q": "content@"})
    assert page.context["holdings"][who.pk] == {
        "roles": {"Content approver": "in_force", "Operator": "upcoming", "Legal approver": "awaited"}, "groups": {"Editors": "upcoming"},
    }  # fmt: skip
    for words in ("Operator · later", "Legal approver · awaited", "Editors · later"):
        assert words in page.content.decode()


def test_roles_count_whoever_holds_them_now(world: World, group: UserGroup, enter: Enter):
    for name in ("one", "two"):
        world.add_person(name)
    accounts.grant_role(actor=ROOT, role="legal_approver", principal=world.user("one"), scope=world.brand)
    accounts.grant_role(actor=ROOT, role="legal_approver", principal=world.user("two"), scope=world.brand, **when("later"))
    accounts.grant_role(actor=ROOT, role="legal_approver", principal=group, scope=world.brand)
    accounts.add_member(actor=ROOT, group=group, user=world.user("content"), **when("later"))
    page = enter("ada").get(reverse("admin:access_roles"))
    assert {role.pk: number for role, _permissions, number in page.context["roles"]}["legal_approver"] == 1
    assert "1 person or machine holds it now" in page.content.decode()
    page = enter("ada").get(reverse("admin:access_role", args=["legal_approver"]))
    assert [user.name for user in page.context["holders"]] == ["One"]


def test_dates_are_in_the_reader_s_form(world: World, group: UserGroup, enter: Enter):
    until = datetime(2099, 11, 28, 11, 18, tzinfo=clock.now().tzinfo)
    grant = accounts.grant_role(actor=ROOT, role="operator", principal=world.user("content"), scope=world.brand, expires_at=until)
    accounts.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=world.user("budget")).pk)
    client, person = enter("ada"), reverse("admin:access_person", args=[world.user("content").pk])
    asked = {"who": world.user("budget").email, "permission": "approve_budget", "scope": f"brand:{world.brand.pk}", "at": ""}
    assert "until 28 Nov 2099, 11:18 UTC" in client.get(person).content.decode()
    (missing,) = client.get(reverse("admin:access_who"), asked).context["explanation"].missing
    ended = f"was ended on {clock.now().day} {clock.now():%b %Y}, "
    assert ended in str(missing.words)
    assert "+00:00" not in str(missing.words)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert "bis 28. Nov. 2099, 11:18 UTC" in client.get(person).content.decode()
    assert f"am {clock.now().day}. " in client.get(reverse("admin:access_who"), asked).content.decode()
    assert grant.until == until


def test_one_heading_a_page(world: World, group: UserGroup, enter: Enter):
    client, request = enter("ada"), world.request("in_review")
    pages = [reverse("admin:access"), reverse("admin:access_person", args=[world.user("content").pk]), reverse("admin:index")]
    for page in [*pages, reverse("admin:person", args=[world.user("content").pk]), reverse("admin:tokens")]:
        assert client.get(page).content.decode().count("<h1") == 1, page
    assert enter("content").get(reverse("admin:request", args=[request.pk])).content.decode().count("<h1") == 1


def test_whoever_has_no_name_can_be_clicked_on(world: World, group: UserGroup, enter: Enter):
    world.people["blank"] = accounts.create_person(
        actor=ROOT, organisation=world.organisation, email="blank@acme.example", name="Blank", password="correct horse battery"
    )
    User.objects.filter(pk=world.people["blank"].pk).update(name=" ")  # as could be made before names were judged
    accounts.add_member(actor=ROOT, group=group, user=world.people["blank"])
    accounts.grant_role(actor=ROOT, role="operator", principal=world.people["blank"], scope=world.brand)
    client = enter("ada")
    for page in (reverse("admin:access"), reverse("admin:access_group", args=[group.public_id]), reverse("admin:access_role", args=["operator"])):
        body = client.get(page).content.decode()
        link = body[body.index(reverse("admin:access_person", args=[world.people["blank"].pk])) :].partition("</a>")[0]
        assert "blank@acme.example" in link, page
