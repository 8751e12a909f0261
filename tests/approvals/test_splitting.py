"""Reviewers send parts of a bundle back, and the rest goes on (R-27)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts import services as accounts
from approvals import services, tasks
from approvals.anchors import Anchor
from approvals.errors import (
    BaseMoved,
    BlockingComments,
    ChecksFailNow,
    EnvelopeExceeded,
    MachineDecision,
    NotAsked,
    RequestExpired,
    SecondSeat,
    SelfApproval,
)
from approvals.models import AdState, ApprovalRequest, Clearance, EnvelopeEntry, RequestItem
from approvals.services import splitting
from approvals.services.splitting import Split
from approvals.services.submitting import Submission
from audit.models import AuditEvent
from campaigns import services as campaigns
from campaigns.models import Ad
from core import clock
from core.errors import Forbidden, IllegalTransition, Invalid, NotFound, Overtaken, StaleDigest
from core.money import Money
from core.statements import insert
from core.triggers import refusal
from tests.approvals.observing import assert_refused
from tests.approvals.policies import BUDGET, EVERYTHING, again, govern, said, stage, states
from tests.builders import ROOT, Tree, World

COMMENT = "The second film shows the old price."
HOUR = timedelta(hours=1)
ALWAYS = {day: ["00:00", "24:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}


@pytest.fixture
def world(world: World) -> World:
    """With more people who approve."""
    with time_machine.travel(clock.now() - 24 * HOUR):
        world.add_person("ann", "content_approver")
        world.add_person("ben", "content_approver")
    return world


@dataclass
class Bundle:
    """A campaign with one ad group and two ads, in review."""

    request: ApprovalRequest
    tree: Tree
    second: Ad


@pytest.fixture
def bundle(world: World) -> Bundle:
    return bundle_of(world)


def bundle_of(world: World, **how: Any) -> Bundle:
    tree = world.tree()
    second = world.ad(tree.ad_group, name="Second film")
    return Bundle(world.request(tree=tree, **how), tree, second)


def split(
    world: World, request: ApprovalRequest, *returned: Any, by: str = "content", comment: str = COMMENT, digest: str = ""
) -> Split:
    return services.split(
        actor=world.actor(by), request=request.pk, digest=digest or request.digest, returned=[each.pk for each in returned],
        comment=comment,
    )  # fmt: skip


def rest_of(world: World, bundle: Bundle, *returned: Any, **how: Any) -> ApprovalRequest:
    return again(split(world, bundle.request, *(returned or (bundle.second,)), **how).rest.request)


def entities(request: ApprovalRequest) -> list[UUID]:
    return list(request.items.order_by("position").values_list("entity_id", flat=True))


def ad_state(ad: Ad) -> str:
    return str(AdState.objects.get(ad=ad.pk).state)


# --- what stays and what goes ------------------------------------------------------------------------------------------------


def test_r27_the_rest_goes_on_and_is_approved_alone(world: World, bundle: Bundle) -> None:
    rest = rest_of(world, bundle)
    assert again(bundle.request).state == "superseded"
    assert (rest.state, rest.previous) == ("in_review", bundle.request)
    assert entities(rest) == [bundle.tree.campaign.pk, bundle.tree.ad_group.pk, bundle.tree.ad.pk]
    assert states(rest) == {"content": "open", "budget": "pending"}
    world.decide(rest, "content")
    world.decide(rest, "budget")
    assert again(rest).state == "approved"
    assert set(Clearance.objects.values_list("entity_id", flat=True)) == set(entities(rest))


def test_r27_what_goes_back_stands_as_changes_requested(world: World, bundle: Bundle) -> None:
    found = split(world, bundle.request, bundle.second)
    assert (ad_state(bundle.second), ad_state(bundle.tree.ad)) == ("changes_requested", "in_review")
    assert said(bundle.request) == [("content", world.people["content"].name, "request_changes", False)]
    assert found.decision.comment == COMMENT
    assert [item.entity_id for item in found.returned] == [bundle.second.pk]
    assert found.rest.request.split_by == found.decision
    assert not bundle.request.items.filter(is_open=True).exists()


def test_r27_the_rest_keeps_its_terms_and_what_was_checked(world: World, bundle: Bundle) -> None:
    rest, before = rest_of(world, bundle), bundle.request
    for name in ("submitted_by", "submitted_at", "expires_at", "contributors", "note", "publish", "publish_at", "minimum_holding_minutes"):
        assert getattr(rest, name) == getattr(before, name), name
    kept = {(i.entity_id, i.revision_id, i.base_id, i.check_run_id, tuple(i.sections_changed)) for i in before.items.all()}
    assert {(i.entity_id, i.revision_id, i.base_id, i.check_run_id, tuple(i.sections_changed)) for i in rest.items.all()} < kept
    assert rest.digest != before.digest


def test_r27_drafts_edited_since_do_not_slip_in(world: World, bundle: Bundle) -> None:
    """What stays is what was reviewed, not what the draft says by now."""
    campaigns.edit_ad(actor=world.actor("submitter"), ad=bundle.tree.ad.pk, version=None, values={"text": "Never seen by anybody"})
    rest = rest_of(world, bundle)
    assert not RequestItem.objects.filter(request=rest, revision__canonical__contains="Never seen").exists()
    world.decide(rest, "content")
    world.decide(rest, "budget")
    assert again(rest).state == "approved"


def test_r27_the_exposure_is_that_of_the_rest(world: World) -> None:
    tree = world.tree()
    group = world.ad_group(tree.campaign, name="Austria", budget={"mode": "daily", "amount": "25.00"})
    world.ad(group, name="Austrian film")
    request = world.request(tree=tree)
    ads = list(Ad.objects.filter(ad_group=group))
    rest = again(split(world, request, group, *ads).rest.request)
    assert rest.exposure_minor < request.exposure_minor
    assert entities(rest) == [tree.campaign.pk, tree.ad_group.pk, tree.ad.pk]


def test_r24_only_the_rest_takes_its_place_in_an_envelope(world: World) -> None:
    """Nothing is reserved before it is approved, so nothing has to be moved when it is split."""
    first = clock.now().date().replace(day=1)
    services.set_envelope(actor=world.actor("policy_manager"), scope=world.account, title="Autumn", amount=Money(400_00, "USD"), first_month=first)
    tree = world.tree()
    group = world.ad_group(tree.campaign, name="Austria", budget={"mode": "daily", "amount": "25.00"})
    film = world.ad(group, name="Austrian film")
    request = world.request("content_approved", tree)
    with pytest.raises(EnvelopeExceeded):
        world.decide(request, "budget")
    rest = again(split(world, request, group, film, by="budget").rest.request)
    assert not EnvelopeEntry.objects.exists()
    world.decide(rest, "content")
    world.decide(rest, "budget")
    entries = EnvelopeEntry.objects.values_list("request", "kind").distinct()
    assert list(entries) == [(rest.pk, "reserve")]


def test_r27_the_rest_is_asked_for_what_policies_ask_of_it(world: World) -> None:
    """Not for what only the whole needed, and for what only the rest needs."""
    govern(world, stage("legal", permission="approve_legal"), condition="request.items > 3", key="large")
    govern(world, stage("small"), condition="request.items < 4", key="small")
    bundle = bundle_of(world)
    assert {"legal", "small"} & set(states(bundle.request)) == {"legal"}
    assert {"legal", "small"} & set(states(rest_of(world, bundle))) == {"small"}


# --- decisions (R-07) ----------------------------------------------------------------------------------------------------------


def test_r07_what_was_decided_of_the_rest_stands(world: World) -> None:
    govern(world, stage(carries=True), stage("budget", BUDGET))
    bundle = bundle_of(world)
    world.decide(bundle.request, "content", by="ann")
    rest = rest_of(world, bundle, by="budget")
    assert said(rest) == [("content", "Ann", "approve", True)]
    assert states(rest) == {"content": "satisfied", "budget": "open"}


def test_r07_the_word_of_whoever_splits_is_not_carried(world: World) -> None:
    govern(world, stage(sections=EVERYTHING, carries=True, quorum=2))
    bundle = bundle_of(world)
    world.decide(bundle.request, "content", by="ann")
    rest = rest_of(world, bundle, by="ann")
    assert said(rest) == []
    world.decide(rest, "content", by="ann")
    world.decide(rest, "content", by="ben")
    assert again(rest).state == "approved"


def test_r27_the_rest_is_cleared_at_once_where_nothing_is_left_to_decide(world: World) -> None:
    govern(world, stage(sections=EVERYTHING, carries=True))
    govern(world, stage("legal", permission="approve_legal", step=2), key="large", condition="request.items > 3")
    with time_machine.travel(clock.now() - 24 * HOUR):
        world.add_person("lea", "legal_approver")
    bundle = bundle_of(world)
    world.decide(bundle.request, "content", by="ann")
    rest = rest_of(world, bundle, by="lea")
    assert (rest.state, states(rest)) == ("approved", {"content": "satisfied"})
    assert Clearance.objects.filter(request=rest).count() == 3


def test_r51_blocking_comments_go_with_what_they_are_about(world: World, bundle: Bundle) -> None:
    """On what stays they hold it up; on what goes back they hold that up when it is put forward again unchanged."""
    for ad, text in ((bundle.tree.ad, "The logo is old."), (bundle.second, "The film is too dark.")):
        item = bundle.request.items.get(entity_id=ad.pk)
        services.comment(
            actor=world.actor("ann"), request=bundle.request.pk, text=text, revision=item.revision_id,
            anchor=Anchor("/creative"), blocking=True,
        )  # fmt: skip
    rest = rest_of(world, bundle)
    assert list(rest.comments.values_list("text", flat=True)) == ["The logo is old."]
    assert_refused(BlockingComments, lambda: world.decide(rest, "content"))
    services.resolve_comment(actor=world.actor("ann"), request=rest.pk, comment=rest.comments.get().pk)
    world.decide(rest, "content")
    world.decide(rest, "budget")
    campaigns.edit_ad(actor=world.actor("submitter"), ad=bundle.second.pk, version=None, values={"text": "The new price"})
    submission = Submission(items=[("ad", bundle.second.pk)])
    request = services.submit(actor=world.actor("submitter"), submission=submission).request
    world.check(request)
    assert list(request.comments.values_list("text", flat=True)) == ["The film is too dark."]


# --- R-12, R-16 ------------------------------------------------------------------------------------------------------------------


def test_r12_a_policy_loosened_since_does_not_make_the_rest_easier(world: World) -> None:
    govern(world, stage(quorum=2))
    bundle = bundle_of(world)
    govern(world, stage(quorum=1))
    rest = rest_of(world, bundle)
    assert rest.stages.get(key="content").quorum == 2


def test_r12_a_policy_tightened_since_counts_for_the_rest(world: World) -> None:
    govern(world, stage(sections=EVERYTHING, quorum=1))
    bundle = bundle_of(world)
    govern(world, stage(sections=EVERYTHING, quorum=2))
    rest = rest_of(world, bundle)
    assert list(rest.stages.values_list("key", "quorum")) == [("content", 2)]


def test_r16_whoever_splits_may_decide_the_rest(world: World, bundle: Bundle) -> None:
    rest = rest_of(world, bundle)
    assert rest.contributors == bundle.request.contributors
    world.decide(rest, "content", by="content")
    assert states(rest)["content"] == "satisfied"


def test_r16_whoever_could_not_decide_the_whole_cannot_decide_the_rest(world: World) -> None:
    """Also who worked on nothing but what went back."""
    tree = world.tree()
    with time_machine.travel(clock.now() - 24 * HOUR):
        accounts.grant_role(actor=ROOT, role="submitter", principal=world.user("ann"), scope=world.brand)
    second = world.ad(tree.ad_group, name="Second film")
    campaigns.edit_ad(actor=world.actor("ann"), ad=second.pk, version=None, values={"text": "By Ann"})
    request = world.request(tree=tree)
    rest = again(split(world, request, second).rest.request)
    assert_refused(SelfApproval, lambda: world.decide(rest, "content", by="ann"))


def test_r16_a_contributor_does_not_split(world: World, bundle: Bundle) -> None:
    with time_machine.travel(clock.now() - 24 * HOUR):
        accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("submitter"), scope=world.brand)
    assert_refused(SelfApproval, lambda: split(world, bundle.request, bundle.second, by="submitter"))


def test_r16_who_changed_a_policy_of_the_rest_since_does_not_decide_it(world: World, bundle: Bundle) -> None:
    """That is their policy, not their split: the same holds whoever splits."""
    with time_machine.travel(clock.now() - 24 * HOUR):
        accounts.grant_role(actor=ROOT, role="policy_manager", principal=world.user("ann"), scope=world.organisation)
    stricter = [stage(sections=EVERYTHING, quorum=2)]
    services.publish_policy(actor=world.actor("ann"), key="anns", title="Ann's", stages=stricter, scope=world.organisation)
    before = set(bundle.request.contributors)
    rest = rest_of(world, bundle, by="ann")
    assert set(rest.contributors) == before | {str(world.people["ann"].pk)}
    assert_refused(SelfApproval, lambda: world.decide(rest, "content", by="ann"))


# --- time (R-20, R-21) -------------------------------------------------------------------------------------------------------


def test_r20_the_rest_is_due_when_the_whole_was_and_asks_whom_that_asked(world: World) -> None:
    """Also whoever was asked as well once it was late, and splits it."""
    services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours=ALWAYS)
    ann, ben = (str(world.people[name].pk) for name in ("ann", "ben"))
    with time_machine.travel(clock.now() - 9 * HOUR, tick=True):
        govern(world, stage(sections=EVERYTHING, people=[ann], deadline_hours=8, remind_before_hours=2, escalate_to_people=[ben]))
        bundle = bundle_of(world)
    assert_refused(NotAsked, lambda: split(world, bundle.request, bundle.second, by="ben"))
    tasks.keep_time()
    held = bundle.request.stages.get(key="content")
    rest = rest_of(world, bundle, by="ben")
    names = ("due_at", "remind_at", "reminded_at", "escalated_at")
    assert held.escalated_at is not None
    assert [getattr(rest.stages.get(), name) for name in names] == [getattr(held, name) for name in names]
    world.decide(rest, "content", by="ben")
    assert again(rest).state == "approved"


def test_r53_what_passed_by_an_exception_passes_as_long_as_that_holds(
    world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "Outcome", SimpleNamespace(BLOCKED="warned"))  # the film that tests use warns
    monkeypatch.setattr("approvals.services.splitting.checks.blocked", lambda *_: True)
    assert_refused(ChecksFailNow, lambda: split(world, bundle.request, bundle.second))
    monkeypatch.setattr("approvals.services.splitting.checks.blocked", lambda *_: False)
    assert rest_of(world, bundle).state == "in_review"


def test_r13_what_was_given_since_counts_no_sooner_for_the_rest(world: World, bundle: Bundle) -> None:
    """A role of this minute counts neither for the bundle nor for its rest: that was put forward when the bundle was."""
    world.add_person("new", "content_approver")
    rest = rest_of(world, bundle)
    with pytest.raises(Forbidden):
        world.decide(rest, "content", by="new")


def test_r33_a_machine_does_not_split(world: World, bundle: Bundle) -> None:
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    world.people["machine"] = world.machine
    assert_refused(MachineDecision, lambda: split(world, bundle.request, bundle.second, by="machine"))


# --- refusals ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["operator", "publisher", "auditor", "budget"])
def test_r27_only_who_may_decide_now_splits(world: World, bundle: Bundle, by: str) -> None:
    """The budget's turn has not come."""
    assert_refused(Forbidden, lambda: split(world, bundle.request, bundle.second, by=by))


def test_r27_who_is_not_asked_does_not_split(world: World) -> None:
    govern(world, stage(people=[str(world.people["ann"].pk)]))
    bundle = bundle_of(world)
    assert_refused(NotAsked, lambda: split(world, bundle.request, bundle.second))


def test_r16_who_approved_another_stage_does_not_split(world: World) -> None:
    govern(world, stage(), stage("more", step=2))
    bundle = bundle_of(world)
    world.decide(bundle.request, "content", by="ann")
    assert_refused(SecondSeat, lambda: split(world, bundle.request, bundle.second, by="ann"))


def test_r27_what_one_does_not_see_is_not_there(world: World, bundle: Bundle) -> None:
    world.add_person("stranger")
    assert_refused(NotFound, lambda: split(world, bundle.request, bundle.second, by="stranger"))
    with pytest.raises(NotFound):
        services.split(actor=world.actor("content"), request=uuid4(), digest="", returned=[], comment="")


def refused(error: Invalid) -> list[tuple[str, str]]:
    return [(each.field, each.code) for each in error.errors]


def test_r27_what_cannot_be_sent_back(world: World, bundle: Bundle) -> None:
    tree = bundle.tree
    cases: list[tuple[list[Any], list[tuple[str, str]]]] = [
        ([], [("returned", "required")]),
        ([tree.campaign, tree.ad_group, tree.ad, bundle.second], [("returned", "everything")]),
        ([tree.ad_group], [("returned", "child_left")] * 2),
        ([tree.ad_group, tree.ad], [("returned", "child_left")]),
        ([tree.campaign, bundle.second], [("returned", "child_left")] * 2),
        ([bundle.second, world.account], [("returned", "unknown")]),
    ]
    for returned, expected in cases:
        error = assert_refused(Invalid, lambda returned=returned: split(world, bundle.request, *returned))  # type: ignore[misc]
        assert refused(error) == expected  # type: ignore[arg-type]


def test_r27_sent_back_with_a_reason(world: World, bundle: Bundle) -> None:
    error = assert_refused(Invalid, lambda: split(world, bundle.request, bundle.second, comment=" "))
    assert refused(error) == [("comment", "required")]  # type: ignore[arg-type]


def test_r08_the_digest_that_was_seen(world: World, bundle: Bundle) -> None:
    assert_refused(StaleDigest, lambda: split(world, bundle.request, bundle.second, digest="0" * 64), digest=bundle.request.digest)


@pytest.mark.parametrize("state", ["awaiting_checks", "changes_requested", "approved", "rejected", "withdrawn"])
def test_r27_only_what_is_in_review_is_split(world: World, state: str) -> None:
    bundle = bundle_of(world, at=state)
    assert_refused(IllegalTransition, lambda: split(world, bundle.request, bundle.second))


def test_r27_what_was_split_is_not_split_again_but_its_rest_is(world: World, bundle: Bundle) -> None:
    rest = rest_of(world, bundle)
    assert_refused(IllegalTransition, lambda: split(world, bundle.request, bundle.second))
    last = again(split(world, rest, bundle.tree.ad).rest.request)
    assert entities(last) == [bundle.tree.campaign.pk, bundle.tree.ad_group.pk]
    assert (last.previous, ad_state(bundle.tree.ad), ad_state(bundle.second)) == (rest, "changes_requested", "changes_requested")


def test_r21_what_ran_out_is_not_split(world: World) -> None:
    with time_machine.travel(clock.now() - 20 * 24 * HOUR):
        bundle = bundle_of(world)
    assert_refused(RequestExpired, lambda: split(world, bundle.request, bundle.second))


def test_r09_what_was_compared_with_is_what_is_approved_still(world: World) -> None:
    first = world.request("approved")
    tree = world.tree_of[first.pk]
    second = world.ad(tree.ad_group, name="Second film")
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Warm jackets, cold days"})
    request = world.request(tree=tree)
    services.revoke(actor=world.actor("operator"), request=first.pk, reason="The price is wrong.")
    with pytest.raises((BaseMoved, Invalid)):
        split(world, request, second)
    assert again(request).state == "in_review"


# --- lineage, and what comes after -----------------------------------------------------------------------------------------------


def test_r27_what_went_back_is_put_forward_again_in_its_line(world: World, bundle: Bundle) -> None:
    rest = rest_of(world, bundle)
    campaigns.edit_ad(actor=world.actor("submitter"), ad=bundle.second.pk, version=None, values={"text": "The new price"})
    submission = Submission(items=[("ad", bundle.second.pk)])
    world.decide(rest, "content")
    world.decide(rest, "budget")
    request = services.submit(actor=world.actor("submitter"), submission=submission).request
    world.check(request)
    assert again(request).previous == bundle.request
    assert ad_state(bundle.second) == "in_review"


def test_r27_the_log_says_what_went_back_and_what_stays(world: World, bundle: Bundle) -> None:
    rest = rest_of(world, bundle)
    event = AuditEvent.objects.get(action="approvals.request.split")
    told = json.loads(event.canonical)["payload"]
    assert event.subject_id == str(bundle.request.pk)
    assert told == {
        "returned": [str(bundle.second.pk)], "rest": str(rest.pk), "digest": bundle.request.digest, "comment": COMMENT,
    }  # fmt: skip
    begun = AuditEvent.objects.get(action="approvals.request.reviewable", subject_id=str(rest.pk))
    assert json.loads(begun.canonical)["payload"]["split_from"] == str(bundle.request.pk)


# --- what the database sees to (guards_splits) -------------------------------------------------------------------------------


def _other_decision(world: World, row: ApprovalRequest) -> None:
    row.split_by_id = uuid4()


def _without(world: World, row: ApprovalRequest) -> None:
    row.contributors = [each for each in row.contributors if each != str(world.people["submitter"].pk)]


FORGED: dict[str, Callable[[World, Any], None]] = {
    "approvals_split_decision": _other_decision,
    "approvals_split_same": lambda world, row: setattr(row, "submitted_at", clock.now()),
    "approvals_split_contributors": _without,
}


def forge(world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch, kind: type[Any], change: Callable[[list[Any]], None]) -> str:
    """Split it, with rows of one kind changed just before they are written. Returns the check that refused."""

    def writing(rows: list[Any]) -> None:
        if isinstance(rows[0], kind):
            change(rows)
        insert(rows)

    monkeypatch.setattr(splitting, "insert", writing)
    with pytest.raises(Overtaken) as caught:
        split(world, bundle.request, bundle.second)
    return str(caught.value.extra["guard"])


@pytest.mark.parametrize("guard", FORGED)
def test_r16_the_rest_under_other_terms_is_refused(world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch, guard: str) -> None:
    assert forge(world, bundle, monkeypatch, ApprovalRequest, lambda rows: FORGED[guard](world, rows[0])) == guard


def test_r27_a_request_is_split_once(world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    first = split(world, bundle.request, bundle.second)
    again_split = Bundle(again(first.rest.request), bundle.tree, bundle.tree.ad)

    def back_to_the_first(rows: list[Any]) -> None:
        rows[0].previous, rows[0].split_by = bundle.request, first.decision

    assert forge(world, again_split, monkeypatch, ApprovalRequest, back_to_the_first) == "approvals_split_once"


def test_r02_the_rest_is_what_was_put_forward(world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    other = world.request().items.get(entity_type="ad")

    def swapped(rows: list[Any]) -> None:
        rows[-1].revision, rows[-1].check_run, rows[-1].entity_id = other.revision, other.check_run, other.entity_id

    assert forge(world, bundle, monkeypatch, RequestItem, swapped) == "approvals_split_item"


def test_r27_no_child_stays_without_its_parent(world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    assert forge(world, bundle, monkeypatch, RequestItem, lambda rows: rows.pop(1)) == "approvals_split_parent"


def test_r27_what_a_request_is_a_part_of_is_fixed(world: World, bundle: Bundle) -> None:
    rest = rest_of(world, bundle)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        ApprovalRequest.objects.filter(pk=rest.pk).update(split_by=None)
    assert refusal(caught.value).guard == "approvals_split_fixed"  # type: ignore[union-attr]


def test_r27_nobody_says_otherwise_of_an_ad(world: World, bundle: Bundle) -> None:
    rest_of(world, bundle)
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        AdState.objects.filter(ad=bundle.second.pk).update(state="superseded")
    assert refusal(caught.value).guard == "approvals_ad_state_follows"  # type: ignore[union-attr]
