"""What access managers do at this door: each act, and each refusal with nothing having happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import (
    AccessPolicy,
    AccessReview,
    AdAccount,
    ApiToken,
    Brand,
    Membership,
    Page,
    Role,
    RoleGrant,
    User,
    UserGroup,
)
from audit.models import AuditEvent
from core import clock
from tests import builders
from tests.builders import ROOT, World
from tests.workplace.conftest import Enter


@pytest.fixture
def managed(world: World) -> World:
    for name in ("ada", "bo"):
        world.add_person(name, "access_manager", scope=world.organisation)
    accounts.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")
    return world


@pytest.fixture
def ada(managed: World, enter: Enter) -> Client:
    return enter("ada")


@pytest.fixture
def bo(managed: World, enter: Enter) -> Client:
    return enter("bo")


def path(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def two_managers(world: World) -> None:
    accounts.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=True)


def group() -> UserGroup:
    return UserGroup.objects.get(title="Editors")


def later(days: int = 30) -> str:
    return (clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def giving(world: World, **more: str) -> dict[str, str]:
    return {
        "who": world.people["content"].email, "role": "operator", "scope": f"brand:{world.brand.pk}", "starts_at": "",
        "expires_at": "", **more,
    }  # fmt: skip


def refused(answer: Any, status: int, *words: str) -> None:
    """The page again, with the reason where a person reads it."""
    assert answer.status_code == status
    shown = re.sub(r"\s+", " ", answer.content.decode())
    for each in words:
        assert each in shown, each


# --- roles given and ended --------------------------------------------------------------------------------------------------


def test_a_role_is_looked_at_first_and_then_given(managed: World, ada: Client):
    form = giving(managed, expires_at=later())
    look = ada.get(path("access_give"), {**form, "look": "1"})
    assert re.match(
        r"From now until \d+ \w+ \d{4}, \d\d:\d\d UTC Content may pause, decrease, revoke on Acme Brand and all below\.",
        look.context["preview"]["sentence"],
    )
    assert not RoleGrant.objects.filter(role="operator", user=managed.people["content"]).exists(), "looking gives nothing"
    answer = ada.post(path("access_give"), form)
    person = path("access_person", managed.people["content"].pk)
    assert (answer.status_code, answer["Location"]) == (303, person)
    grant = RoleGrant.objects.get(role="operator", user=managed.people["content"])
    assert (grant.brand, grant.granted_by, grant.is_awaited) == (managed.brand, "ada@acme.example", False)
    assert grant.expires_at is not None
    assert grant.expires_at.strftime("%Y-%m-%dT%H:%M") == form["expires_at"]
    assert AuditEvent.objects.filter(action="accounts.role.granted").latest("pk").channel == "admin"
    assert "Operator" in ada.get(person).content.decode()


def test_a_role_is_given_to_a_group_on_one_ad_account(managed: World, ada: Client):
    form = giving(managed, who="Editors", role="submitter", scope=f"ad_account:{managed.account.pk}")
    look = ada.get(path("access_give"), {**form, "look": "1"}).context["preview"]["sentence"]
    assert "everybody in “Editors” may draft, upload and put forward for approval on Acme Brand › Acme US and all below" in look
    answer = ada.post(path("access_give"), form)
    assert answer["Location"] == path("access_group", group().public_id)
    assert RoleGrant.objects.get(group=group()).ad_account == managed.account


def test_the_form_comes_filled_from_the_page_of_a_place(managed: World, ada: Client):
    page = ada.get(path("access_give"), {"scope": f"page:{managed.page.pk}"}).content.decode()
    assert f'<option value="page:{managed.page.pk}" selected>' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("who", "nobody@elsewhere.example", "Nobody here has this address or name"),
        ("who", "", "This field is required"),
        ("role", "king", "Select a valid choice"),
        ("scope", "brand:x", "Choose a place from the list"),
        ("scope", "planet:018f0000-0000-7000-8000-000000000000", "Choose a place from the list"),
        ("expires_at", "2020-01-01T00:00", "It has to end in the future"),
        ("expires_at", "soon", "Enter a valid date/time"),
    ],
)
def test_bad_input_is_told_at_its_field_and_gives_nothing(field: str, value: str, words: str, managed: World, ada: Client):
    before = RoleGrant.objects.count()
    answer = ada.post(path("access_give"), giving(managed, **{field: value}))
    refused(answer, 422, words)
    assert answer.context["form"]["role"].value() == ("king" if field == "role" else "operator"), "what was typed is kept"
    assert RoleGrant.objects.count() == before


def test_r57_what_is_somebody_else_s_is_answered_as_if_it_were_not(managed: World, ada: Client):
    other = builders.organisation("Umbra")
    before = RoleGrant.objects.count()
    foreign = {"who": other.people["content"].email, "scope": f"brand:{other.brand.pk}"}
    missing = {"who": "content@nowhere.example", "scope": "brand:018f0000-0000-7000-8000-000000000000"}
    for field in ("who", "scope"):
        one = ada.post(path("access_give"), giving(managed, **{field: foreign[field]}))
        two = ada.post(path("access_give"), giving(managed, **{field: missing[field]}))
        assert one.status_code == two.status_code == 422
        assert one.context["form"].errors == two.context["form"].errors
    custom = accounts.create_role(actor=ROOT, organisation=other.organisation, title="Umbra reader", permissions=[])
    assert ada.post(path("access_give"), giving(managed, role=custom.pk)).status_code == 422
    assert RoleGrant.objects.count() == before


def test_nobody_gives_a_role_to_themselves(managed: World, ada: Client):
    before = RoleGrant.objects.count()
    refused(ada.post(path("access_give"), giving(managed, who="ada@acme.example")), 403, "Nobody gives a role to themselves.")
    assert RoleGrant.objects.count() == before


def test_r60_duties_that_clash_are_said_first_and_refused(managed: World, ada: Client):
    form = giving(managed, role="auditor")
    look = ada.get(path("access_give"), {**form, "look": "1"})
    assert look.context["preview"]["clashes"] == ["“Content approver” on Acme Brand"]
    refused(ada.post(path("access_give"), form), 409, "one person would hold duties that are kept apart")
    assert not RoleGrant.objects.filter(role="auditor", user=managed.people["content"]).exists()


def test_r33_it_is_said_that_a_machine_never_decides(managed: World, ada: Client):
    form = giving(managed, who=managed.machine.email, role="content_approver")
    assert ada.get(path("access_give"), {**form, "look": "1"}).context["preview"]["machine"] is True


def test_an_auditor_looks_and_gives_nothing(managed: World, enter: Enter):
    before = RoleGrant.objects.count()
    answer = enter("auditor").post(path("access_give"), giving(managed))
    refused(answer, 403, "Nothing was recorded: your roles do not allow this here.")
    assert RoleGrant.objects.count() == before


def test_a_role_is_ended_after_a_page_that_shows_it(managed: World, ada: Client):
    grant = RoleGrant.objects.get(user=managed.people["content"])
    assert "End it now" in ada.get(path("access_grant_end", grant.pk)).content.decode()
    answer = ada.post(path("access_grant_end", grant.pk))
    assert answer["Location"] == path("access_person", managed.people["content"].pk)
    grant.refresh_from_db()
    assert grant.revoked_by == "ada@acme.example"
    refused(ada.post(path("access_grant_end", grant.pk)), 409, "already been ended")


def test_an_auditor_ends_nothing(managed: World, enter: Enter):
    grant = RoleGrant.objects.get(user=managed.people["content"])
    assert enter("auditor").post(path("access_grant_end", grant.pk)).status_code == 403
    grant.refresh_from_db()
    assert grant.revoked_at is None


# --- people -------------------------------------------------------------------------------------------------------------------


def test_a_person_is_created_and_holds_nothing(managed: World, ada: Client):
    answer = ada.post(path("access_person_new"), {"email": "New@Acme.example", "name": "New One", "language": "de"})
    user = User.objects.get(email="new@acme.example")
    assert (answer.status_code, answer["Location"]) == (303, path("access_person", user.pk))
    assert (user.organisation, user.language, user.has_usable_password()) == (managed.organisation, "de", False)
    again = ada.post(path("access_person_new"), {"email": "new@acme.example", "name": "New Two", "language": "de"})
    refused(again, 422, "cannot be used", "New Two")
    assert User.objects.filter(name="New Two").count() == 0


def test_people_of_a_brand_s_access_manager_are_not_theirs_to_create(managed: World, enter: Enter):
    before = User.objects.count()
    answer = enter("access_manager").post(path("access_person_new"), {"email": "x@acme.example", "name": "X", "language": "en"})
    assert answer.status_code == 403
    assert User.objects.count() == before


def test_name_and_language_are_changed(managed: World, ada: Client):
    who = managed.people["content"]
    assert ada.post(path("access_person_edit", who.pk), {"name": "Bea", "language": "de"}).status_code == 303
    who.refresh_from_db()
    assert (who.name, who.language) == ("Bea", "de")
    refused(ada.post(path("access_person_edit", who.pk), {"name": "", "language": "xx"}), 422, "This field is required")
    who.refresh_from_db()
    assert who.name == "Bea"


def test_r17_what_deactivating_ends_is_said_first(managed: World, ada: Client):
    who = managed.people["operator"]
    accounts.create_api_token(actor=ROOT, user=managed.machine, name="Nightly")
    page = ada.get(path("access_deactivate", who.pk))
    shown = page.content.decode()
    for words in ("Operator", "Nightly", "machine@acme.example", "Submitter"):
        assert words in shown, words
    assert User.objects.get(pk=who.pk).is_active
    assert ada.post(path("access_deactivate", who.pk))["Location"] == path("access_person", who.pk)
    assert not User.objects.filter(pk__in=[who.pk, managed.machine.pk], is_active=True).exists()
    assert not ApiToken.objects.filter(revoked_at__isnull=True).exists()
    refused(ada.post(path("access_deactivate", who.pk)), 409, "already deactivated")
    assert ada.post(path("access_reactivate", who.pk)).status_code == 303
    assert User.objects.get(pk=who.pk).is_active
    assert ada.get(path("access_person", who.pk)).context["standing"] == []


def test_a_brand_s_access_manager_deactivates_nobody(managed: World, enter: Enter):
    who = managed.people["content"]
    assert enter("access_manager").post(path("access_deactivate", who.pk)).status_code == 403
    assert User.objects.get(pk=who.pk).is_active


def test_a_service_account_belongs_to_its_person(managed: World, ada: Client):
    who = managed.people["content"]
    answer = ada.post(path("access_machine_new", who.pk), {"name": "Robot", "email": "robot@acme.example"})
    robot = User.objects.get(email="robot@acme.example")
    assert answer["Location"] == path("access_person", robot.pk)
    assert (robot.owner, robot.is_service_account) == (who, True)
    refused(ada.post(path("access_machine_new", who.pk), {"name": "R", "email": "robot@acme.example"}), 422, "cannot be used")
    assert who.service_accounts.count() == 1


# --- user groups ---------------------------------------------------------------------------------------------------------------


def test_a_group_is_made_renamed_and_has_members_for_a_time(managed: World, ada: Client):
    answer = ada.post(path("access_group_new"), {"title": "Media buyers"})
    made = UserGroup.objects.get(title="Media buyers")
    assert answer["Location"] == path("access_group", made.public_id)
    refused(ada.post(path("access_group_rename", made.public_id), {"title": "Editors"}), 422, "exists already")
    assert ada.post(path("access_group_rename", made.public_id), {"title": "Buyers"}).status_code == 303
    form = {"user": "content@acme.example", "starts_at": later(1), "expires_at": later(9)}
    assert ada.post(path("access_group_join", made.public_id), form).status_code == 303
    row = Membership.objects.get(group=made)
    assert (row.user, row.since, row.expires_at is not None) == (managed.people["content"], row.starts_at, True)
    assert [each.state for each in ada.get(path("access_group", made.public_id)).context["members"]] == ["later"]
    refused(ada.post(path("access_group_join", made.public_id), form), 409, "belongs to the group already")
    assert ada.post(path("access_membership_end", row.pk))["Location"] == path("access_group", made.public_id)
    row.refresh_from_db()
    assert row.revoked_by == "ada@acme.example"


def test_a_membership_is_given_from_the_person_s_page(managed: World, ada: Client):
    who = managed.people["content"]
    wrong = {"group": "018f0000-0000-7000-8000-000000000000", "starts_at": "", "expires_at": ""}
    refused(ada.post(path("access_person_join", who.pk), wrong), 422, "Select a valid choice")
    other = builders.organisation("Umbra")
    foreign = accounts.create_user_group(actor=ROOT, organisation=other.organisation, title="Theirs")
    refused(ada.post(path("access_person_join", who.pk), {**wrong, "group": str(foreign.public_id)}), 422, "Select a valid choice")
    assert not Membership.objects.exists()
    assert ada.post(path("access_person_join", who.pk), {**wrong, "group": str(group().public_id)}).status_code == 303
    assert Membership.objects.get().group == group()


def test_nobody_adds_themselves_to_a_group(managed: World, ada: Client):
    form = {"user": "ada@acme.example", "starts_at": "", "expires_at": ""}
    refused(ada.post(path("access_group_join", group().public_id), form), 403, "Nobody adds themselves to a user group.")
    assert not Membership.objects.exists()


def test_r60_what_clashes_through_a_group_is_shown(managed: World, ada: Client):
    accounts.grant_role(actor=ROOT, role="auditor", principal=group(), scope=managed.brand)
    accounts.add_member(actor=ROOT, group=group(), user=managed.people["content"])
    words = "“Content approver” on Acme Brand and “Auditor” on Acme Brand through “Editors” are duties"
    of_group = ada.get(path("access_group", group().public_id)).context["clashes"]
    assert [name for name, _clash in of_group] == ["Content"]
    of_person = ada.get(path("access_person", managed.people["content"].pk)).context["clashes"]
    assert {words, "“Auditor” on Acme Brand through “Editors” and “Content approver” on Acme Brand are duties"} & {
        each.words.partition(" that")[0] for each in of_person
    }
    assert [row.fact.user for row in ada.get(path("access_review"), {"only": "clash", "kind": "memberships"}).context["rows"]] == [
        managed.people["content"]
    ]


# --- places --------------------------------------------------------------------------------------------------------------------


def test_places_are_created_linked_and_renamed(managed: World, ada: Client):
    organisation = ("organisation", managed.organisation.pk)
    assert ada.post(path("access_brand_new", *organisation), {"name": "Nordwind"}).status_code == 303
    brand = Brand.objects.get(name="Nordwind")
    refused(ada.post(path("access_brand_new", *organisation), {"name": "Nordwind"}), 422, "This exists already.")
    page = {"handle": "nordwind", "external_id": "n1", "identity_type": "TT_USER"}
    assert ada.post(path("access_page_new", "brand", brand.pk), page).status_code == 303
    account = {"name": "Nordwind DE", "external_id": "9", "currency": "EUR", "timezone": "Europe/Berlin", "country": "DE"}
    for field, value, words in (("timezone", "Berlin", "IANA"), ("currency", "XXQ", "valid choice"), ("country", "de", "two letters")):
        refused(ada.post(path("access_account_new", "brand", brand.pk), {**account, field: value}), 422, words)
    assert not AdAccount.objects.filter(brand=brand).exists()
    assert ada.post(path("access_account_new", "brand", brand.pk), account).status_code == 303
    made = AdAccount.objects.get(brand=brand)
    handle = Page.objects.get(handle="nordwind")
    refused(ada.post(path("access_links", "ad_account", made.pk), {"pages": [managed.page.pk]}), 422, "Select a valid choice")
    assert ada.post(path("access_links", "ad_account", made.pk), {"pages": [handle.pk]}).status_code == 303
    assert list(made.pages.all()) == [handle]
    for kind, scope, name in (("brand", brand, "N"), ("ad_account", made, "A"), ("page", handle, "h"), ("organisation", managed.organisation, "O")):
        assert ada.post(path("access_place_rename", kind, scope.pk), {"name": name}).status_code == 303
        scope.refresh_from_db()
        assert (scope.handle if isinstance(scope, Page) else scope.name) == name


def test_only_an_access_manager_of_a_place_changes_it(managed: World, enter: Enter):
    for who, status in (("auditor", 403), ("content", 403), ("other_organisation", 404)):
        answer = enter(who).post(path("access_place_rename", "brand", managed.brand.pk), {"name": "Mine"})
        assert answer.status_code == status, who
    managed.brand.refresh_from_db()
    assert managed.brand.name == "Acme Brand"


def test_moving_says_who_loses_and_who_gains_and_what_is_undone(managed: World, ada: Client):
    managed.request("in_review")
    brand = accounts.create_brand(actor=ROOT, organisation=managed.organisation, name="Nordwind")
    managed.add_person("jonas", "content_approver", scope=brand)
    look = ada.get(path("access_move", managed.account.pk), {"brand": str(brand.pk)})
    assert [(each.user.name, each.what) for each in look.context["gains"]] == [
        ("Jonas", "see everything below this, decide on content stages")
    ]
    assert "Content" in [each.user.name for each in look.context["loses"]]
    assert "Ada" not in [each.user.name for each in look.context["loses"]], "what is held above stays"
    assert [str(each) for each in look.context["unlinked"]] == ["@acme"]
    assert AdAccount.objects.get(pk=managed.account.pk).brand == managed.brand
    answer = ada.post(path("access_move", managed.account.pk), {"brand": str(brand.pk)})
    assert answer["Location"] == path("access_place", "ad_account", managed.account.pk)
    assert AdAccount.objects.get(pk=managed.account.pk).brand == brand
    other = builders.organisation("Umbra")
    refused(ada.post(path("access_move", managed.account.pk), {"brand": str(other.brand.pk)}), 422, "Select a valid choice")
    assert AdAccount.objects.get(pk=managed.account.pk).brand == brand


def test_nobody_moves_without_managing_access_here(managed: World, enter: Enter):
    brand = accounts.create_brand(actor=ROOT, organisation=managed.organisation, name="Nordwind")
    for who, status in (("auditor", 403), ("other_organisation", 404)):
        assert enter(who).post(path("access_move", managed.account.pk), {"brand": str(brand.pk)}).status_code == status
    refused(enter("access_manager").post(path("access_move", managed.account.pk), {"brand": str(brand.pk)}), 422, "no other brand")
    assert AdAccount.objects.get(pk=managed.account.pk).brand == managed.brand


# --- roles of one's own ---------------------------------------------------------------------------------------------------------


def test_a_role_is_made_and_changed_after_looking_at_whom_it_concerns(managed: World, ada: Client):
    answer = ada.post(path("access_role_new"), {"title": "Deputy", "permissions": ["submit", "publish"]})
    role = Role.objects.get(title="Deputy")
    assert answer["Location"] == path("access_role", role.pk)
    accounts.grant_role(actor=ROOT, role=role.pk, principal=managed.people["content"], scope=managed.brand)
    look = ada.get(path("access_role", role.pk), {"look": "1", "title": "Deputy", "permissions": ["submit", "operate"]})
    assert (look.context["change"]["added"], look.context["change"]["removed"]) == (["pause, decrease, revoke"], ["publish what is cleared"])
    assert "This concerns 1 person" in look.content.decode()
    assert role.permissions.filter(codename="operate").count() == 0, "looking changes nothing"
    assert ada.post(path("access_role", role.pk), {"title": "Deputy", "permissions": ["submit", "operate"]}).status_code == 303
    held = role.permissions.filter(revoked_at__isnull=True).values_list("codename", flat=True)
    assert set(held) == {"view", "submit", "operate"}


def test_what_a_role_cannot_be_is_said(managed: World, ada: Client):
    before = Role.objects.count()
    mixed = {"title": "Both", "permissions": ["audit", "publish"]}
    refused(ada.post(path("access_role_new"), mixed), 422, "these duties are kept apart")
    refused(ada.post(path("access_role_new"), {"title": "X", "permissions": ["fly"]}), 422, "Select a valid choice")
    refused(ada.post(path("access_role", "operator"), {"title": "X", "permissions": ["submit"]}), 409, "Built-in roles are the same")
    other = builders.organisation("Umbra")
    foreign = accounts.create_role(actor=ROOT, organisation=other.organisation, title="Theirs", permissions=[])
    assert ada.post(path("access_role", foreign.pk), {"title": "Mine"}).status_code == 404
    assert Role.objects.count() == before + 1
    assert Role.objects.get(pk=foreign.pk).title == "Theirs"


# --- the second access manager --------------------------------------------------------------------------------------------------


def test_r55_another_access_manager_confirms_and_only_then_it_counts(managed: World, ada: Client, bo: Client):
    two_managers(managed)
    assert "A second access manager has to confirm" in ada.get(path("access_give"), {**giving(managed), "look": "1"}).content.decode()
    ada.post(path("access_give"), giving(managed))
    grant = RoleGrant.objects.get(role="operator", user=managed.people["content"])
    assert grant.is_awaited
    mine = ada.get(path("access_waiting"))
    assert [each.why_not for each in mine.context["proposals"]] == ["Another access manager has to confirm what you proposed."]
    refused(ada.post(path("access_confirm", grant.pk)), 403, "Another access manager has to confirm what you proposed.")
    assert RoleGrant.objects.get(pk=grant.pk).is_awaited
    theirs = bo.get(path("access_waiting"))
    assert [each.why_not for each in theirs.context["proposals"]] == [""]
    assert [each.brings for each in theirs.context["proposals"]] == [["see everything below this", "pause, decrease, revoke"]]
    assert '<span class="wp-badge">1</span>' in theirs.content.decode()
    assert bo.post(path("access_confirm", grant.pk))["Location"] == path("access_waiting")
    grant.refresh_from_db()
    assert (grant.confirmed_by, grant.is_awaited) == ("bo@acme.example", False)
    refused(bo.post(path("access_confirm", grant.pk)), 409, "awaits nobody")


def test_r55_all_kinds_of_changes_wait_and_are_declined(managed: World, ada: Client, bo: Client):
    role = accounts.create_role(actor=ROOT, organisation=managed.organisation, title="Deputy", permissions=[])
    brand = accounts.create_brand(actor=ROOT, organisation=managed.organisation, name="Nordwind")
    two_managers(managed)
    ada.post(path("access_group_join", group().public_id), {"user": "content@acme.example", "starts_at": "", "expires_at": ""})
    ada.post(path("access_role", role.pk), {"title": "Deputy", "permissions": ["submit"]})
    ada.post(path("access_move", managed.account.pk), {"brand": str(brand.pk)})
    ada.post(path("access_policy"), {"two_managers": ""})
    proposals = bo.get(path("access_waiting")).context["proposals"]
    assert sorted(each.words for each in proposals) == [
        "Access policy, version 2", "Acme US: moves to the brand Nordwind", "Content: member of “Editors”",
        "Role “Deputy”: everybody who holds it may also draft, upload and put forward for approval",
    ]  # fmt: skip
    for each in proposals:
        assert bo.post(path("access_decline", each.fact.pk)).status_code == 303
    assert bo.get(path("access_waiting")).context["proposals"] == []
    assert AdAccount.objects.get(pk=managed.account.pk).brand == managed.brand
    assert not Membership.objects.filter(since__isnull=False).exists()


def test_r55_nobody_confirms_what_they_gain_from(managed: World, ada: Client, bo: Client):
    two_managers(managed)
    ada.post(path("access_give"), giving(managed, who="bo@acme.example"))
    grant = RoleGrant.objects.get(role="operator", user=managed.people["bo"])
    assert bo.get(path("access_waiting")).context["proposals"][0].why_not.startswith("Nobody confirms what they gain")
    refused(bo.post(path("access_confirm", grant.pk)), 403, "Nobody confirms what they gain from themselves.")
    assert RoleGrant.objects.get(pk=grant.pk).is_awaited


def test_an_auditor_confirms_and_declines_nothing(managed: World, ada: Client, enter: Enter):
    two_managers(managed)
    ada.post(path("access_give"), giving(managed))
    grant = RoleGrant.objects.get(role="operator", user=managed.people["content"])
    auditor = enter("auditor")
    assert auditor.get(path("access_waiting")).context["proposals"] == []
    for act in ("access_confirm", "access_decline"):
        assert auditor.post(path(act, grant.pk)).status_code == 403
    assert RoleGrant.objects.get(pk=grant.pk).is_awaited


# --- who may? -------------------------------------------------------------------------------------------------------------------


def test_r58_who_may_is_answered_with_reasons_now_and_then(managed: World, ada: Client):
    before = clock.now()
    accounts.add_member(actor=ROOT, group=group(), user=managed.people["content"])
    accounts.grant_role(actor=ROOT, role="publisher", principal=group(), scope=managed.brand)
    asked = {"permission": "publish", "scope": f"ad_account:{managed.account.pk}", "who": "", "at": ""}
    page = ada.get(path("access_who"), asked)
    assert [each.user.name for each in page.context["holders"]] == ["Content", "Publisher"]
    assert "through “Editors”" in page.content.decode()
    one = ada.get(path("access_who"), {**asked, "who": "content@acme.example"})
    assert one.context["explanation"].allowed
    no = ada.get(path("access_who"), {**asked, "who": "budget@acme.example"})
    assert [each.code for each in no.context["explanation"].missing] == ["no_grant"]
    past = ada.get(path("access_who"), {**asked, "at": (before - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")})
    assert [each.user.name for each in past.context["holders"]] == ["Publisher"], "whom the group was not yet given"
    refused(ada.get(path("access_who"), {**asked, "at": later()}), 422, "Give a moment of the past")
    refused(ada.get(path("access_who"), {**asked, "who": "x@umbra.example"}), 422, "Nobody here has this address")


def test_r57_who_may_elsewhere_is_not_told(managed: World, enter: Enter):
    brand = accounts.create_brand(actor=ROOT, organisation=managed.organisation, name="Nordwind")
    client = enter("access_manager")
    assert client.get(path("access_who"), {"permission": "view", "scope": f"brand:{brand.pk}"}).status_code == 422
    accounts.grant_role(actor=ROOT, role="submitter", principal=managed.people["access_manager"], scope=brand)
    assert client.get(path("access_who"), {"permission": "view", "scope": f"brand:{brand.pk}"}).status_code == 403


# --- the review -------------------------------------------------------------------------------------------------------------------


def test_the_review_notes_what_was_looked_at_and_ends_the_rest(managed: World, ada: Client):
    page = ada.get(path("access_review"))
    grants = {row.fact.user.name: row.fact for row in page.context["rows"] if row.fact.user}
    assert {"Content", "Machine", "Ada"} <= set(grants)
    right = {"verb": "right", "row": [grants["Content"].pk, grants["Budget"].pk]}
    assert ada.post(path("access_review"), right).status_code == 303
    assert {each.role_grant for each in AccessReview.objects.all()} == {grants["Content"], grants["Budget"]}
    assert ada.post(path("access_review"), {"verb": "end", "row": [grants["Publisher"].pk]}).status_code == 303
    assert RoleGrant.objects.get(pk=grants["Publisher"].pk).revoked_by == "ada@acme.example"
    assert grants["Publisher"] not in [row.fact for row in ada.get(path("access_review")).context["rows"]]
    refused(ada.post(path("access_review"), {"verb": "end"}), 422, "Tick what you looked at")


def test_r57_the_review_takes_no_row_of_somebody_else(managed: World, ada: Client, enter: Enter):
    other = builders.organisation("Umbra")
    foreign = RoleGrant.objects.get(user=other.people["content"])
    mine = RoleGrant.objects.get(user=managed.people["content"])
    for verb in ("right", "end"):
        assert ada.post(path("access_review"), {"verb": verb, "row": [mine.pk, foreign.pk]}).status_code == 404
        assert enter("auditor").post(path("access_review"), {"verb": verb, "row": [mine.pk]}).status_code == 403
    assert ada.post(path("access_review"), {"verb": "end", "row": ["x"]}).status_code == 404
    assert not AccessReview.objects.exists()
    assert not RoleGrant.objects.filter(pk__in=[mine.pk, foreign.pk], revoked_at__isnull=False).exists()


def test_the_filters_of_the_review(managed: World, ada: Client):
    who, old = managed.people["content"], clock.now() - timedelta(days=100)
    soon = clock.now() + timedelta(days=5)
    ended = accounts.grant_role(actor=ROOT, role="operator", principal=who, scope=managed.brand, expires_at=soon)

    def found(only: str) -> set[str]:
        rows = ada.get(path("access_review"), {"only": only}).context["rows"]
        return {f"{row.fact.principal}: {row.fact.role}" for row in rows}

    assert f"{who}: {ended.role}" in found("")
    assert f"{who}: {ended.role}" not in found("endless")
    assert found("old") == found("unused") == found("clash") == set()
    User.objects.update(created_at=old, last_login=None)
    User.objects.filter(pk=managed.people["budget"].pk).update(last_login=clock.now())
    _token, _text = accounts.create_api_token(actor=ROOT, user=managed.machine, name="t")
    ApiToken.objects.update(last_used_at=clock.now())
    unused = found("unused")
    assert f"{who}: Content approver" in unused
    assert {"Budget: Budget approver", "Machine: Submitter"} & unused == set()


# --- the policy -------------------------------------------------------------------------------------------------------------------


def test_r55_the_policy_has_versions(managed: World, ada: Client):
    form = {"two_managers": "on", "second_factor_roles": ["publisher"], "one": "publisher", "other": "budget_approver"}
    assert ada.post(path("access_policy"), form).status_code == 303
    row = AccessPolicy.objects.get()
    assert (row.two_managers, row.second_factor_roles, row.forbidden_pairs) == (True, ["publisher"], [["budget_approver", "publisher"]])
    page = ada.get(path("access_policy"))
    assert page.context["form"]["pairs"].value() == ["budget_approver|publisher"]
    kept = {**form, "pairs": ["budget_approver|publisher"], "one": "", "other": ""}
    assert ada.post(path("access_policy"), {**kept, "two_managers": ""}).status_code == 303
    assert [state for _row, state in ada.get(path("access_policy")).context["versions"]] == ["awaited", "in_force"]


def test_what_a_policy_cannot_be_is_said(managed: World, ada: Client, enter: Enter):
    refused(ada.post(path("access_policy"), {"one": "publisher", "other": ""}), 422, "A pair is two roles.")
    refused(ada.post(path("access_policy"), {"one": "publisher", "other": "publisher"}), 422, "A pair is two different roles.")
    refused(ada.post(path("access_policy"), {"second_factor_roles": ["king"]}), 422, "Select a valid choice")
    assert enter("auditor").post(path("access_policy"), {"two_managers": "on"}).status_code in (403, 404)
    assert not AccessPolicy.objects.exists()


# --- tokens -----------------------------------------------------------------------------------------------------------------------


def token_form(user: User, **more: Any) -> dict[str, Any]:
    return {"name": "Nightly", "owner": str(user.pk), "permissions": [], "scope": "", "expires_at": "", **more}


def test_a_token_is_shown_once_and_stored_nowhere(managed: World, enter: Enter):
    client, who = enter("submitter"), managed.people["submitter"]
    form = token_form(who, permissions=["submit"], scope=f"brand:{managed.brand.pk}", expires_at=later())
    answer = client.post(path("tokens"), form)
    text = answer.context["text"]
    assert answer.status_code == 201
    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.permissions, token.scope, token.expiry is not None) == (["submit"], managed.brand, True)
    assert text not in client.get(path("tokens")).content.decode()
    assert Client().get("/api/v1/ads/", headers={"authorization": f"Bearer {text}"}).status_code == 200
    refused(client.post(path("tokens"), form), 422, "already has a token called")
    assert ApiToken.objects.count() == 1


def test_r33_tokens_are_made_for_oneself_and_one_s_machines_alone(managed: World, enter: Enter):
    refused(enter("content").post(path("tokens"), token_form(managed.people["budget"])), 422, "Select a valid choice")
    other = builders.organisation("Umbra")
    foreign = token_form(managed.people["content"], scope=f"brand:{other.brand.pk}")
    refused(enter("content").post(path("tokens"), foreign), 422, "Choose a place from the list")
    assert not ApiToken.objects.exists()
    assert enter("operator").post(path("tokens"), token_form(managed.machine)).status_code == 201
    assert ApiToken.objects.get().user == managed.machine


def test_an_access_manager_sees_and_revokes_everybody_s(managed: World, ada: Client, enter: Enter):
    token, _text = accounts.create_api_token(actor=ROOT, user=managed.people["submitter"], name="Nightly")
    for who in ("content", "auditor", "other_organisation"):
        client = enter(who)
        assert client.post(path("token_revoke", token.public_id)).status_code == 404, who
        assert list(client.get(path("tokens"), {"show": "all"}).context["tokens"]) == []
    token.refresh_from_db()
    assert token.revoked_at is None
    assert [row.name for row, _state in ada.get(path("tokens"), {"show": "all"}).context["tokens"]] == ["Nightly"]
    assert ada.get(path("tokens")).context["tokens"] == []
    assert ada.post(path("token_revoke", token.public_id)).status_code == 303
    refused(ada.post(path("token_revoke", token.public_id)), 409, "already been revoked")
    assert ApiToken.objects.get().revoked_at is not None


# --- throughout -------------------------------------------------------------------------------------------------------------------


def test_no_act_without_the_form_s_own_token(managed: World):
    client = Client(enforce_csrf_checks=True)
    client.force_login(managed.people["ada"])
    before = RoleGrant.objects.count()
    assert client.post(path("access_give"), giving(managed)).status_code == 403
    assert RoleGrant.objects.count() == before


@pytest.mark.parametrize("name", ["access", "access_groups", "access_places", "access_review", "access_who"])
def test_odd_questions_break_no_page(name: str, managed: World, ada: Client):
    odd = {"q": "\x00' %", "after": "x", "only": "x", "kind": "x", "show": "x", "scope": "x:y", "permission": "x", "at": "x"}
    assert ada.get(path(name), odd).status_code in (200, 422)


def test_the_pages_are_german(managed: World, ada: Client):
    two_managers(managed)
    ada.post(path("access_give"), giving(managed, expires_at=later()))
    ada.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    person = managed.people["content"]
    said: dict[str, Callable[[], Any]] = {
        "Personen": lambda: ada.get(path("access")),
        "seit": lambda: ada.get(path("access_person", person.pk)),
        "Wer darf hier was": lambda: ada.get(path("access_place", "brand", managed.brand.pk)),
        "Was Sie vorgeschlagen haben": lambda: ada.get(path("access_waiting")),
        "an darf Content auf Acme Brand und allem darunter": lambda: ada.get(path("access_give"), {**giving(managed), "look": "1"}),
        "Niemand gibt sich selbst": lambda: ada.post(path("access_give"), giving(managed, who="ada@acme.example")),
    }
    for words, answer in said.items():
        assert words in answer().content.decode(), words
