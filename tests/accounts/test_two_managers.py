"""What widens access needs a second access manager where the organisation says so; what narrows it never waits (R-55)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services
from accounts.actors import actor_for
from accounts.errors import ChangeLapsed, DutiesClash, NotSecondManager
from accounts.models import AdAccount, Brand, Conferred, Placement, RoleGrant, User
from accounts.permissions import grants_of
from audit.models import AuditEvent
from core import clock
from core.actor import Actor, Channel
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from tests import builders

pytestmark = pytest.mark.django_db
ROOT = builders.ROOT


@pytest.fixture
def world():
    world = builders.organisation()
    for name in ("boss", "deputy"):
        world.add_person(name, "access_manager", scope=world.organisation)
    world.add_person("ann")
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    return world


def holds(user: User, permission: str, scope: Any) -> bool:
    return grants_of(User.objects.get(pk=user.pk)).allows(permission, scope)


def machine(world, owner: str) -> Actor:
    """A machine that manages access."""
    robot = services.create_service_account(actor=ROOT, owner=world.user(owner), email=f"{uuid7()}@acme.example", name="R")
    services.grant_role(actor=ROOT, role="access_manager", principal=robot, scope=world.organisation)
    return actor_for(User.objects.get(pk=robot.pk), Channel.API)


def proposed(world, actor: Actor | None = None, **changed: Any) -> RoleGrant:
    said: dict[str, Any] = {"role": "publisher", "principal": world.user("ann"), "scope": world.brand} | changed
    row = services.grant_role(actor=actor or world.actor("boss"), **said)
    assert row.is_awaited
    return row


def refused(error: type[Exception], actor: Actor, fact: Conferred) -> None:
    """Nothing happened, and the attempt is in the log."""
    before = type(fact)._default_manager.values().get(pk=fact.pk)
    with pytest.raises(error):
        services.confirm_change(actor=actor, change=fact.pk)
    assert type(fact)._default_manager.values().get(pk=fact.pk) == before
    found = AuditEvent.objects.filter(action="accounts.change.confirmed")
    assert set(found.values_list("outcome", flat=True)) <= {"refused"}


# --- who may be second ---------------------------------------------------------------------------------------------------


def test_r55_a_grant_holds_once_a_second_access_manager_confirms(world):
    row = proposed(world)
    assert not holds(world.people["ann"], "publish", world.account)
    services.confirm_change(actor=world.actor("deputy"), change=row.pk)
    assert holds(world.people["ann"], "publish", world.account)
    confirmed = RoleGrant.objects.get(pk=row.pk)
    assert (confirmed.granted_by, confirmed.confirmed_by) == ("boss@acme.example", "deputy@acme.example")
    with pytest.raises(Conflict):
        services.confirm_change(actor=world.actor("deputy"), change=row.pk)


def test_r55_the_proposer_is_not_the_second(world):
    refused(NotSecondManager, world.actor("boss"), proposed(world))


def test_r55_a_machine_is_not_the_second(world):
    refused(NotSecondManager, machine(world, "operator"), proposed(world))
    refused(NotSecondManager, machine(world, "boss"), proposed(world, role="operator"))


def test_r55_the_owner_of_the_machine_that_proposed_is_not_the_second(world):
    row = proposed(world, machine(world, "deputy"))
    refused(NotSecondManager, world.actor("deputy"), row)
    services.confirm_change(actor=world.actor("boss"), change=row.pk)
    assert holds(world.people["ann"], "publish", world.account)


@pytest.mark.parametrize("through", ["themselves", "a machine of theirs", "a group", "a group with a machine of theirs"])
def test_r55_nobody_confirms_what_they_gain_from(world, through):
    gains = world.user("deputy")
    if "machine" in through:
        gains = machine(world, "deputy").principal
    principal = gains
    if "group" in through:
        principal = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Gaining")
        services.add_member(actor=ROOT, group=principal, user=gains)
    row = proposed(world, principal=principal)
    refused(NotSecondManager, world.actor("deputy"), row)


@pytest.mark.parametrize("role", ["submitter", "operator", "auditor", "policy_manager"])
def test_r55_only_access_managers_confirm_and_decline(world, role):
    row = proposed(world)
    world.add_person("other", role)
    refused(Forbidden, world.actor("other"), row)
    with pytest.raises(Forbidden):
        services.decline_change(actor=world.actor("other"), change=row.pk)
    assert RoleGrant.objects.get(pk=row.pk).is_awaited


def test_r55_nobody_of_another_organisation_learns_of_a_change(world):
    row, evil = proposed(world), builders.organisation("Evil")
    evil.add_person("boss", "access_manager", scope=evil.organisation)
    refused(NotFound, evil.actor("boss"), row)
    with pytest.raises(NotFound):
        services.confirm_change(actor=world.actor("deputy"), change=uuid7())


def test_r55_who_proposed_it_may_take_it_back(world):
    row = proposed(world)
    services.decline_change(actor=world.actor("boss"), change=row.pk)
    refused(Conflict, world.actor("deputy"), row)
    with pytest.raises(Conflict):
        services.decline_change(actor=world.actor("deputy"), change=row.pk)
    assert not holds(world.people["ann"], "publish", world.account)


def test_r55_the_console_does_not_wait_for_itself(world):
    row = services.grant_role(actor=ROOT, role="publisher", principal=world.user("ann"), scope=world.brand)
    assert not row.is_awaited


# --- too late ---------------------------------------------------------------------------------------------------------------


def test_r55_a_proposal_lapses_after_fourteen_days(world):
    row = proposed(world)
    with time_machine.travel(row.granted_at + timedelta(days=14), tick=False):
        refused(ChangeLapsed, world.actor("deputy"), row)
    with time_machine.travel(row.granted_at + timedelta(days=14, microseconds=-1), tick=False):
        services.confirm_change(actor=world.actor("deputy"), change=row.pk)


def test_r55_what_expired_meanwhile_is_not_confirmed(world):
    row = proposed(world, expires_at=clock.now() + timedelta(hours=1))
    with time_machine.travel(row.granted_at + timedelta(hours=2), tick=False):
        refused(ChangeLapsed, world.actor("deputy"), row)


def test_r55_confirmed_before_it_is_to_begin_it_begins_then(world):
    start = clock.now() + timedelta(days=2)
    row = proposed(world, starts_at=start)
    services.confirm_change(actor=world.actor("deputy"), change=row.pk)
    assert RoleGrant.objects.get(pk=row.pk).since == start
    assert not holds(world.people["ann"], "publish", world.account)


def test_r55_duties_are_judged_again_when_it_is_confirmed(world):
    row = proposed(world)
    services.set_access_policy(
        actor=ROOT, organisation=world.organisation, two_managers=True, forbidden_pairs=[("publisher", "submitter")]
    )
    with pytest.raises(DutiesClash):
        services.grant_role(actor=ROOT, role="submitter", principal=world.user("ann"), scope=world.account)
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    services.grant_role(actor=ROOT, role="submitter", principal=world.user("ann"), scope=world.account)
    services.set_access_policy(
        actor=ROOT, organisation=world.organisation, two_managers=True, forbidden_pairs=[("publisher", "submitter")]
    )
    refused(DutiesClash, world.actor("deputy"), row)


def test_r55_whoever_left_meanwhile_gets_nothing(world):
    row = proposed(world)
    services.deactivate_user(actor=world.actor("boss"), user=world.people["ann"].pk)
    refused(Conflict, world.actor("deputy"), row)


# --- what else is confirmed --------------------------------------------------------------------------------------------------


def test_r55_a_member_belongs_once_it_is_confirmed(world):
    group = services.create_user_group(actor=world.actor("boss"), organisation=world.organisation, title="Publishers")
    services.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.brand)
    row = services.add_member(actor=world.actor("boss"), group=group, user=world.user("ann"))
    assert not holds(world.people["ann"], "publish", world.account)
    refused(NotSecondManager, world.actor("boss"), row)
    services.confirm_change(actor=world.actor("deputy"), change=row.pk)
    assert holds(world.people["ann"], "publish", world.account)


def test_r55_a_role_becomes_wider_once_it_is_confirmed_by_nobody_who_holds_it(world):
    role = services.create_role(
        actor=world.actor("boss"), organisation=world.organisation, title="Editors", permissions=["submit"]
    )
    for name in ("ann", "deputy"):
        services.grant_role(actor=ROOT, role=role.pk, principal=world.user(name), scope=world.brand)
    services.change_role(actor=world.actor("boss"), role=role, permissions=["publish"])
    assert not holds(world.people["ann"], "submit", world.account), "what is taken away does not wait"
    assert not holds(world.people["ann"], "publish", world.account)
    wider = role.permissions.get(codename="publish")
    refused(NotSecondManager, world.actor("deputy"), wider)
    world.add_person("third", "access_manager", scope=world.organisation)
    services.confirm_change(actor=world.actor("third"), change=wider.pk)
    assert holds(world.people["ann"], "publish", world.account)


@pytest.fixture
def sister(world) -> Brand:
    return services.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")


def move(world, brand: Brand) -> Placement:
    account = AdAccount.objects.get(pk=world.account.pk)
    return services.move_ad_account(actor=world.actor("boss"), ad_account=account, brand=brand)


def test_r55_an_ad_account_moves_once_it_is_confirmed(world, sister):
    world.add_person("other", "publisher", scope=sister)
    row = move(world, sister)
    assert AdAccount.objects.get(pk=world.account.pk).brand == world.brand
    assert not holds(world.people["other"], "publish", AdAccount.objects.get(pk=world.account.pk))
    refused(NotSecondManager, world.actor("boss"), row)
    services.confirm_change(actor=world.actor("deputy"), change=row.pk)
    moved = AdAccount.objects.get(pk=world.account.pk)
    assert (moved.brand, moved.placed_at) == (sister, Placement.objects.get(pk=row.pk).since)
    assert holds(world.people["other"], "publish", moved)
    assert not holds(world.people["publisher"], "publish", moved)
    assert not moved.pages.exists(), "pages are used by ad accounts of their own brand"
    said = AuditEvent.objects.get(action="accounts.change.confirmed", outcome="recorded")
    assert world.page.handle in said.canonical


def test_r55_a_move_that_another_overtook_lapses(world, sister):
    third = services.create_brand(actor=ROOT, organisation=world.organisation, name="Third")
    row = move(world, sister)
    services.move_ad_account(actor=ROOT, ad_account=AdAccount.objects.get(pk=world.account.pk), brand=third)
    refused(ChangeLapsed, world.actor("deputy"), row)
    assert AdAccount.objects.get(pk=world.account.pk).brand == third


def test_r55_whoever_confirms_a_move_manages_both_sides(world, sister):
    """Otherwise the access manager of one brand would take ad accounts from another."""
    row = move(world, sister)
    world.add_person("taker", "access_manager", scope=sister)
    refused(NotFound, world.actor("taker"), row)
    assert AdAccount.objects.get(pk=world.account.pk).brand == world.brand


# --- the policy itself -----------------------------------------------------------------------------------------------------


def policy(world, **changed: Any):
    said: dict[str, Any] = {"two_managers": True} | changed
    return services.set_access_policy(actor=world.actor("boss"), organisation=world.organisation, **said)


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        ({}, {"two_managers": False}, True),
        ({}, {"second_factor_roles": ["publisher"]}, False),
        ({"second_factor_roles": ["publisher"]}, {}, True),
        ({"forbidden_pairs": [("publisher", "submitter")]}, {}, True),
        ({"forbidden_pairs": [("publisher", "submitter")]}, {"forbidden_pairs": [("submitter", "publisher")]}, False),
        ({"second_factor_roles": ["publisher"]}, {"second_factor_roles": ["operator"]}, True),
    ],
)
def test_r55_stricter_holds_at_once_and_looser_waits(world, before, after, waits):
    policy(world, **before)
    row = policy(world, **after)
    assert row.is_awaited == waits


def test_r55_turning_it_off_waits(world):
    row = policy(world, two_managers=False)
    proposed(world)
    refused(NotSecondManager, world.actor("boss"), row)
    services.confirm_change(actor=world.actor("deputy"), change=row.pk)
    now = services.grant_role(actor=world.actor("boss"), role="operator", principal=world.user("ann"), scope=world.brand)
    assert not now.is_awaited


def test_r55_a_policy_that_a_later_one_overtook_lapses(world):
    row = policy(world, two_managers=False)
    policy(world, second_factor_roles=["publisher"])
    refused(ChangeLapsed, world.actor("deputy"), row)
    assert proposed(world).is_awaited


def test_r55_a_policy_names_roles_that_there_are(world):
    evil = builders.organisation("Evil")
    foreign = services.create_role(actor=ROOT, organisation=evil.organisation, title="X", permissions=["submit"])
    for said in (
        {"second_factor_roles": ["emperor"]}, {"second_factor_roles": [foreign.pk]},
        {"forbidden_pairs": [("publisher", "emperor")]}, {"forbidden_pairs": [("publisher", "publisher")]},
    ):  # fmt: skip
        with pytest.raises(Invalid):
            policy(world, **said)
    assert world.organisation.access_policies.count() == 1


# --- what narrows never waits ------------------------------------------------------------------------------------------------


def _revoke(world) -> None:
    services.revoke_role(actor=world.actor("boss"), grant=RoleGrant.objects.get(user=world.people["publisher"]).pk)


def _deactivate(world) -> None:
    services.deactivate_user(actor=world.actor("boss"), user=world.people["publisher"].pk)


@pytest.mark.parametrize("narrow", [_revoke, _deactivate])
def test_r55_what_narrows_never_waits(world, narrow: Callable[..., None]):
    assert holds(world.people["publisher"], "publish", world.account)
    narrow(world)
    assert not holds(world.people["publisher"], "publish", world.account)


def test_r55_a_member_leaves_at_once(world):
    group = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Publishers")
    services.grant_role(actor=ROOT, role="publisher", principal=group, scope=world.brand)
    services.add_member(actor=ROOT, group=group, user=world.user("ann"))
    services.remove_member(actor=world.actor("boss"), group=group, user=world.user("ann"))
    assert not holds(world.people["ann"], "publish", world.account)


# --- whoever is deactivated ----------------------------------------------------------------------------------------------


def test_r17_whoever_is_deactivated_is_given_nothing_and_comes_back_with_nothing(world):
    ann = world.user("ann")
    group = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Publishers")
    services.deactivate_user(actor=ROOT, user=ann.pk)
    with pytest.raises(Invalid):
        services.grant_role(actor=ROOT, role="publisher", principal=ann, scope=world.brand)
    with pytest.raises(Invalid):
        services.add_member(actor=ROOT, group=group, user=ann)
    services.reactivate_user(actor=ROOT, user=ann.pk)
    assert grants_of(world.user("ann")).by_permission == {}


def test_r55_nobody_confirms_a_move_to_where_they_hold_more(world, sister):
    row = services.move_ad_account(actor=world.actor("boss"), ad_account=world.account, brand=sister)
    services.grant_role(actor=ROOT, role="publisher", principal=world.user("deputy"), scope=sister)
    refused(NotSecondManager, world.actor("deputy"), row)
    assert AdAccount.objects.get(pk=world.account.pk).brand == world.brand
