"""Parents and children (R-26, R-27): what may be put forward alone, what joins a bundle, what a rejection leaves."""

from __future__ import annotations

from typing import Any

import pytest

from approvals import services
from approvals.errors import BlockedByParent, ParentMissing
from approvals.models import ApprovalRequest, Clearance
from approvals.previews import preview
from approvals.services.submitting import Submission
from campaigns import services as campaigns
from campaigns.models import Ad
from core.errors import Forbidden
from tests.approvals.observing import assert_refused
from tests.approvals.policies import again, govern, said, stage
from tests.approvals.test_carrying import new_text
from tests.builders import Tree, World


def put(world: World, ad: Ad, by: str = "submitter", **how: Any) -> ApprovalRequest:
    submission = Submission(items=[("ad", ad.pk)], **how)
    request = services.submit(actor=world.actor(by), submission=submission).request
    world.check(request)
    return again(request)


@pytest.fixture
def parents(world: World) -> tuple[ApprovalRequest, Tree]:
    """A campaign under review that was never approved."""
    request = world.request()
    return request, world.tree_of[request.pk]


def names(request: ApprovalRequest) -> set[str]:
    return set(request.items.values_list("revision__name", flat=True))


def test_r27_a_child_is_drafted_while_its_parent_is_under_review_and_waits_for_it(world: World, parents: tuple[ApprovalRequest, Tree]) -> None:
    request, tree = parents
    second = world.ad(tree.ad_group, name="Second film")
    assert_refused(BlockedByParent, lambda: put(world, second), approval_request=str(request.pk))
    with pytest.raises(BlockedByParent):
        preview(actor=world.actor("submitter"), submission=Submission(items=[("ad", second.pk)]))
    world.decide(request, "content")
    world.decide(request, "budget")
    alone = put(world, second)
    assert (alone.state, names(alone)) == ("in_review", {"Second film"})


def test_r27_a_child_joins_the_bundle_of_its_parent_by_amend(world: World, parents: tuple[ApprovalRequest, Tree]) -> None:
    request, tree = parents
    second = world.ad(tree.ad_group, name="Second film")
    submission = Submission(items=[("ad", second.pk)], amend=True)
    foreseen = preview(actor=world.actor("submitter"), submission=submission)
    joined = put(world, second, amend=True)
    assert (again(request).state, joined.previous) == ("superseded", request)
    assert names(joined) == names(request) | {"Second film"}
    assert joined.digest == foreseen.digest


def test_r27_a_child_of_the_bundle_that_is_amended_alone_stays_in_it(world: World, parents: tuple[ApprovalRequest, Tree]) -> None:
    request, tree = parents
    new_text(world, tree)
    submission = Submission(items=[("ad", tree.ad.pk)], amend=True)
    foreseen = preview(actor=world.actor("submitter"), submission=submission)
    amended = put(world, tree.ad, amend=True)
    assert (again(request).state, names(amended), amended.digest) == ("superseded", names(request), foreseen.digest)


def test_r27_what_was_decided_of_the_parents_is_kept_where_the_child_changes_nothing_of_it(world: World) -> None:
    govern(world, stage("budget", ["budget", "bid", "schedule"], carries=True), stage())
    request = world.request()
    world.decide(request, "budget")
    second = world.ad(world.tree_of[request.pk].ad_group, name="Second film")
    joined = put(world, second, amend=True)
    assert said(joined) == [("budget", world.people["budget"].name, "approve", True)]


def test_r27_who_may_not_amend_the_parent_does_not_join_it(world: World, parents: tuple[ApprovalRequest, Tree]) -> None:
    world.add_person("other", "submitter")
    second = world.ad(parents[1].ad_group, name="Second film")
    assert_refused(Forbidden, lambda: put(world, second, by="other", amend=True))
    assert again(parents[0]).state == "in_review"


def test_r27_a_parent_that_is_not_under_review_is_put_forward_too(world: World) -> None:
    tree = world.tree()
    for amend in (False, True):
        assert_refused(ParentMissing, lambda amend=amend: put(world, tree.ad, amend=amend))  # type: ignore[misc]


def test_r27_approval_of_a_parent_is_none_of_its_child(world: World, parents: tuple[ApprovalRequest, Tree]) -> None:
    request, tree = parents
    second = world.ad(tree.ad_group, name="Second film")
    world.decide(request, "content")
    world.decide(request, "budget")
    assert not Clearance.objects.filter(entity_id=second.pk).exists()


def test_r27_rejecting_a_parent_returns_its_children_to_draft(world: World, parents: tuple[ApprovalRequest, Tree]) -> None:
    """All of the bundle is free again: edited, put forward, and decided anew."""
    request, tree = parents
    world.decide(request, "content", verdict="reject")
    assert not request.items.filter(is_open=True).exists()
    assert_refused(ParentMissing, lambda: put(world, tree.ad))
    new_text(world, tree)
    assert said(world.request(tree=tree)) == []


def test_r27_a_child_of_a_split_that_went_back_joins_what_stayed(world: World) -> None:
    tree = world.tree()
    second = world.ad(tree.ad_group, name="Second film")
    request = world.request(tree=tree)
    rest = services.split(
        actor=world.actor("content"), request=request.pk, digest=request.digest, returned=[second.pk], comment="The old price."
    ).rest.request
    campaigns.edit_ad(actor=world.actor("submitter"), ad=second.pk, version=None, values={"text": "The new price"})
    assert_refused(BlockedByParent, lambda: put(world, second), approval_request=str(rest.pk))
    joined = put(world, second, amend=True)
    assert (again(rest).state, names(joined), joined.previous) == ("superseded", names(request), rest)
