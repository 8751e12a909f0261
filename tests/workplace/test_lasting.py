"""Who is left to manage access where something ends is told to whoever may end it, and of no place that they do not see."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Brand, Membership, RoleGrant, User
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

WARNING = 'data-testid="lasting"'


@pytest.fixture
def other(world: World) -> Brand:
    """Another brand, which nobody who reads here sees, but for whoever manages the organisation."""
    world.add_person("ada", "access_manager", scope=world.organisation)
    return accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Nordwind")


def manages(world: World, scope: Any, name: str = "theirs") -> User:
    return world.add_person(name, "access_manager", scope=scope)


def ended(world: World) -> list[str]:
    """The pages that ask before something of the other brand's manager ends: deactivation, and leaving a group."""
    person = User.objects.get(name="Theirs")
    return [reverse("admin:access_deactivate", args=[person.pk]), *leaving()]


def leaving() -> list[str]:
    return [reverse("admin:access_membership_end", args=[row.pk]) for row in Membership.objects.all()]


def in_group(world: World, scope: Any, user: User) -> RoleGrant:
    group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Managers")
    accounts.add_member(actor=ROOT, group=group, user=user)
    return accounts.grant_role(actor=ROOT, role="access_manager", principal=group, scope=scope)


def test_r57_no_brand_is_named_to_whoever_does_not_see_it(world: World, other: Brand, enter: Enter):
    in_group(world, other, manages(world, other))
    for path in ended(world):
        answer = enter("access_manager").get(path)
        assert "Nordwind" not in answer.content.decode(), path
        assert WARNING not in answer.content.decode(), path


def test_whoever_may_not_end_it_is_not_warned_of_their_own_brand(world: World, other: Brand, enter: Enter):
    in_group(world, world.account, manages(world, world.page))
    for path in ended(world):
        answer = enter("access_manager").get(path)
        assert answer.status_code == 200
        assert WARNING not in answer.content.decode(), path


def test_whoever_may_end_it_is_warned(world: World, other: Brand, enter: Enter):
    """Of what is theirs: that nobody manages it any more, or they themselves do not."""
    accounts.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=world.people["ada"]).pk)
    accounts.grant_role(actor=ROOT, role="access_manager", principal=world.people["ada"], scope=world.organisation)
    in_group(world, world.organisation, world.people["ada"])
    own = RoleGrant.objects.get(user=world.people["access_manager"])
    shown = enter("access_manager").get(reverse("admin:access_grant_end", args=[own.pk])).content.decode()
    assert "You yourself will no longer manage access" in shown
    ada = enter("ada").get(reverse("admin:access_deactivate", args=[world.people["ada"].pk])).content.decode()
    assert "Nobody will manage access" in ada
