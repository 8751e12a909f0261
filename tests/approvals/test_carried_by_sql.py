"""Decisions that are carried over, typed into the database (R-07): only those that the version before really has."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from approvals.models import ApprovalRequest, Decision, Stage
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from core import clock
from core.ids import uuid7
from tests.approvals.policies import BUDGET, again, govern, stage
from tests.builders import World


@pytest.fixture
def pair(world: World) -> tuple[ApprovalRequest, ApprovalRequest]:
    """A request whose content was approved, and the one that took its place, with another budget and no decision."""
    world.add_person("ann", "content_approver")
    govern(world, stage(carries=False), stage("budget", BUDGET, step=1, carries=True))
    first = world.request()
    tree = world.tree_of[first.pk]
    world.decide(first, "content")
    values: AdGroupInput = {"budget": {"mode": "daily", "amount": "35.00"}}
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
    govern(world, stage(carries=True), stage("budget", BUDGET, step=1, carries=True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("approvals.services.settling.carried_to", lambda *_: ([], []))
        second = world.submit(tree, amend=True).request
        world.check(second)
    return again(first), again(second)


def repeated(first: ApprovalRequest, second: ApprovalRequest, **changed: Any) -> Decision:
    origin = Decision.objects.get(request=first)
    told: dict[str, Any] = {
        "id": uuid7(), "request": second, "stage": Stage.objects.get(request=second, key="content"), "digest": second.digest, "verdict": "approve",
        "decided_by": origin.decided_by, "name": origin.name, "eligible_by": "x", "channel": "api", "checks": {}, "decided_at": clock.now(),
        "carried_from": origin,
    }  # fmt: skip
    return Decision(**(told | changed))


def refused(row: Any) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        row.save(force_insert=True)
    return str(caught.value)


def test_r07_what_did_not_change_is_carried_over(pair: tuple[ApprovalRequest, ApprovalRequest]) -> None:
    repeated(*pair).save(force_insert=True)


def test_r07_by_nobody_else(world: World, pair: tuple[ApprovalRequest, ApprovalRequest]) -> None:
    assert "approvals_decision_carried" in refused(repeated(*pair, decided_by=world.people["ann"]))


def test_r07_to_no_other_stage(world: World, pair: tuple[ApprovalRequest, ApprovalRequest]) -> None:
    first, second = pair
    world.add_person("fin", "budget_approver")
    budget = Stage.objects.get(request=second, key="budget")
    assert "approvals_decision" in refused(repeated(first, second, stage=budget))
    assert not Decision.objects.filter(request=second).exists()


def test_r07_as_nothing_but_an_approval(pair: tuple[ApprovalRequest, ApprovalRequest]) -> None:
    assert "approvals_decision_carried" in refused(repeated(*pair, verdict="abstain"))


def test_r07_not_once_the_person_changed_their_mind(world: World) -> None:
    govern(world, stage(carries=True, quorum=2), stage("budget", BUDGET, step=1))
    first = world.request()
    tree = world.tree_of[first.pk]
    approved = world.decide(first, "content")
    world.decide(first, "content", "request_changes")
    second = world.submit(tree).request
    world.check(second)
    assert "approvals_decision_carried" in refused(repeated_of(approved, second))


def repeated_of(origin: Decision, second: ApprovalRequest) -> Decision:
    return Decision(
        request=second, stage=Stage.objects.get(request=second, key="content"), digest=second.digest, verdict="approve",
        decided_by=origin.decided_by, name=origin.name, eligible_by="x", channel="api", checks={}, decided_at=clock.now(), carried_from=origin,
    )  # fmt: skip


@pytest.mark.parametrize("what", ["text", "ad"])
def test_r07_not_where_something_changed_that_the_stage_reads(world: World, what: str) -> None:
    govern(world, stage(carries=True), stage("budget", BUDGET, step=1))
    first = world.request()
    tree = world.tree_of[first.pk]
    approved = world.decide(first, "content")
    if what == "text":
        campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Another text"})
    else:
        world.ad(tree.ad_group, name="One more")
    second = world.submit(tree, amend=True).request
    world.check(second)
    assert "approvals_decision_carried" in refused(repeated_of(approved, second))


def test_r07_not_where_the_stage_says_no(world: World) -> None:
    govern(world, stage(carries=False), stage("budget", BUDGET, step=1))
    first = world.request()
    approved = world.decide(first, "content")
    second = world.submit(world.tree_of[first.pk], amend=True).request
    world.check(second)
    assert "approvals_decision_carried" in refused(repeated_of(approved, second))


def test_r07_not_from_a_request_it_did_not_take_the_place_of(world: World) -> None:
    govern(world, stage(carries=True), stage("budget", BUDGET, step=1))
    first = world.request()
    approved = world.decide(first, "content")
    other = world.request(tree=world.tree())
    assert "approvals_decision_carried" in refused(repeated_of(approved, other))


def test_r07_a_request_takes_the_place_of_a_superseded_one_alone(world: World) -> None:
    first, other = world.request(), world.submit(world.tree()).request
    row = ApprovalRequest.objects.get(pk=other.pk)
    row.pk, row.previous = uuid7(), first
    assert "approvals_request_previous" in refused(row)
