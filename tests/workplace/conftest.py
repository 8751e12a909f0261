"""Fixtures of the workplace tests: a small organisation, and people at the door."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from accounts import services as accounts
from accounts.models import User
from tests import builders
from tests.builders import ROOT, World

Enter = Callable[[str], Client]


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation("Acme")


@pytest.fixture
def enter(world: World) -> Enter:
    """A browser in which a person is logged in; `anonymous` is nobody at all, and four others have no role on Acme."""

    def log_in(name: str) -> Client:
        client = Client(REMOTE_ADDR="192.0.2.7")
        if name != "anonymous":
            user = _person(world, name)
            client.force_login(user)
            note_log_in(client, user)
        return client

    return log_in


def note_log_in(client: Client, user: User) -> None:
    """What logging in with a password just now leaves in the session."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def _person(world: World, name: str) -> User:
    if name in world.people:
        return world.user(name)
    if name == "machine":
        return world.machine
    if name == "superuser":
        return User.objects.create_superuser("root@example.com", builders.PASSWORD, name="Root")
    if name == "nobody":
        return world.add_person("nobody")
    if name == "other_brand":
        brand = accounts.create_brand(actor=ROOT, organisation=world.organisation, name="Other brand")
        return world.add_person("other_brand", "auditor", scope=brand)
    assert name == "other_organisation", name
    return builders.organisation("Umbra").user("content")


def active(client: Client, address: str) -> list[str]:
    """What the menu of a page marks as where one is."""
    groups = client.get(address).context["sidebar_navigation"]
    return [str(item["title"]) for group in groups for item in group["items"] if item["active"]]


@pytest.fixture
def _fresh_limits() -> None:
    """What the log-in library counts by address in the process' cache is nobody's but this test's."""
    cache.clear()
