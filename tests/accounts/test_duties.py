"""Duties that one person may not hold on one place (R-60): the judgement by the thousand, and through the services."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import services
from accounts.duties import Holding, clashes, clashes_with, exclude, mixes
from accounts.errors import DutiesClash
from accounts.models import AdAccount, Role, RoleGrant, User
from accounts.permissions import grants_of
from accounts.roles import ACTING, PERMISSIONS, ROLES
from audit.models import AuditEvent
from core import clock
from core.errors import Invalid
from tests import builders
from tests import settings as tests

ROOT = builders.ROOT

# --- by the thousand -------------------------------------------------------------------------------------------------------

TREE = {1: (1,), 2: (2, 1), 3: (3, 1), 4: (4, 2, 1), 5: (5, 2, 1), 6: (6, 3, 1), 7: (7,), 8: (8, 7)}
"""Two organisations, their brands and ad accounts: each with what is above it."""
CODES = sorted(PERMISSIONS)
holdings = st.builds(
    lambda number, role, codes, place: Holding(UUID(int=number), role, frozenset(codes), tuple(map(_id, TREE[place])), str(place)),
    st.integers(1, 10**6), st.sampled_from("abcd"), st.sets(st.sampled_from(CODES), max_size=4), st.sampled_from(sorted(TREE)),
)  # fmt: skip
pairs = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")).filter(lambda pair: pair[0] != pair[1]), max_size=3)
thousands = settings(max_examples=tests.EXAMPLES or 1000, deadline=None, derandomize=not tests.EXAMPLES, database=None)
hundreds = settings(thousands, max_examples=tests.EXAMPLES or 200)


def _id(number: int) -> UUID:
    return UUID(int=number)


def naive(one: Holding, other: Holding, forbidden: list[tuple[str, str]]) -> bool:
    """The rule, in other words: is there a place that both reach, and would they be two sides there?"""
    reached = [
        place for place, above in TREE.items()
        if int(one.where) in above and int(other.where) in above
    ]  # fmt: skip
    sides = {("read" if code == "audit" else "act") for code in (*one.permissions, *other.permissions) if code != "view"}
    alone = [{("read" if code == "audit" else "act") for code in each.permissions if code != "view"} for each in (one, other)]
    across = sides == {"read", "act"} and all(alone)
    named = any((one.role, other.role) in (pair, pair[::-1]) for pair in forbidden)
    return bool(reached) and (across or named)


@thousands
@given(one=holdings, other=holdings, forbidden=pairs)
def test_r60_exclusion_is_as_the_rule_says_and_mutual(one, other, forbidden):
    assert exclude(one, other, forbidden) == exclude(other, one, forbidden) == naive(one, other, forbidden)


@hundreds
@given(held=st.lists(holdings, max_size=6), new=holdings, forbidden=pairs)
def test_r60_all_pairs_are_found_and_no_more(held, new, forbidden):
    found = [(clash.one, clash.other) for clash in clashes(held, forbidden)]
    assert found == [(a, b) for i, a in enumerate(held) for b in held[i + 1 :] if naive(a, b, forbidden)]
    assert [clash.other for clash in clashes_with(new, held, forbidden)] == [each for each in held if naive(new, each, forbidden)]


@thousands
@given(st.sets(st.sampled_from(CODES)))
def test_r60_a_role_does_not_mix_both_sides(codes):
    assert mixes(codes) == ("audit" in codes and bool(codes - {"audit", "view"}))
    assert ACTING | {"view", "audit"} == set(PERMISSIONS)


# --- through the services ------------------------------------------------------------------------------------------------

ACTING_ROLES = sorted(set(ROLES) - {"auditor"})


@pytest.fixture
def world(db: None):
    world = builders.organisation()
    world.add_person("ann")
    return world


def give(world, role: str, scope: Any = None, principal: Any = None, **window: Any) -> RoleGrant:
    who = principal or world.user("ann")
    return services.grant_role(actor=ROOT, role=role, principal=who, scope=scope or world.brand, **window)


def refused(world, role: str, scope: Any = None, principal: Any = None) -> None:
    """Nothing happened, and the attempt is in the log."""
    before = RoleGrant.objects.count()
    with pytest.raises(DutiesClash):
        give(world, role, scope, principal)
    assert RoleGrant.objects.count() == before
    last = AuditEvent.objects.filter(action="accounts.role.granted").order_by("-pk").first()
    assert last is not None
    assert last.outcome == "refused"


@pytest.mark.parametrize("role", ACTING_ROLES)
def test_r60_auditor_and_acting_role_exclude_each_other_either_way_round(world, role):
    give(world, "auditor")
    refused(world, role)
    world.add_person("ben")
    give(world, role, principal=world.user("ben"))
    refused(world, "auditor", principal=world.user("ben"))


@pytest.mark.parametrize(("first", "second"), [("organisation", "account"), ("account", "organisation"), ("brand", "page")])
def test_r60_inherited_scopes_meet_both_ways(world, first, second):
    give(world, "auditor", getattr(world, first))
    refused(world, "submitter", getattr(world, second))


def test_r60_places_beside_each_other_do_not_meet(world):
    give(world, "auditor", world.account)
    give(world, "submitter", world.second_account)
    sister = services.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    give(world, "publisher", sister)
    refused(world, "operator", world.brand)


def test_r60_what_is_still_to_come_counts_and_what_has_ended_does_not(world):
    now = clock.now()
    later = give(world, "auditor", starts_at=now + timedelta(days=3))
    refused(world, "submitter")
    services.revoke_role(actor=ROOT, grant=later.pk)
    give(world, "submitter")


def test_r60_what_awaits_a_second_access_manager_counts(world):
    for name in ("boss", "deputy"):
        world.add_person(name, "access_manager", scope=world.organisation)
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    row = services.grant_role(actor=world.actor("boss"), role="auditor", principal=world.user("ann"), scope=world.brand)
    refused(world, "submitter")
    services.decline_change(actor=world.actor("deputy"), change=row.pk)
    give(world, "submitter")


def test_r60_roles_of_ones_own_are_judged_by_what_they_give(world):
    with pytest.raises(Invalid):
        services.create_role(actor=ROOT, organisation=world.organisation, title="Both", permissions=["audit", "submit"])
    assert not Role.objects.filter(title="Both").exists()
    reader = services.create_role(actor=ROOT, organisation=world.organisation, title="Readers", permissions=["audit"])
    give(world, reader.pk)
    refused(world, "submitter")


def test_r60_pairs_of_the_organisation(world):
    pairs = [("submitter", "publisher")]
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=False, forbidden_pairs=pairs)
    give(world, "publisher", world.account)
    refused(world, "submitter", world.brand)
    give(world, "submitter", world.second_account)
    other = builders.organisation("Other")
    other.add_person("ann", "publisher")
    give(other, "submitter")


# --- through groups: reported, not refused -------------------------------------------------------------------------------


def group(world, role: str, *members: str):
    made = services.create_user_group(actor=ROOT, organisation=world.organisation, title=f"{role} {len(members)}")
    give(world, role, principal=made)
    for name in members:
        services.add_member(actor=ROOT, group=made, user=world.user(name))
    return made


def told(action: str) -> list[dict[str, str]]:
    last = AuditEvent.objects.filter(action=action, outcome="recorded").order_by("-pk").first()
    assert last is not None
    found: list[dict[str, str]] = json.loads(last.canonical)["payload"]["clashes"]
    return found


def test_r60_a_membership_that_makes_duties_clash_is_reported(world):
    mine = give(world, "auditor")
    made = group(world, "submitter")
    services.add_member(actor=ROOT, group=made, user=world.user("ann"))
    through = RoleGrant.objects.get(group=made)
    (said,) = told("accounts.membership.granted")
    assert said["user"] == str(world.people["ann"].pk)
    assert {said["one"], said["other"]} == {str(mine.pk), str(through.pk)}
    assert grants_of(world.user("ann")).allows("submit", world.account), "reported, not refused"


def test_r60_a_grant_to_a_group_that_makes_duties_clash_is_reported(world):
    give(world, "auditor")
    made = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Own")
    services.add_member(actor=ROOT, group=made, user=world.user("ann"))
    give(world, "submitter", principal=made)
    assert [each["user"] for each in told("accounts.role.granted")] == [str(world.people["ann"].pk)]


def test_r60_a_direct_grant_that_clashes_with_a_group_is_refused(world):
    group(world, "auditor", "ann")
    refused(world, "submitter")


def test_r60_what_a_group_itself_holds_is_kept_apart(world):
    made = group(world, "auditor")
    refused(world, "submitter", principal=made)


# --- what becomes so otherwise -----------------------------------------------------------------------------------------------


def test_r60_a_role_does_not_become_wider_where_somebody_would_hold_both_sides(world):
    give(world, "auditor")
    role = services.create_role(actor=ROOT, organisation=world.organisation, title="Own", permissions=["view"])
    give(world, role.pk)
    with pytest.raises(DutiesClash):
        services.change_role(actor=ROOT, role=role, permissions=["submit"])
    assert not grants_of(world.user("ann")).allows("submit", world.account)
    assert not role.permissions.filter(codename="submit").exists()
    services.change_role(actor=ROOT, role=role, permissions=["audit"])


def test_r60_a_role_that_becomes_wider_through_a_group_is_reported(world):
    give(world, "auditor")
    role = services.create_role(actor=ROOT, organisation=world.organisation, title="Own", permissions=["view"])
    group(world, role.pk, "ann")
    services.change_role(actor=ROOT, role=role, permissions=["submit"])
    assert [each["user"] for each in told("accounts.custom_role.changed")] == [str(world.people["ann"].pk)]


def test_r60_a_grant_is_judged_where_the_ad_account_lies_now(world):
    """It was moved after the door looked it up, and before the grant had its turn."""
    sister = services.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    give(world, "auditor", sister)
    before = AdAccount.objects.select_related("brand__organisation").get(pk=world.account.pk)
    services.move_ad_account(actor=ROOT, ad_account=world.account, brand=sister)
    with pytest.raises(DutiesClash):
        give(world, "submitter", before)
    assert not grants_of(User.objects.get(pk=world.people["ann"].pk)).allows("submit", before)


def test_r60_a_move_that_makes_duties_clash_is_reported(world):
    sister = services.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    give(world, "auditor", sister)
    give(world, "submitter", world.account)
    services.move_ad_account(actor=ROOT, ad_account=world.account, brand=sister)
    assert [each["user"] for each in told("accounts.ad_account.moved")] == [str(world.people["ann"].pk)]
    assert grants_of(User.objects.get(pk=world.people["ann"].pk)).allows("submit", world.account)


def test_r60_a_person_and_their_machine_are_one(world):
    """Whoever owns a machine makes its token: an auditor's machine does not act where its owner audits, nor the other way."""
    auditor, robot = world.user("auditor"), world.machine
    mine = services.create_service_account(actor=ROOT, owner=auditor, email="mine@acme.example", name="Mine")
    before = RoleGrant.objects.count()
    with pytest.raises(DutiesClash):
        services.grant_role(actor=ROOT, role="submitter", principal=mine, scope=world.account)
    with pytest.raises(DutiesClash):
        services.grant_role(actor=ROOT, role="auditor", principal=robot.owner, scope=world.brand)
    assert RoleGrant.objects.count() == before
    services.grant_role(actor=ROOT, role="auditor", principal=mine, scope=world.account)
