"""Putting a change set forward: what is in it, what its digest covers, what it replaces (R-06, R-12, R-26)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.actors import actor_for
from accounts.models import User
from approvals import services
from approvals.errors import OpenRequestExists, SelfApproval
from approvals.models import ApprovalPolicy, ApprovalRequest, PolicyWord, RequestItem
from approvals.plans import known_revisions, plan
from approvals.services.submitting import Submission, lock_tree
from campaigns import services as campaigns
from campaigns.intake import receive_media
from campaigns.models import Revision
from core import clock
from core.actor import Channel
from core.errors import Forbidden, Invalid, NotFound
from core.ids import uuid7
from governance.models import RuleSet
from governance.services import publish_rule_set
from tests import builders
from tests.approvals.observing import assert_refused
from tests.guards.attack import unguarded
from tests.verdicts import verdicts


def rename(world, ad, text="Warm jackets, cold days"):
    return campaigns.edit_ad(actor=world.actor("submitter"), ad=ad.pk, version=None, values={"text": text})


def submit(world, by="submitter", **fields):
    return services.submit(actor=world.actor(by), submission=Submission(**fields))


def kinds(request):
    return list(RequestItem.objects.filter(request=request).order_by("position").values_list("entity_type", flat=True))


def test_r26_a_whole_campaign_is_one_request_parents_first(world):
    tree = world.tree()
    world.ad(tree.ad_group, name="Second")
    submitted = world.submit(tree)
    assert kinds(submitted.request) == ["campaign", "ad_group", "ad", "ad"]
    assert submitted.request.state == "awaiting_checks"
    assert [(stage.key, stage.state) for stage in submitted.stages] == [("content", "open"), ("budget", "pending")]
    assert {run.state for run in (item.check_run for item in submitted.items)} == {"queued"}
    assert submitted.request.exposure_minor == 30_00 * 10
    assert {revision.number for revision in Revision.objects.all()} == {1}


def test_r26_the_digest_is_a_tree_over_the_items(world):
    """Computed here once more with nothing but json and hashlib, as docs/revisions.md says."""
    tree = world.tree()
    request = world.submit(tree, publish="manual").request
    of = {revision.entity_id: revision for revision in Revision.objects.all()}

    def node(entity, kind, *children):
        return {"type": kind, "id": str(entity.pk), "digest": of[entity.pk].digest, "children": list(children)}

    content = {
        "format": "imprimatur.request/1", "publish": {"mode": "manual", "at": None},
        "items": [node(tree.campaign, "campaign", node(tree.ad_group, "ad_group", node(tree.ad, "ad")))],
    }  # fmt: skip
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert request.digest == hashlib.sha256(text.encode()).hexdigest()


def test_r02_the_digest_covers_how_it_is_published(world):
    tree = world.tree()
    digests = set()
    for how in ({}, {"publish": "manual"}, {"publish_at": clock.now() + timedelta(days=1)}):
        request = world.submit(tree, **how).request
        digests.add(request.digest)
        services.withdraw(actor=world.actor("submitter"), request=request.pk)
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["ad"], ["ad"]), (["campaign", "ad"], ["campaign", "ad"]), (["ad", "ad_group", "campaign"], ["campaign", "ad_group", "ad"]),
    ],
)  # fmt: skip
def test_named_items(world, asked, expected):
    tree = approved_tree(world)
    edit_campaign(world, tree, name="Another name")
    edit_group(world, tree, "35.00")
    rename(world, tree.ad)
    items = [(kind, getattr(tree, kind).pk) for kind in asked]
    assert kinds(submit(world, items=items).request) == expected


def test_items_of_several_campaigns_are_refused(world):
    one, two = world.tree(), world.tree()
    error = assert_refused(Invalid, lambda: submit(world, items=[("ad", one.ad.pk), ("ad", two.ad.pk)]))
    assert error.errors[0].code == "several_campaigns"  # type: ignore[attr-defined]


@pytest.mark.parametrize("fields", [{}, {"campaign": uuid7(), "items": [("ad", uuid7())]}])
def test_either_a_campaign_or_items(world, fields):
    assert_refused(Invalid, lambda: submit(world, **fields))


def test_unknown_objects(world):
    tree = world.tree()
    assert_refused(NotFound, lambda: submit(world, campaign=uuid7()))
    assert_refused(NotFound, lambda: submit(world, items=[("ad", tree.ad.pk), ("ad", uuid7())]))
    assert_refused(NotFound, lambda: submit(world, items=[("campaign", tree.ad.pk)]))


@pytest.mark.parametrize(("person", "error"), [("content", Forbidden), ("operator", Forbidden), ("auditor", Forbidden)])
def test_who_may_not_submit(world, person, error):
    tree = world.tree()
    assert_refused(error, lambda: submit(world, by=person, campaign=tree.campaign.pk))


def test_r57_another_organisations_submitter_sees_nothing(world):
    tree, other = world.tree(), builders.organisation("Evil")
    assert_refused(NotFound, lambda: submit(other, campaign=tree.campaign.pk))
    assert_refused(NotFound, lambda: submit(other, items=[("ad", tree.ad.pk)]))


def test_nothing_changed_since_it_was_cleared(world):
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    error = assert_refused(Invalid, lambda: submit(world, campaign=tree.campaign.pk))
    assert error.errors[0].code == "nothing_changed"  # type: ignore[attr-defined]
    assert_refused(Invalid, lambda: submit(world, items=[("ad", tree.ad.pk)]))


def test_only_what_changed_is_put_forward_with_its_base_and_sections(world):
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    cleared = Revision.objects.get(entity_id=tree.ad.pk)
    rename(world, tree.ad)
    submitted = world.submit(tree)
    (item,) = submitted.items
    assert (item.entity_type, item.base_id, item.sections_changed) == ("ad", cleared.pk, ["copy"])
    assert item.revision.number == 2


def test_the_first_time_every_section_is_new(world):
    submitted = world.submit()
    assert all(item.base is None and set(item.sections_changed) == set(item.revision.sections) for item in submitted.items)


def test_going_back_to_cleared_content_is_no_change_and_to_older_content_the_old_revision(world):
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    first = Revision.objects.get(entity_id=tree.ad.pk)
    rename(world, tree.ad)
    world.request(at="approved", tree=tree)
    rename(world, tree.ad, "Warm jackets are here")
    (item,) = world.submit(tree).items
    assert item.revision == first, "same content, same revision"
    assert item.base is not None
    assert item.base.number == 2
    assert Revision.objects.filter(entity_id=tree.ad.pk).count() == 2


def test_revoked_content_has_to_be_approved_again(world):
    request = world.request(at="revoked")
    tree = world.tree_of[request.pk]
    submitted = world.submit(tree)
    assert kinds(submitted.request) == ["campaign", "ad_group", "ad"]
    assert all(item.base is None for item in submitted.items)


def test_a_request_that_was_sent_back_is_superseded(world):
    sent_back = world.request(at="changes_requested")
    tree = world.tree_of[sent_back.pk]
    rename(world, tree.ad)
    submitted = world.submit(tree)
    sent_back.refresh_from_db()
    assert sent_back.state == "superseded"
    assert not sent_back.items.filter(is_open=True).exists()
    assert set(sent_back.stages.values_list("state", flat=True)) <= {"satisfied", "cancelled"}
    assert submitted.request.state == "awaiting_checks"


@pytest.mark.parametrize("state", ["awaiting_checks", "in_review", "content_approved"])
def test_r06_a_request_under_way_is_a_conflict(world, state):
    request = world.request(at=state)
    tree = world.tree_of[request.pk]
    rename(world, tree.ad)
    assert_refused(OpenRequestExists, lambda: submit(world, campaign=tree.campaign.pk), approval_request=str(request.pk))
    assert_refused(OpenRequestExists, lambda: submit(world, items=[("ad", tree.ad.pk)]), approval_request=str(request.pk))


@pytest.mark.parametrize("state", ["blocked", "rejected", "withdrawn", "revoked"])
def test_what_has_ended_is_in_nobodys_way(world, state):
    request = world.request(at=state)
    assert world.submit(world.tree_of[request.pk]).request.pk != request.pk


def test_a_dry_plan_has_the_digest_that_the_submission_gets(world):
    tree = world.tree()
    submission = Submission(campaign=tree.campaign.pk)
    with transaction.atomic():
        planned = plan(lock_tree(world.actor("submitter"), submission), clock.now(), submission.publish_content(), world.people["submitter"])
    assert not ApprovalRequest.objects.exists()
    assert not Revision.objects.exists()
    submitted = world.submit(tree)
    assert submitted.request.digest == planned.digest
    assert [stage.key for stage in submitted.stages] == [spec.key for spec in planned.stages]
    assert submitted.request.exposure_minor == planned.exposure_minor


def test_r12_policies_and_rule_sets_are_pinned(world):
    submitted = world.submit()
    policy, rules = ApprovalPolicy.objects.get(), RuleSet.objects.get()
    assert submitted.request.policies == [
        {"id": str(policy.pk), "key": policy.key, "version": 1, "author": None, "confirmed_by": None}
    ]
    assert {tuple(pin["id"] for pin in item.check_run.rule_sets) for item in submitted.items} == {(str(rules.pk),)}
    publish_rule_set(actor=builders.ROOT, key=rules.key, title="Next", rules=[], scope=world.organisation)
    world.check(submitted.request)
    assert verdicts(submitted.items[0].check_run), "judged by the pinned version, not by the empty one"


def test_r03_without_a_policy_one_other_person_reads_everything(world):
    other = builders.organisation("Bare")
    with unguarded():
        PolicyWord.objects.all().delete()
        ApprovalPolicy.objects.all().delete()
    (stage,) = other.submit().stages
    assert (stage.key, stage.quorum) == ("review", 1)
    assert {"creative", "copy", "budget", "targeting", "bid"} <= set(stage.sections)


def test_r16_contributors_are_who_edited_who_submits_and_the_owners_of_machines(world):
    editor = world.add_person("editor", "submitter")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("editor"), ad=tree.ad.pk, version=None, values={"text": "New"})
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    submitted = world.submit(tree, actor=machine)
    people = {editor.pk, world.people["submitter"].pk, world.machine.pk, world.people["operator"].pk}
    assert submitted.request.contributors == sorted(str(each) for each in people)


def test_r16_contributions_never_expire(world):
    """A clearance forgives nothing: who worked on the ad before it is a contributor of every later request."""
    editor = world.add_person("editor", "submitter")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("editor"), ad=tree.ad.pk, version=None, values={"text": "New"})
    world.request(at="approved", tree=tree)
    rename(world, tree.ad)
    assert str(editor.pk) in world.submit(tree).request.contributors


def test_r16_a_clock_that_lags_behind_makes_nobody_an_approver_of_their_own_words(world):
    """The edit carries a time before the revision that was cleared, as on a host whose clock is an hour late."""
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        world.add_person("editor", "submitter", "content_approver")
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    with time_machine.travel(request.submitted_at - timedelta(hours=1), tick=False):
        campaigns.edit_ad(actor=world.actor("editor"), ad=tree.ad.pk, version=None, values={"text": "My own words"})
    following = world.submit(tree).request
    world.check(following)
    assert_refused(SelfApproval, lambda: world.decide(following, "content", by="editor"))


def test_r16_who_worked_between_submission_and_clearance_is_a_contributor_of_the_next(world):
    editor = world.add_person("editor", "submitter")
    request = world.request(at="in_review")
    tree = world.tree_of[request.pk]
    campaigns.edit_ad(actor=world.actor("editor"), ad=tree.ad.pk, version=None, values={"text": "New"})
    world.decide(request, "content")
    world.decide(request, "budget")
    assert str(editor.pk) in world.submit(tree).request.contributors


def test_r16_whose_film_is_in_it_is_a_contributor_however_often_it_is_cleared(world):
    filmer = world.add_person("filmer", "submitter")
    with builders.image("By the filmer").open("rb") as stream:
        media = receive_media(actor=world.actor("filmer"), ad_account=world.account.pk, stream=stream, name="x.jpg")
    tree = world.tree(media=media, format="single_image")
    submitted = world.submit(tree)
    assert str(filmer.pk) in submitted.request.contributors
    request = submitted.request
    world.check(request)
    world.decide(request, "content")
    world.decide(request, "budget")
    rename(world, tree.ad)
    assert str(filmer.pk) in world.submit(tree).request.contributors


def test_revisions_are_read_without_their_texts(world):
    request = world.request(at="approved")
    tree = world.tree_of[request.pk]
    (row,) = known_revisions([tree.ad.pk])[tree.ad.pk]
    assert "canonical" in row.get_deferred_fields()


def test_r57_items_of_another_organisation_are_not_there(world):
    """Not even by another words for “of several campaigns”: missing and invisible are one answer."""
    mine, foreign = world.tree(), builders.organisation("Rival").tree()
    items = [("ad", mine.ad.pk), ("ad", foreign.ad.pk)]
    with pytest.raises(NotFound):
        submit(world, items=items)


def test_an_unknown_way_to_publish_is_refused(world):
    tree = world.tree()
    with pytest.raises(Invalid) as refused:
        submit(world, campaign=tree.campaign.pk, publish="now")
    assert refused.value.errors[0].field == "publish"


# --- what is not in the request does not speak through its draft -----------------------------------------------------


def approved_tree(world):
    tree = world.tree()
    world.request("approved", tree, publish="manual")
    return tree


def edit_campaign(world, tree, **values):
    changed: Any = values
    campaigns.edit_campaign(actor=world.actor("submitter"), campaign=tree.campaign.pk, version=None, values=changed)


def edit_group(world, tree, amount):
    budget: Any = {"mode": "daily", "amount": amount}
    campaigns.edit_ad_group(
        actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values={"budget": budget}
    )


def test_r24_exposure_is_bounded_by_the_cleared_campaign_not_by_its_draft(world):
    """A draft that says “lifetime 320” for the moment of submitting would hide what the ad group can really spend."""
    tree = approved_tree(world)
    edit_campaign(world, tree, budget={"mode": "lifetime", "amount": "320.00"})
    edit_group(world, tree, "70.00")
    request = submit(world, items=[("ad_group", tree.ad_group.pk)]).request
    assert request.exposure_minor == 70_00 * 10


def test_r23_rules_see_the_cleared_campaign_not_its_draft(world):
    """A draft that says “budget optimisation” would switch the ad group's minimum off."""
    tree = approved_tree(world)
    edit_group(world, tree, "1.00")
    edit_campaign(world, tree, budget_optimization=True)
    request = submit(world, items=[("ad_group", tree.ad_group.pk)]).request
    world.check(request)
    request.refresh_from_db()
    assert request.state == "blocked"
    assert "budget.ad_group_below_minimum" in {code for code, _ in world.failures(request)}


def test_r27_a_child_of_a_parent_that_was_never_approved_is_not_put_forward_alone(world):
    tree = world.tree()
    with pytest.raises(Invalid) as refused:
        submit(world, items=[("ad", tree.ad.pk)])
    assert refused.value.errors[0].code == "parent_missing"
    assert not ApprovalRequest.objects.exists()


def test_r27_a_child_goes_forward_alone_once_its_parents_are_approved(world):
    tree = approved_tree(world)
    rename(world, tree.ad)
    request = submit(world, items=[("ad", tree.ad.pk)]).request
    world.check(request)
    request.refresh_from_db()
    assert request.state == "in_review"
