"""What access managers do when somebody cannot get in: invite, unlock, end sessions, reset a second factor."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import lockout
from audit.models import AuditEvent
from core import clock
from core.ids import uuid7
from tests import builders
from tests.api.conftest import Api, door
from tests.api.test_accounts import unchanged
from tests.builders import World

ACTS = ("invite", "unlock", "end-sessions", "reset-second-factor")


def path(world: World, act: str, name: str = "content") -> str:
    return f"users/{world.people[name].pk}/{act}/"


def logged(action: str, outcome: str = "recorded") -> list[Any]:
    return list(AuditEvent.objects.filter(action=action, outcome=outcome))


def test_inviting_again(world: World, boss: Api) -> None:
    answer = boss.post(path(world, "invite"))
    assert (answer.status, answer.body["id"]) == (200, str(world.people["content"].pk))
    assert len(logged("accounts.user.invited")) == 1


def test_lifting_a_lock_out(world: World, boss: Api) -> None:
    email = world.people["content"].email
    while lockout.reserve(email):
        pass
    assert boss.post(path(world, "unlock")).status == 200
    assert not lockout.is_locked(email, clock.now())
    assert boss.post(path(world, "unlock")).status == 409


def test_ending_sessions(world: World, boss: Api) -> None:
    browser = Client()
    browser.force_login(world.people["content"], "django.contrib.auth.backends.ModelBackend")
    UserSession.objects.create(
        user=world.people["content"], session_key=browser.session.session_key, ip="192.0.2.1", user_agent="x", data={}
    )
    assert boss.post(path(world, "end-sessions")).body == {"ended": 1}
    assert boss.post(path(world, "end-sessions")).body == {"ended": 0}


def test_resetting_a_second_factor(world: World, boss: Api) -> None:
    Authenticator.objects.create(user=world.people["content"], type="webauthn", data={"name": "Key", "credential": {}})
    assert boss.post(path(world, "reset-second-factor")).body == {"ended": 1}
    assert not Authenticator.objects.exists()
    assert boss.post(path(world, "reset-second-factor")).status == 409
    own = unchanged(partial(boss.post, path(world, "reset-second-factor", "boss")), 403)
    assert "their own" in own.body["detail"]


@pytest.mark.parametrize("act", ACTS)
def test_r57_who_may(world: World, boss: Api, act: str) -> None:
    rival = builders.organisation("Rival")
    answers = [unchanged(partial(boss.post, f"users/{each}/{act}/"), 404) for each in (uuid7(), rival.people["content"].pk)]
    assert answers[0].body == answers[1].body
    unchanged(partial(boss.post, f"users/{world.machine.pk}/{act}/"), 404)
    unchanged(partial(door(world, "submitter").post, path(world, act)), 404)
    unchanged(partial(door(world, "auditor").post, path(world, act)), 403)
    assert unchanged(partial(boss.post, path(world, act), {"now": True}), 400).fields == {"now": "unknown_field"}
