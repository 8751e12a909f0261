"""Soft findings pass by an override of one revision or by a waiver for a time; hard ones never do (R-53)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import User
from approvals.errors import ChecksFailNow
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from campaigns import services as campaigns
from core import clock
from core.actor import Channel
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from governance.models import Finding, Override, Waiver
from governance.services import confirm_waiver, end_waiver, override_finding, propose_waiver, publish_rule_set
from tests import builders

pytestmark = pytest.mark.django_db
RULE = "text.forbidden_words"


@pytest.fixture
def world():
    world = builders.organisation()
    for name in ("ex", "wy"):
        world.add_person(name, "exception_approver", scope=world.organisation)
    demand(world, "soft")
    return world


def demand(world, mode: str, key: str = "brand", **more: Any) -> None:
    lines = [{"rule": RULE, "mode": mode, "params": {"words": ["jackets"]}}]
    publish_rule_set(actor=builders.ROOT, key=key, title="Brand", rules=lines, scope=world.organisation, **more)


def blocked(world, tree=None) -> ApprovalRequest:
    request = world.submit(tree).request
    world.check(request)
    request.refresh_from_db()
    assert request.state == "blocked"
    return request


def again(world, request: ApprovalRequest) -> str:
    """The state of the same content, submitted once more."""
    submitted = world.submit(world.tree_of[request.pk]).request
    world.check(submitted)
    submitted.refresh_from_db()
    return submitted.state


def finding(request: ApprovalRequest) -> Finding:
    return Finding.objects.get(check_run__request_items__request=request, rule=RULE, result="fail")


def override(world, request: ApprovalRequest, who: str = "ex", reason: str = "The name of the shop.") -> Override:
    return override_finding(actor=world.actor(who), finding=finding(request).pk, reason=reason)


def waiver(world, who: str = "ex", days: float = 7, **changed: Any) -> Waiver:
    said = {"rule": RULE, "scope": world.brand, "reason": "Jackets are all we sell.", "expires_at": clock.now() + timedelta(days=days)}
    return propose_waiver(actor=world.actor(who), **{**said, **changed})


# --- overrides ------------------------------------------------------------------------------------------------------------


def test_r53_a_soft_finding_blocks_until_it_is_overridden(world):
    request = blocked(world)
    assert again(world, request) == "blocked"
    override(world, request)
    assert again(world, request) == "in_review"
    event = AuditEvent.objects.get(action="governance.finding.overridden")
    assert (event.subject_type, event.actor_id) == ("ad", str(world.user("ex").pk))


def test_r53_an_override_is_for_this_digest_alone(world):
    request = blocked(world)
    override(world, request)
    ad = world.tree_of[request.pk].ad
    campaigns.edit_ad(actor=world.actor("submitter"), ad=ad.pk, version=None, values={"text": "Better jackets are here"})
    assert again(world, request) == "blocked"


def test_r53_a_hard_finding_is_never_overridden(world):
    demand(world, "hard")
    request = blocked(world)
    with pytest.raises(Conflict):
        override(world, request)
    assert not Override.objects.exists()


def test_r53_a_hard_rule_beside_the_overridden_soft_one_blocks(world):
    request = blocked(world)
    override(world, request)
    demand(world, "hard", key="legal")
    assert again(world, request) == "blocked"


def test_r16_nobody_overrides_for_what_they_worked_on(world):
    accounts.grant_role(actor=builders.ROOT, role="exception_approver", principal=world.user("submitter"), scope=world.brand)
    request = blocked(world)
    with pytest.raises(Forbidden):
        override(world, request, "submitter")
    assert not Override.objects.exists()


def test_r33_a_machine_overrides_nothing(world):
    accounts.grant_role(actor=builders.ROOT, role="exception_approver", principal=world.machine, scope=world.brand)
    actor = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    request = blocked(world)
    with pytest.raises(Forbidden):
        override_finding(actor=actor, finding=finding(request).pk, reason="Looks fine.")
    with pytest.raises(Forbidden):
        confirm_waiver(actor=actor, waiver=waiver(world).pk)
    assert not Override.objects.exists()


@pytest.mark.parametrize("who", ["submitter", "content", "policy_manager", "auditor"])
def test_r57_only_who_holds_the_right_overrides(world, who):
    request = blocked(world)
    with pytest.raises(Forbidden):
        override(world, request, who)
    with pytest.raises(Forbidden):
        waiver(world, who)
    assert not Override.objects.exists()
    assert not Waiver.objects.exists()


def test_r57_to_a_stranger_the_finding_is_not_there(world):
    other = builders.organisation("Evil")
    other.add_person("ex", "exception_approver", scope=other.organisation)
    request = blocked(world)
    for identifier in (finding(request).pk, uuid7()):
        with pytest.raises(NotFound):
            override_finding(actor=other.actor("ex"), finding=identifier, reason="Mine now.")


@pytest.mark.parametrize("reason", ["", "   \n"])
def test_an_override_says_why_and_is_said_once(world, reason):
    request = blocked(world)
    with pytest.raises(Invalid):
        override(world, request, reason=reason)
    override(world, request)
    with pytest.raises(Conflict):
        override(world, request, "wy")
    assert Override.objects.count() == 1


def test_r12_an_override_counts_when_it_is_cleared(world):
    request = blocked(world)
    override(world, request)
    submitted = world.submit(world.tree_of[request.pk]).request
    world.check(submitted)
    for stage in ("content", "budget"):
        world.decide(submitted, stage)
    submitted.refresh_from_db()
    assert submitted.state == "approved"


# --- waivers ------------------------------------------------------------------------------------------------------------------


def test_r53_a_waiver_holds_once_another_has_confirmed_it_until_it_ends(world):
    request = blocked(world)
    row = waiver(world)
    assert again(world, request) == "blocked"
    with pytest.raises(Forbidden):
        confirm_waiver(actor=world.actor("ex"), waiver=row.pk)
    assert again(world, request) == "blocked"
    confirm_waiver(actor=world.actor("wy"), waiver=row.pk)
    assert again(world, request) == "in_review"


@pytest.mark.parametrize("end", ["expired", "ended", "elsewhere"])
def test_r53_a_waiver_that_does_not_hold_lets_nothing_pass(world, end):
    scope = world.second_account if end == "elsewhere" else world.brand
    row = waiver(world, scope=scope)
    confirm_waiver(actor=world.actor("wy"), waiver=row.pk)
    if end == "ended":
        end_waiver(actor=world.actor("ex"), waiver=row.pk)
    at = clock.now() + timedelta(days=8 if end == "expired" else 0, seconds=1)
    with time_machine.travel(at, tick=True):
        blocked(world)


def test_r12_a_waiver_that_ran_out_before_it_was_cleared_does_not_count(world):
    row = waiver(world, days=1)
    confirm_waiver(actor=world.actor("wy"), waiver=row.pk)
    request = world.request(at="content_approved")
    with time_machine.travel(clock.now() + timedelta(days=2)), pytest.raises(ChecksFailNow):
        world.decide(request, "budget")
    request.refresh_from_db()
    assert request.state == "in_review"


def test_a_waiver_is_confirmed_once_and_ends_once(world):
    row = waiver(world)
    confirm_waiver(actor=world.actor("wy"), waiver=row.pk)
    with pytest.raises(Conflict):
        confirm_waiver(actor=world.actor("wy"), waiver=row.pk)
    end_waiver(actor=world.actor("wy"), waiver=row.pk)
    with pytest.raises(Conflict):
        end_waiver(actor=world.actor("ex"), waiver=row.pk)


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_a_waiver_ends_ahead_and_not_too_far(world, days):
    with pytest.raises(Invalid):
        waiver(world, days=days)
    with pytest.raises(Invalid):
        waiver(world, rule="no.such")
    with pytest.raises(Invalid):
        waiver(world, reason=" ")
    assert not Waiver.objects.exists()


def test_a_waiver_on_the_organisation_is_not_for_who_holds_the_right_on_one_brand(world):
    accounts.grant_role(actor=builders.ROOT, role="exception_approver", principal=world.user("content"), scope=world.brand)
    accounts.grant_role(actor=builders.ROOT, role="publisher", principal=world.user("content"), scope=world.organisation)
    row = waiver(world, scope=world.organisation)
    with pytest.raises(Forbidden):
        confirm_waiver(actor=world.actor("content"), waiver=row.pk)
    with pytest.raises(NotFound):
        confirm_waiver(actor=world.actor("content"), waiver=uuid7())
