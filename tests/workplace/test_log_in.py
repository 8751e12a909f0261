"""Coming in: who may, what is said, what is written down, and how often one may be wrong."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client, override_settings
from django.urls import reverse

from accounts import services as accounts
from accounts.models import User
from audit.models import AuditEvent
from core import clock
from core.errors import Conflict, Forbidden, NotFound
from tests import builders
from tests.builders import PASSWORD, ROOT, World
from tests.workplace.conftest import Enter
from tests.workplace.signing import WRONG, browser, events, inside, log_in, text
from workplace.people import ACTS

pytestmark = pytest.mark.usefixtures("_fresh_limits")


@pytest.fixture
def manager(world: World) -> World:
    """`access_manager` holds the role on the whole organisation."""
    accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user("access_manager"), scope=world.organisation)
    return world


def test_the_admin_s_log_in_leads_to_ours_and_back(world: World):
    client, wanted = browser(), reverse("admin:approvals_approvalrequest_changelist")
    page = client.get(wanted, follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    answer = log_in(client, world.user("content"), next=wanted)
    assert answer["Location"] == wanted


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_nobody_is_led_elsewhere(where: str, world: World):
    assert "evil" not in browser().get(reverse("admin:login"), {"next": where})["Location"]
    assert "evil" not in log_in(browser(), world.user("content"), next=where)["Location"]


def test_a_log_in_and_a_log_out_stand_in_the_log_of_the_organisation(world: World):
    client, user = browser(), world.user("content")
    log_in(client, user)
    client.post(reverse("admin:logout"))
    opened, closed = events("accounts.session.opened")[0], events("accounts.session.closed")[0]
    for event in (opened, closed):
        assert (event.actor_id, event.organisation, event.outcome) == (str(user.pk), world.organisation.pk, "recorded")
    assert '"method":"password"' in opened.canonical
    assert '"address":"192.0.2.7"' in opened.canonical
    assert not inside(client)


def test_r33_machines_and_people_of_no_workplace_never_get_a_session(world: World):
    """Not even where they have a password, which no service gives them."""
    machine, outsider = world.machine, world.add_person("outsider")
    User.objects.filter(pk=outsider.pk).update(is_staff=False)
    for user in (machine, outsider):
        row = User.objects.get(pk=user.pk)
        row.set_password(PASSWORD)
        row.save()
        client = browser()
        said = text(log_in(client, row))
        assert "That is not the right e-mail address and password." in said
        assert not inside(client)
    assert events("accounts.session.opened") == []


@pytest.mark.parametrize("who", ["content", "nobody", "deactivated"])
def test_the_answer_to_a_wrong_password_tells_nothing(who: str, world: World):
    if who == "deactivated":
        accounts.deactivate_user(actor=ROOT, user=world.people["content"].pk)
    address = "nobody@acme.example" if who == "nobody" else "content@acme.example"
    password = PASSWORD if who == "deactivated" else WRONG
    client = browser()
    answer = client.post(reverse("account_login"), {"login": address, "password": password})
    assert answer.status_code == 200
    assert "That is not the right e-mail address and password." in text(answer)
    assert not inside(client)


def test_a_failed_try_is_the_affair_of_the_person_s_organisation_and_an_unknown_address_nobody_s(world: World):
    before = AuditEvent.objects.count()
    client = browser()
    client.post(reverse("account_login"), {"login": "who@umbra.example", "password": WRONG})
    assert AuditEvent.objects.count() == before
    log_in(client, world.user("content"), WRONG)
    failed = events("accounts.session.refused")[0]
    assert (failed.organisation, failed.subject_id) == (world.organisation.pk, str(world.people["content"].pk))
    assert (failed.outcome, failed.actor_id) == ("refused", "nobody")
    assert WRONG not in failed.canonical
    assert not AuditEvent.objects.filter(canonical__contains="who@umbra.example").exists()


def test_the_pages_of_one_s_account_speak_german_too(world: World):
    strange = browser(headers={"accept-language": "de"})
    page = text(strange.get(reverse("account_login")))
    assert 'lang="de"' in page
    assert "Passwort vergessen?" in page
    assert "E-Mail-Adresse und Passwort stimmen nicht." in text(log_in(strange, world.user("content"), WRONG))
    User.objects.filter(pk=world.people["content"].pk).update(language="de")
    own = browser()
    log_in(own, world.user("content"))
    for name, words in {"mfa_index": "Zweiter Faktor", "own_sessions": "Wo Sie angemeldet sind", "account_change_password": "Neues Passwort"}.items():
        assert words in text(own.get(reverse(name))), name


def test_secrets_of_one_s_account_are_kept_by_no_browser(world: World):
    client = browser()
    log_in(client, world.user("content"))
    for name in ("mfa_activate_totp", "mfa_index", "own_sessions"):
        assert "no-store" in client.get(reverse(name))["Cache-Control"], name


def test_passkeys_are_offered_under_a_name_and_not_under_a_number(world: World):
    for host, offered in (("localhost:8000", True), ("127.0.0.1:8000", False)):
        assert ("Use a passkey" in text(browser(headers={"host": host}).get(reverse("account_login")))) is offered


def test_there_is_no_signing_up(world: World):
    client = browser()
    for path in ("/account/signup/", "/account/email/", "/accounts/signup/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"email": "new@acme.example", "password1": PASSWORD}).status_code == 404
    assert not User.objects.filter(email="new@acme.example").exists()


# --- lock-out ---------------------------------------------------------------------------------------------------------


def fail(user: User, times: int = 5, address: str = "192.0.2.7") -> Any:
    return [log_in(browser(address), user, WRONG) for _ in range(times)][-1]


def test_five_wrong_passwords_lock_out_also_the_right_one_and_from_everywhere(world: World):
    user = world.user("content")
    fail(user, 3)
    assert "locked" not in text(fail(user, 2, "198.51.100.9"))
    client = browser("203.0.113.5")
    said = text(log_in(client, user))
    assert "too many wrong tries" in said
    assert not inside(client)
    assert len(events("accounts.session.refused", user)) == 5
    assert len(events("accounts.user.locked", user)) == 1
    fail(user, 3)
    assert len(events("accounts.session.refused", user)) == 5, "nobody fills the log of a locked person"
    assert inside_after(world.user("budget")), "others are not concerned"


def inside_after(user: User) -> bool:
    client = browser()
    log_in(client, user)
    return inside(client)


def test_the_lock_ends_by_itself_a_quarter_of_an_hour_after_the_last_counted_try(world: World):
    user, start = world.user("content"), clock.now()
    with time_machine.travel(start, tick=False) as travel:
        fail(user, 5)
        travel.move_to(start + timedelta(minutes=14, seconds=50))
        assert not inside_after(user)
        travel.move_to(start + timedelta(minutes=15, seconds=1))
        assert inside_after(user)
        fail(user, 4)
        assert inside_after(user), "success starts the count anew"
        fail(user, 4)
        assert inside_after(user)


def test_unknown_addresses_are_locked_like_known_ones_and_not_kept(world: World):
    nobody = User(email="who@umbra.example")
    assert "too many" not in text(fail(nobody, 5))
    assert "too many wrong tries" in text(fail(nobody, 1))
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=16)):
        fail(world.user("content"), 1)
    assert not AccessAttempt.objects.filter(username="who@umbra.example").exists()
    assert WRONG not in str(list(AccessAttempt.objects.values()))


@pytest.mark.parametrize("spelling", ["CONTENT@ACME.EXAMPLE", " content@acme.example ", "Content@acme.example"])
def test_another_spelling_is_no_other_address(spelling: str, world: World):
    user = world.user("content")
    for given in (spelling, user.email, spelling, user.email, spelling):
        browser().post(reverse("account_login"), {"login": given, "password": WRONG})
    assert "too many wrong tries" in text(log_in(browser(), user))


def test_passwords_asked_for_inside_count_too(world: World):
    """Showing again who one is, and the old password before a new one."""
    user, client = world.user("content"), browser()
    log_in(client, user)
    for _ in range(3):
        client.post(reverse("account_reauthenticate"), {"password": WRONG})
    new = {"oldpassword": WRONG, "password1": "another long password 7", "password2": "another long password 7"}
    for _ in range(2):
        client.post(reverse("account_change_password"), new)
    said = text(client.post(reverse("account_change_password"), {**new, "oldpassword": PASSWORD}))
    assert "too many wrong tries" in said
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert inside(client), "a session that stands is not ended by it"


def test_an_access_manager_lifts_the_lock(manager: World):
    user = manager.user("content")
    fail(user, 5)
    accounts.unlock_user(actor=manager.actor("access_manager"), user=user.pk)
    assert inside_after(user)
    lifted = events("accounts.user.unlocked", user)[0]
    assert lifted.actor_id == str(manager.people["access_manager"].pk)
    with pytest.raises(Conflict):
        accounts.unlock_user(actor=manager.actor("access_manager"), user=user.pk)


def test_r57_nobody_else_lifts_it(manager: World):
    user = manager.user("content")
    fail(user, 5)
    stranger = builders.organisation("Umbra")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=stranger.user("operator"), scope=stranger.organisation)
    for actor, refusal in ((manager.actor("content"), (Forbidden, NotFound)), (stranger.actor("operator"), NotFound)):
        with pytest.raises(refusal):
            accounts.unlock_user(actor=actor, user=user.pk)
    assert not inside_after(user)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_than_five_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    """Counted before they are looked at: the right password as the sixth of twelve at once is not found out."""
    world = builders.organisation("Acme")
    cache.clear()
    user, looked, gate = world.user("content"), Counter[str](), threading.Barrier(12)
    compare = User.check_password

    def noted(self: User, password: str) -> bool:
        looked[password] += 1
        return compare(self, password)

    monkeypatch.setattr(User, "check_password", noted)

    def guess(number: int) -> None:
        gate.wait()
        try:
            log_in(browser(f"192.0.2.{number + 1}"), user, f"guess number {number}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(looked.values()) == 5
    assert "too many wrong tries" in text(log_in(browser(), user))
    connection.close()


# --- where somebody comes from ----------------------------------------------------------------------------------------


def test_without_a_proxy_nobody_says_themselves_where_they_come_from(world: World):
    client = browser(headers={"x-forwarded-for": "10.9.9.9"})
    log_in(client, world.user("content"))
    assert '"address":"192.0.2.7"' in events("accounts.session.opened")[0].canonical


@override_settings(BEHIND_PROXY=True)
def test_behind_a_proxy_its_own_entry_alone_is_believed(world: World):
    client = browser("10.0.0.1", headers={"x-forwarded-for": "10.9.9.9, 198.51.100.4"})
    log_in(client, world.user("content"))
    assert '"address":"198.51.100.4"' in events("accounts.session.opened")[0].canonical
    client = browser("10.0.0.1", headers={"x-forwarded-for": "'; drop table"})
    log_in(client, world.user("budget"))
    assert '"address":"10.0.0.1"' in events("accounts.session.opened")[1].canonical


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_one_is_ended_mid_way(world: World):
    user, here, there = world.user("content"), browser(), browser("198.51.100.9", headers={"user-agent": "Tablet"})
    log_in(here, user)
    log_in(there, user)
    page = text(here.get(reverse("own_sessions")))
    assert "198.51.100.9" in page
    assert "Tablet" in page
    assert "this one" in page
    other = next(row for row in here.get(reverse("own_sessions")).context["rows"] if row.user_agent == "Tablet")
    assert here.post(reverse("own_sessions"), {"session": other.pk}).status_code == 303
    assert (inside(here), inside(there)) == (True, False)
    assert events("accounts.sessions.ended", user)[0].actor_id == str(user.pk)


def test_all_other_sessions_are_ended_at_once(world: World):
    user, clients = world.user("content"), [browser(f"192.0.2.{number}") for number in range(1, 4)]
    for client in clients:
        log_in(client, user)
    clients[0].post(reverse("own_sessions"))
    assert [inside(client) for client in clients] == [True, False, False]


def test_r57_nobody_ends_another_person_s_session_by_its_number(world: World):
    mine, theirs = browser(), browser()
    log_in(mine, world.user("budget"))
    log_in(theirs, world.user("content"))
    row = theirs.get(reverse("own_sessions")).context["rows"][0]
    mine.post(reverse("own_sessions"), {"session": row.pk})
    assert inside(theirs)
    assert events("accounts.sessions.ended", world.user("content")) == []


def test_an_access_manager_ends_all_sessions_and_a_deactivation_does(manager: World):
    content, budget = browser(), browser()
    log_in(content, manager.user("content"))
    log_in(budget, manager.user("budget"))
    assert accounts.end_sessions(actor=manager.actor("access_manager"), user=manager.people["content"].pk) == 1
    assert (inside(content), inside(budget)) == (False, True)
    accounts.deactivate_user(actor=manager.actor("access_manager"), user=manager.people["budget"].pk)
    assert not inside(budget)
    assert '"sessions":1' in events("accounts.user.deactivated")[0].canonical


def test_when_a_session_was_last_used_is_noted_once_a_minute(world: World, django_assert_num_queries: Any):
    client, start = browser(), clock.now()
    with time_machine.travel(start, tick=False) as travel:
        log_in(client, world.user("content"))
        travel.move_to(start + timedelta(minutes=5))
        cache.clear()
        inside(client)
        row = client.get(reverse("own_sessions")).context["rows"][0]
    assert row.last_seen_at == start + timedelta(minutes=5)


# --- the page of access managers ----------------------------------------------------------------------------------------


def test_the_acts_of_access_managers_want_a_fresh_log_in(manager: World, enter: Enter):
    """A session without a known log-in (as here), or an old one, shows again who it is first (R-56)."""
    user = manager.user("content")
    fail(user, 5)
    page = reverse("admin:person", args=[user.pk])
    stale = Client()
    stale.force_login(manager.user("access_manager"))
    assert "locked out" in text(stale.get(page))
    answer = stale.post(reverse("admin:person_act", args=[user.pk, "unlock"]))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not inside_after(user)
    stale.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert stale.post(reverse("admin:person_act", args=[user.pk, "unlock"]))["Location"] == page
    assert inside_after(user)


@pytest.mark.parametrize(
    ("who", "status"), [("anonymous", 302), ("content", 404), ("nobody", 404), ("other_organisation", 404)]
)  # fmt: skip
def test_r57_the_page_of_a_person_is_for_access_managers(who: str, status: int, manager: World, enter: Enter):
    """Also to whoever has just shown who they are: a session without that is asked to do so, which proves nothing."""
    user, client = manager.user("budget"), enter(who)
    session = browser()
    log_in(session, user)
    if who != "anonymous":
        reader, client = User.objects.get(pk=client.session["_auth_user_id"]), browser()
        log_in(client, reader)
    answers = {"page": client.get(reverse("admin:person", args=[user.pk]))}
    answers |= {act: client.post(reverse("admin:person_act", args=[user.pk, act])) for act in ACTS}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, status)
    if who == "anonymous":
        assert all(answer["Location"].startswith(reverse("admin:login")) for answer in answers.values())
    assert inside(session)
    assert {event.outcome for event in events("accounts.user.invited", user)} <= {"refused"}
