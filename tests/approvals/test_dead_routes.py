"""Stages that nobody is left to decide (R-14): seen, told once, never approved; whatever happens to groups and people (R-12)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.leaving import ACCESS_ENDED
from accounts.models import Membership, RoleGrant, UserGroup
from approvals import services, tasks, timely
from approvals.models import ApprovalRequest, Clearance, Decision, Stage
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Conflict
from tests.approvals.policies import CONTENT, again, govern, group, stage, states
from tests.builders import ROOT, World

HOUR = timedelta(hours=1)
CLOCK = system(Channel.TASK)


@pytest.fixture
def world(world: World) -> World:
    """With Ann and Ben, who approve content and are the jury, two days ago."""
    with time_machine.travel(clock.now() - 48 * HOUR):
        for name in ("ann", "ben"):
            world.add_person(name, "content_approver")
    return world


@pytest.fixture
def jury(world: World) -> UserGroup:
    with time_machine.travel(clock.now() - 48 * HOUR):
        return group(world, "Jury", "ann", "ben")


def put_forward(world: World, jury: UserGroup, **more: Any) -> ApprovalRequest:
    with time_machine.travel(clock.now() - 24 * HOUR):
        govern(world, stage(groups=[str(jury.public_id)], **more))
        return world.request()


def told(request: ApprovalRequest) -> list[tuple[str, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(subject_id=str(request.pk), outcome="recorded").order_by("at")
    rows = rows.filter(action__in=("approvals.stage.stalled", "approvals.stage.reachable"))
    return [(row.action.rpartition(".")[2], json.loads(row.canonical)["payload"]) for row in rows]


def stands(request: ApprovalRequest, since: bool) -> None:
    """Open as it was, marked or not, and nothing decided by itself."""
    row = Stage.objects.get(request=request, key="content")
    assert (row.state, row.stalled_since is not None) == ("open", since)
    assert again(request).state == "in_review"
    assert not Clearance.objects.exists()


def leave(world: World, jury: UserGroup, *names: str) -> None:
    for name in names:
        accounts.remove_member(actor=ROOT, group=jury, user=world.user(name))


def lose_role(world: World, *names: str) -> None:
    for grant in RoleGrant.objects.filter(user__in=[world.user(name).pk for name in names], revoked_at__isnull=True):
        accounts.revoke_role(actor=ROOT, grant=grant.pk)


def deactivate(world: World, *names: str) -> None:
    for name in names:
        accounts.deactivate_user(actor=ROOT, user=world.user(name).pk)


WAYS: dict[str, Callable[[World, UserGroup], None]] = {
    "the group is emptied": lambda world, jury: leave(world, jury, "ann", "ben"),
    "they lose their roles": lambda world, jury: lose_role(world, "ann", "ben"),
    "they are deactivated": lambda world, jury: deactivate(world, "ann", "ben"),
}


@pytest.mark.parametrize("way", WAYS)
def test_r12_r14_emptying_a_group_never_completes_a_stage(world: World, jury: UserGroup, way: str) -> None:
    request = put_forward(world, jury)
    tasks.watch_routes()
    stands(request, since=False)
    WAYS[way](world, jury)
    for _again in range(3):
        tasks.watch_routes()
        tasks.keep_time()
        tasks.sweep()
    stands(request, since=True)
    ((what, facts),) = told(request)
    assert (what, facts["reason"], facts["people"], facts["quorum"]) == ("stalled", "too_few", [], 1)
    assert facts["told"] == [str(world.user("access_manager").pk)]
    assert not Decision.objects.exists()


def test_r12_r14_a_decision_is_no_more_worth_in_an_emptied_group(world: World, jury: UserGroup) -> None:
    """Ann approved, the jury is dissolved: one of two stays one of two, and hers counts no longer."""
    request = put_forward(world, jury, quorum=2)
    world.decide(request, "content", by="ann")
    leave(world, jury, "ann", "ben")
    tasks.watch_routes()
    stands(request, since=True)
    assert states(request)["content"] == "open"


def test_r14_it_is_told_once_and_once_more_when_somebody_can_decide_again(world: World, jury: UserGroup) -> None:
    request = put_forward(world, jury, quorum=2)
    leave(world, jury, "ben")
    tasks.watch_routes()
    assert [(what, facts["people"]) for what, facts in told(request)] == [("stalled", [str(world.user("ann").pk)])]
    with pytest.raises(Conflict):
        services.watch_route(actor=CLOCK, request=request.pk)
    with time_machine.travel(clock.now() - 2 * HOUR):
        accounts.add_member(actor=ROOT, group=jury, user=world.user("ben"))
    tasks.watch_routes()
    stands(request, since=False)
    assert [what for what, _facts in told(request)] == ["stalled", "reachable"]
    leave(world, jury, "ben")
    tasks.watch_routes()
    assert [what for what, _facts in told(request)] == ["stalled", "reachable", "stalled"]


def test_r14_a_group_of_which_nobody_is_left_stalls_a_stage_that_asks_for_one_of_each(world: World, jury: UserGroup) -> None:
    with time_machine.travel(clock.now() - 48 * HOUR):
        other = group(world, "Brand", "content", "ann")
    request = put_forward_with_groups(world, jury, other)
    tasks.watch_routes()
    stands(request, since=False)
    leave(world, other, "content", "ann")
    tasks.watch_routes()
    stands(request, since=True)
    assert told(request)[0][1]["reason"] == "nobody_of_group"


def put_forward_with_groups(world: World, *groups: UserGroup) -> ApprovalRequest:
    with time_machine.travel(clock.now() - 24 * HOUR):
        govern(world, stage(groups=[str(each.public_id) for each in groups], each_group=True))
        return world.request()


def test_r14_a_stage_whose_turn_has_not_come_is_watched_too(world: World, jury: UserGroup) -> None:
    with time_machine.travel(clock.now() - 24 * HOUR):
        govern(world, stage(), stage("second", CONTENT, permission="approve_legal"))
        request = world.request()
    tasks.watch_routes()
    assert [(what, facts["stage"]) for what, facts in told(request)] == [("stalled", "second")]
    assert states(request)["second"] == "pending"


def test_r14_whom_the_policy_names_is_told_of_it(world: World, jury: UserGroup) -> None:
    chief = str(world.user("operator").pk)
    request = put_forward(world, jury, deadline_hours=40, escalate_to_people=[chief])
    leave(world, jury, "ann", "ben")
    tasks.watch_routes()
    assert told(request)[0][1]["told"] == [chief]


@pytest.mark.parametrize("end", ["withdraw", "approve"])
def test_r14_what_is_closed_does_not_stall(world: World, jury: UserGroup, end: str) -> None:
    request = put_forward(world, jury)
    if end == "withdraw":
        services.withdraw(actor=world.actor("submitter"), request=request.pk)
    else:
        world.decide(request, "content", by="ann")
    leave(world, jury, "ann", "ben")
    tasks.watch_routes()
    assert [facts for what, facts in told(request) if facts["stage"] == "content"] == []


def test_r14_whoever_takes_something_wakes_the_watch(world: World, jury: UserGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr("accounts.services.authority.announce", lambda topic, subject: heard.append(f"{topic} {subject}"))
    leave(world, jury, "ben")
    lose_role(world, "ben")
    deactivate(world, "ann")
    assert heard == [f"{ACCESS_ENDED} {world.organisation.pk}"] * 3
    assert not Membership.objects.filter(group=jury, revoked_at__isnull=True).exists()


def test_r14_the_watch_looks_at_one_organisation_when_it_is_woken(world: World, jury: UserGroup) -> None:
    request = put_forward(world, jury)
    leave(world, jury, "ann", "ben")
    tasks.watch_routes("0190d2a0-0000-7000-8000-000000000001")
    stands(request, since=False)
    tasks.watch_routes(str(world.organisation.pk))
    stands(request, since=True)


def test_r14_all_open_requests_are_looked_at_page_by_page(world: World, jury: UserGroup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timely, "PAGE", 2)
    requests = [put_forward(world, jury) for _each in range(5)]
    assert {row.pk for row in timely.open_requests()} == {row.pk for row in requests}
