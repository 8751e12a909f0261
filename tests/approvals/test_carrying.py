"""What a new version keeps of the decisions on the one before (R-06, R-07), and who may put it in its place."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts import services as accounts
from approvals import queries, services
from approvals.errors import OpenRequestExists
from approvals.models import ApprovalRequest, Clearance
from approvals.services.carrying import unchanged
from approvals.services.submitting import Submission
from audit.models import AuditEvent
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from campaigns.vocabulary import SECTIONS
from core import clock
from core.errors import Forbidden
from tests.approvals.observing import assert_refused
from tests.approvals.policies import BUDGET, CONTENT, again, govern, said, stage, states
from tests.builders import ROOT, Tree, World

HOUR = timedelta(hours=1)


@pytest.fixture
def world(world: World) -> World:
    """With more people who approve, and a policy whose content and budget stages are both carried over."""
    with time_machine.travel(clock.now() - 24 * HOUR):
        world.add_person("ann", "content_approver")
        world.add_person("ben", "content_approver")
        world.add_person("fin", "budget_approver")
    govern(world, stage(carries=True), stage("budget", BUDGET, quorum=2, carries=True))
    return world


def amend(world: World, tree: Tree, by: str = "submitter", **how: Any) -> ApprovalRequest:
    submission = Submission(campaign=tree.campaign.pk, amend=True, **how)
    request = services.submit(actor=world.actor(by), submission=submission).request
    world.check(request)
    return again(request)


def new_text(world: World, tree: Tree, text: str = "Warm jackets, cold days") -> None:
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": text})


def new_budget(world: World, tree: Tree, amount: str = "35.00") -> None:
    values: AdGroupInput = {"budget": {"mode": "daily", "amount": amount}}
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)


def told(action: str) -> list[str]:
    """The people (ids) of these events, in their order."""
    rows = AuditEvent.objects.filter(action=action).order_by("id").values_list("canonical", flat=True)
    return [json.loads(row)["payload"]["person"] for row in rows]


# --- carrying over -----------------------------------------------------------------------------------------------------------


def test_r07_only_what_changed_is_decided_again(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    world.decide(request, "budget", by="budget")
    new_budget(world, tree)
    amended = amend(world, tree)
    assert again(request).state == "superseded"
    assert amended.previous == request
    assert states(amended) == {"content": "satisfied", "budget": "open"}
    assert said(amended) == [("content", "Ann", "approve", True)]
    assert told("approvals.decision.outdated") == [str(world.people["budget"].pk)]
    assert told("approvals.decision.carried") == [str(world.people["ann"].pk)]
    for name in ("budget", "fin"):
        world.decide(amended, "budget", by=name)
    assert again(amended).state == "approved"
    assert Clearance.objects.filter(request=amended).count() == 3


def test_r07_what_the_stage_reads_is_decided_again_when_it_changed(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    world.decide(request, "budget", by="budget")
    new_text(world, tree)
    amended = amend(world, tree)
    assert states(amended) == {"content": "open", "budget": "pending"}
    assert said(amended) == []
    world.decide(amended, "content", by="ann")
    assert said(amended)[1:] == [("budget", world.people["budget"].name, "approve", True)], "when its turn came"
    world.decide(amended, "budget", by="fin")
    assert again(amended).state == "approved"


def test_r07_a_stage_that_is_not_carried_over_is_decided_again(world: World) -> None:
    govern(world, stage(carries=False), stage("budget", BUDGET, carries=True))
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    new_budget(world, tree)
    amended = amend(world, tree)
    assert states(amended)["content"] == "open"
    assert told("approvals.decision.outdated") == [str(world.people["ann"].pk)]
    found = queries.get_request(world.actor("auditor"), amended.pk)
    content = queries.seats(found, clock.now())[0]
    assert [each.decided_by for each in content.outdated] == [world.people["ann"]]


def test_r07_after_changes_were_asked_for(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    world.decide(request, "budget", by="budget", verdict="request_changes")
    new_budget(world, tree)
    submitted = world.submit(tree).request
    world.check(submitted)
    assert said(again(submitted)) == [("content", "Ann", "approve", True)], "a request for changes is never carried over"
    assert states(submitted) == {"content": "satisfied", "budget": "open"}


def test_r07_twice_in_a_row(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    for amount in ("35.00", "36.00"):
        new_budget(world, tree, amount)
        last = amend(world, tree)
        assert said(last) == [("content", "Ann", "approve", True)]
    assert last.decisions.get(carried_from__carried_from__request=request).digest == last.digest


def test_r07_an_entity_more_is_more_to_decide(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    world.ad(tree.ad_group, name="Another one")
    assert said(amend(world, tree)) == []


def test_r13_who_may_not_decide_any_more_is_not_carried_over(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    accounts.deactivate_user(actor=ROOT, user=world.people["ann"].pk)
    new_budget(world, tree)
    amended = amend(world, tree)
    assert (said(amended), states(amended)["content"]) == ([], "open")
    assert told("approvals.decision.outdated") == [str(world.people["ann"].pk)]


def test_r16_whoever_worked_on_the_new_version_is_not_carried_over(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        accounts.grant_role(actor=ROOT, role="submitter", principal=world.user("fin"), scope=world.account)
    govern(world, stage("budget", BUDGET, quorum=2, carries=True))
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "budget", by="fin")
    campaigns.edit_ad(actor=world.actor("fin"), ad=tree.ad.pk, version=None, values={"text": "By an approver"})
    amended = amend(world, tree)
    assert str(world.people["fin"].pk) in amended.contributors
    assert said(amended) == []


def test_r07_a_planned_time_is_part_of_the_schedule(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    world.decide(request, "budget", by="budget")
    amended = amend(world, tree, publish_at=clock.now() + timedelta(days=2))
    assert said(amended) == [("content", "Ann", "approve", True)], "who reads the schedule looks again"
    assert states(amended) == {"content": "satisfied", "budget": "open"}


def test_r12_what_nobody_has_to_decide_any_more_is_cleared_by_what_was_carried_over(world: World) -> None:
    """The policy was loosened between the versions: the people of then have said all that is needed."""
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    world.decide(request, "budget", by="budget")
    govern(world, stage(carries=True), stage("budget", BUDGET, carries=True))
    amended = amend(world, tree)
    assert [each[3] for each in said(amended)] == [True, True]
    assert amended.state == "approved"


def test_r12_a_stage_that_reads_more_than_it_did_is_decided_again(world: World) -> None:
    govern(world, stage(sections=["copy", "creative"], carries=True), stage("rest", quorum=2))
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    govern(world, stage(sections=["copy", "creative", "destination"], carries=True), stage("rest", quorum=2))
    new_budget(world, tree)
    assert said(amend(world, tree)) == []


# --- amending ----------------------------------------------------------------------------------------------------------------


def test_r06_without_saying_so_nothing_is_amended(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    new_text(world, tree)
    again_as_is = Submission(campaign=tree.campaign.pk)
    refused = assert_refused(OpenRequestExists, partial(services.submit, actor=world.actor("submitter"), submission=again_as_is))
    assert refused.extra["approval_request"] == str(request.pk)


def test_r06_r30_a_request_is_amended_by_who_may_withdraw_it(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        world.add_person("other", "submitter")
        world.add_person("chief", "submitter", "operator")
    request = world.request()
    tree = world.tree_of[request.pk]
    new_text(world, tree)
    submission = Submission(campaign=tree.campaign.pk, amend=True)
    assert_refused(Forbidden, partial(services.submit, actor=world.actor("other"), submission=submission))
    assert again(request).state == "in_review"
    amended = amend(world, tree, by="chief")
    assert amended.previous == request


def test_r06_while_the_checks_are_awaited_too(world: World) -> None:
    request = world.request(at="awaiting_checks")
    tree = world.tree_of[request.pk]
    new_text(world, tree)
    amended = amend(world, tree)
    assert (again(request).state, amended.state) == ("superseded", "in_review")
    world.check(request)
    assert again(request).state == "superseded", "late checks change nothing"


def test_r06_what_blocks_the_new_version_leaves_the_old_one_superseded(world: World) -> None:
    request = world.request()
    tree = world.tree_of[request.pk]
    world.decide(request, "content", by="ann")
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"landing_page_url": "http://elsewhere.example/"})
    amended = amend(world, tree)
    assert (again(request).state, amended.state) == ("superseded", "blocked")
    assert said(amended) == []


# --- pure --------------------------------------------------------------------------------------------------------------------

sections = st.lists(st.sampled_from(SECTIONS), unique=True, min_size=1)
digests = st.dictionaries(
    st.integers(1, 3).map(lambda number: UUID(int=number)),
    st.dictionaries(st.sampled_from(SECTIONS), st.sampled_from(["a", "b"])), min_size=1,
)  # fmt: skip


@given(sections, digests)
def test_r07_the_same_is_unchanged(read: list[str], found: dict[UUID, dict[str, str]]) -> None:
    assert unchanged(read, read, found, found, planned_alike=True)


@given(sections, sections, digests, digests, st.booleans())
def test_r07_nothing_that_changed_is_carried_over(
    read: list[str], seen: list[str], before: dict[UUID, dict[str, str]], now: dict[UUID, dict[str, str]], alike: bool
) -> None:
    """Said once more, entity by entity and section by section."""
    expected = all(section in seen for section in read) and (alike or "schedule" not in read)
    for entity, its in now.items():
        for section in read:
            expected = expected and its.get(section) == before.get(entity, {}).get(section)
    assert unchanged(read, seen, before, now, planned_alike=alike) is expected


def test_the_sections_of_the_demo_stages_cover_all() -> None:
    assert {*CONTENT, *BUDGET} <= set(SECTIONS)
