"""What access managers do about somebody's log-in is said first; tokens are made by a fresh log-in, and ended with sessions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts import services as accounts
from accounts.models import ApiToken, User
from core import clock
from tests.builders import PASSWORD, ROOT, World
from tests.workplace.conftest import Enter
from tests.workplace.signing import browser, factors, inside, log_in, text, totp

pytestmark = pytest.mark.usefixtures("_fresh_limits")
TOKENS = "/workplace/tokens/"


@pytest.fixture
def ada(world: World, enter: Enter) -> Client:
    world.add_person("ada", "access_manager", scope=world.organisation)
    return enter("ada")


def page(user: User, act: str = "") -> str:
    return reverse("admin:person_act", args=[user.pk, act]) if act else reverse("admin:person", args=[user.pk])


def offered(client: Client, user: User) -> list[str]:
    return [key for key, _words, _asks in client.get(page(user)).context["acts"]]


def test_only_what_would_do_something_is_offered(world: World, ada: Client):
    who = world.user("content")
    assert offered(ada, who) == ["invite"]
    client = browser()
    log_in(client, who)
    totp(who)
    assert offered(ada, who) == ["invite", "end-sessions", "reset-second-factor"]
    accounts.deactivate_user(actor=ROOT, user=who.pk)
    assert "invite" not in offered(ada, who)


@pytest.mark.parametrize("act", ["reset-second-factor", "end-sessions"])
def test_what_takes_something_away_is_asked_before_it_is_done(act: str, world: World, ada: Client):
    who = world.user("content")
    client = browser()
    log_in(client, who)
    totp(who)
    body = text(ada.get(page(who)))
    assert f'href="{page(who, act)}"' in body, "a link to the page that asks"
    assert f'action="{page(who, act)}"' not in body, "no button that acts at once"
    asked = ada.get(page(who, act))
    assert asked.status_code == 200
    assert ("somebody you know well" in text(asked)) == (act == "reset-second-factor")
    assert factors(who) == ["totp"]
    assert UserSession.objects.filter(user=who).exists(), "asking does nothing"
    assert ada.post(page(who, act))["Location"] == page(who)
    assert factors(who) == ([] if act == "reset-second-factor" else ["totp"])
    assert not inside(client)


def test_acts_that_take_nothing_away_have_no_page_to_ask(world: World, ada: Client):
    for act in ("invite", "unlock", "sing"):
        assert ada.get(page(world.user("content"), act)).status_code == 404


def test_tokens_end_with_the_sessions_unless_the_box_is_cleared(world: World, ada: Client):
    who = world.user("operator")  # the machine's owner
    names = {"own": who, "robot": world.machine, "others": world.user("content")}
    for name, user in names.items():
        accounts.create_api_token(actor=ROOT, user=user, name=name)
    asked = ada.get(page(who, "end-sessions"))
    assert [token.name for token in asked.context["tokens"]] == ["robot", "own"]
    assert '<input type="checkbox" name="tokens" value="1" checked>' in text(asked)
    ada.post(page(who, "end-sessions"))
    assert not ApiToken.objects.filter(revoked_at__isnull=False).exists(), "the box was cleared"
    answer = ada.post(page(who, "end-sessions"), {"tokens": "1"})
    assert [str(each) for each in get_messages(answer.wsgi_request)][-1] == "All sessions are ended. 2 API tokens are revoked."
    assert set(ApiToken.objects.filter(revoked_at__isnull=False).values_list("name", flat=True)) == {"own", "robot"}


def test_a_second_factor_is_reset_together_with_the_tokens(world: World, ada: Client):
    who = world.user("content")
    totp(who)
    _token, secret = accounts.create_api_token(actor=ROOT, user=who, name="t")
    ada.post(page(who, "reset-second-factor"), {"tokens": "1"})
    assert Client().get("/api/v1/ads/", headers={"authorization": f"Bearer {secret}"}).status_code == 401


def test_what_was_not_done_ends_no_tokens(world: World, ada: Client):
    """A refusal stops before them."""
    accounts.create_api_token(actor=ROOT, user=world.user("content"), name="t")
    ada.post(page(world.user("content"), "reset-second-factor"), {"tokens": "1"})
    assert not ApiToken.objects.filter(revoked_at__isnull=False).exists()


def token_form(user: User, **more: Any) -> dict[str, Any]:
    return {"name": "Nightly", "owner": str(user.pk), "permissions": ["submit"], "scope": "", "expires_at": "", **more}


def test_a_session_that_lies_open_makes_no_token(world: World):
    who = world.user("submitter")
    client = browser()
    log_in(client, who)
    with time_machine.travel(clock.now() + timedelta(minutes=30), tick=True):
        answer = client.post(TOKENS, token_form(who))
        assert answer.status_code == 303
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
        assert not ApiToken.objects.exists()
        back = client.post(answer["Location"], {"password": PASSWORD})
        assert back["Location"].startswith(TOKENS)
        form = client.get(back["Location"]).context["form"]
        assert (form["name"].value(), form["permissions"].value()) == ("Nightly", ["submit"]), "what was typed is kept"
        assert client.post(TOKENS, token_form(who)).status_code == 201


def test_it_is_said_that_a_new_password_ends_no_tokens(world: World, ada: Client):
    words = "API tokens are no sessions"
    assert words in text(ada.get(reverse("account_change_password")))
    assert words in text(ada.get(reverse("own_sessions")))
    totp(world.user("content"))
    assert words in text(ada.get(page(world.user("content"), "reset-second-factor")))
