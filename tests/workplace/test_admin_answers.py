"""The lists of the workplace's models answer no question about what they do not show, and show what the API shows."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Field
from django.test import Client
from django.urls import reverse

from accounts import queries
from accounts import services as accounts
from accounts.models import RoleGrant, User, UserGroup
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from workplace.admins import site
from workplace.admins.base import ReadOnlyAdmin

LOOKUPS = ("", "__regex", "__startswith", "__contains", "__gt", "__lte", "__in", "__iexact", "__range", "__length", "__isnull")
BESIDE = {("audit.AuditEvent", "subject_id"), ("audit.AuditEvent", "actor_id")}
"""What pages link to that no filter of the list offers."""


def listing(model: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def asked_of(model: Any) -> list[str]:
    """Every lookup on every field of a model, and on the fields of what it points to."""
    found = []
    for field in model._meta.get_fields():
        if not isinstance(field, Field):
            continue
        found += [f"{field.name}{lookup}" for lookup in LOOKUPS]
        if field.is_relation and field.related_model is not None:
            inner = [each.name for each in field.related_model._meta.get_fields() if isinstance(each, Field)]
            found += [f"{field.name}__{name}__startswith" for name in inner]
    return found


def offered(page: Any, name: str) -> bool:
    """Whether a filter of the list asks this itself: equal, empty, between two days."""
    field, _sep, lookup = name.partition("__")
    if any(getattr(each, "parameter_name", None) == name for each in page.list_filter):
        return True
    listed = {each[0] if isinstance(each, tuple) else each for each in page.list_filter}
    return field in listed and lookup in ("", "isnull", "exact")


@pytest.mark.parametrize("model", list(site._registry), ids=lambda model: model._meta.label)
def test_no_list_answers_questions_about_its_fields(model: Any, world: World, enter: Enter):
    """An answer by rows would tell what is in a field, letter by letter, whether a column shows it or not."""
    page = site._registry[model]
    assert isinstance(page, ReadOnlyAdmin)
    world.add_person("ada", "access_manager", "policy_manager", scope=world.organisation)
    accounts.grant_role(actor=ROOT, role="auditor", principal=world.user("auditor"), scope=world.organisation)
    client = enter("auditor")
    wrong = {}
    for name in asked_of(model):
        allowed = offered(page, name) or (model._meta.label, name) in BESIDE
        assert page.lookup_allowed(name, "x", None) is allowed, name  # type: ignore[arg-type]
        if name.endswith(("__regex", "__startswith")) or name.startswith("password"):
            answer = client.get(listing(model), {name: "x"})
            if answer.status_code != 400:
                wrong[name] = answer.status_code
    assert wrong == {}


def test_the_hash_of_a_password_is_not_found_by_asking(world: World, enter: Enter):
    client = enter("auditor")
    for how in ("password__regex", "password__startswith", "password", "password__gt", "owner__password__startswith"):
        for text in (world.user("content").password[:6], "nothing"):
            assert client.get(listing(User), {how: text}).status_code == 400, how
    shown = client.get(listing(User)).context["cl"].result_list
    assert all("password" in row.get_deferred_fields() for row in shown)


def test_the_filters_of_every_list_still_work(world: World, enter: Enter):
    client = enter("auditor")
    for model, page in site._registry.items():
        answer = client.get(listing(model))
        if answer.status_code != 200:
            continue
        for spec in answer.context["cl"].filter_specs:
            for choice in list(spec.choices(answer.context["cl"]))[:4]:
                query = choice.get("query_string", "?")
                assert client.get(f"{listing(model)}{query}").status_code == 200, (page, query)
        assert client.get(listing(model), {"q": "x", "o": "1", "p": "1"}).status_code in (200, 302)


# --- the same rows at every door ---------------------------------------------------------------------------------------------


@pytest.fixture
def two_brands(world: World) -> World:
    """Two brands, with an access manager each of the house, a brand, an ad account and a page, and an auditor of a brand."""
    other = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Nordwind")
    world.add_person("house", "access_manager", scope=world.organisation)
    world.add_person("north", "access_manager", scope=other)
    world.add_person("account", "access_manager", scope=world.account)
    world.add_person("page", "access_manager", scope=world.page)
    world.add_person("reader", "auditor", scope=other)
    group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")
    accounts.add_member(actor=ROOT, group=group, user=world.user("content"))
    for scope in (other, world.account):
        accounts.grant_role(actor=ROOT, role="submitter", principal=group, scope=scope)
    return world


@pytest.mark.parametrize("who", ["house", "access_manager", "north", "account", "page", "reader", "auditor"])
def test_r57_people_groups_and_grants_are_the_ones_the_api_lists(who: str, two_brands: World, enter: Enter):
    actor, client = two_brands.actor(who), enter(who)
    token = two_brands.token(who)
    visible: list[tuple[Any, Any, list[str]]] = [
        (User, queries.visible_users(actor), ["users", "service-accounts"]),
        (UserGroup, queries.visible_groups(actor), ["groups"]), (RoleGrant, queries.visible_role_grants(actor), ["role-grants"]),
    ]  # fmt: skip
    for model, rows, names in visible:
        shown = client.get(listing(model)).context["cl"].queryset
        assert set(shown.values_list("pk", flat=True)) == set(rows.values_list("pk", flat=True)), model
        listed = set()
        for name in names:
            answer = Client().get(f"/api/v1/{name}/?page_size=100", headers={"authorization": f"Bearer {token}"})
            listed |= {row["id"] for row in answer.json()["results"]}
        assert listed == {str(getattr(row, "public_id", row.pk)) for row in shown}, names


def test_r57_a_brand_s_access_manager_sees_no_grant_on_another_brand(two_brands: World, enter: Enter):
    shown = enter("north").get(listing(RoleGrant)).context["cl"].result_list
    assert {str(row.scope) for row in shown} == {"Nordwind"}
    foreign = RoleGrant.objects.filter(user=two_brands.user("content")).get()
    assert enter("north").get(reverse("admin:accounts_rolegrant_change", args=[foreign.pk])).status_code == 404
    assert len(enter("account").get(listing(RoleGrant)).context["cl"].result_list) > 1, "not nothing at all"


@pytest.mark.parametrize("who", ["content", "submitter", "north", "account", "other_organisation"])
def test_r57_how_somebody_gets_in_is_answered_as_they_themselves_are(who: str, two_brands: World, enter: Enter):
    """Whom the API does not know to this reader, this page does not either; nobody learns who exists."""
    client, nobody = enter(who), "018f0000-0000-7000-8000-000000000000"
    colleague = two_brands.user("budget").pk
    seen = queries.visible_users(two_brands.actor(who)).filter(pk=colleague).exists() if who in two_brands.people else False
    for args in ([colleague], [colleague, "end-sessions"], [colleague, "reset-second-factor"]):
        name = "admin:person_act" if len(args) == 2 else "admin:person"
        answer, missing = client.get(reverse(name, args=args)), client.get(reverse(name, args=[nobody, *args[1:]]))
        assert (answer.status_code, missing.status_code) == (403 if seen else 404, 404), args
        if len(args) == 2:
            posted = client.post(reverse(name, args=args))
            assert posted.status_code in ((303, 403) if seen else (404,)), args
            assert client.post(reverse(name, args=[nobody, *args[1:]])).status_code == 404
