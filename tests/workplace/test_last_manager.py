"""Before somebody's access ends it is said when nobody, or not the reader themselves, will manage access after it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Membership, RoleGrant, UserGroup
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter

NOBODY = "Nobody will manage access on {} any more."
YOU = "You yourself will no longer manage access on {}."


@pytest.fixture
def ada(world: World, enter: Enter) -> Client:
    world.add_person("ada", "access_manager", scope=world.organisation)
    return enter("ada")


def said(client: Client, name: str, *args: Any) -> list[str]:
    """The warnings on the page that asks before it ends something."""
    page = client.get(reverse(f"admin:{name}", args=args)).content.decode()
    return [re.sub(r" Only .*", "", each) for each in re.findall(r'data-testid="lasting">([^<]*)<', page)]


def grant_of(world: World, name: str) -> RoleGrant:
    return RoleGrant.objects.get(user=world.people[name])


def test_the_last_access_manager_is_told_that_nobody_is_left(world: World, ada: Client):
    house = [NOBODY.format(world.organisation.name)]
    assert said(ada, "access_grant_end", grant_of(world, "ada").pk) == house
    assert said(ada, "access_deactivate", world.people["ada"].pk) == house
    assert said(ada, "access_grant_end", grant_of(world, "content").pk) == [], "what gives no access ends without ado"


def test_with_another_one_only_the_reader_is_warned(world: World, ada: Client, enter: Enter):
    world.add_person("bo", "access_manager", scope=world.organisation)
    assert said(ada, "access_grant_end", grant_of(world, "ada").pk) == [YOU.format(world.organisation.name)]
    assert said(ada, "access_grant_end", grant_of(world, "bo").pk) == []
    accounts.deactivate_user(actor=ROOT, user=world.people["ada"].pk)
    assert said(enter("bo"), "access_deactivate", world.people["bo"].pk) == [NOBODY.format(world.organisation.name)]


def test_machines_are_no_access_managers_left(world: World, ada: Client):
    accounts.grant_role(actor=ROOT, principal=world.machine, role="access_manager", scope=world.organisation)
    assert said(ada, "access_grant_end", grant_of(world, "ada").pk) == [NOBODY.format(world.organisation.name)]


def test_of_a_brand_whoever_manages_the_house_is_left(world: World, ada: Client, enter: Enter):
    world.add_person("bea", "access_manager", scope=world.brand)
    assert said(ada, "access_grant_end", grant_of(world, "bea").pk) == []
    assert said(enter("bea"), "access_grant_end", grant_of(world, "bea").pk) == [YOU.format(world.brand.name)]


def test_the_last_member_of_the_group_that_manages(world: World, ada: Client):
    group: UserGroup = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Keepers")
    accounts.add_member(actor=ROOT, user=world.people["ada"], group=group)
    grant = accounts.grant_role(actor=ROOT, principal=group, role="access_manager", scope=world.organisation)
    membership = Membership.objects.get(group=group)
    assert said(ada, "access_membership_end", membership.pk) == [], "the role held directly stays"
    accounts.revoke_role(actor=ROOT, grant=grant_of(world, "ada").pk)
    house = [NOBODY.format(world.organisation.name)]
    assert said(ada, "access_membership_end", membership.pk) == house
    assert said(ada, "access_grant_end", grant.pk) == house
