"""Attacks on what is conferred, typed as SQL: role grants, memberships, permissions of roles, placements, access policies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models

from accounts.models import (
    AccessPolicy,
    AccessReview,
    AuthorityLimit,
    Brand,
    Conferred,
    Membership,
    Organisation,
    Page,
    Placement,
    Role,
    RoleGrant,
    RolePermission,
    User,
)
from core import clock
from core.ids import uuid7
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, insert, type_sql, update
from tests.guards.world import World, grant, join, person, team

LATER = "'2099-01-01 00:00:00'"


def own_role(organisation: Organisation, title: str = "Editors") -> Role:
    return Role.objects.create(organisation=organisation, title=title)


def conferred(model: type[Conferred], world: World, **changed: Any) -> Any:
    """An unsaved fact of a kind, in force from now on."""
    now = clock.now()
    own: dict[type[Conferred], Callable[[], dict[str, Any]]] = {
        RoleGrant: lambda: {"role_id": "publisher", "user": world.ann, "brand": world.brand},
        Membership: lambda: {"user": world.ann, "group": team(world.organisation, str(uuid7()))},
        RolePermission: lambda: {"role": own_role(world.organisation), "codename": "submit"},
        Placement: lambda: {"ad_account": world.account, "brand": world.brand},
        AuthorityLimit: lambda: {"user": world.author, "brand": world.brand, "amount_minor": 5, "currency": "USD"},
        AccessPolicy: lambda: {"organisation": world.organisation, "version": 1},
    }
    base = {"granted_at": now, "granted_by": "ann", "granted_by_id": world.ann.pk, "since": now}
    return model(**(base | own[model]() | changed))


def name_of(model: type[models.Model]) -> str:
    return {
        RoleGrant: "accounts_role_grant", Membership: "accounts_membership", RolePermission: "accounts_role_permission",
        Placement: "accounts_placement", AccessPolicy: "accounts_access_policy", AuthorityLimit: "accounts_authority_limit",
    }[model]  # type: ignore[index]  # fmt: skip


FACTS = pytest.mark.parametrize("model", [RoleGrant, Membership, RolePermission, Placement, AccessPolicy, AuthorityLimit])


def saved(model: type[Conferred], world: World, **changed: Any) -> Any:
    row = conferred(model, world, **changed)
    sql, params = insert(row)
    assert type_sql(sql, *params) == 1
    return row


# --- all of them ----------------------------------------------------------------------------------------------------------


@FACTS
@pytest.mark.parametrize(
    "change",
    [f"expires_at = {LATER}", "granted_by = 'somebody'", "granted_by_id = NULL", "granted_at = '2020-01-01 00:00:00'", f"starts_at = {LATER}"],
)
def test_r58_what_was_conferred_is_not_rewritten(world, model, change):
    row = saved(model, world)
    assert_refused(f"{name_of(model)}_fixed", *update(row, change))


@FACTS
def test_r58_it_ends_once(world, model):
    row = saved(model, world)
    assert type_sql(*update(row, f"revoked_at = {LATER}, revoked_by = 'ben'")) == 1
    assert_refused(f"{name_of(model)}_ended", *update(row, "revoked_at = NULL"))
    assert_refused(f"{name_of(model)}_ended", *update(row, "revoked_at = '2098-01-01 00:00:00'"))
    assert_refused(f"{name_of(model)}_ended", *update(row, "revoked_by = 'cat'"))


@FACTS
def test_r58_it_begins_once(world, model):
    row = saved(model, world)
    assert_refused(f"{name_of(model)}_begun", *update(row, "since = NULL"))
    assert_refused(f"{name_of(model)}_begun", *update(row, f"since = {LATER}"))
    assert_refused(f"{name_of(model)}_begun", *update(row, "confirmed_by = 'ben'"))


@FACTS
def test_r55_it_is_begun_by_a_named_second_access_manager(world, model):
    row = saved(model, world, since=None)
    begun, second = f"since = {LATER}", name_of(model) + "_second"
    assert_refused(second, *update(row, begun))
    assert_refused(second, *update(row, f"{begun}, confirmed_by = 'ann', confirmed_by_id = '{world.ann.pk.hex}'"))
    assert type_sql(*update(row, f"{begun}, confirmed_by = 'ben', confirmed_by_id = '{world.ben.pk.hex}'")) == 1


@FACTS
def test_r55_whose_machine_proposed_it_does_not_begin_it(world, model):
    machine = person(world.organisation, "machine", kind="service_account", owner=world.ben)
    row = saved(model, world, since=None, granted_by_id=machine.pk)
    begun = f"since = {LATER}, confirmed_by = 'x', confirmed_by_id"
    assert_refused(name_of(model) + "_second", *update(row, f"{begun} = '{world.ben.pk.hex}'"))
    assert type_sql(*update(row, f"{begun} = '{world.outsider.pk.hex}'")) == 1


@FACTS
def test_r55_it_is_begun_by_an_active_person(world, model):
    """Not by a name alone, an id that is nobody's, a machine (the proposer's own or another), or somebody who is gone."""
    machines = [
        person(world.organisation, f"machine-{who.name}", kind="service_account", owner=who) for who in (world.ann, world.ben)
    ]
    gone = person(world.organisation, "gone", is_active=False)
    row = saved(model, world, since=None)
    named = f"since = {LATER}, confirmed_by = 'x'"
    for who in ("", *(f", confirmed_by_id = '{each.hex}'" for each in (uuid7(), gone.pk, *(m.pk for m in machines)))):
        assert_refused(name_of(model) + "_second", *update(row, named + who))
    assert type_sql(*update(row, f"{named}, confirmed_by_id = '{world.ben.pk.hex}'")) == 1


@pytest.mark.parametrize("model", [RoleGrant, Membership])
def test_r55_whoever_gains_does_not_begin_it(world, model):
    """Also not by a machine that gains: it is its owner's."""
    machine = person(world.organisation, "machine", kind="service_account", owner=world.ben)
    begun = f"since = {LATER}, confirmed_by = 'x', confirmed_by_id = '{world.ben.pk.hex}'"
    for user in (world.ben, machine):
        row = saved(model, world, since=None, user=user, granted_by_id=world.ann.pk)
        assert_refused(name_of(model) + "_second", *update(row, begun))
    row = saved(model, world, since=None, user=world.outsider, granted_by_id=world.ann.pk)
    assert type_sql(*update(row, begun)) == 1


@FACTS
def test_r55_what_was_declined_is_not_begun(world, model):
    row = saved(model, world, since=None)
    assert type_sql(*update(row, f"revoked_at = {LATER}")) == 1
    assert_refused(f"{name_of(model)}_ended", *update(row, f"since = {LATER}, confirmed_by = 'ben'"))


@FACTS
@pytest.mark.parametrize("field", ["since", "revoked_at"])
def test_r58_nothing_is_given_or_taken_backwards_in_time(world, model, field):
    row = conferred(model, world)
    setattr(row, field, row.granted_at - timedelta(seconds=1))
    sql, params = insert(row)
    with pytest.raises(IntegrityError, match="never_backwards|ends_after_it_began"):
        type_sql(sql, *params)
    setattr(row, field, row.granted_at)
    assert_inserted(row)


@FACTS
def test_r58_it_is_not_removed(world, model):
    saved(model, world)
    assert_refused(f"{name_of(model)}_no_delete", f"DELETE FROM {model._meta.db_table}")


@FACTS
@pytest.mark.postgresql_only
def test_r58_it_is_not_truncated(world, model):
    saved(model, world)
    type_sql("SET CONSTRAINTS ALL IMMEDIATE")
    assert_refused(f"{name_of(model)}_no_truncate", f"TRUNCATE {model._meta.db_table} CASCADE")


@FACTS
@pytest.mark.sqlite_only
def test_r58_it_is_not_replaced(world, model):
    row = saved(model, world)
    row.expires_at = None
    row.granted_by = "somebody"
    sql, params = insert(row, "REPLACE")
    assert_refused(f"{name_of(model)}_no_replace", sql, *params)


# --- what each of them is about -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (RoleGrant, "role = 'budget_approver'"),
        (RoleGrant, "user_id = '{ben}'"),
        (RoleGrant, "brand_id = NULL, organisation_id = '{organisation}'"),
        (Membership, "user_id = '{ben}'"),
        (Membership, "source = 'directory'"),
        (RolePermission, "codename = 'publish'"),
        (RolePermission, "role_id = '{role}'"),
        (Placement, "ad_account_id = '{elsewhere}'"),
        (AccessPolicy, "two_managers = TRUE"),
        (AccessPolicy, "forbidden_pairs = '[[\"auditor\", \"publisher\"]]'"),
        (AccessPolicy, "second_factor_roles = '[\"publisher\"]'"),
        (AccessPolicy, "version = 9"),
    ],
)
def test_r57_it_stays_about_what_it_was(world, model, change):
    row = saved(model, world)
    ids = {"ben": world.ben, "organisation": world.organisation, "elsewhere": world.elsewhere}
    named = {name: each.pk.hex for name, each in ids.items()} | {"role": own_role(world.organisation, "Others").pk}
    assert_refused(f"{name_of(model)}_fixed", *update(row, change.format(**named)))


# --- built-in roles --------------------------------------------------------------------------------------------------------


def test_r57_built_in_roles_never_change(world):
    publisher, now = Role.objects.get(pk="publisher"), clock.now()
    refused = "accounts_role_permission_built_in"
    wider = RolePermission(role=publisher, codename="approve_budget", granted_at=now, granted_by="test", since=now)
    assert_insert_refused(refused, wider)
    held = RolePermission.objects.get(role=publisher, codename="publish")
    assert_refused(refused, *update(held, f"revoked_at = {LATER}"))
    assert_refused("accounts_role_built_in", "UPDATE accounts_role SET title = 'Emperor' WHERE id = 'publisher'")
    assert_insert_refused("accounts_role_built_in", Role(id="emperor", title="Emperor"))
    assert_refused("accounts_role_no_delete", "DELETE FROM accounts_role WHERE id = 'publisher'")
    mine = own_role(world.organisation)
    wider.role = mine
    assert_inserted(wider)
    assert type_sql(f"UPDATE accounts_role SET title = 'Writers' WHERE id = '{mine.pk}'") == 1


def test_r57_role_keeps_its_organisation(world):
    mine, other = own_role(world.organisation), Organisation.objects.create(name="Other", slug="other")
    for assignment in (f"organisation_id = '{other.pk.hex}'", "organisation_id = NULL", "id = 'emperor'"):
        assert_refused("accounts_role_fixed", f"UPDATE accounts_role SET {assignment} WHERE id = '{mine.pk}'")


# --- across organisations -------------------------------------------------------------------------------------------------


@pytest.fixture
def other(world) -> dict[str, Any]:
    """A second organisation with one of everything."""
    organisation = Organisation.objects.create(name="Other", slug="other")
    brand = Brand.objects.create(organisation=organisation, name="Foreign")
    return {
        "organisation": organisation, "brand": brand, "user": person(organisation, "eve"), "group": team(organisation, "Foreign"),
        "page": Page.objects.create(brand=brand, external_id="1", identity_type="TT_USER", handle="h"),
        "role": own_role(organisation),
    }  # fmt: skip


@pytest.mark.parametrize("foreign", ["user", "group"])
@pytest.mark.parametrize("where", ["organisation", "brand", "account", "page"])
def test_r57_no_role_is_given_across_organisations(world, other, foreign, where):
    page = Page.objects.create(brand=world.brand, external_id="2", identity_type="TT_USER", handle="h")
    scope = page if where == "page" else getattr(world, where)
    field = {"account": "ad_account"}.get(where, where)
    row = conferred(RoleGrant, world, **({"user": None, "brand": None} | {foreign: other[foreign]}))
    setattr(row, field, scope)
    assert_insert_refused("accounts_role_grant_organisation", row)
    setattr(row, foreign, world.ann if foreign == "user" else team(world.organisation, "Own"))
    assert_inserted(row)


@pytest.mark.parametrize("where", ["organisation", "brand", "page"])
def test_r57_no_role_is_given_on_another_organisation(world, other, where):
    row = conferred(RoleGrant, world, brand=None)
    setattr(row, where, other[where])
    assert_insert_refused("accounts_role_grant_organisation", row)


def test_r57_whoever_has_no_organisation_holds_nothing(world):
    root = User.objects.create_superuser("root@guards.test", None, name="Root")
    assert_insert_refused("accounts_role_grant_organisation", conferred(RoleGrant, world, user=root))


def test_r57_no_role_of_another_organisation_is_given(world, other):
    row = conferred(RoleGrant, world, role_id=other["role"].pk)
    assert_insert_refused("accounts_role_grant_role", row)
    row.role = own_role(world.organisation)
    assert_inserted(row)


def test_r57_nobody_is_a_member_in_another_organisation(world, other):
    row = conferred(Membership, world, user=other["user"])
    assert_insert_refused("accounts_membership_organisation", row)
    row.user, row.group = world.ann, other["group"]
    assert_insert_refused("accounts_membership_organisation", row)
    row.group = team(world.organisation, "Own")
    assert_inserted(row)


def test_r57_user_group_stays_where_it_is(world, other):
    group = team(world.organisation, "Own")
    where = f"WHERE group_ptr_id = {group.pk}"
    assert_refused(
        "accounts_user_group_fixed", f"UPDATE accounts_usergroup SET organisation_id = '{other['organisation'].pk.hex}' {where}"
    )
    assert_refused("accounts_user_group_no_delete", f"DELETE FROM accounts_usergroup {where}")
    assert type_sql(f"UPDATE accounts_usergroup SET title = 'Renamed' {where}") == 1


# --- reviews, and what is only a view ----------------------------------------------------------------------------------------


def test_r55_reviews_stay(world):
    row = AccessReview(role_grant=grant(world.ann, "publisher", world.brand), reviewed_at=clock.now(), reviewed_by="ben")
    assert_inserted(row)
    assert_refused("accounts_access_review_no_update", *update(row, "reviewed_by = 'cat'"))
    assert_refused("accounts_access_review_no_delete", "DELETE FROM accounts_accessreview")


@pytest.mark.parametrize(
    "view",
    [
        "accounts_live_membership", "accounts_effective_grant", "accounts_ad_account_permission",
        *(f"accounts_{kind}{who}permission" for kind in ("organisation", "brand", "adaccount", "page") for who in ("user", "group")),
    ],
)  # fmt: skip
def test_r57_no_right_is_written_beside_the_facts(world, view):
    """What Django and guardian read cannot be written, so that there is nothing to forge there."""
    join(world.ann, group := team(world.organisation, "Own"))
    grant(group, "publisher", world.brand)
    for statement in (f"DELETE FROM {view}", f"INSERT INTO {view} SELECT * FROM {view}"):
        with pytest.raises(DatabaseError, match="view"):
            type_sql(statement)
