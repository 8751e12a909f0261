"""Whom stages ask, how many of them, and when (R-11, R-13, R-18, R-19)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
import time_machine

from accounts import services as accounts
from approvals import queries, services
from approvals.errors import NotAsked, SecondSeat, StageNotOpen
from approvals.models import ApprovalRequest
from core import clock
from core.errors import IllegalTransition, Invalid
from tests.approvals.observing import assert_refused
from tests.approvals.policies import BUDGET, CONTENT, again, govern, group, said, stage, states
from tests.builders import ROOT, World

HOUR = timedelta(hours=1)


@pytest.fixture
def world(world: World) -> World:
    """With three more people who approve content, a day ago."""
    with time_machine.travel(clock.now() - 24 * HOUR):
        for name in ("ann", "ben", "cleo"):
            world.add_person(name, "content_approver")
    return world


def seats(world: World, request: ApprovalRequest, key: str = "content") -> queries.Seats:
    found = queries.get_request(world.actor("auditor"), request.pk)
    return {each.stage.key: each for each in queries.seats(found, clock.now())}[key]


def names(people: object) -> list[str]:
    return sorted(str(person.name) for person in people)  # type: ignore[attr-defined]


def waits_for(world: World, request: ApprovalRequest) -> set[str]:
    return {name for name in world.people if request in queries.awaiting(world.actor(name))}


# --- who ---------------------------------------------------------------------------------------------------------------------


def test_a_stage_asks_the_people_it_names_of_those_who_may(world: World) -> None:
    govern(world, stage(people=[str(world.user("ann").pk), str(world.user("budget").pk)]))
    request = world.request()
    assert names(seats(world, request).eligible) == ["Ann"], "the other named one does not hold the permission"
    assert waits_for(world, request) == {"ann"}
    refused = assert_refused(NotAsked, partial(world.decide, request, "content", by="ben"), stage="content")
    assert "asks other people" in str(refused)
    world.decide(request, "content", by="ann")
    assert states(request)["content"] == "satisfied"


def test_a_stage_asks_members_of_the_groups_it_names(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        brand = group(world, "Brand team", "ann", "ben", "submitter")
    govern(world, stage(groups=[str(brand.public_id)]))
    request = world.request()
    assert names(seats(world, request).eligible) == ["Ann", "Ben"]
    assert waits_for(world, request) == {"ann", "ben"}
    assert_refused(NotAsked, partial(world.decide, request, "content", by="cleo"), stage="content")
    world.decide(request, "content", by="ben")


def test_r13_membership_that_was_given_for_this_request_does_not_count(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        brand = group(world, "Brand team", "ann")
    govern(world, stage(groups=[str(brand.public_id)]))
    with time_machine.travel(clock.now() - 3 * HOUR):
        request = world.request()
    with time_machine.travel(clock.now() - 2 * HOUR):
        accounts.add_member(actor=ROOT, group=brand, user=world.user("ben"))
        assert_refused(NotAsked, partial(world.decide, request, "content", by="ben"), stage="content")
    assert names(seats(world, request).eligible) == ["Ann", "Ben"], "old enough now"
    world.decide(request, "content", by="ben")


def test_r13_who_left_the_group_does_not_count_when_the_stage_closes(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        brand = group(world, "Brand team", "ann", "ben", "cleo")
    govern(world, stage(groups=[str(brand.public_id)], quorum=2))
    request = world.request()
    world.decide(request, "content", by="ann")
    accounts.remove_member(actor=ROOT, group=brand, user=world.user("ann"))
    world.decide(request, "content", by="ben")
    assert states(request)["content"] == "open", "one of the two approvals counts no more"
    world.decide(request, "content", by="cleo")
    assert again(request).state == "in_review"
    assert states(request)["content"] == "satisfied"


def test_groups_and_people_of_elsewhere_are_refused(world: World) -> None:
    from tests import builders

    other = builders.organisation("Elsewhere")
    stranger = str(other.people["content"].pk)
    with pytest.raises(Invalid) as caught:
        govern(world, stage(people=[stranger]))
    assert caught.value.errors[0].field == "stages.0.people"
    with pytest.raises(Invalid) as caught:
        govern(world, stage(groups=["00000000-0000-7000-8000-000000000001"]))
    assert caught.value.errors[0].field == "stages.0.groups"


# --- how many ----------------------------------------------------------------------------------------------------------------


def test_r18_two_of_four(world: World) -> None:
    govern(world, stage(quorum=2))
    request = world.request()
    world.decide(request, "content", by="ann")
    assert states(request)["content"] == "open"
    world.decide(request, "content", by="ann")
    assert states(request)["content"] == "open", "one person counts once"
    world.decide(request, "content", by="cleo")
    assert states(request)["content"] == "satisfied"


def test_r18_everyone_who_could_when_it_was_submitted(world: World) -> None:
    govern(world, stage(everyone=True))
    with time_machine.travel(clock.now() - 2 * HOUR):
        request = world.request()
    world.add_person("dora", "content_approver")
    for name in ("ann", "ben", "content"):
        world.decide(request, "content", by=name)
        assert states(request)["content"] == "open"
    world.decide(request, "content", by="cleo", verdict="abstain")
    assert states(request)["content"] == "satisfied", "who abstained, and who came later, is not waited for"


def test_r18_whoever_is_deactivated_is_not_waited_for(world: World) -> None:
    govern(world, stage(everyone=True))
    request = world.request()
    for name in ("ann", "ben"):
        world.decide(request, "content", by=name)
    accounts.deactivate_user(actor=ROOT, user=world.user("cleo").pk)
    world.decide(request, "content", by="content")
    assert states(request)["content"] == "satisfied"


def test_r18_one_of_each_group(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        brand, legal = group(world, "Brand", "ann", "ben"), group(world, "Legal", "ben", "cleo")
    govern(world, stage(groups=[str(brand.public_id), str(legal.public_id)], each_group=True))
    request = world.request()
    world.decide(request, "content", by="ben")
    assert states(request)["content"] == "open", "one person is not two"
    world.decide(request, "content", by="ann")
    assert states(request)["content"] == "satisfied", "Ann for the brand, Ben for legal"


def test_r18_nobody_of_one_group_is_not_enough(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        brand, legal = group(world, "Brand", "ann", "ben"), group(world, "Legal", "cleo")
    govern(world, stage(groups=[str(brand.public_id), str(legal.public_id)], each_group=True))
    request = world.request()
    world.decide(request, "content", by="ann")
    world.decide(request, "content", by="ben")
    assert states(request)["content"] == "open"
    world.decide(request, "content", by="cleo")
    assert states(request)["content"] == "satisfied"


def test_r14_a_group_that_lost_its_people_stalls_the_stage_and_completes_nothing(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        brand, legal = group(world, "Brand", "ann", "ben"), group(world, "Legal", "cleo")
    govern(world, stage(groups=[str(brand.public_id), str(legal.public_id)], each_group=True))
    request = world.request()
    assert not seats(world, request).stalled
    accounts.remove_member(actor=ROOT, group=legal, user=world.user("cleo"))
    assert seats(world, request).stalled
    for name in ("ann", "ben"):
        world.decide(request, "content", by=name)
    assert states(request)["content"] == "open"


def test_r18_an_abstention_is_no_approval_and_blocks_nothing(world: World) -> None:
    govern(world, stage(quorum=2))
    request = world.request()
    world.decide(request, "content", by="ann", verdict="abstain")
    world.decide(request, "content", by="ben")
    assert states(request)["content"] == "open"
    assert "ann" not in waits_for(world, request)
    world.decide(request, "content", by="cleo")
    assert states(request)["content"] == "satisfied"


# --- when --------------------------------------------------------------------------------------------------------------------


def test_r11_stages_of_one_step_are_open_at_once(world: World) -> None:
    govern(world, stage(step=1), stage("budget", BUDGET, step=1), stage("last", step=2))
    request = world.request()
    assert states(request) == {"content": "open", "budget": "open", "last": "pending"}
    assert_refused(StageNotOpen, partial(world.decide, request, "last", by="ann"), stage="last", state="pending")
    world.decide(request, "budget")
    assert states(request) == {"content": "open", "budget": "satisfied", "last": "pending"}
    world.decide(request, "content", by="ann")
    assert states(request) == {"content": "satisfied", "budget": "satisfied", "last": "open"}
    assert_refused(SecondSeat, partial(world.decide, request, "last", by="ann"))
    world.decide(request, "last", by="ben")
    assert again(request).state == "approved"


def test_r16_one_person_takes_one_seat_of_parallel_stages(world: World) -> None:
    govern(world, stage(step=1), stage("other", step=1))
    request = world.request()
    world.decide(request, "content", by="ann")
    assert_refused(SecondSeat, partial(world.decide, request, "other", by="ann"))
    assert "ann" not in waits_for(world, request)


def test_r19_a_rejection_at_one_of_two_parallel_stages_ends_the_request(world: World) -> None:
    govern(world, stage(step=1), stage("budget", BUDGET, step=1))
    request = world.request()
    world.decide(request, "content", by="ann")
    world.decide(request, "budget", verdict="reject")
    assert again(request).state == "rejected"
    assert states(request) == {"content": "satisfied", "budget": "failed"}


# --- changing one's mind -----------------------------------------------------------------------------------------------------


def test_r18_who_asked_for_changes_may_lift_that(world: World) -> None:
    govern(world, stage(), stage("budget", BUDGET))
    request = world.request()
    world.decide(request, "content", by="ann", verdict="request_changes")
    assert again(request).state == "changes_requested"
    assert_refused(IllegalTransition, partial(world.decide, request, "content", by="ben"))
    world.decide(request, "content", by="ann")
    assert again(request).state == "in_review"
    assert states(request) == {"content": "satisfied", "budget": "open"}
    assert said(request) == [("content", "Ann", "request_changes", False), ("content", "Ann", "approve", False)]


def test_r18_lifting_by_an_abstention_leaves_the_stage_to_others(world: World) -> None:
    govern(world, stage(sections=[*CONTENT, *BUDGET]))
    request = world.request()
    world.decide(request, "content", by="ann", verdict="request_changes")
    world.decide(request, "content", by="ann", verdict="abstain")
    assert (again(request).state, states(request)) == ("in_review", {"content": "open"})
    world.decide(request, "content", by="ben")
    assert again(request).state == "approved"


def test_r16_whoever_lost_the_role_lifts_nothing(world: World) -> None:
    govern(world, stage())
    request = world.request()
    world.decide(request, "content", by="ann", verdict="request_changes")
    accounts.deactivate_user(actor=ROOT, user=world.user("ann").pk)
    with pytest.raises(Exception, match=r".+"):
        world.decide(request, "content", by="ann")
    assert again(request).state == "changes_requested"


def test_only_stages_that_read_what_changed_are_asked(world: World) -> None:
    from campaigns import services as campaigns

    govern(world, stage(), stage("budget", BUDGET))
    tree = world.tree()
    world.request(at="approved", tree=tree)
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "New"})
    request = world.submit(tree).request
    assert states(request) == {"content": "open"}
    assert CONTENT


def test_unknown_verdicts_are_refused(world: World) -> None:
    request = world.request()
    with pytest.raises(Invalid):
        services.decide(actor=world.actor("content"), request=request.pk, stage="content", digest=request.digest, verdict="skip")
