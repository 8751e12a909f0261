"""Who is told of what, and why: every event of the log that is told of, and nobody twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from approvals import services as approvals
from approvals import tasks as approvals_tasks
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from campaigns import services as campaigns
from core import clock
from core.actor import Channel
from core.errors import ImprimaturError
from notices import reading
from notices.kinds import DEFAULTS, Kind, Reason
from notices.models import Cursor, Mail, Notice, Taken
from notices.sources import SOURCES
from tests.approvals.policies import BUDGET, govern, stage
from tests.builders import ROOT, World
from tests.notices.seeing import told


def amend(world: World, request: ApprovalRequest) -> None:
    """Put what was edited since in the place of a request, and have it checked."""
    world.check(world.submit(world.tree_of[request.pk], amend=True).request)


# --- whom a stage asks -------------------------------------------------------------------------------------------------------


def test_a_review_that_begins_is_told_to_those_its_first_stage_asks(world: World):
    world.add_person("another", "content_approver")
    world.request("in_review")
    assert told(world) == {("content", "review_asked", "stage_waits"), ("another", "review_asked", "stage_waits")}
    assert {tuple(row.stages) for row in Notice.objects.all()} == {("Content",)}


def test_stages_of_the_next_step_are_told_when_they_open(world: World):
    request = world.request("in_review")
    told(world)
    world.decide(request, "content")
    assert told(world) == {("budget", "review_asked", "stage_waits")}


def test_who_comes_late_is_told_of_the_stage_that_waits_now(world: World):
    """Nobody read the log meanwhile: the first stage waits for nobody any more."""
    world.request("content_approved")
    assert told(world) == {("budget", "review_asked", "stage_waits")}


def test_r16_contributors_are_never_asked(world: World):
    for role in ("content_approver", "budget_approver"):
        accounts.grant_role(actor=ROOT, role=role, principal=world.user("submitter"), scope=world.brand)
    world.request("content_approved")
    assert not {each for each in told(world) if each[0] == "submitter"}


def test_only_the_people_a_stage_names_are_told(world: World):
    named = world.add_person("named", "content_approver")
    govern(world, stage(people=[str(named.pk)]), stage("budget", BUDGET))
    world.request("in_review")
    assert told(world) == {("named", "review_asked", "stage_waits")}


def test_r14_where_nobody_may_decide_whoever_manages_the_account_is_told(world: World):
    request = world.request("in_review")
    told(world)
    accounts.deactivate_user(actor=ROOT, user=world.people["budget"].pk)
    world.decide(request, "content")
    approvals_tasks.watch_routes()
    assert told(world) == {("access_manager", "review_stalled", "manages_account")}


# --- those who worked on it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "kind"), [
    ("changes_requested", "changes_requested"), ("rejected", "rejected"), ("approved", "approved"), ("blocked", "blocked"),
    ("revoked", "revoked"),
])  # fmt: skip
def test_what_becomes_of_a_request_is_told_to_who_submitted_it(world: World, state: str, kind: str):
    world.request(state)
    assert ("submitter", kind, "submitted") in told(world)


def test_who_withdraws_it_is_not_told_and_contributors_are(world: World):
    helper = world.add_person("helper", "submitter")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("helper"), ad=tree.ad.pk, values={"text": "Warmer jackets are here"}, version=None)
    request = world.request("in_review", tree)
    assert str(helper.pk) in request.contributors
    told(world)
    approvals.withdraw(actor=world.actor("submitter"), request=request.pk)
    assert told(world) == {("helper", "withdrawn", "contributed")}


def test_an_operator_s_withdrawal_is_told_to_the_submitter(world: World):
    request = world.request("in_review")
    told(world)
    approvals.withdraw(actor=world.actor("operator"), request=request.pk)
    assert told(world) == {("submitter", "withdrawn", "submitted")}
    assert Notice.objects.get(kind="withdrawn").done_by == world.people["operator"].email


def test_what_runs_out_is_told(world: World):
    with time_machine.travel(clock.now() - timedelta(days=15)):
        world.request("in_review")
    told(world)
    approvals_tasks.sweep()
    assert told(world) == {("submitter", "expired", "submitted")}
    assert Notice.objects.get(kind="expired").done_by == ""


def test_who_wrote_a_policy_and_nothing_else_is_not_told_of_requests(world: World):
    """They may not decide it (R-16), but it is not theirs."""
    said: Any = {"key": "theirs", "title": "Theirs", "scope": world.brand}
    approvals.publish_policy(actor=world.actor("policy_manager"), stages=[stage(), stage("budget", BUDGET)], **said)
    request = world.request("rejected")
    assert str(world.people["policy_manager"].pk) in request.contributors
    assert ("policy_manager", "rejected", "contributed") not in told(world)


def test_r33_a_machine_is_never_told_and_its_owner_is(world: World):
    request = world.submit(actor=actor_for(world.machine, Channel.API)).request
    world.check(request)
    world.decide(request, "content", "reject")
    owner = next(name for name, user in world.people.items() if user.pk == world.machine.owner_id)
    found = told(world)
    assert (owner, "rejected", "contributed") in found
    assert not {each for each in found if each[0] == "machine"}


def test_nobody_is_told_who_was_deactivated(world: World):
    request = world.request("in_review")
    accounts.deactivate_user(actor=ROOT, user=world.people["submitter"].pk)
    world.decide(request, "content", "reject")
    assert not {each for each in told(world) if each[0] == "submitter"}


def test_nobody_is_told_of_what_they_did(world: World):
    world.request("revoked")
    operator = world.people["operator"].pk
    revoked = AuditEvent.objects.get(action="approvals.request.revoked")
    assert revoked.actor_id == str(operator)
    told(world)
    assert not Notice.objects.filter(event=revoked.pk, person=operator).exists()


# --- those who decided -------------------------------------------------------------------------------------------------------


def test_r32_who_approved_is_told_that_it_was_revoked(world: World):
    request = world.request("approved")
    told(world)
    approvals.revoke(actor=world.actor("operator"), request=request.pk, reason="The price is wrong.")
    assert told(world) == {
        ("submitter", "revoked", "submitted"), ("content", "revoked", "approved_it"), ("budget", "revoked", "approved_it"),
    }  # fmt: skip


@pytest.mark.parametrize(("edited", "found"), [
    ("budget", ("content", "decision_carried", "decision_carried")), ("text", ("content", "decision_outdated", "decision_outdated")),
])  # fmt: skip
def test_r07_the_owner_of_a_decision_is_told_what_became_of_it(world: World, edited: str, found: tuple[str, str, str]):
    govern(world, stage(carries=True), stage("budget", BUDGET))
    request = world.request("content_approved")
    told(world)
    tree, actor = world.tree_of[request.pk], world.actor("submitter")
    if edited == "text":
        campaigns.edit_ad(actor=actor, ad=tree.ad.pk, version=None, values={"text": "Warm jackets, cold days"})
    else:
        campaigns.edit_ad_group(actor=actor, ad_group=tree.ad_group.pk, version=None, values={"budget": {"mode": "daily", "amount": "35.00"}})
    amend(world, request)
    now = told(world)
    assert {each for each in now if each[1].startswith("decision_")} == {found}
    asked = {each[0] for each in now if each[1] == "review_asked"}
    assert asked == ({"budget"} if edited == "budget" else {"content"})


# --- reading -----------------------------------------------------------------------------------------------------------------


def test_an_event_is_read_once(world: World):
    world.request("in_review")
    assert told(world)
    assert told(world) == set()
    assert Mail.objects.count() == Notice.objects.count()


def test_what_is_committed_late_is_found_behind_the_cursor(world: World, monkeypatch: pytest.MonkeyPatch):
    """A transaction that ended after others that began later: its event has an earlier key than what was read."""
    request = world.request("in_review", world.tree())  # anew: what is said again is as old as when it was said first
    late = set(AuditEvent.objects.filter(action="approvals.request.reviewable").values_list("pk", flat=True))
    whole = reading.unread_events
    monkeypatch.setattr(reading, "unread_events", lambda position: [each for each in whole(position) if each.pk not in late])
    world.decide(request, "content")
    assert told(world) == {("budget", "review_asked", "stage_waits")}
    position = Cursor.objects.get().position
    assert position is not None
    assert max(late) < position
    monkeypatch.setattr(reading, "unread_events", whole)
    reading.read_on()
    assert set(Taken.objects.filter(event__in=late).values_list("event", flat=True)) == late


def test_pages_are_read_one_after_another(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "PAGE", 1)
    world.request("rejected")
    reading.read_on()
    read = AuditEvent.objects.filter(action__in=SOURCES, outcome="recorded").count()
    assert Taken.objects.count() == read > 1


def test_refusals_are_not_told(world: World):
    request = world.request("in_review")
    told(world)
    with pytest.raises(ImprimaturError):
        approvals.withdraw(actor=world.actor("auditor"), request=request.pk)
    assert AuditEvent.objects.filter(action="approvals.request.withdrawn", outcome="refused").exists()
    assert told(world) == set()


def test_every_kind_has_a_default_and_every_reason_a_sentence():
    assert set(DEFAULTS) == set(Kind.values)
    assert all(str(each.label).endswith(".") for each in Reason)
