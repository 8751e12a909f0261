"""A role that demands a second factor demands it of tokens, too: of one that was made without, it gives nothing but to see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts import permissions, services
from accounts.access_policy import with_marked_roles
from accounts.actors import actor_for
from accounts.errors import SecondFactorRequired
from accounts.explain import explain, holders, through_token
from accounts.models import ApiToken, User
from approvals.services import decide
from core import clock
from core.actor import Actor, Authentication, Channel
from core.errors import Forbidden
from tests import builders
from tests.builders import ROOT, World

pytestmark = pytest.mark.django_db
WITHOUT = ("password", "sso", "")
WITH = ("password+totp", "passkey", "sso+passkey", "password+recovery_code")


@pytest.fixture
def world() -> World:
    return builders.organisation()


def mark(world: World, *roles: str) -> None:
    services.set_access_policy(actor=ROOT, organisation=world.organisation, two_managers=False, second_factor_roles=roles)


def at_door(user: User, how: str) -> Actor:
    """Somebody in the workplace who showed who they are so; nothing is known of an empty one."""
    return replace(actor_for(user, Channel.ADMIN), authentication=Authentication(how, clock.now()) if how else None)


def token(world: World, name: str, how: str, **more: Any) -> Actor:
    """Somebody through a token that they made having shown who they are so."""
    user = world.user(name)
    row, _text = services.create_api_token(actor=at_door(user, how), user=user, name=f"made {how}", **more)
    return through(row)


def through(row: ApiToken) -> Actor:
    fresh: ApiToken = ApiToken.objects.select_related("user__organisation").get(pk=row.pk)
    return actor_for(fresh.user, Channel.API, token=fresh)


def test_how_the_maker_was_authenticated_is_kept(world: World) -> None:
    for how in (*WITHOUT, *WITH):
        made = token(world, "content", how)
        assert isinstance(made.token, ApiToken)
        assert made.token.made_with == how
        inherited, _text = services.create_api_token(actor=made, user=world.user("content"), name=f"by token {how}")
        assert inherited.made_with == how
    assert services.create_api_token(actor=ROOT, user=world.user("content"), name="console")[0].made_with == ""


@pytest.mark.parametrize("how", WITHOUT)
def test_a_token_made_without_a_second_factor_gives_what_such_a_role_gives_no_longer(world: World, how: str) -> None:
    """Also one from before: at the next request, and with a code of its own."""
    made = token(world, "content", how)
    permissions.check(made, "approve_content", world.account)
    mark(world, "content_approver")
    again = through(made.token)  # type: ignore[arg-type]
    permissions.check(again, "view", world.account)
    with pytest.raises(SecondFactorRequired) as caught:
        permissions.check(again, "approve_content", world.account)
    assert (caught.value.code, caught.value.extra) == ("second_factor_required", {"permission": "approve_content"})
    assert not permissions.can(through(made.token), "approve_content", world.account)  # type: ignore[arg-type]


@pytest.mark.parametrize("how", WITH)
def test_one_made_with_a_second_factor_gives_it(world: World, how: str) -> None:
    mark(world, "content_approver")
    permissions.check(token(world, "content", how), "approve_content", world.account)


def test_other_roles_of_the_same_person_give_what_they_give(world: World) -> None:
    world.add_person("both", "content_approver", "budget_approver")
    mark(world, "content_approver")
    made = token(world, "both", "password")
    permissions.check(made, "approve_budget", world.account)
    with pytest.raises(SecondFactorRequired):
        permissions.check(made, "approve_content", world.account)
    with pytest.raises(Forbidden) as caught:
        permissions.check(made, "publish", world.account)
    assert caught.value.code == "forbidden", "what is held by nothing is refused as ever"


def test_reading_the_log_is_more_than_seeing(world: World) -> None:
    mark(world, "auditor")
    with pytest.raises(SecondFactorRequired):
        permissions.check(token(world, "auditor", "password"), "audit", world.account)


def test_through_groups_and_own_roles(world: World) -> None:
    role = services.create_role(actor=ROOT, organisation=world.organisation, title="Desk", permissions=["operate"])
    group = services.create_user_group(actor=ROOT, organisation=world.organisation, title="Desk people")
    services.grant_role(actor=ROOT, role=role.pk, principal=group, scope=world.organisation)
    services.add_member(actor=ROOT, group=group, user=world.add_person("ann"))
    made = token(world, "ann", "password")
    permissions.check(made, "operate", world.account)
    mark(world, role.pk)
    with pytest.raises(SecondFactorRequired):
        permissions.check(through(made.token), "operate", world.account)  # type: ignore[arg-type]


def test_narrowing_and_the_second_factor_add_up(world: World) -> None:
    """What the token leaves out is not said to want a second factor."""
    mark(world, "content_approver")
    made = token(world, "content", "password", permissions=["submit"])
    with pytest.raises(Forbidden) as caught:
        permissions.check(made, "approve_content", world.account)
    assert caught.value.code == "forbidden"


def test_a_decision_is_refused_with_the_same_code(world: World) -> None:
    request = world.request("in_review")
    mark(world, "content_approver")
    made = token(world, "content", "password")
    with pytest.raises(SecondFactorRequired):
        decide(actor=made, request=request.pk, stage="content", digest=request.digest, verdict="approve")
    decide(
        actor=token(world, "content", "password+totp"), request=request.pk, stage="content", digest=request.digest, verdict="approve"
    )


def test_a_machine_s_token_is_its_own(world: World) -> None:
    """A machine logs in nowhere, holds what was given to it alone, and never approves; but who makes its token is judged."""
    row, _text = services.create_api_token(actor=ROOT, user=world.machine, name="ci")
    mark(world, "submitter", "operator")
    permissions.check(through(row), "submit", world.account)
    owner = token(world, "operator", "password")
    for user in (world.machine, world.user("operator")):
        with pytest.raises(SecondFactorRequired):
            services.create_api_token(actor=owner, user=user, name="another")
    services.create_api_token(actor=token(world, "operator", "passkey"), user=world.machine, name="another")


def test_a_session_is_the_gate_s_matter(world: World) -> None:
    """Without a token nothing is withheld here: the workplace leads to the second factor first."""
    mark(world, "content_approver")
    permissions.check(at_door(world.user("content"), "password"), "approve_content", world.account)


def test_a_token_read_with_the_marked_roles_needs_no_statement_more(world: World, django_assert_num_queries: Any) -> None:
    made = token(world, "content", "password")
    for roles in ((), ("content_approver",), ("publisher",)):
        mark(world, *roles)
        (row,) = with_marked_roles(ApiToken.objects.filter(pk=made.token.pk).select_related("user"), clock.now())  # type: ignore[attr-defined]
        with django_assert_num_queries(2 if roles else 1):
            held = permissions.fresh_grants(actor_for(row.user, Channel.API, token=row))
        assert held.allows("approve_content", world.account) is ("content_approver" not in roles)


def test_r58_the_explanation_says_so(world: World) -> None:
    (before,) = explain(world.user("content"), "approve_content", world.account).because
    assert not before.second_factor
    mark(world, "content_approver")
    (reason,) = explain(world.user("content"), "approve_content", world.account).because
    assert reason.second_factor
    (holder,) = holders("approve_content", world.account)
    assert [each.second_factor for each in holder.because] == [True]
    assert not any(each.second_factor for each in explain(world.user("content"), "view", world.account).because)
    for how, code in (("password", "second_factor_required"), ("passkey", "")):
        held = permissions.fresh_grants(token(world, "content", how))
        found = through_token(explain(world.user("content"), "approve_content", world.account), held)
        assert [each.code for each in found.missing] == ([code] if code else [])
    narrow = permissions.fresh_grants(token(world, "content", "sso+passkey", permissions=["submit"]))
    (missing,) = through_token(explain(world.user("content"), "approve_content", world.account), narrow).missing
    assert missing.code == "token_narrowed"
