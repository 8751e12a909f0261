"""The second factor: setting it up, logging in with it, a role that demands it, losing it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client, TestCase
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from core import clock
from core.errors import Conflict, Forbidden, NotFound
from tests import builders
from tests.builders import PASSWORD, ROOT, World
from tests.workplace.signing import (
    WRONG,
    browser,
    code_of,
    events,
    factors,
    inside,
    log_in,
    log_in_with_code,
    recovery_codes,
    text,
    totp,
)

pytestmark = pytest.mark.usefixtures("_fresh_limits")


@pytest.fixture
def demanded(world: World) -> World:
    """Whoever approves content needs a second factor."""
    demand(world)
    return world


def demand(world: World) -> None:
    accounts.set_access_policy(
        actor=ROOT, organisation=world.organisation, two_managers=False,
        second_factor_roles=["content_approver"],
    )  # fmt: skip


def set_up(client: Client) -> str:
    """Through the page, as people do; the secret."""
    page = text(client.get(reverse("mfa_activate_totp")))
    found = re.search(r'totp-secret">([A-Z2-7]+)<', page)
    assert found is not None, page[:2000]
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(found[1])})
    assert answer["Location"] == reverse("mfa_view_recovery_codes"), text(answer)
    return found[1]


@pytest.mark.django_db(transaction=True)  # the library notes what was set up after the commit
def test_setting_up_an_app_shows_recovery_codes_once_and_stands_in_the_log(world: World):
    user, client = world.user("content"), browser()
    log_in(client, user)
    set_up(client)
    assert factors(user) == ["recovery_codes", "totp"]
    first, again = text(client.get(reverse("mfa_view_recovery_codes"))), text(client.get(reverse("mfa_view_recovery_codes")))
    assert len(re.findall(r"^\d{8}$", first.replace('recovery-codes">', 'recovery-codes">\n'), re.MULTILINE)) == 10
    assert re.findall(r"\d{8}", again) == []
    assert len(events("accounts.second_factor.added", user)) == 2
    secret = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert re.fullmatch(r"gAAAA\S+", secret), "enciphered where it is kept"


def test_the_password_alone_is_not_enough_any_more(world: World):
    user, client = world.user("content"), browser()
    secret = totp(user)
    assert log_in(client, user)["Location"] == reverse("mfa_authenticate")
    assert not inside(client)
    assert events("accounts.session.opened", user) == []
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert answer["Location"] == reverse("admin:index")
    assert inside(client)
    assert '"method":"password+totp"' in events("accounts.session.opened", user)[0].canonical


def test_a_code_counts_once_and_none_before_it(world: World):
    """Also in another process: what was used stands in the database."""
    user = world.user("content")
    secret = totp(user)
    with time_machine.travel(clock.now(), tick=False):
        log_in_with_code(first := browser(), user, secret)
        log_in_with_code(second := browser(), user, secret)
        log_in_with_code(earlier := browser(), user, secret, -1)
        log_in_with_code(later := browser(), user, secret, 1)
    assert [inside(each) for each in (first, second, earlier, later)] == [True, False, False, True]


def test_the_code_of_setting_up_counts_once_too(world: World):
    user, client = world.user("content"), browser()
    with time_machine.travel(clock.now(), tick=False):
        log_in(client, user)
        secret = set_up(client)
        log_in_with_code(second := browser(), user, secret)
    assert not inside(second)


def test_a_recovery_code_works_once(world: World):
    user = world.user("content")
    totp(user)
    code = recovery_codes(user)[0]
    tries = []
    for _ in range(2):
        client = browser()
        log_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": code})
        tries.append(inside(client))
    assert tries == [True, False]


def test_wrong_codes_lock_out_like_wrong_passwords(world: World):
    """Also who knows the password, and begins again after every four codes."""
    user = world.user("content")
    secret = totp(user)
    for _ in range(2):
        client = browser()
        log_in(client, user)
        for _ in range(3):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
    said = text(client.post(reverse("mfa_authenticate"), {"code": code_of(secret)}))
    assert "too many wrong tries" in said
    assert not inside(client)
    assert [each.outcome for each in events("accounts.session.refused", user)] == ["refused"] * 5
    assert len(events("accounts.user.locked", user)) == 1


# --- a role that demands it ---------------------------------------------------------------------------------------------


def looked_at(client: Client, path: str) -> int:
    answer = client.get(path)
    if hasattr(answer, "streaming_content"):
        list(answer.streaming_content)  # type: ignore[call-overload]
    return answer.status_code


def reachable(client: Client, world: World) -> dict[str, int]:
    """What a session gets from the workplace, looking and acting."""
    request = world.request("in_review")
    media = world.tree_of[request.pk].ad.media.get()
    pages = {
        "queue": reverse("admin:index"), "request": reverse("admin:request", args=[request.pk]),
        "media": reverse("admin:media", args=[media.pk]), "poster": reverse("admin:poster", args=[media.pk]),
        "list": reverse("admin:campaigns_ad_changelist"), "sessions": reverse("own_sessions"),
    }  # fmt: skip
    found = {name: looked_at(client, path) for name, path in pages.items()}
    stage = request.stages.get(key="content")
    form = {"stage": stage.key, "digest": request.digest, "verdict": "approve"}
    answer = client.post(reverse("admin:decide", args=[request.pk]), form)
    assert (answer.status_code, answer["Location"].partition("?")[0] == reverse("admin:request", args=[request.pk])) in [
        (303, True), (303, False),
    ]  # fmt: skip
    return {**found, "decisions": stage.decisions.count()}


NOTHING = {"queue": 302, "request": 302, "media": 302, "poster": 302, "list": 302, "sessions": 302, "decisions": 0}


def test_without_it_a_person_reaches_the_setting_up_and_nothing_else(demanded: World):
    client = browser()
    log_in(client, demanded.user("content"))
    assert reachable(client, demanded) == NOTHING
    page = client.get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("mfa_index"))
    assert "One of your roles demands a second factor" in text(page)


@pytest.mark.django_db(transaction=True)  # the library notes what was set up after the commit
def test_with_it_they_go_on_at_once(demanded: World):
    client = browser()
    log_in(client, demanded.user("content"))
    set_up(client)
    assert reachable(client, demanded) == {**dict.fromkeys(NOTHING, 200), "decisions": 1}


def test_people_whose_roles_do_not_demand_it_are_left_alone(demanded: World):
    client = browser()
    log_in(client, demanded.user("budget"))
    assert inside(client)


def test_a_role_given_mid_session_demands_it_on_the_next_request(demanded: World):
    user, client = demanded.user("budget"), browser()
    log_in(client, user)
    assert inside(client)
    accounts.grant_role(actor=ROOT, role="content_approver", principal=user, scope=demanded.brand)
    assert reachable(client, demanded) == NOTHING


def test_a_session_that_never_showed_it_shows_it_first(demanded: World):
    """The factor was set up elsewhere: having one is not having shown it."""
    user, here, there = demanded.user("content"), browser(), browser()
    log_in(here, user)
    log_in(there, user)
    secret = set_up(here)
    answer = there.get(reverse("admin:index"))
    assert answer["Location"].startswith(reverse("mfa_reauthenticate"))
    there.post(reverse("mfa_reauthenticate"), {"code": code_of(secret, 1)})
    assert inside(there)


@pytest.mark.parametrize("page", ["mfa_generate_recovery_codes", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn"])
@pytest.mark.parametrize("is_demanded", [True, False])
def test_a_session_that_never_showed_it_gives_itself_no_other(page: str, is_demanded: bool, world: World):
    before, after, bea = browser(), browser(), world.user("content")
    if is_demanded:
        demand(world)
    log_in(before, bea)
    log_in(after, bea)
    set_up(after)
    had = list(Authenticator.objects.filter(user=bea).order_by("pk").values())
    for answer in (before.get(reverse(page)), before.post(reverse(page), {"code": "000000"})):
        assert answer["Location"].startswith(reverse("mfa_reauthenticate") + "?next="), text(answer)
    assert list(Authenticator.objects.filter(user=bea).order_by("pk").values()) == had
    assert inside(before) is not is_demanded


@pytest.mark.django_db(transaction=True)  # the library notes what was set up after the commit
def test_the_last_one_is_not_removed_while_it_is_demanded(demanded: World):
    client, user = browser(), demanded.user("content")
    log_in(client, user)
    set_up(client)
    page = client.get(reverse("mfa_deactivate_totp"))
    assert "One of your roles demands a second factor" in text(page)
    client.post(reverse("mfa_deactivate_totp"))
    assert factors(user) == ["recovery_codes", "totp"]


@pytest.mark.django_db(transaction=True)  # the library notes what was set up after the commit
def test_it_may_be_removed_where_nothing_demands_it_and_the_codes_go_with_it(world: World):
    client, elsewhere, user = browser(), browser(), world.user("content")
    log_in(client, user)
    log_in_with_code(elsewhere, user, set_up(client), 1)
    assert inside(elsewhere)
    client.post(reverse("mfa_deactivate_totp"))
    assert factors(user) == []
    assert len(events("accounts.second_factor.removed", user)) == 2
    assert not inside(elsewhere), "where it was shown too"
    demand(world)
    assert not inside(client), "what was removed was not shown any more"


def passkey(user: User) -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "Key", "credential": {}})


@pytest.mark.django_db(transaction=True)  # the library notes what was set up after the commit
def test_a_last_passkey_is_not_removed_either(demanded: World, monkeypatch: pytest.MonkeyPatch):
    user = demanded.user("content")
    client = browser()
    log_in(client, user)
    secret = set_up(client)
    key = passkey(user)
    Authenticator.objects.filter(user=user, type="totp").delete()
    answer = client.post(reverse("mfa_remove_webauthn", args=[key.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_list_webauthn")
    assert "One of your roles demands a second factor" in text(answer)
    assert factors(user) == ["recovery_codes", "webauthn"]
    assert secret


# --- showing it again (R-56) ----------------------------------------------------------------------------------------------


def test_adding_and_removing_want_a_fresh_log_in(world: World):
    user, client, start = world.user("content"), browser(), clock.now()
    with time_machine.travel(start, tick=False) as travel:
        log_in(client, user)
        travel.move_to(start + timedelta(minutes=6))
        for name in ("mfa_activate_totp", "mfa_add_webauthn"):
            assert client.get(reverse(name))["Location"].startswith(reverse("account_reauthenticate")), name
        client.post(reverse("account_reauthenticate"), {"password": WRONG})
        assert client.get(reverse("mfa_activate_totp")).status_code == 302
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        assert client.get(reverse("mfa_activate_totp")).status_code == 200
        assert len(events("accounts.session.confirmed", user)) == 1


def test_r56_an_act_says_how_and_when_its_actor_showed_who_they_are(world: World):
    user, client = world.user("content"), browser()
    log_in_with_code(client, user, totp(user))
    request = world.request("in_review")
    form = {"stage": "content", "digest": request.digest, "verdict": "approve"}
    client.post(reverse("admin:decide", args=[request.pk]), form)
    canonical = events("approvals.decision.recorded")[0].canonical
    assert re.search(r'"actor":\{"authentication":\{"at":"[^"]+Z","method":"password\+totp"\},"id"', canonical)


# --- losing it ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(world: World) -> World:
    for name in ("access_manager", "operator"):
        accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user(name), scope=world.organisation)
    return world


def test_an_access_manager_resets_it_and_all_sessions_end(manager: World):
    user, client = manager.user("content"), browser()
    log_in_with_code(client, user, totp(user))
    recovery_codes(user)
    accounts.reset_second_factor(actor=manager.actor("access_manager"), user=user.pk)
    assert (factors(user), inside(client)) == ([], False)
    reset = events("accounts.second_factor.reset", user)[0]
    assert reset.actor_id == str(manager.people["access_manager"].pk)
    with pytest.raises(Conflict):
        accounts.reset_second_factor(actor=manager.actor("access_manager"), user=user.pk)


def test_r57_not_their_own_and_nobody_else(manager: World):
    mine, theirs = manager.user("access_manager"), manager.user("content")
    totp(mine)
    totp(theirs)
    stranger = builders.organisation("Umbra")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=stranger.user("operator"), scope=stranger.organisation)
    refused: list[tuple[Any, User, Any]] = [
        (manager.actor("access_manager"), mine, Forbidden),
        (manager.actor("budget"), theirs, (Forbidden, NotFound)),
        (stranger.actor("operator"), theirs, NotFound),
    ]
    for actor, user, refusal in refused:
        with pytest.raises(refusal):
            accounts.reset_second_factor(actor=actor, user=user.pk)
    assert (factors(mine), factors(theirs)) == (["totp"], ["totp"])
