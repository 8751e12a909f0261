"""A role that was given for one request does not count for it (R-13)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import RoleGrant, User
from approvals import queries
from approvals.errors import ApprovalLapsed, GivenByContributor, HeldTooBriefly
from approvals.models import ApprovalRequest
from core import clock
from core.actor import Channel
from core.errors import Forbidden
from tests import builders
from tests.approvals.observing import assert_refused

HOUR = timedelta(hours=1)
ROOT = builders.ROOT


def ago(hours: float) -> time_machine.travel:
    return time_machine.travel(clock.now() - hours * HOUR, tick=True)


@pytest.fixture
def world(world):
    """Whose submitter manages access too, as another person does; and two colleagues who decide nothing yet."""
    with ago(20):
        accounts.grant_role(actor=ROOT, role="access_manager", principal=world.user("submitter"), scope=world.organisation)
        world.add_person("boss", "access_manager", scope=world.organisation)
        for name in ("ann", "ben"):
            world.add_person(name, "publisher")  # who sees what is put forward
    return world


def give(world, who: str, by: str = "boss", role: str = "content_approver") -> RoleGrant:
    return accounts.grant_role(actor=world.actor(by), role=role, principal=world.user(who), scope=world.account)


@pytest.fixture
def request_(world) -> ApprovalRequest:
    """Put forward three hours ago."""
    with ago(3):
        return world.request()


def excluded(world, request) -> dict[str, str]:
    found = queries.get_request(world.actor("auditor"), request.pk)
    return {person.name: why for person, why in queries.seats(found, clock.now())[0].excluded}


@pytest.mark.parametrize("hours", [0, 2])
def test_r13_the_submitter_makes_no_approvers_for_their_own_request(world, request_, hours):
    with ago(hours):
        give(world, "ann", "submitter")
        give(world, "ben", "submitter", "budget_approver")
    assert_refused(GivenByContributor, partial(world.decide, request_, "content", by="ann"), permission="approve_content")
    world.decide(request_, "content")
    assert_refused(GivenByContributor, partial(world.decide, request_, "budget", by="ben"))
    assert excluded(world, request_)["Ann"] == "given_by_contributor"


def test_r13_nor_does_a_machine_of_theirs(world, request_):
    machine = accounts.create_service_account(actor=ROOT, owner=world.user("submitter"), email="m@acme.example", name="m")
    accounts.grant_role(actor=ROOT, role="access_manager", principal=machine, scope=world.brand)
    actor = actor_for(User.objects.get(pk=machine.pk), Channel.API)
    accounts.grant_role(actor=actor, role="content_approver", principal=world.user("ann"), scope=world.account)
    assert_refused(GivenByContributor, partial(world.decide, request_, "content", by="ann"))


def test_r13_whoever_got_the_role_a_moment_ago_waits(world, request_):
    with ago(0.9):
        give(world, "ann")
    refused = assert_refused(HeldTooBriefly, partial(world.decide, request_, "content", by="ann"))
    assert "60 minutes" in str(refused.detail)
    assert excluded(world, request_)["Ann"] == "held_too_briefly"
    assert "Content" not in excluded(world, request_)


def test_r13_whoever_holds_it_long_enough_decides(world, request_):
    with ago(1.1):
        give(world, "ann")
    assert "Ann" not in excluded(world, request_)
    world.decide(request_, "content", by="ann")


def test_r13_whoever_held_it_before_decides_whatever_they_got_since(world, request_):
    with ago(9):
        give(world, "ann", "submitter")
    accounts.grant_role(actor=world.actor("submitter"), role="content_approver", principal=world.user("ann"), scope=world.brand)
    world.decide(request_, "content", by="ann")


def test_r13_what_nobody_holds_is_still_said_so(world, request_):
    assert_refused(Forbidden, partial(world.decide, request_, "content", by="ann"))


def test_r13_a_vote_by_an_older_role_is_not_kept_up_by_a_new_one(world, request_):
    """The role of whoever approved ended, and the submitter gives it again before the last stage closes."""
    with ago(9):
        grant = give(world, "ann")
    world.decide(request_, "content", by="ann")
    accounts.revoke_role(actor=ROOT, grant=grant.pk)
    give(world, "ann", "submitter")
    assert_refused(ApprovalLapsed, partial(world.decide, request_, "budget"))


def test_r13_the_minimum_is_pinned_when_it_is_put_forward(world, settings):
    settings.MINIMUM_HOLDING_MINUTES = 0
    with ago(3):
        request = world.request()
    settings.MINIMUM_HOLDING_MINUTES = 600
    give(world, "ann")
    assert request.minimum_holding_minutes == 0
    world.decide(request, "content", by="ann")
