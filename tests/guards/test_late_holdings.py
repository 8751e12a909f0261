"""Attacks with a role that was given for one request (R-13), typed as SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Role, RolePermission, User
from core import clock
from tests.guards.attack import assert_insert_refused, assert_inserted, assert_refused, update
from tests.guards.world import World, grant, join, person, team

HOUR = timedelta(hours=1)
OLD = timedelta(hours=9)
"""Before the submission, which was three hours ago."""


@pytest.fixture
def reviewed(world: World) -> World:
    """In review, put forward three hours ago."""
    with time_machine.travel(clock.now() - 3 * HOUR, tick=True):
        return world.reviewed()


def by_grant(world: World, ago: timedelta, **by: Any) -> None:
    grant(world.outsider, "content_approver", world.account, granted_at=clock.now() - ago, **by)


def by_membership(world: World, ago: timedelta, **by: Any) -> None:
    group, now = team(world.organisation, "Late"), clock.now()
    grant(group, "content_approver", world.brand, granted_at=now - OLD)
    join(world.outsider, group, granted_at=now - ago, **by)


def by_group_grant(world: World, ago: timedelta, **by: Any) -> None:
    group, now = team(world.organisation, "Late"), clock.now()
    grant(group, "content_approver", world.brand, granted_at=now - ago, **by)
    join(world.outsider, group, granted_at=now - OLD)


def by_permission(world: World, ago: timedelta, **by: Any) -> None:
    role, now = Role.objects.create(organisation=world.organisation, title="Late"), clock.now()
    given = {"granted_at": now - ago, "granted_by": "test", "since": now - ago}
    RolePermission.objects.create(role=role, codename="approve_content", **(given | by))
    grant(world.outsider, role.pk, world.brand, granted_at=now - OLD)


WAYS = pytest.mark.parametrize("give", [by_grant, by_membership, by_group_grant, by_permission])
Give = Callable[..., None]


def refused(world: World) -> None:
    assert_insert_refused("approvals_decision_eligible", world.decision(world.stages[0], world.outsider))


def counted(world: World) -> None:
    assert_inserted(world.decision(world.stages[0], world.outsider))


def machine_of(user: User) -> User:
    assert user.organisation is not None
    return person(user.organisation, "machine", kind="service_account", owner=user)


@WAYS
def test_r13_what_was_given_long_after_by_somebody_else_counts(reviewed, give: Give):
    give(reviewed, 2 * HOUR, granted_by_id=reviewed.ben.pk)
    counted(reviewed)


@WAYS
def test_r13_what_was_given_a_moment_ago_does_not_count(reviewed, give: Give):
    give(reviewed, HOUR - timedelta(minutes=1), granted_by_id=reviewed.ben.pk)
    refused(reviewed)
    by_grant(reviewed, OLD)  # beside it
    counted(reviewed)


@WAYS
@pytest.mark.parametrize("column", ["granted_by_id", "confirmed_by_id"])
def test_r13_what_the_submitter_gave_does_not_count(reviewed, give: Give, column: str):
    give(reviewed, 2 * HOUR, **{column: reviewed.author.pk})
    refused(reviewed)


@WAYS
def test_r13_what_a_machine_of_the_submitter_gave_does_not_count(reviewed, give: Give):
    give(reviewed, 2 * HOUR, granted_by_id=machine_of(reviewed.author).pk)
    refused(reviewed)


def test_r13_what_a_contributor_gave_does_not_count(world):
    world.contributors = [str(world.ben.pk)]
    with time_machine.travel(clock.now() - 3 * HOUR, tick=True):
        world.reviewed()
    by_grant(world, 2 * HOUR, granted_by_id=world.ben.pk)
    refused(world)


@WAYS
def test_r13_what_the_submitter_gave_before_counts(reviewed, give: Give):
    give(reviewed, OLD, granted_by_id=reviewed.author.pk)
    counted(reviewed)


def test_r13_the_age_is_the_one_that_the_request_was_put_forward_under(world):
    with time_machine.travel(clock.now() - 3 * HOUR, tick=True):
        world.reviewed(minimum_holding_minutes=0)
    by_grant(world, timedelta(seconds=1), granted_by_id=world.ben.pk)
    counted(world)


def test_r13_what_does_not_count_closes_no_stage_and_clears_nothing(world):
    """By a vote that was cast while another holding stood: counted again, it lacks."""
    by_grant(world, timedelta(0))
    world.reviewed()
    world.approve(world.stages[0], world.outsider)
    world.outsider.role_grants.update(revoked_at=clock.now())
    by_grant(world, timedelta(0), granted_by_id=world.author.pk)
    assert_refused("approvals_stage_decided", *update(world.stages[0], "state = 'satisfied'"))
