"""Who is told of time that passes (R-20), of routes that stall (R-14), of comments (R-51), of what is added and what spends less; and
that nothing of it tells what a blind stage hides (R-19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import RoleGrant
from approvals import services, tasks
from approvals.anchors import Anchor
from approvals.lowering import Lowering
from approvals.models import ApprovalRequest, Comment
from audit.models import AuditEvent
from core import clock
from core.actor import Channel
from notices.models import Notice
from publishing import services as publishing
from tests.approvals.policies import BUDGET, EVERYTHING, again, govern, stage
from tests.builders import ROOT, World
from tests.notices.seeing import sent, told
from tests.publishing.conftest import publishing_simulator, studio  # noqa: F401 (fixtures)
from tests.publishing.studio import Studio

HOUR = timedelta(hours=1)
ALWAYS = {day: ["00:00", "24:00"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}


@pytest.fixture
def world(world: World) -> World:
    """Where working hours are hours; with three more who approve content, two days ago."""
    services.set_calendar(actor=ROOT, scope=world.organisation, timezone="UTC", hours=ALWAYS)
    with time_machine.travel(clock.now() - 48 * HOUR):
        for name in ("ann", "ben", "chief"):
            world.add_person(name, "content_approver")
    return world


def ids(world: World, *names: str) -> list[str]:
    return [str(world.user(name).pk) for name in names]


def put_forward(world: World, hours_ago: float, **more: Any) -> ApprovalRequest:
    """A request put forward so many hours ago, whose one stage asks Ann and Ben; who is asked was told."""
    with time_machine.travel(clock.now() - hours_ago * HOUR, tick=True):
        terms: dict[str, Any] = {"people": ids(world, "ann", "ben"), "deadline_hours": 8}
        govern(world, stage(sections=EVERYTHING, **(terms | more)))
        request = world.request()
    assert {each[1] for each in told(world)} == {"review_asked"}
    return request


# --- time --------------------------------------------------------------------------------------------------------------------


def test_r20_who_is_asked_still_is_told_that_it_is_due_soon(world: World) -> None:
    request = put_forward(world, 5, quorum=2, remind_before_hours=4)
    world.decide(request, "content", by="ann")
    for _again in range(2):
        tasks.keep_time()
    assert told(world) == {("ben", "review_due", "stage_waits")}
    row = Notice.objects.get(kind="review_due")
    assert (row.stages, row.done_by) == (["Content"], "")


def test_r20_who_decided_meanwhile_is_reminded_of_nothing(world: World) -> None:
    request = put_forward(world, 5, quorum=2, remind_before_hours=4)
    tasks.keep_time()
    world.decide(request, "content", by="ann")
    assert told(world) == {("ben", "review_due", "stage_waits")}


def test_r20_at_the_deadline_who_is_added_and_who_was_asked_are_told(world: World) -> None:
    put_forward(world, 9, escalate_to_people=ids(world, "chief", "auditor"))
    tasks.keep_time()
    assert told(world) == {
        ("chief", "review_asked", "escalated"), ("ann", "review_overdue", "stage_waits"), ("ben", "review_overdue", "stage_waits"),
        ("auditor", "review_overdue", "answers"),
    }  # fmt: skip


def test_r20_where_a_policy_names_nobody_who_manages_the_account_is_told(world: World) -> None:
    put_forward(world, 9)
    tasks.keep_time()
    assert told(world) == {
        ("access_manager", "review_overdue", "manages_account"), ("ann", "review_overdue", "stage_waits"), ("ben", "review_overdue", "stage_waits"),
    }  # fmt: skip


def test_r20_what_was_decided_meanwhile_is_late_for_nobody(world: World) -> None:
    request = put_forward(world, 9, escalate_to_people=ids(world, "chief"))
    tasks.keep_time()
    world.decide(request, "content", by="ann")
    assert told(world) == {("submitter", "approved", "submitted")}


def leave(world: World, *names: str) -> None:
    for grant in RoleGrant.objects.filter(user__in=[world.user(name).pk for name in names], revoked_at__isnull=True):
        accounts.revoke_role(actor=ROOT, grant=grant.pk)


@pytest.mark.parametrize(("more", "found"), [
    ({}, ("access_manager", "review_stalled", "manages_account")), ({"escalate_to_people": ["auditor"]}, ("auditor", "review_stalled", "answers")),
])  # fmt: skip
def test_r14_who_answers_for_a_stage_is_told_once_that_nobody_may_decide_it(world: World, more: dict[str, Any], found: tuple[str, str, str]) -> None:
    put_forward(world, 1, **{key: ids(world, *names) for key, names in more.items()})
    leave(world, "ann", "ben")
    for _again in range(2):
        tasks.watch_routes()
    assert told(world) == {found}
    letter = sent()[-1]
    assert letter.subject.startswith("Nobody may decide a review")
    assert "too_few" not in letter.body, "codes are for programs"


def test_r14_what_can_be_decided_again_is_told_to_nobody(world: World) -> None:
    put_forward(world, 1)
    leave(world, "ann", "ben")
    tasks.watch_routes()
    with time_machine.travel(clock.now() - 2 * HOUR):
        accounts.grant_role(actor=ROOT, role="content_approver", principal=world.user("ann"), scope=world.brand)
    tasks.watch_routes()
    assert not {each for each in told(world) if each[1] == "review_stalled"}


# --- blind stages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def blind(world: World) -> ApprovalRequest:
    """Ann alone may decide on the budget; on the content, blind, two of Ann, Ben and the chief."""
    leave(world, "budget")
    with time_machine.travel(clock.now() - HOUR):
        accounts.grant_role(actor=ROOT, role="budget_approver", principal=world.user("ann"), scope=world.brand)
        govern(world, stage(quorum=2, step=1, blind=True), stage("budget", BUDGET, step=1))
    request = world.request()
    tasks.watch_routes()
    told(world)
    return request


def test_r19_that_a_stage_stalls_by_a_decision_is_told_to_who_may_know_it(world: World, blind: ApprovalRequest) -> None:
    world.decide(blind, "content", by="ann")
    tasks.watch_routes()
    assert AuditEvent.objects.filter(action="approvals.stage.stalled", subject_id=str(blind.pk)).exists()
    assert told(world) == set(), "that nobody is left for the budget would tell what Ann decided"


def test_r19_r14_a_stage_that_stalls_by_nobody_s_decision_is_told(world: World, blind: ApprovalRequest) -> None:
    world.decide(blind, "content", by="ben")
    leave(world, "ann")
    tasks.watch_routes()
    assert told(world) == {("access_manager", "review_stalled", "manages_account")}


def test_r19_a_notice_names_nobody_who_decided_a_blind_stage(world: World) -> None:
    request = put_forward(world, 5, quorum=2, remind_before_hours=4, blind=True)
    world.decide(request, "content", by="ann", comment="Lovely")
    tasks.keep_time()
    assert told(world) == {("ben", "review_due", "stage_waits")}
    assert not Notice.objects.filter(done_by=world.people["ann"].email).exists()
    assert not any("Ann" in str(letter.body) or "Lovely" in str(letter.body) for letter in sent() if letter.to != [world.people["ann"].email])


# --- comments ----------------------------------------------------------------------------------------------------------------


def say(world: World, request: ApprovalRequest, by: str, text: str = "Too loud.", **more: Any) -> Comment:
    place: dict[str, Any] = {} if "reply_to" in more else {
        "revision": request.items.get(entity_type="ad").revision_id, "anchor": Anchor("/copy/text"),
    }  # fmt: skip
    actor = actor_for(world.machine, Channel.API) if by == "machine" else world.actor(by)
    return services.comment(actor=actor, request=request.pk, text=text, **place | more)


@pytest.fixture
def request_(world: World) -> ApprovalRequest:
    return put_forward(world, 1)


@pytest.mark.parametrize("blocking", [False, True])
def test_r51_a_comment_is_told_to_who_submitted_it_and_who_commented(world: World, request_: ApprovalRequest, blocking: bool) -> None:
    say(world, request_, "ben")
    assert told(world) == {("submitter", "commented", "submitted")}
    say(world, request_, "ann", "The price is wrong.", blocking=blocking)
    assert told(world) == {("submitter", "commented", "submitted"), ("ben", "commented", "commented")}
    letter = next(each for each in sent() if each.to == [world.people["ben"].email] and "New comment" in each.subject)
    assert "The price is wrong." in letter.body
    assert world.people["ann"].email in letter.body


def test_r51_a_reply_is_told_as_a_comment_and_machines_are_not_told(world: World, request_: ApprovalRequest) -> None:
    first = say(world, request_, "machine")
    told(world)
    say(world, request_, "submitter", "It is mended.", reply_to=first.pk)
    assert told(world) == set()
    say(world, request_, "ann", "Not quite.", reply_to=first.pk)
    assert told(world) == {("submitter", "commented", "submitted")}


def test_r51_that_it_is_resolved_is_told_to_who_wrote_it_and_that_it_is_open_again_to_all(world: World, request_: ApprovalRequest) -> None:
    comment = say(world, request_, "ann", "The price is wrong.", blocking=True)
    told(world)
    sent()
    services.resolve_comment(actor=world.actor("ben"), request=request_.pk, comment=comment.pk)
    assert told(world) == {("ann", "comment_resolved", "wrote_comment")}
    services.reopen_comment(actor=world.actor("ben"), request=request_.pk, comment=comment.pk)
    assert told(world) == {("submitter", "comment_reopened", "submitted"), ("ann", "comment_reopened", "commented")}
    letter = next(each for each in sent() if each.to == [world.people["ann"].email])
    assert "The price is wrong." in letter.body
    assert str(comment.pk) not in letter.body


def test_r57_a_comment_is_not_told_by_mail_to_who_may_not_see_it_any_more(world: World, request_: ApprovalRequest) -> None:
    say(world, request_, "ben")
    told(world)
    sent()
    say(world, request_, "ann", "The price is wrong.")
    told(world)
    leave(world, "ben")
    assert world.people["ben"].email not in {to for letter in sent() for to in letter.to}


# --- what is added, and what spends less -------------------------------------------------------------------------------------


def test_r12_stages_that_are_added_are_told_to_the_submitter_and_whom_they_ask(world: World) -> None:
    govern(world, stage(people=ids(world, "ann")), stage("budget", BUDGET))
    request = world.request()
    world.decide(request, "content", by="ann")
    govern(world, stage(people=ids(world, "ann")), stage("budget", BUDGET), stage("more", people=ids(world, "ben"), step=3))
    told(world)
    world.decide(request, "budget")
    assert again(request).state == "in_review"
    assert told(world) == {("submitter", "tightened", "submitted"), ("ben", "review_asked", "stage_waits")}
    assert Notice.objects.get(kind="tightened").stages == ["More"]


def test_r04_what_spends_less_is_told_to_who_approves_budgets(studio: Studio) -> None:  # noqa: F811 (a fixture)
    world = studio.world
    tree = world.tree()
    studio.published(tree)
    told(world)
    made = publishing.lower(actor=world.actor("operator"), entity_type="ad_group", entity=tree.ad_group.pk, to=Lowering(budget="25.00"))
    assert told(world) == {("budget", "lowered", "budgets")}
    row = Notice.objects.get(kind="lowered")
    assert (row.request_id, row.done_by, row.delivery) == (made.request.pk, world.people["operator"].email, "daily")
