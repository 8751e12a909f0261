"""Giving and taking roles: who may, to whom, for how long (R-57)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import translation

from accounts import permissions, services
from accounts.actors import actor_for
from accounts.models import AdAccount, Role, RoleGrant, User, UserGroup
from accounts.permissions import grants_of
from accounts.placing import Place, place_of
from accounts.roles import ROLE_NAMES
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from tests import builders

pytestmark = pytest.mark.django_db
ROOT = builders.ROOT


@pytest.fixture
def world():
    return builders.organisation()


def boss(world, scope=None):
    """An access manager of the whole organisation."""
    world.add_person("boss", "access_manager", scope=scope or world.organisation)
    return world.actor("boss")


def held(user, account):
    grants = grants_of(User.objects.get(pk=user.pk))
    return {code for code in permissions_of_account() if grants.allows(code, account)}


def permissions_of_account():
    from accounts.roles import PERMISSIONS

    return PERMISSIONS


def test_a_grant_ends_at_that_moment_and_not_before(world):
    ann, now = world.add_person("ann"), clock.now()
    end = now + timedelta(hours=1)
    services.grant_role(actor=ROOT, role="content_approver", principal=ann, scope=world.brand, expires_at=end)
    tick = timedelta(microseconds=1)
    assert grants_of(ann, end - tick).allows("approve_content", world.account)
    assert not grants_of(ann, end).allows("approve_content", world.account)
    assert ann in permissions.people_with("approve_content", world.account, end - tick)
    assert ann not in permissions.people_with("approve_content", world.account, end)


def test_the_longer_of_two_roles_decides_for_what_both_give(world):
    ann, now = world.add_person("ann"), clock.now()
    short, long = now + timedelta(hours=1), now + timedelta(hours=5)
    for role, end in (("submitter", long), ("publisher", short)):
        services.grant_role(actor=ROOT, role=role, principal=ann, scope=world.brand, expires_at=end)
    later = grants_of(ann, now + timedelta(hours=2))
    assert later.allows("view", world.account)
    assert later.allows("submit", world.account)
    assert not later.allows("publish", world.account)


def test_ending_one_of_two_roles_leaves_what_the_other_gives(world):
    ann = world.add_person("ann", "submitter", "publisher")
    services.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=ann, role="publisher").pk)
    assert held(ann, world.account) == {"view", "submit"}
    services.revoke_role(actor=ROOT, grant=RoleGrant.objects.get(user=ann, role="submitter").pk)
    assert held(ann, world.account) == set()
    assert RoleGrant.objects.filter(user=ann).count() == 2, "ended grants stay as evidence"


def test_an_inactive_person_holds_nothing_also_when_read_before(world):
    ann = world.add_person("ann", "content_approver")
    services.deactivate_user(actor=ROOT, user=ann.pk)
    assert ann.is_active, "this object was read before"
    assert grants_of(ann).by_permission == {}
    assert ann not in permissions.people_with("approve_content", world.account, clock.now())
    with pytest.raises(Conflict):
        services.deactivate_user(actor=ROOT, user=ann.pk)


def test_r57_a_superuser_holds_nothing_without_a_role(world):
    root = User.objects.create_superuser("root@acme.example", "x", name="Root", organisation=world.organisation)
    assert root.has_perm("accounts.view_user"), "the system"
    assert not root.has_perm("accounts.view", world.account), "business objects"
    actor = actor_for(root, Channel.ADMIN)
    with pytest.raises(NotFound):
        permissions.check(actor, "approve_content", world.account)


def test_r57_nothing_of_one_organisation_reaches_another(world):
    other = builders.organisation("Evil")
    with pytest.raises(Invalid) as caught:
        services.grant_role(actor=ROOT, role="submitter", principal=world.user("submitter"), scope=other.brand)
    assert caught.value.errors[0].code == "other_organisation"
    group = services.create_user_group(actor=ROOT, organisation=other.organisation, title="Evil")
    with pytest.raises(Invalid):
        services.add_member(actor=ROOT, group=group, user=world.user("submitter"))
    with pytest.raises(Invalid):
        services.grant_role(actor=ROOT, role="submitter", principal=group, scope=world.brand)
    with pytest.raises(NotFound):
        services.grant_role(
            actor=boss(other), role="submitter", principal=world.user("submitter"), scope=world.brand
        )


@pytest.mark.parametrize("role", ["submitter", "content_approver", "operator", "auditor", "policy_manager"])
def test_only_access_managers_give_and_take_roles(world, role):
    world.add_person("ann", role)
    with pytest.raises(Forbidden):
        services.grant_role(actor=world.actor("ann"), role="auditor", principal=world.user("submitter"), scope=world.brand)
    with pytest.raises(Forbidden):
        services.revoke_role(actor=world.actor("ann"), grant=RoleGrant.objects.get(user=world.people["submitter"]).pk)
    refused = AuditEvent.objects.filter(outcome="refused").values_list("action", flat=True)
    assert sorted(refused) == ["accounts.role.granted", "accounts.role.revoked"]


def test_an_access_manager_of_a_brand_does_not_reach_above_it(world):
    """Their own organisation they see, as everybody in it; another one is not there."""
    with pytest.raises(NotFound):
        services.create_brand(actor=world.actor("access_manager"), organisation=builders.organisation("Evil").organisation, name="x")
    with pytest.raises(Forbidden):
        services.grant_role(
            actor=world.actor("access_manager"), role="submitter", principal=world.user("auditor"), scope=world.organisation
        )


def test_nobody_gives_a_role_to_themselves(world):
    actor = boss(world)
    with pytest.raises(Forbidden):
        services.grant_role(actor=actor, role="publisher", principal=world.user("boss"), scope=world.brand)


def test_nobody_gives_a_role_to_a_group_they_are_in(world):
    actor = boss(world)
    group = services.create_user_group(actor=actor, organisation=world.organisation, title="Editors")
    with pytest.raises(Forbidden):
        services.add_member(actor=actor, group=group, user=world.user("boss"))
    services.add_member(actor=ROOT, group=group, user=world.user("boss"))
    with pytest.raises(Forbidden):
        services.grant_role(actor=actor, role="publisher", principal=group, scope=world.brand)
    assert held(world.user("boss"), world.account) == {"view", "manage_access"}


def test_nobody_gives_a_role_to_a_machine_of_theirs(world):
    """Neither directly nor through a group: with its token they would hold the role themselves."""
    actor = boss(world)
    robot = services.create_service_account(actor=actor, owner=world.user("boss"), email="robot@acme.example", name="Robot")
    with pytest.raises(Forbidden):
        services.grant_role(actor=actor, role="publisher", principal=robot, scope=world.brand)
    group = services.create_user_group(actor=actor, organisation=world.organisation, title="Robots")
    with pytest.raises(Forbidden):
        services.add_member(actor=actor, group=group, user=robot)
    services.add_member(actor=ROOT, group=group, user=robot)
    with pytest.raises(Forbidden):
        services.grant_role(actor=actor, role="publisher", principal=group, scope=world.brand)
    assert held(robot, world.account) == set()
    services.grant_role(actor=actor, role="publisher", principal=world.machine, scope=world.brand)


def test_a_machine_gives_nothing_to_its_owner(world):
    """Otherwise an access manager would go round by a machine of their own."""
    services.grant_role(actor=ROOT, role="access_manager", principal=world.machine, scope=world.organisation)
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    owner = world.user("operator")
    group = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Editors")
    with pytest.raises(Forbidden):
        services.grant_role(actor=machine, role="publisher", principal=owner, scope=world.brand)
    with pytest.raises(Forbidden):
        services.add_member(actor=machine, group=group, user=owner)
    services.add_member(actor=ROOT, group=group, user=owner)
    with pytest.raises(Forbidden):
        services.grant_role(actor=machine, role="publisher", principal=group, scope=world.brand)


def test_what_an_access_manager_may_do(world):
    actor, ann = boss(world), world.add_person("ann")
    grant = services.grant_role(actor=actor, role="content_approver", principal=ann, scope=world.account)
    assert held(ann, world.account) == {"view", "approve_content"}
    assert held(ann, world.second_account) == set()
    assert grant.granted_by == "boss@acme.example"
    services.revoke_role(actor=world.actor("boss"), grant=grant.pk)
    assert held(ann, world.account) == set()


def test_unknown_roles_and_grants(world):
    with pytest.raises(Invalid):
        services.grant_role(actor=ROOT, role="emperor", principal=world.user("auditor"), scope=world.brand)
    with pytest.raises(NotFound):
        services.revoke_role(actor=ROOT, grant=uuid7())


def test_tasks_do_not_administer(world):
    with pytest.raises(Forbidden):
        services.grant_role(
            actor=system(Channel.TASK), role="publisher", principal=world.user("auditor"), scope=world.brand
        )


def test_who_is_not_logged_in_holds_nothing(world):
    from django.contrib.auth.models import AnonymousUser

    assert grants_of(AnonymousUser()).by_permission == {}  # type: ignore[arg-type]


def test_r57_grants_are_resolved_in_one_statement(world, django_assert_num_queries):
    user = world.user("content")
    with django_assert_num_queries(1):
        actor = actor_for(user, Channel.API)
        for account in (world.account, world.second_account):
            permissions.can(actor, "approve_content", account)


def test_an_ad_speaks_as_the_linked_pages_of_its_brand_alone(world, django_assert_num_queries):
    builders.organisation("Evil")
    services.create_page(actor=ROOT, brand=world.brand, external_id="q", identity_type="TT_USER", handle="q")
    with django_assert_num_queries(1):
        place = place_of(world.account.pk)
        assert place.pages == {world.page.pk}
        assert place.placement is not None
    services.edit_ad_account(actor=ROOT, ad_account=world.account, pages=[])
    assert place_of(world.account.pk) == Place(place.placement, frozenset())


# --- ways around “nobody gives a role to themselves” ----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["themselves", "a machine of theirs", "a group", "later"])
def test_nobody_moves_an_ad_account_to_where_they_hold_more(world, who):
    """Whoever manages access on both brands would give themselves what they hold on the other one."""
    sister = services.create_brand(actor=ROOT, organisation=world.organisation, name="Sister")
    actor = boss(world)
    principal, begins = world.user("boss"), clock.now() + timedelta(days=1) if who == "later" else None
    if who == "a machine of theirs":
        principal = services.create_service_account(actor=ROOT, owner=principal, email="r@acme.example", name="R")
    if who == "a group":
        principal = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Publishers")
        services.add_member(actor=ROOT, group=principal, user=world.user("boss"))
    services.grant_role(actor=ROOT, role="publisher", principal=principal, scope=sister, starts_at=begins)
    with pytest.raises(Forbidden):
        services.move_ad_account(actor=actor, ad_account=world.account, brand=sister)
    assert AdAccount.objects.get(pk=world.account.pk).brand_id == world.brand.pk
    services.grant_role(actor=ROOT, role="publisher", principal=principal, scope=world.brand, starts_at=begins)
    services.move_ad_account(actor=world.actor("boss"), ad_account=world.account, brand=sister)
    assert AdAccount.objects.get(pk=world.account.pk).brand_id == sister.pk, "who holds it there already gains nothing"


def test_no_role_is_called_like_a_built_in_one(world):
    """Who is asked to give or confirm “Submitter” is shown that name alone."""
    actor = boss(world)
    own = services.create_role(actor=actor, organisation=world.organisation, title="Desk", permissions=["submit"])
    with translation.override("de"):
        german = str(ROLE_NAMES["auditor"])
    for title in ("Submitter", " submitter ", "access_manager", "Access  Manager", german):
        with pytest.raises(Invalid):
            services.create_role(actor=actor, organisation=world.organisation, title=title, permissions=["publish"])
        with pytest.raises(Invalid):
            services.change_role(actor=actor, role=own, title=title)
    assert list(Role.objects.filter(organisation=world.organisation).values_list("title", flat=True)) == ["Desk"]


def test_nobody_renames_what_single_sign_on_fills(world, settings):
    """Who gives a strong group the name that the directory fills becomes a member of it at their next log-in."""
    settings.OIDC_ORGANISATION, settings.OIDC_GROUPS = "acme", {"staff": "Staff"}
    actor = boss(world)
    strong = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Publishers")
    mapped = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Staff")
    for group, title in ((mapped, "Old staff"), (strong, "Staff")):
        with pytest.raises(Conflict):
            services.rename_user_group(actor=actor, group=group, title=title)
        assert UserGroup.objects.get(pk=group.pk).title == group.title
    services.rename_user_group(actor=actor, group=strong, title="Those who publish")
    services.rename_user_group(actor=actor, group=mapped, title="Staff")
    settings.OIDC_ORGANISATION = "other"
    services.rename_user_group(actor=actor, group=mapped, title="Old staff")


def test_the_log_tells_to_whom_and_from_when(world):
    """Two people of one name are two people."""
    begins, ends = clock.now() + timedelta(days=1), clock.now() + timedelta(days=2)
    ann = world.add_person("ann")
    grant = services.grant_role(
        actor=ROOT, role="publisher", principal=ann, scope=world.brand, starts_at=begins, expires_at=ends
    )
    services.revoke_role(actor=ROOT, grant=grant.pk)
    granted, revoked = (
        json.loads(row.canonical)["payload"] for row in AuditEvent.objects.filter(subject_id=str(grant.pk)).order_by("pk")
    )
    assert (granted["user"], revoked["user"]) == ("ann@acme.example", "ann@acme.example")
    assert (granted["starts_at"], granted["until"]) == (clock.rfc3339(begins), clock.rfc3339(ends))
