"""Passwords: the policy, the invitation, the link, and that nobody learns who has an address."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse

from accounts import services as accounts
from accounts import tasks
from accounts.models import User
from core import clock, wake
from core.actor import Actor
from core.errors import Conflict, Forbidden, NotFound
from tests import builders
from tests.builders import PASSWORD, ROOT, World
from tests.workplace.signing import WRONG, browser, events, inside, log_in, mailed_link, text

pytestmark = pytest.mark.usefixtures("_fresh_limits")
NEW = "another long password 7"


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What a worker is told, in place of the broker; the worker's part is called by the test."""
    told: list[tuple[str, str]] = []
    monkeypatch.setitem(wake._listeners, "accounts.link.wanted", lambda subject: told.append(("link", subject)))
    return told


def set_password(client: Client, link: str, password: str = NEW) -> Any:
    """Follow the link as a browser does, and fill the form in."""
    page = client.get(link)
    where = page["Location"] if page.status_code == 302 else link
    return client.post(where, {"password1": password, "password2": password})


# --- invitation ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(world: World) -> World:
    accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user("access_manager"), scope=world.organisation)
    return world


def test_whoever_is_made_by_an_access_manager_is_sent_a_link_and_sets_a_password_that_nobody_knows(
    manager: World, woken: list[tuple[str, str]]
):
    with TestCase.captureOnCommitCallbacks(execute=True):
        user = accounts.create_person(
            actor=manager.actor("access_manager"), organisation=manager.organisation, email="New@Acme.example", name="New",
        )  # fmt: skip
    assert woken == [("link", str(user.pk))]
    link = mailed_link(user)
    assert mail.outbox[-1].to == ["new@acme.example"]
    assert mail.outbox[-1].subject == "You are invited to Imprimatur of Acme"
    client = browser()
    assert set_password(client, link)["Location"] == reverse("account_reset_password_from_key_done")
    assert not inside(client), "setting it logs nobody in"
    log_in(client, user, NEW)
    assert inside(client)
    assert events("accounts.password.changed", user)[0].organisation == manager.organisation.pk


def test_people_with_a_first_password_from_the_console_are_sent_nothing(world: World, woken: list[tuple[str, str]]):
    with TestCase.captureOnCommitCallbacks(execute=True):
        world.add_person("somebody")
    assert woken == []


def test_a_mail_is_no_page_and_escapes_nothing(world: World):
    company = accounts.create_organisation(actor=ROOT, name="Halden & Rowe", slug="halden")
    user = accounts.create_person(actor=ROOT, organisation=company, email="x@halden.example", name="D'Arcy & Co")
    tasks.send_link(str(user.pk))
    assert mail.outbox[-1].subject == "You are invited to Imprimatur of Halden & Rowe"
    assert "D'Arcy & Co" in str(mail.outbox[-1].body)


def test_an_invitation_is_sent_again(manager: World, woken: list[tuple[str, str]]):
    user = accounts.create_person(actor=ROOT, organisation=manager.organisation, email="new@acme.example", name="New")
    with TestCase.captureOnCommitCallbacks(execute=True):
        accounts.invite_person(actor=manager.actor("access_manager"), user=user.pk)
    assert woken == [("link", str(user.pk))]
    assert len(events("accounts.user.invited", user)) == 1


def test_r57_only_an_access_manager_of_the_organisation_invites_and_no_machine_is(manager: World, woken: list[tuple[str, str]]):
    user = manager.user("content")
    stranger = builders.organisation("Umbra")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=stranger.user("operator"), scope=stranger.organisation)
    tries: list[tuple[Actor, User, Any]] = [
        (manager.actor("budget"), user, (Forbidden, NotFound)),
        (stranger.actor("operator"), user, NotFound),
        (manager.actor("access_manager"), manager.machine, Conflict),
    ]
    with TestCase.captureOnCommitCallbacks(execute=True):
        for actor, whom, refusal in tries:
            with pytest.raises(refusal):
                accounts.invite_person(actor=actor, user=whom.pk)
    assert woken == []
    tasks.send_link(str(manager.machine.pk))
    assert mail.outbox == []


def test_the_letter_speaks_the_person_s_language(world: World):
    user = accounts.create_person(
        actor=ROOT, organisation=world.organisation, email="neu@acme.example", name="Neu", language="de"
    )
    mailed_link(user)
    assert mail.outbox[-1].subject == "Einladung zu Imprimatur von Acme"
    assert "Der Link gilt einmal, 3 Tage lang." in str(mail.outbox[-1].body)


# --- the link -----------------------------------------------------------------------------------------------------------


def test_a_link_works_once(world: World):
    user = world.user("content")
    link = mailed_link(user)
    set_password(browser(), link)
    again = browser()
    assert "This link does not work any more" in text(again.get(link))
    set_password(again, link, "a third long password 9")
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_a_link_works_for_three_days(world: World):
    user, start = world.user("content"), clock.now()
    with time_machine.travel(start, tick=False) as travel:
        link = mailed_link(user)
        travel.move_to(start + timedelta(days=3, seconds=10))
        assert "This link does not work any more" in text(browser().get(link))
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_a_log_in_in_between_takes_the_link_away(world: World):
    """Who remembered the password after all needs no link that lies in a mailbox."""
    user = world.user("content")
    link = mailed_link(user)
    log_in(browser(), user)
    assert "This link does not work any more" in text(browser().get(link))


def test_a_link_does_not_lead_where_a_request_says_the_service_is(world: World, woken: list[tuple[str, str]]):
    client = Client(REMOTE_ADDR="192.0.2.7", headers={"host": "localhost", "x-forwarded-host": "evil.example"})
    client.post(reverse("account_reset_password"), {"email": world.user("content").email})
    mailed_link(world.user("content"))
    assert "evil" not in str(mail.outbox[-1].body)


def test_a_new_password_by_link_ends_all_sessions_and_the_lock(world: World):
    user, client = world.user("content"), browser()
    log_in(client, user)
    for _ in range(5):
        log_in(browser(), user, WRONG)
    set_password(browser(), mailed_link(user))
    assert not inside(client)
    fresh = browser()
    log_in(fresh, user, NEW)
    assert inside(fresh)
    assert '"how":"by_link"' in events("accounts.password.changed", user)[0].canonical


def test_r17_a_link_of_somebody_deactivated_in_between_opens_nothing(world: World):
    user = world.user("content")
    link = mailed_link(user)
    accounts.deactivate_user(actor=ROOT, user=user.pk)
    client = browser()
    set_password(client, link)
    log_in(client, user, NEW)
    assert not inside(client)


@pytest.mark.parametrize("address", ["content@acme.example", "nobody@acme.example", "machine@acme.example"])
def test_the_answer_tells_nobody_who_has_an_address(address: str, world: World, woken: list[tuple[str, str]]):
    with TestCase.captureOnCommitCallbacks(execute=True):
        client = browser()
        answer = client.post(reverse("account_reset_password"), {"email": address})
    assert answer["Location"] == reverse("account_reset_password_done")
    assert address not in text(client.get(answer["Location"]))
    assert len(woken) == 1, "the same work for each"
    tasks.send_link(woken[0][1])
    assert [letter.to for letter in mail.outbox] == ([[address]] if address.startswith("content") else [])


# --- the policy -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("password", ["short", "12345678901234567890", "password1234", "content@acme.example"])
def test_weak_passwords_are_refused(password: str, world: World):
    user = world.user("content")
    answer = set_password(browser(), mailed_link(user), password)
    assert answer.status_code == 200
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert events("accounts.password.changed", user) == []


def test_changing_one_s_own_password_ends_the_other_sessions_and_not_this_one(world: World):
    user, here, there = world.user("content"), browser(), browser()
    log_in(here, user)
    log_in(there, user)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), form).status_code == 302
    assert (inside(here), inside(there)) == (True, False)
    changed = events("accounts.password.changed", user)[0]
    assert '"how":"changed"' in changed.canonical
    assert not re.search(f"{NEW}|{PASSWORD}", changed.canonical)


def test_the_old_password_is_asked_for(world: World):
    user, client = world.user("content"), browser()
    log_in(client, user)
    client.post(reverse("account_change_password"), {"oldpassword": WRONG, "password1": NEW, "password2": NEW})
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert inside(client)
