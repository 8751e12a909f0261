"""Comments on what is put forward (R-51): who, where, what they hold up, what becomes of them, and of those on the version before."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from approvals import services
from approvals.anchors import Anchor
from approvals.errors import BlockingComments, CommentsFrozen, MayNotBlock
from approvals.models import ApprovalRequest, Clearance, Comment, CommentWord, Decision
from audit.models import AuditEvent
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from core import clock
from core.actor import Channel
from core.errors import Conflict, Forbidden, IllegalTransition, Invalid, NotFound
from tests.approvals.observing import assert_refused
from tests.approvals.policies import BUDGET, EVERYTHING, again, govern, said, stage, states
from tests.builders import ROOT, World

HOUR = timedelta(hours=1)
TEXT = Anchor("/copy/text")
FILM = "/creative/media/0"


@pytest.fixture
def world(world: World) -> World:
    """With more people who approve, a day ago."""
    with time_machine.travel(clock.now() - 24 * HOUR):
        world.add_person("ann", "content_approver")
        world.add_person("ben", "content_approver")
        world.add_person("fin", "budget_approver")
    return world


def revision(request: ApprovalRequest, kind: str = "ad") -> UUID:
    return request.items.get(entity_type=kind).revision_id


def say(world: World, request: ApprovalRequest, by: str = "ann", text: str = "Too loud.", **more: Any) -> Comment:
    actor = actor_for(world.machine, Channel.API) if by == "machine" else world.actor(by)
    place: dict[str, Any] = {} if "reply_to" in more else {"revision": revision(request), "anchor": TEXT}
    return services.comment(actor=actor, request=request.pk, text=text, **place | more)


def block(world: World, request: ApprovalRequest, by: str = "ann", **more: Any) -> Comment:
    return say(world, request, by, "The price is wrong.", blocking=True, **more)


def resolve(world: World, comment: Comment, by: str) -> Comment:
    return services.resolve_comment(actor=world.actor(by), request=comment.request_id, comment=comment.pk)


def reopen(world: World, comment: Comment, by: str) -> Comment:
    return services.reopen_comment(actor=world.actor(by), request=comment.request_id, comment=comment.pk)


def events(action: str) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(action=action, outcome="recorded").order_by("id").values_list("canonical", flat=True)
    return [json.loads(row)["payload"] for row in rows]


# --- who ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["submitter", "content", "budget", "machine"])
def test_r51_whoever_submits_or_decides_comments(world: World, who: str) -> None:
    request = world.request()
    made = say(world, request, who)
    assert (made.text, made.section, made.path, made.is_blocking) == ("Too loud.", "copy", "/copy/text", False)
    assert events("approvals.comment.written")[0] | {"comment": ""} == {
        "comment": "", "path": "/copy/text", "entity": str(made.item.entity_id), "blocking": False, "text": "Too loud.", "reply_to": None,
    }  # fmt: skip


@pytest.mark.parametrize("who", ["publisher", "operator", "auditor", "access_manager", "policy_manager"])
def test_r57_others_who_see_it_do_not_comment(world: World, who: str) -> None:
    if who not in world.people:
        world.add_person(who, who)
    request = world.request()
    assert_refused(Forbidden, partial(say, world, request, who))


def test_r57_who_does_not_see_it_is_told_nothing(world: World) -> None:
    world.add_person("nobody")
    request = world.request()
    written = say(world, request)
    assert_refused(NotFound, partial(say, world, request, "nobody"))
    assert_refused(NotFound, partial(resolve, world, written, "nobody"))


def test_r33_a_machine_comments_and_holds_nothing_up(world: World) -> None:
    accounts.grant_role(actor=ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    request = world.request()
    say(world, request, "machine")
    assert_refused(MayNotBlock, partial(block, world, request, "machine"))


@pytest.mark.parametrize("who", ["submitter", "dual"])
def test_r16_who_worked_on_it_holds_nothing_up(world: World, who: str) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        world.add_person("dual", "content_approver", "submitter")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("dual"), ad=tree.ad.pk, version=None, values={"text": "By dual"})
    request = world.submit(tree).request
    world.check(request)
    assert_refused(MayNotBlock, partial(block, world, request, who))


def test_r13_who_was_given_the_role_for_this_request_holds_nothing_up(world: World) -> None:
    request = world.request()
    world.add_person("late", "content_approver")
    say(world, request, "late")
    assert_refused(MayNotBlock, partial(block, world, request, "late"))


def test_r51_who_is_not_among_those_a_stage_names_holds_nothing_up(world: World) -> None:
    govern(world, stage(sections=EVERYTHING, people=[str(world.user("ann").pk)]))
    request = world.request()
    assert_refused(MayNotBlock, partial(block, world, request, "ben"))
    block(world, request, "ann")


# --- where -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "kept"),
    [("copy", "/copy"), ("/copy", "/copy"), ("copy.hashtags.0", "/copy/hashtags/0"), ("/disclosure/disclaimer", "/disclosure/disclaimer"),
     ("copy.call_to_action", "/copy/call_to_action"), ("creative.media.0.sha256", "/creative/media/0/sha256")],
)  # fmt: skip
def test_r51_a_place_by_pointer_or_by_dots(world: World, path: str, kept: str) -> None:
    assert say(world, world.request(), anchor=Anchor(path)).path == kept


@pytest.mark.parametrize(
    "path", ["", "/", "/copy/", "weather", "/copy/nothing", "/copy/hashtags/1", "/copy/hashtags/00", "/copy/hashtags/-1", "/copy/text/0", "copy..text", "/" + "c" * 300]
)
def test_r51_a_place_that_is_not_there_is_refused(world: World, path: str) -> None:
    refused = assert_refused(Invalid, partial(say, world, world.request(), anchor=Anchor(path)))
    assert isinstance(refused, Invalid)
    assert [error.field for error in refused.errors] == ["path"]


def test_r51_a_part_of_the_picture_and_a_moment_of_the_film(world: World) -> None:
    made = say(world, world.request(), anchor=Anchor(FILM, [100, 200, 900, 1], 1500))
    assert (made.path, made.region, made.at_ms) == (FILM, [100, 200, 900, 1], 1500)


@pytest.mark.parametrize(
    ("anchor", "field"),
    [(Anchor(FILM, [0, 0, 1001, 1]), "region"), (Anchor(FILM, [500, 0, 501, 1]), "region"), (Anchor(FILM, [-1, 0, 5, 5]), "region"),
     (Anchor(FILM, [0, 0, 0, 5]), "region"), (Anchor(FILM, [0, 0, 5]), "region"), (Anchor("/creative", [0, 0, 5, 5]), "path"),
     (Anchor("/copy/text", None, 1), "path"), (Anchor(FILM, None, 10**7), "at_ms"), (Anchor(FILM, None, -1), "at_ms")],
)  # fmt: skip
def test_r51_outside_the_picture_or_the_film_is_refused(world: World, anchor: Anchor, field: str) -> None:
    refused = assert_refused(Invalid, partial(say, world, world.request(), anchor=anchor))
    assert isinstance(refused, Invalid)
    assert [error.field for error in refused.errors] == [field]


def test_r51_a_comment_names_a_revision_of_the_request(world: World) -> None:
    request, other = world.request(), world.request()
    for more in ({"revision": uuid4()}, {"revision": revision(other)}, {"revision": None}, {"anchor": None}):
        refused = assert_refused(Invalid, partial(say, world, request, **more))
        assert isinstance(refused, Invalid)
        assert [error.field for error in refused.errors] == ["revision"]


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200b", "\u2800", "left \u202e right", "a\x00b", "x" * 4001])
def test_r51_what_cannot_be_read_is_not_written(world: World, text: str) -> None:
    refused = assert_refused(Invalid, partial(say, world, world.request(), text=text))
    assert isinstance(refused, Invalid)
    assert [error.field for error in refused.errors] == ["text"]


def test_r51_four_thousand_characters_over_several_lines(world: World) -> None:
    assert say(world, world.request(), text="a\r\nb\t" + "x" * 3996).text == "a\nb\t" + "x" * 3996


# --- replies -----------------------------------------------------------------------------------------------------------------


def test_r51_replies_stand_where_the_comment_does_one_level_deep(world: World) -> None:
    request = world.request()
    first = say(world, request, anchor=Anchor(FILM, [1, 2, 3, 4], 500))
    reply = say(world, request, "submitter", "It was agreed.", reply_to=first.pk)
    assert (reply.reply_to, reply.item, reply.path, reply.region, reply.at_ms) == (first, first.item, FILM, [1, 2, 3, 4], 500)
    for more in ({"reply_to": reply.pk}, {"reply_to": uuid4()}, {"reply_to": first.pk, "blocking": True}):
        assert_refused(Invalid, partial(say, world, request, "ben", "And mine", **more))
    assert_refused(NotFound, partial(resolve, world, reply, "ann"))


def test_r51_a_reply_to_a_comment_of_another_request_is_refused(world: World) -> None:
    first = say(world, world.request())
    assert_refused(Invalid, partial(say, world, world.request(), reply_to=first.pk))


def test_there_is_an_end_to_comments(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("approvals.services.commenting.MOST", 1)
    request = world.request()
    say(world, request)
    assert_refused(Conflict, partial(say, world, request))


# --- holding up --------------------------------------------------------------------------------------------------------------


def test_r51_a_blocking_comment_prevents_approval_until_it_is_resolved(world: World) -> None:
    request = world.request()
    comment = block(world, request, "ann")
    refused = assert_refused(BlockingComments, partial(world.decide, request, "content", by="ben"), comments=[str(comment.pk)])
    assert "You can still refuse" in str(refused)
    resolve(world, comment, "ann")
    world.decide(request, "content", by="ben")
    world.decide(request, "budget")
    assert again(request).state == "approved"


def test_r51_other_comments_prevent_nothing(world: World) -> None:
    request = world.request()
    say(world, request)
    world.decide(request, "content")
    world.decide(request, "budget")
    assert again(request).state == "approved"


@pytest.mark.parametrize(("verdict", "after"), [("reject", "rejected"), ("request_changes", "changes_requested"), ("abstain", "in_review")])
def test_r51_a_blocking_comment_prevents_no_other_verdict(world: World, verdict: str, after: str) -> None:
    request = world.request()
    block(world, request)
    world.decide(request, "content", verdict, by="ben")
    assert again(request).state == after


def test_r51_the_last_approval_waits_for_a_comment_on_a_stage_that_is_satisfied(world: World) -> None:
    request = world.request("content_approved")
    comment = block(world, request, "ann")
    assert_refused(BlockingComments, partial(world.decide, request, "budget"))
    resolve(world, comment, "ben")
    world.decide(request, "budget")
    assert Clearance.objects.filter(request=request).count() == 3


def test_r51_resolving_the_last_comment_carries_out_what_only_it_kept_back(world: World) -> None:
    """All but one of “everyone” approve, the last one abstains: enough, but for the comment."""
    govern(world, stage(everyone=True, sections=EVERYTHING))
    request = world.request()
    for name in ("content", "ann"):
        world.decide(request, "content", by=name)
    comment = block(world, request, "ben")
    world.decide(request, "content", "abstain", by="ben")
    assert again(request).state == "in_review"
    resolve(world, comment, "ben")
    assert (again(request).state, Clearance.objects.filter(request=request).count()) == ("approved", 3)


def test_r51_while_checks_are_awaited_and_after_changes_were_asked_for(world: World) -> None:
    for at in ("awaiting_checks", "changes_requested"):
        comment = block(world, world.request(at))
        say(world, comment.request, "submitter", "Which one?", reply_to=comment.pk)
        resolve(world, comment, "ann")


# --- resolving ---------------------------------------------------------------------------------------------------------------


def test_r51_a_blocking_comment_is_resolved_by_its_author_or_who_decides_on_that_section(world: World) -> None:
    for by, may in (("ann", True), ("ben", True), ("content", True), ("budget", False), ("submitter", False)):
        comment = block(world, world.request(), "ann")
        if may:
            resolve(world, comment, by)
        else:
            assert_refused(MayNotBlock, partial(resolve, world, comment, by))


def test_r51_a_section_that_no_stage_reads_is_anybodys_who_decides(world: World) -> None:
    request = world.request("approved")
    tree = world.tree_of[request.pk]
    govern(world, stage(sections=["copy"]), stage("budget", BUDGET))
    campaigns.edit_ad(actor=world.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Warm"})
    later = world.submit(tree).request
    world.check(later)
    assert [each.key for each in later.stages.all()] == ["content"]
    comment = block(world, later, "ann", anchor=Anchor("/destination"))
    assert_refused(MayNotBlock, partial(resolve, world, comment, "budget"))
    resolve(world, comment, "ben")


def test_r16_never_by_who_worked_on_it(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        world.add_person("dual", "content_approver", "submitter")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("dual"), ad=tree.ad.pk, version=None, values={"text": "By dual"})
    request = world.submit(tree).request
    world.check(request)
    comment = block(world, request, "ann")
    for name in ("dual", "submitter"):
        assert_refused(MayNotBlock, partial(resolve, world, comment, name))


def test_other_comments_are_resolved_by_whoever_comments(world: World) -> None:
    request = world.request()
    comment = say(world, request, "ann")
    assert resolve(world, comment, "submitter").is_resolved
    assert_refused(IllegalTransition, partial(resolve, world, comment, "ann"))
    assert not reopen(world, comment, "budget").is_resolved
    assert_refused(IllegalTransition, partial(reopen, world, comment, "ann"))
    assert list(CommentWord.objects.order_by("id").values_list("step", "name")) == [
        ("resolve", world.people["submitter"].name), ("reopen", world.people["budget"].name),
    ]  # fmt: skip


def test_r51_one_that_was_opened_again_holds_up_again(world: World) -> None:
    request = world.request()
    comment = block(world, request, "ann")
    resolve(world, comment, "ben")
    assert_refused(MayNotBlock, partial(reopen, world, comment, "submitter"))
    reopen(world, comment, "content")
    assert_refused(BlockingComments, partial(world.decide, request, "content", by="ben"))
    assert (len(events("approvals.comment.resolved")), len(events("approvals.comment.reopened"))) == (1, 1)


# --- frozen ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", ["approve", "reject", "withdraw", "supersede", "lapse"])
def test_r51_what_was_said_about_a_closed_request_stays(world: World, ended: str) -> None:
    with time_machine.travel(clock.now() - timedelta(days=15 if ended == "lapse" else 0), tick=True):
        request = world.request()
        comment = say(world, request, "content")
    if ended == "approve":
        world.decide_if_asked(request, "content", "budget")
    elif ended == "reject":
        world.decide(request, "content", "reject")
    elif ended == "withdraw":
        services.withdraw(actor=world.actor("submitter"), request=request.pk)
    elif ended == "supersede":
        change(world, request, "structure")
        amend(world, request)
    for act in (partial(say, world, request, "ann"), partial(resolve, world, comment, "ann"), partial(say, world, request, reply_to=comment.pk)):
        assert_refused(CommentsFrozen, act)


# --- the version before ------------------------------------------------------------------------------------------------------


def change(world: World, request: ApprovalRequest, what: str) -> None:
    tree, author = world.tree_of[request.pk], world.actor("submitter")
    if what == "copy":
        campaigns.edit_ad(actor=author, ad=tree.ad.pk, version=None, values={"text": "Warm jackets, cold days"})
    elif what == "structure":
        campaigns.edit_ad(actor=author, ad=tree.ad.pk, version=None, values={"name": "Another name"})
    else:
        values: AdGroupInput = {"budget": {"mode": "daily", "amount": "35.00"}}
        campaigns.edit_ad_group(actor=author, ad_group=tree.ad_group.pk, version=None, values=values)


def amend(world: World, request: ApprovalRequest) -> ApprovalRequest:
    later = world.submit(world.tree_of[request.pk], amend=True).request
    world.check(later)
    return again(later)


def test_r51_to_submit_again_is_no_way_past_a_blocking_comment(world: World) -> None:
    """Approvals on what did not change are carried over, and so are blocking comments."""
    govern(world, stage(quorum=1, carries=True), stage("budget", BUDGET, carries=True))
    request = world.request()
    world.decide(request, "content", by="ben")
    comment = block(world, request, "ann", anchor=Anchor(FILM, [1, 2, 3, 4], 5))
    change(world, request, "budget")
    later = amend(world, request)
    carried = later.comments.get()
    assert (carried.carried_from, carried.author, carried.text, carried.written_at) == (comment, comment.author, comment.text, comment.written_at)
    assert (carried.path, carried.region, carried.at_ms, carried.item.request) == (FILM, [1, 2, 3, 4], 5, later)
    assert said(later) == [("content", "Ben", "approve", True)]
    assert states(later) == {"content": "open", "budget": "pending"}
    assert [each["comment"] for each in events("approvals.comment.carried")] == [str(carried.pk)]
    resolve(world, carried, "ann")
    assert states(later) == {"content": "satisfied", "budget": "open"}, "what was carried over is enough"
    world.decide(later, "budget")
    assert again(later).state == "approved"


@pytest.mark.parametrize("what", ["changed", "resolved", "not blocking"])
def test_r51_what_is_settled_is_not_carried_over(world: World, what: str) -> None:
    request = world.request()
    comment = say(world, request, "ann") if what == "not blocking" else block(world, request, "ann")
    if what == "resolved":
        resolve(world, comment, "ann")
    change(world, request, "copy" if what == "changed" else "budget")
    later = amend(world, request)
    assert not later.comments.exists()
    world.decide(later, "content", by="ben")


def test_r51_carried_over_twice_and_after_it_was_opened_again(world: World) -> None:
    request = world.request()
    comment = block(world, request, "ann")
    resolve(world, comment, "ann")
    reopen(world, comment, "ann")
    for _turn in range(2):
        change(world, request, "structure" if _turn else "budget")
        world.tree_of[(request := amend(world, request)).pk] = world.tree_of.get(request.pk) or next(reversed(world.tree_of.values()))
    assert request.comments.get().carried_from.carried_from == comment  # type: ignore[union-attr]
    assert_refused(BlockingComments, partial(world.decide, request, "content", by="ben"))


def test_r16_a_comment_of_who_worked_on_the_new_version_is_resolved_by_others(world: World) -> None:
    with time_machine.travel(clock.now() - 12 * HOUR):
        world.add_person("dual", "content_approver", "submitter")
    request = world.request()
    block(world, request, "dual")
    campaigns.edit_ad(actor=world.actor("dual"), ad=world.tree_of[request.pk].ad.pk, version=None, values={"name": "By dual"})
    later = amend(world, request)
    carried = later.comments.get()
    assert_refused(MayNotBlock, partial(resolve, world, carried, "dual"))
    resolve(world, carried, "ben")


def test_r51_abstaining_does_not_slip_past(world: World) -> None:
    """The stage has its approvals by what was carried over; an abstention does not close it while the comment stands."""
    govern(world, stage(carries=True), stage("budget", BUDGET, step=1, carries=True))
    request = world.request()
    world.decide(request, "content", by="ben")
    block(world, request, "ann")
    change(world, request, "budget")
    later = amend(world, request)
    world.decide(later, "content", "abstain", by="ann")
    assert states(later)["content"] == "open"
    assert Decision.objects.filter(request=later).count() == 2
