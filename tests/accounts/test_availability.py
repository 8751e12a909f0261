"""What is unique across organisations is told seldom, and the log knows who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services
from accounts.errors import TooManyTried, Unavailable
from accounts.models import AdAccount, User
from accounts.services.availability import MOST, WITHIN
from audit.models import AuditEvent
from core import clock
from tests import builders
from tests.builders import ROOT, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = builders.organisation()
    world.add_person("boss", "access_manager", scope=world.organisation)
    return world


@pytest.fixture
def rival() -> World:
    return builders.organisation("Rival")


def person(world: World, email: str, actor: Any = None) -> User:
    return services.create_person(actor=actor or world.actor("boss"), organisation=world.organisation, email=email, name="New")


def account(world: World, external_id: str) -> AdAccount:
    return services.create_ad_account(
        actor=world.actor("boss"), brand=world.brand, external_id=external_id, name="New", currency="USD", timezone="UTC", country="US"
    )


def met(world: World) -> int:
    return AuditEvent.objects.filter(organisation=world.organisation.pk, outcome="refused", canonical__contains='"code":"unavailable"').count()


def test_meeting_what_another_organisation_holds_stands_in_the_log(world: World, rival: World) -> None:
    with pytest.raises(Unavailable):
        person(world, rival.people["submitter"].email)
    with pytest.raises(Unavailable):
        account(world, rival.account.external_id)
    with pytest.raises(Unavailable):
        services.create_service_account(
            actor=world.actor("boss"), owner=world.people["operator"], email=rival.machine.email, name="Robot"
        )
    assert (met(world), met(rival)) == (3, 0)
    assert str(rival.people["submitter"].pk) not in "".join(AuditEvent.objects.filter(outcome="refused").values_list("canonical", flat=True))


def test_what_one_s_own_organisation_holds_is_a_mistake_and_no_more(world: World) -> None:
    with pytest.raises(Unavailable):
        person(world, world.people["submitter"].email)
    with pytest.raises(Unavailable):
        account(world, world.account.external_id)
    assert met(world) == 0


def test_after_some_of_them_neither_what_is_free_nor_what_is_held_is_told(world: World, rival: World) -> None:
    for _number in range(MOST):
        with pytest.raises(Unavailable):
            person(world, rival.people["submitter"].email)
    for email in (rival.people["submitter"].email, "free@acme.example"):
        with pytest.raises(TooManyTried):
            person(world, email)
    for external_id in (rival.account.external_id, "free-1"):
        with pytest.raises(TooManyTried):
            account(world, external_id)
    person(world, "console@acme.example", ROOT)
    with time_machine.travel(clock.now() + WITHIN + timedelta(seconds=1), tick=False):
        person(world, "free@acme.example")
    assert met(world) == MOST, "a refusal that tells nothing does not count"
