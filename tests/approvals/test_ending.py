"""How a request ends other than by approval, and how a clearance ends (R-04, R-21, R-30, R-32)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import User
from approvals import locks, queries, services, tasks
from approvals.models import ApprovalRequest, Clearance, Decision, Revocation
from audit.models import AuditEvent
from core.actor import Channel, system
from core.errors import Conflict, Forbidden, IllegalTransition, Invalid, NotFound
from core.ids import uuid7
from tests import builders
from tests.approvals.observing import assert_refused

TASK = system(Channel.TASK)
OPEN = ("awaiting_checks", "in_review", "content_approved", "changes_requested")
ENDED = ("blocked", "approved", "rejected", "withdrawn", "revoked")


def again(request) -> ApprovalRequest:
    return ApprovalRequest.objects.get(pk=request.pk)


# --- withdraw ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["submitter", "operator"])
@pytest.mark.parametrize("at", OPEN)
def test_r30_withdrawn_until_cleared_and_decisions_stay(world, at, by):
    request = world.request(at=at)
    decisions = Decision.objects.count()
    services.withdraw(actor=world.actor(by), request=request.pk)
    assert again(request).state == "withdrawn"
    assert again(request).closed_at is not None
    assert not request.items.filter(is_open=True).exists()
    assert not request.stages.filter(state__in=("open", "pending")).exists()
    assert Decision.objects.count() == decisions


@pytest.mark.parametrize("at", ENDED)
def test_r30_what_has_ended_is_not_withdrawn(world, at):
    request = world.request(at=at)
    assert_refused(IllegalTransition, lambda: services.withdraw(actor=world.actor("submitter"), request=request.pk))


@pytest.mark.parametrize("by", ["content", "budget", "publisher", "auditor", "access_manager", "policy_manager"])
def test_r30_others_do_not_withdraw(world, by):
    request = world.request(at="in_review")
    assert_refused(Forbidden, lambda: services.withdraw(actor=world.actor(by), request=request.pk))


def test_r57_strangers_find_nothing_to_withdraw(world):
    request = world.request(at="in_review")
    other = builders.organisation("Evil")
    assert_refused(NotFound, lambda: services.withdraw(actor=other.actor("operator"), request=request.pk))
    assert_refused(NotFound, lambda: services.withdraw(actor=world.actor("operator"), request=uuid7()))


# --- revoke -----------------------------------------------------------------------------------------------------------


def test_r32_revoking_ends_every_clearance_with_the_reason(world):
    request = world.request(at="approved")
    services.revoke(actor=world.actor("operator"), request=request.pk, reason="Price is wrong.")
    assert again(request).state == "revoked"
    revocations = Revocation.objects.filter(clearance__request=request)
    assert revocations.count() == Clearance.objects.filter(request=request).count() == 3
    assert {each.reason for each in revocations} == {"Price is wrong."}


@pytest.mark.parametrize("at", [each for each in builders.STATES if each != "approved"])
def test_r32_only_what_is_approved_is_revoked(world, at):
    request = world.request(at=at)
    act = lambda: services.revoke(actor=world.actor("operator"), request=request.pk, reason="No.")  # noqa: E731
    assert_refused(IllegalTransition, act)


@pytest.mark.parametrize("by", ["submitter", "content", "budget", "publisher", "auditor"])
def test_r32_revoking_needs_operate(world, by):
    request = world.request(at="approved")
    assert_refused(Forbidden, lambda: services.revoke(actor=world.actor(by), request=request.pk, reason="No."))


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_r32_revoking_says_why(world, reason):
    request = world.request(at="approved")
    act = lambda: services.revoke(actor=world.actor("operator"), request=request.pk, reason=reason)  # noqa: E731
    assert_refused(Invalid, act)


def test_r04_a_machine_with_operate_may_revoke(world):
    """Safety is free, also for machines."""
    accounts.grant_role(actor=builders.ROOT, role="operator", principal=world.machine, scope=world.brand)
    request = world.request(at="approved")
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    services.revoke(actor=machine, request=request.pk, reason="Alarm.")
    assert again(request).state == "revoked"


# --- expire -----------------------------------------------------------------------------------------------------------


def test_r21_the_time_of_a_request(world):
    request = world.request(at="in_review")
    assert request.expires_at - request.submitted_at == timedelta(days=settings.REQUEST_EXPIRES_DAYS)
    assert settings.REQUEST_EXPIRES_DAYS == 14


@pytest.mark.parametrize("at", OPEN)
def test_r21_the_sweep_ends_open_requests_out_of_time_and_no_others(world, at):
    request = world.request(at=at)
    with time_machine.travel(request.expires_at - timedelta(seconds=1), tick=False):
        tasks.sweep()
        assert again(request).state != "expired"
    with time_machine.travel(request.expires_at, tick=False):
        tasks.sweep()
    # What still awaited its checks was checked by the sweep, and expired in the same or the next one.
    assert again(request).state == "expired"
    assert not request.items.filter(is_open=True).exists()


def test_r21_people_do_not_expire_requests(world):
    request = world.request(at="in_review")
    assert_refused(Forbidden, lambda: services.expire(actor=world.actor("operator"), request=request.pk))


def test_r21_nothing_expires_early(world):
    request = world.request(at="in_review")
    assert_refused(Conflict, lambda: services.expire(actor=TASK, request=request.pk))


@pytest.mark.parametrize("at", ["rejected", "withdrawn", "revoked", "blocked"])
def test_r21_what_has_ended_does_not_expire(world, at):
    request = world.request(at=at)
    with time_machine.travel(request.expires_at, tick=False):
        assert_refused(IllegalTransition, lambda: services.expire(actor=TASK, request=request.pk))


def test_r21_an_approved_request_never_expires_its_clearances_run_out(world):
    """Approved on the last day: the sweep that listed it as open a moment before does not take the approval away."""
    request = world.request(at="approved")
    until = max(Clearance.objects.filter(request=request).values_list("valid_until", flat=True))
    with time_machine.travel(max(until, request.expires_at), tick=False):
        assert_refused(IllegalTransition, lambda: services.expire(actor=TASK, request=request.pk))
        tasks.sweep()
    assert again(request).state == "approved"


def test_the_sweep_goes_on_after_a_request_that_somebody_else_brought_on(world, monkeypatch):
    first, second = world.request(at="in_review"), world.request(at="in_review")
    services.withdraw(actor=world.actor("submitter"), request=first.pk)
    monkeypatch.setattr(queries, "requests_out_of_time", lambda now: [first.pk, second.pk])
    with time_machine.travel(second.expires_at, tick=False):
        tasks.sweep()
    assert [again(first).state, again(second).state] == ["withdrawn", "expired"]


# --- all --------------------------------------------------------------------------------------------------------------


def test_every_end_is_recorded(world):
    for at, action in (("withdrawn", "withdrawn"), ("revoked", "revoked"), ("rejected", "rejected"), ("blocked", "blocked")):
        request = world.request(at=at)
        found = AuditEvent.objects.filter(subject_id=str(request.pk), action=f"approvals.request.{action}", outcome="recorded")
        assert found.count() == 1


def test_the_subject_of_a_missing_request_is_what_was_asked_for(world):
    with pytest.raises(NotFound):
        locks.request(uuid7())
