"""An account that somebody else had in hand (R-32): what it decided counts no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from accounts import services as accounts
from accounts.models import ApiToken, RoleGrant
from approvals import compromises, queries, services
from approvals.models import Clearance, Compromise, Decision, Recall, Revocation
from audit.models import AuditEvent
from core import clock
from core.actor import Channel, system
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from publishing import tasks
from tests import builders

HOUR = timedelta(hours=1)
TASK = system(Channel.TASK)


def declare(world, who="content", since=HOUR, by="access_manager", reason="His laptop was stolen."):
    return services.declare_compromised(
        actor=world.actor(by), user=world.people[who].pk, since=clock.now() - since, reason=reason
    )  # fmt: skip


@pytest.fixture
def manager(world):
    """Somebody manages access of the whole organisation."""
    accounts.grant_role(actor=builders.ROOT, principal=world.people["access_manager"], role="access_manager", scope=world.organisation)
    return world


@pytest.fixture
def second(manager):
    """Another approver of content, for longer than any test goes back."""
    with time_machine.travel(clock.now() - timedelta(days=2)):
        manager.add_person("dee", "content_approver")
    return manager


def approve(world, request, who, stage="content", verdict="approve", comment=""):
    return services.decide(
        actor=world.actor(who), request=request.pk, stage=stage, digest=request.digest, verdict=verdict, comment=comment
    )


def stage(request, key="content"):
    return request.stages.get(key=key)


def outcomes():
    return {each.request_id: each.outcome for each in Recall.objects.all()}


# --- who, and what it takes ------------------------------------------------------------------------------------------------------


def test_r32_the_account_is_shut_at_once(manager):
    person = manager.people["content"]
    accounts.create_api_token(actor=manager.actor("content"), user=person, name="laptop")
    fact = declare(manager)
    person.refresh_from_db()
    assert (person.is_active, person.has_usable_password()) == (False, False)
    assert not RoleGrant.objects.filter(user=person, revoked_at__isnull=True).exists()
    assert not ApiToken.objects.filter(user=person, revoked_at__isnull=True).exists()
    assert (fact.person_id, fact.declared_by_id) == (person.pk, manager.people["access_manager"].pk)
    event = AuditEvent.objects.get(action="approvals.account.compromised")
    assert (event.subject_id, event.outcome) == (str(person.pk), "recorded")
    assert "His laptop was stolen." in event.canonical


@pytest.mark.parametrize("who", ["operator", "policy_manager", "auditor", "submitter"])
def test_r57_only_who_manages_access_declares_it(manager, who):
    with pytest.raises((Forbidden, NotFound)):
        declare(manager, by=who)
    assert not Compromise.objects.exists()
    assert manager.people["content"].__class__.objects.get(pk=manager.people["content"].pk).is_active


def test_r32_nobody_declares_their_own_account(manager):
    with pytest.raises(Forbidden):
        declare(manager, who="access_manager")
    assert not Compromise.objects.exists()


def test_r57_whoever_manages_access_elsewhere_learns_nothing(manager):
    stranger = builders.organisation("Evil").people["content"]
    actor = manager.actor("access_manager")
    with pytest.raises(NotFound):
        services.declare_compromised(actor=actor, user=stranger.pk, since=clock.now(), reason="Stolen.")
    with pytest.raises(NotFound):
        services.declare_compromised(actor=actor, user=uuid7(), since=clock.now(), reason="Stolen.")
    assert not Compromise.objects.exists()


@pytest.mark.parametrize(("since", "reason", "field"), [(-HOUR, "Why", "since"), (HOUR, "  ", "reason")])
def test_what_is_said_has_to_make_sense(manager, since, reason, field):
    with pytest.raises(Invalid) as refused:
        declare(manager, since=since, reason=reason)
    assert [each.field for each in refused.value.errors] == [field]
    assert not Compromise.objects.exists()


# --- open requests ---------------------------------------------------------------------------------------------------------------


def test_r32_a_satisfied_stage_of_an_open_request_opens_again(second):
    request = second.request(at="content_approved")
    tasks.recall(str(declare(second).pk))
    assert (stage(request).state, stage(request).closed_at) == ("open", None)
    assert stage(request, "budget").state == "open", "what was opened since stays so"
    assert Decision.objects.filter(request=request).count() == 1, "what was said is history still"
    assert outcomes() == {request.pk: "reopened"}
    approve(second, request, "dee")
    approve(second, request, "budget", "budget")
    request.refresh_from_db()
    assert request.state == "approved"


def test_r32_before_it_is_seen_to_the_last_approval_is_refused(second):
    """The votes count nowhere from the declaration on, whatever the tasks do."""
    request = second.request(at="content_approved")
    declare(second)
    with pytest.raises(Exception, match="approval_lapsed"):
        approve(second, request, "budget", "budget")
    assert not Clearance.objects.filter(request=request).exists()


def test_r32_what_was_decided_before_counts(second):
    with time_machine.travel(clock.now() - 3 * HOUR):
        request = second.request(at="content_approved")
    tasks.recall(str(declare(second).pk))
    assert stage(request).state == "satisfied"
    assert outcomes() == {}


def test_r32_a_vote_that_was_not_needed_changes_nothing(second):
    services.publish_policy(
        actor=builders.ROOT, key="policy-acme", title="Two", scope=second.organisation,
        stages=[{**builders.STAGES[0], "quorum": 2}, builders.STAGES[1]],
    )  # fmt: skip
    with time_machine.travel(clock.now() - timedelta(days=2)):
        second.add_person("eve", "content_approver")
    request = second.request(at="in_review")
    for who in ("content", "dee"):
        approve(second, request, who)
    assert stage(request).state == "satisfied"
    tasks.recall(str(declare(second).pk))
    assert stage(request).state == "open"
    approve(second, request, "eve")
    assert stage(request).state == "satisfied"


def test_r32_a_request_that_the_account_sent_back_goes_on(second):
    request = second.request(at="in_review")
    approve(second, request, "content", verdict="request_changes", comment="No.")
    tasks.recall(str(declare(second).pk))
    request.refresh_from_db()
    assert request.state == "in_review"
    assert outcomes() == {request.pk: "resumed"}


def test_r32_the_vote_before_it_stands_again(second):
    """Somebody who took their own `no` away with the person's account has not taken it away."""
    with time_machine.travel(clock.now() - 3 * HOUR):
        request = second.request(at="in_review")
        approve(second, request, "content", verdict="request_changes", comment="The claim is wrong.")
    approve(second, request, "content")
    assert stage(request).state == "satisfied"
    declare(second)
    assert [each.verdict for each in compromises.counting(Decision.objects.filter(request=request))] == ["request_changes"]


# --- what is cleared -------------------------------------------------------------------------------------------------------------


def test_r32_a_clearance_that_needed_it_is_revoked_before_it_is_used(second):
    request = second.request(at="approved", publish="manual")
    tasks.recall(str(declare(second).pk))
    request.refresh_from_db()
    assert request.state == "revoked"
    assert Revocation.objects.filter(clearance__request=request).count() == Clearance.objects.filter(request=request).count() > 0
    assert "His laptop was stolen." in Revocation.objects.filter(clearance__request=request).earliest("pk").reason
    assert outcomes() == {request.pk: "revoked"}


def test_r32_each_request_is_seen_to_once_and_the_sweep_finds_what_was_lost(second):
    request = second.request(at="approved", publish="manual")
    fact = declare(second)
    tasks.sweep()
    tasks.sweep()
    assert outcomes() == {request.pk: "revoked"}
    with pytest.raises(Conflict):
        services.recall(actor=TASK, compromise=fact.pk, request=request.pk, is_out=lambda request: False)


def test_r32_nobody_but_the_service_sees_to_them(second):
    request = second.request(at="approved", publish="manual")
    fact = declare(second)
    with pytest.raises(Forbidden):
        services.recall(actor=second.actor("access_manager"), compromise=fact.pk, request=request.pk, is_out=lambda request: False)
    assert not Recall.objects.exists()


def test_r15_what_another_decided_by_a_delegation_it_gave_counts_no_more(second):
    accounts.delegate(
        actor=second.actor("content"), delegator=second.people["content"], deputy=second.people["dee"], scope=second.brand,
        permissions=["approve_content"], expires_at=clock.now() + timedelta(days=5),
    )  # fmt: skip
    request = second.request(at="in_review")
    services.decide(
        actor=second.actor("dee"), request=request.pk, stage="content", digest=request.digest, verdict="approve",
        on_behalf_of=second.people["content"].pk,
    )  # fmt: skip
    assert stage(request).state == "satisfied"
    tasks.recall(str(declare(second).pk))
    assert stage(request).state == "open"
    approve(second, request, "dee")
    assert stage(request).state == "satisfied", "in their own name it is theirs"


def test_who_manages_access_sees_what_became_of_it(second):
    second.request(at="approved", publish="manual")
    tasks.recall(str(declare(second).pk))
    (fact,) = compromises.visible_compromises(second.actor("access_manager"))
    assert [each.outcome for each in fact.recalls.all()] == ["revoked"]
    assert not compromises.visible_compromises(second.actor("submitter")).exists()


def test_seats_of_a_reopened_stage_wait_for_others(second):
    request = second.request(at="content_approved")
    tasks.recall(str(declare(second).pk))
    row = queries.get_request(second.actor("dee"), request.pk)
    (seats,) = [each for each in queries.seats(row, clock.now()) if each.stage.key == "content"]
    assert [person.name for person in seats.waiting] == [second.people["dee"].name]
    assert [vars(each)["is_void"] for each in row.decisions.all()] == [True]
