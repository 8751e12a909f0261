"""The access pages: who gets which answer, that looking changes nothing, and that no page grows in statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import Absence, Delegation, Membership, RoleGrant, User, UserGroup
from core import clock
from core.actor import Channel
from core.money import Money
from tests import builders
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter
from tests.workplace.test_doors import rows
from workplace.access_pages.urls import ROUTES

OWN = {"tokens", "deputies", "absence_new"}
"""What is everybody's own, or of their own organisation."""


@pytest.fixture
def managed(world: World) -> World:
    """Two access managers of the whole organisation, a group with a member and a role, a role of its own."""
    for name in ("ada", "bo"):
        world.add_person(name, "access_manager", scope=world.organisation)
    group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")
    accounts.add_member(actor=ROOT, group=group, user=world.people["content"])
    accounts.grant_role(actor=ROOT, role="submitter", principal=group, scope=world.account)
    accounts.create_role(actor=ROOT, organisation=world.organisation, title="Reader", permissions=[])
    return world


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def examples(world: World) -> dict[str, list[Any]]:
    """Route → what it is asked about in a test."""
    person, group = world.people["content"], UserGroup.objects.get(organisation=world.organisation)
    grant = RoleGrant.objects.filter(user=person).first()
    member = Membership.objects.filter(group=group).first()
    token, _text = accounts.create_api_token(actor=ROOT, user=world.people["submitter"], name="t")
    role = world.organisation.roles.get()
    lent, gone = standing_in(world)
    limit = accounts.give_limit(actor=ROOT, user=person, scope=world.brand, amount=Money(5, "USD"))
    assert grant is not None
    assert member is not None
    return {
        **{name: [person.pk] for _route, _view, name in ROUTES if "person" in name and name != "access_person_new"},
        "access_machine_new": [person.pk], "access_deactivate": [person.pk], "access_reactivate": [person.pk],
        "access_grant_end": [grant.pk], "access_membership_end": [member.pk], "access_role": [role.pk],
        **{name: [group.public_id] for name in ("access_group", "access_group_rename", "access_group_join")},
        "access_move": [world.account.pk], "access_place": ["brand", world.brand.pk],
        "access_place_rename": ["brand", world.brand.pk], "access_brand_new": ["organisation", world.organisation.pk],
        "access_account_new": ["brand", world.brand.pk], "access_page_new": ["brand", world.brand.pk],
        "access_links": ["ad_account", world.account.pk], "access_confirm": [grant.pk], "access_decline": [grant.pk],
        "token_revoke": [token.public_id], "deputy_end": [lent.pk], "access_limit_end": [limit.pk], "absence_end": [gone.pk],
    }  # fmt: skip


def standing_in(world: World) -> tuple[Delegation, Absence]:
    """Somebody who is away next week, and who decides in their place."""
    whose, until = world.people["budget"], clock.now() + timedelta(days=7)
    lent = accounts.delegate(
        actor=ROOT, delegator=whose, deputy=world.people["submitter"], scope=world.brand, permissions=["approve_budget"],
        expires_at=until, conveyed=True,
    )  # fmt: skip
    return lent, accounts.record_absence(actor=ROOT, user=whose, expires_at=until)


def answers(client: Client, world: World) -> dict[str, int]:
    asked = examples(world)
    return {name: client.get(path(name, *asked.get(name, []))).status_code for _route, _view, name in ROUTES}


POST_ONLY = {
    "access_person_edit", "access_person_join", "access_machine_new", "access_reactivate", "access_group_rename",
    "access_group_join", "access_place_rename", "access_brand_new", "access_account_new", "access_page_new", "access_links",
    "access_confirm", "access_decline", "absence_new", "absence_end",
}  # fmt: skip


def test_an_access_manager_gets_every_page_and_looking_changes_nothing(managed: World, enter: Enter):
    client = enter("ada")
    asked = examples(managed)
    before = rows()
    found = {name: client.get(path(name, *asked.get(name, []))).status_code for _route, _view, name in ROUTES}
    assert found == {name: 405 if name in POST_ONLY else 200 for _route, _view, name in ROUTES}
    assert rows() == before


@pytest.mark.parametrize("who", ["other_organisation", "nobody", "superuser"])
def test_r57_strangers_are_told_nothing(who: str, managed: World, enter: Enter):
    found = {name: code for name, code in answers(enter(who), managed).items() if name not in POST_ONLY}
    assert (found.pop("tokens"), found.pop("deputies")) == (200, 200)
    if who == "other_organisation":  # its content approver governs nothing
        assert set(found.values()) <= {403, 404}
    assert {name for name, code in found.items() if code == 200} == set()


def test_r57_anonymous_and_machines_are_sent_to_log_in(managed: World, enter: Enter):
    asked = examples(managed)
    for who in ("anonymous", "machine"):
        client = enter(who)
        found = {client.get(path(name, *asked.get(name, []))).status_code for _route, _view, name in ROUTES}
        assert found == {302}


def test_r57_strangers_change_nothing_by_posting(managed: World, enter: Enter):
    asked = examples(managed)
    builders.organisation("Umbra")
    for who in ("other_organisation", "nobody", "superuser", "auditor", "content", "anonymous"):
        client = enter(who) if who != "other_organisation" else stranger()
        before = rows()
        for _route, _view, name in ROUTES:
            if name in OWN or (who == "other_organisation" and name not in asked):
                continue  # what is their own, or about their own organisation
            answer = client.post(path(name, *asked.get(name, [])), {"name": "x", "title": "x", "role": "operator", "verb": "end"})
            assert answer.status_code in (302, 403, 404, 405, 422), (who, name, answer.status_code)
            assert answer.status_code != 302 or "login" in answer["Location"], (who, name)
        assert {k: v for k, v in rows().items() if not k.startswith("audit.")} == {
            k: v for k, v in before.items() if not k.startswith("audit.")
        }, who


def stranger() -> Client:
    """An access manager of another organisation."""
    client = Client()
    other = User.objects.get(email="access_manager@umbra.example")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=other, scope=other.organisation)  # type: ignore[arg-type]
    client.force_login(other)
    return client


def test_r57_nothing_of_another_organisation_is_named_anywhere(managed: World, enter: Enter):
    other = builders.organisation("Umbra")
    group = accounts.create_user_group(actor=ROOT, organisation=other.organisation, title="Umbra people")
    accounts.create_role(actor=ROOT, organisation=other.organisation, title="Umbra reader", permissions=[])
    accounts.add_member(actor=ROOT, group=group, user=other.people["content"])
    client, asked = enter("ada"), examples(managed)
    for _route, _view, name in ROUTES:
        for query in ({}, {"q": "umbra"}, {"only": "endless"}, {"show": "all"}):
            answer: Any = client.get(path(name, *asked.get(name, [])), query)
            body = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
            text = body.replace('value="umbra"', "").replace("q=umbra", "")
            assert "umbra" not in text.lower(), (name, query)


def test_the_menu_leads_managers_to_access_and_everybody_to_their_own(managed: World, enter: Enter):
    body = enter("ada").get(reverse("admin:index")).content.decode()
    assert f'href="{path("access")}"' in body
    content = enter("content")
    body = content.get(reverse("admin:index")).content.decode()
    assert f'href="{path("access")}"' not in body
    mine = path("access_person", managed.people["content"].pk)
    assert f'href="{mine}"' in body
    page = content.get(mine)
    assert [str(row.fact.role) for row in page.context["standing"]] == ["Content approver", "Submitter"]
    assert page.context["may_administer"] is False


def test_people_who_manage_a_brand_only_see_no_more_than_that_brand(managed: World, enter: Enter):
    accounts.grant_role(actor=ROOT, role="operator", principal=managed.people["content"], scope=managed.organisation)
    brand_manager = enter("access_manager")
    page = brand_manager.get(path("access_person", managed.people["content"].pk))
    assert {str(row.fact.scope) for row in page.context["standing"]} == {"Acme Brand", "Acme US"}
    assert brand_manager.get(path("access_place", "organisation", managed.organisation.pk)).status_code == 403
    assert brand_manager.get(path("access_place", "brand", managed.brand.pk)).status_code == 200


def test_a_place_tells_who_may_do_what_with_reasons(managed: World, enter: Enter):
    page = enter("ada").get(path("access_place", "ad_account", managed.account.pk))
    table = {code: [holder.user.name for holder in holders] for code, _said, holders in page.context["table"]}
    assert table["approve_content"] == ["Content"]
    assert table["submit"] == ["Content", "Machine", "Submitter"]
    assert table["manage_access"] == ["Access_Manager", "Ada", "Bo"]
    assert "through “Editors”" in page.content.decode()


# --- statements -------------------------------------------------------------------------------------------------------------

LISTS = [
    "access", "access_groups", "access_places", "access_roles", "access_waiting", "access_review", "access_policy",
    "access_who", "access_give", "tokens",
]  # fmt: skip


def statements(client: Client, address: str, query: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer: Any = client.get(address, query)
        if answer.streaming:
            list(answer.streaming_content)
    assert answer.status_code == 200
    return len(seen)


def grow(world: World) -> None:
    """Three more of everything."""
    soon = clock.now() + timedelta(days=30)
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)
    bo = actor_for(User.objects.get(pk=world.people["bo"].pk), Channel.ADMIN)
    for number in range(3):
        person = world.add_person(f"more{number}", "submitter", "publisher")
        group = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=f"Group {number}")
        brand = accounts.create_brand(actor=ROOT, organisation=world.organisation, name=f"Brand {number}")
        role = accounts.create_role(actor=ROOT, organisation=world.organisation, title=f"Role {number}", permissions=["submit"])
        accounts.add_member(actor=ROOT, group=group, user=person)
        accounts.add_member(actor=bo, group=group, user=world.people["submitter"], expires_at=soon)
        accounts.grant_role(actor=ROOT, role=role.pk, principal=group, scope=brand)
        accounts.grant_role(actor=bo, role="operator", principal=person, scope=world.account)
        accounts.grant_role(actor=ROOT, role="auditor", principal=group, scope=world.brand)
        accounts.create_api_token(actor=ROOT, user=world.people["ada"], name=f"t{number}")


def test_no_page_asks_more_the_more_there_is(managed: World, enter: Enter):
    grow(managed)
    client = enter("ada")
    content = managed.people["content"].pk
    group = UserGroup.objects.get(title="Editors")
    about = [
        *((path(name), {}) for name in LISTS),
        *((path("access_review"), {"only": only, "kind": kind}) for only in ("old", "unused", "clash") for kind in ("grants", "memberships")),
        (path("access_export"), {}), (path("access_person", content), {}), (path("access_group", group.public_id), {}),
        (path("access_place", "brand", managed.brand.pk), {}), (path("access_deactivate", content), {}),
        (path("access_who"), {"permission": "view", "scope": f"brand:{managed.brand.pk}"}),
    ]  # fmt: skip
    client.get(path("access"))
    before = [statements(client, address, query) for address, query in about]
    for extra in ("four", "five", "six"):
        person = managed.add_person(extra, "submitter", "publisher")
        accounts.add_member(actor=ROOT, group=group, user=person)
        accounts.create_user_group(actor=ROOT, organisation=managed.organisation, title=extra)
        accounts.create_brand(actor=ROOT, organisation=managed.organisation, name=extra)
        accounts.create_api_token(actor=ROOT, user=managed.people["ada"], name=extra)
        accounts.create_api_token(actor=ROOT, user=managed.people["content"], name=extra)
        accounts.grant_role(actor=managed.actor("bo"), role="operator", principal=person, scope=managed.brand)
        accounts.grant_role(actor=ROOT, role="legal_approver", principal=managed.people["content"], scope=managed.account)
    after = [statements(client, address, query) for address, query in about]
    wrong = {str(each): (one, other) for each, one, other in zip(about, before, after, strict=True) if one != other}
    assert wrong == {}
    assert max(after) <= 45, dict(zip(map(str, about), after, strict=True))
