"""Who holds what: random histories of grants, memberships, ends and revocations against a model that anybody can read.

All answers must agree: Grants.allows, its filter, ad_account_ids, people_with, user.has_perm, and the view that the
guards in the database read (R-57).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import permissions, services
from accounts.models import AdAccount, Brand, Organisation, Page, RoleGrant, User, UserGroup
from accounts.roles import PERMISSIONS, ROLES
from core import clock
from core.actor import Channel, system
from core.errors import Conflict

ROOT = system(Channel.COMMAND)
PRINCIPALS = ("ann", "ben", "cat", "robot", "group_a", "group_b")
USERS = PRINCIPALS[:4]
SCOPES = ("organisation", "brand_a", "brand_b", "account_a1", "account_a2", "account_b1", "page_a")
ACCOUNTS = {"account_a1": "brand_a", "account_a2": "brand_a", "account_b1": "brand_b"}
MOMENTS = (0, 90, 240)
"""Minutes after now at which the answers are compared."""

operations = st.one_of(
    st.tuples(
        st.just("grant"), st.sampled_from(sorted(ROLES)), st.sampled_from(PRINCIPALS), st.sampled_from(SCOPES),
        st.sampled_from([None, -60, 60, 180]),
    ),
    st.tuples(st.just("revoke"), st.integers(0, 5)),
    st.tuples(st.just("join"), st.sampled_from(USERS), st.sampled_from(PRINCIPALS[4:])),
    st.tuples(st.just("leave"), st.sampled_from(USERS), st.sampled_from(PRINCIPALS[4:])),
    st.tuples(st.just("deactivate"), st.sampled_from(USERS)),
)  # fmt: skip


@dataclass
class Place:
    """The objects by their names in the histories."""

    objects: dict[str, Any]

    def account(self, name: str) -> AdAccount:
        return AdAccount.objects.select_related("brand__organisation").get(pk=self.objects[name].pk)


@dataclass
class Model:
    """What the history says, naively: a list of grants and a set of memberships."""

    grants: list[dict[str, Any]] = field(default_factory=list)
    members: set[tuple[str, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def holds(self, user: str, permission: str, account: str, minute: int) -> bool:
        above = {account, ACCOUNTS[account], "organisation"}
        principals = {user, *(group for member, group in self.members if member == user)}
        return user not in self.gone and any(
            permission in ROLES[grant["role"]] and grant["who"] in principals and grant["where"] in above
            and not grant["revoked"] and (grant["until"] is None or grant["until"] > minute)
            for grant in self.grants
        )  # fmt: skip


@pytest.fixture
def place(db) -> Place:
    organisation = services.create_organisation(actor=ROOT, name="Acme", slug="acme")
    objects: dict[str, Any] = {"organisation": organisation}
    for name in ("brand_a", "brand_b"):
        objects[name] = services.create_brand(actor=ROOT, organisation=organisation, name=name)
    for name, brand in ACCOUNTS.items():
        objects[name] = services.create_ad_account(
            actor=ROOT, brand=objects[brand], external_id=name, name=name, currency="USD", timezone="UTC", country="US"
        )
    objects["page_a"] = services.create_page(
        actor=ROOT, brand=objects["brand_a"], external_id="p", identity_type="TT_USER", handle="p"
    )
    for name in ("ann", "ben", "cat"):
        objects[name] = services.create_person(actor=ROOT, organisation=organisation, email=f"{name}@a.example", name=name)
    # Being superuser must change nothing about business objects.
    User.objects.filter(pk=objects["cat"].pk).update(is_superuser=True)
    objects["robot"] = services.create_service_account(actor=ROOT, owner=objects["ann"], email="r@a.example", name="robot")
    for name in ("group_a", "group_b"):
        objects[name] = services.create_user_group(actor=ROOT, organisation=organisation, title=name)
    return Place(objects)


def play(place: Place, model: Model, now: datetime, operation: tuple[Any, ...]) -> None:
    """One operation through the services and in the model."""
    kind, *rest = operation
    if kind == "grant":
        role, who, where, until = rest
        expires = None if until is None else now + timedelta(minutes=until)
        row = services.grant_role(
            actor=ROOT, role=role, principal=place.objects[who], scope=place.objects[where], expires_at=expires
        )
        model.grants.append({"pk": row.pk, "role": role, "who": who, "where": where, "until": until, "revoked": False})
    elif kind == "revoke" and rest[0] < len(model.grants):
        grant = model.grants[rest[0]]
        if grant["revoked"]:
            with pytest.raises(Conflict):
                services.revoke_role(actor=ROOT, grant=grant["pk"])
        else:
            services.revoke_role(actor=ROOT, grant=grant["pk"])
            grant["revoked"] = True
    elif kind in ("join", "leave"):
        user, group = place.objects[rest[0]], place.objects[rest[1]]
        verb = services.add_member if kind == "join" else services.remove_member
        verb(actor=ROOT, group=group, user=user)
        (model.members.add if kind == "join" else model.members.discard)((rest[0], rest[1]))
    elif kind == "deactivate" and rest[0] not in model.gone:
        services.deactivate_user(actor=ROOT, user=place.objects[rest[0]].pk)
        model.gone.add(rest[0])


def by_code(place: Place, now: datetime, minute: int) -> set[tuple[str, str, str]]:
    """(user, permission, account) as Grants.allows says; its other answers must be the same."""
    found = set()
    names = {place.objects[name].pk: name for name in ACCOUNTS}
    accounts = {name: place.account(name) for name in ACCOUNTS}
    for who in USERS:
        grants = permissions.grants_of(User.objects.get(pk=place.objects[who].pk), now + timedelta(minutes=minute))
        for permission in PERMISSIONS:
            allowed = {name for name, account in accounts.items() if grants.allows(permission, account)}
            assert {names[pk] for pk in grants.ad_account_ids(permission)} == allowed
            assert {names[row.pk] for row in AdAccount.objects.filter(grants.filter(permission))} == allowed
            found |= {(who, permission, name) for name in allowed}
    return found


def by_account(place: Place, now: datetime, minute: int) -> set[tuple[str, str, str]]:
    """The same from people_with, which leaves out machines."""
    names = {place.objects[who].pk: who for who in USERS}
    return {
        (names[person.pk], permission, name)
        for name in ACCOUNTS
        for permission in PERMISSIONS
        for person in permissions.people_with(permission, place.account(name), now + timedelta(minutes=minute))
    }


def by_database(place: Place) -> set[tuple[str, str, str]]:
    """The same from the view that the guards ask, by the database's own clock."""
    text = {str(place.objects[name].pk).replace("-", ""): name for name in (*USERS, *ACCOUNTS)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, codename, ad_account_id FROM accounts_ad_account_permission")
        rows = cursor.fetchall()
    return {(text[str(user).replace("-", "")], code, text[str(account).replace("-", "")]) for user, code, account in rows}


def by_has_perm(place: Place) -> set[tuple[str, str, str]]:
    found = set()
    for who in USERS:
        user = User.objects.get(pk=place.objects[who].pk)
        for permission in PERMISSIONS:
            found |= {(who, permission, name) for name in ACCOUNTS if user.has_perm(f"accounts.{permission}", place.account(name))}
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(operations, min_size=1, max_size=9))
def test_r57_all_answers_agree_with_the_model(place, history):
    before = transaction.savepoint()
    try:
        model, now = Model(), clock.now()
        for operation in history:
            play(place, model, now, operation)
        for minute in MOMENTS:
            expected = {
                (who, permission, name)
                for who in USERS for permission in PERMISSIONS for name in ACCOUNTS
                if model.holds(who, permission, name, minute)
            }  # fmt: skip
            people = {each for each in expected if each[0] != "robot"}
            assert by_code(place, now, minute) == expected
            assert by_account(place, now, minute) == people
            if minute == 0:
                assert by_database(place) == people
                assert by_has_perm(place) == expected
    finally:
        transaction.savepoint_rollback(before)


def test_the_model_covers_every_kind_of_scope_and_principal():
    """So that a new kind is not forgotten here."""
    kinds = {f.related_model for f in RoleGrant._meta.get_fields() if f.is_relation and f.many_to_one}
    assert kinds == {User, UserGroup, Organisation, Brand, AdAccount, Page}
