"""One person's act on one stage of one digest: who may, when, and what follows (R-02, R-08, R-13, R-16, R-18, R-19)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any, cast

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import RoleGrant, User
from approvals import queries, services
from approvals.errors import (
    ApprovalLapsed,
    ChecksFailNow,
    LateDecision,
    MachineDecision,
    RequestExpired,
    SecondSeat,
    SelfApproval,
    StageNotOpen,
)
from approvals.models import ApprovalRequest, Clearance, Decision, Stage
from campaigns import services as campaigns
from core import clock
from core.actor import Channel, system
from core.errors import Forbidden, IllegalTransition, ImprimaturError, Invalid, NotFound, StaleDigest
from core.ids import uuid7
from governance.services import publish_rule_set
from tests import builders
from tests.approvals.observing import assert_refused

NO = "Please change the first line."


def decide(actor, request, stage="content", verdict="approve", digest=None, comment=NO) -> Decision:
    return services.decide(
        actor=actor, request=request.pk, stage=stage, digest=digest or request.digest, verdict=verdict, comment=comment
    )


def state(request) -> tuple[str, list[str]]:
    """The request's state and its stages'."""
    return ApprovalRequest.objects.get(pk=request.pk).state, list(request.stages.values_list("state", flat=True))


# --- who --------------------------------------------------------------------------------------------------------------


def _machine(world):
    accounts.grant_role(actor=builders.ROOT, role="content_approver", principal=world.machine, scope=world.brand)
    return actor_for(User.objects.get(pk=world.machine.pk), Channel.API)


def _superuser(world):
    root = User.objects.create_superuser("root@acme.example", "x", name="Root", organisation=world.organisation)
    return actor_for(root, Channel.ADMIN)


def _auditing_superuser(world):
    """Sees, as an auditor; being superuser adds nothing (R-57)."""
    actor = _superuser(world)
    accounts.grant_role(actor=builders.ROOT, role="auditor", principal=actor.principal, scope=world.brand)
    return actor_for(User.objects.get(pk=actor.principal.pk), Channel.ADMIN)


def _stranger(world):
    other = builders.organisation("Evil")
    other.add_person("stranger", "content_approver", scope=other.organisation)
    return other.actor("stranger")


def _other_account(world):
    world.add_person("nearby", "content_approver", scope=world.second_account)
    return world.actor("nearby")


def _deactivated_meanwhile(world):
    """Logged in before, deactivated since."""
    actor = world.actor("content")
    accounts.deactivate_user(actor=builders.ROOT, user=world.people["content"].pk)
    return actor


def _role_lost_meanwhile(world):
    """The grants of this request were resolved before the role was taken away."""
    from accounts.permissions import grants_of_actor

    actor = world.actor("content")
    grants_of_actor(actor)
    accounts.revoke_role(actor=builders.ROOT, grant=RoleGrant.objects.get(user=world.people["content"]).pk)
    return actor


def _expired(world):
    ann = world.add_person("ann", "publisher")
    accounts.grant_role(
        actor=builders.ROOT, role="content_approver", principal=ann, scope=world.brand, expires_at=clock.now() + timedelta(hours=1)
    )
    return world.actor("ann")


WHO: dict[str, tuple[Any, type[Exception] | None]] = {
    "content approver": (lambda world: world.actor("content"), None),
    "budget approver": (lambda world: world.actor("budget"), Forbidden),
    "submitter": (lambda world: world.actor("submitter"), SelfApproval),
    "publisher": (lambda world: world.actor("publisher"), Forbidden),
    "operator": (lambda world: world.actor("operator"), Forbidden),
    "auditor": (lambda world: world.actor("auditor"), Forbidden),
    "access manager": (lambda world: world.actor("access_manager"), Forbidden),
    "policy manager": (lambda world: world.actor("policy_manager"), Forbidden),
    "machine with the role": (_machine, MachineDecision),
    "superuser": (_superuser, NotFound),
    "superuser who may look": (_auditing_superuser, Forbidden),
    "approver of another organisation": (_stranger, NotFound),
    "approver of another account": (_other_account, NotFound),
    "deactivated meanwhile": (_deactivated_meanwhile, NotFound),
    "lost the role meanwhile": (_role_lost_meanwhile, NotFound),
    "system": (lambda world: system(Channel.TASK), Forbidden),
}


@pytest.mark.parametrize("verdict", ["approve", "request_changes", "reject"])
@pytest.mark.parametrize("who", WHO)
def test_r16_r33_r57_who_may_decide(world, who, verdict):
    make, error = WHO[who]
    request = world.request(at="in_review")
    actor = make(world)
    if error is None:
        assert decide(actor, request, verdict=verdict).verdict == verdict
    else:
        assert_refused(error, lambda: decide(actor, request, verdict=verdict))  # type: ignore[arg-type]


def _one_stage_by(world, actor):
    stages = [{**builders.STAGES[0], "sections": [*builders.CONTENT_SECTIONS, *builders.BUDGET_SECTIONS]}]
    services.publish_policy(actor=actor, key="policy-acme", title="Loose now", stages=stages, scope=world.organisation)


@pytest.mark.parametrize("through", ["oneself", "a machine of one's own"])
def test_r16_who_last_changed_the_policy_decides_nothing_under_it(world, through):
    author = world.add_person("author", "policy_manager", "content_approver", scope=world.organisation)
    actor = world.actor("author")
    if through != "oneself":
        machine = accounts.create_service_account(actor=builders.ROOT, owner=author, email="m@acme.example", name="M")
        accounts.grant_role(actor=builders.ROOT, role="policy_manager", principal=machine, scope=world.organisation)
        actor = actor_for(User.objects.get(pk=machine.pk), Channel.API)
    _one_stage_by(world, actor)
    request = world.request(at="in_review")
    for verdict in ("approve", "request_changes", "reject"):
        assert_refused(SelfApproval, partial(decide, world.actor("author"), request, verdict=verdict))
    excluded = queries.seats(request, clock.now())[0].excluded
    assert [(person.name, why) for person, why in excluded] == [("Author", "policy_author")]
    decide(world.actor("content"), request)


def test_r16_who_changed_the_policy_before_somebody_else_did_decides(world):
    world.add_person("author", "policy_manager", "content_approver", scope=world.organisation)
    _one_stage_by(world, world.actor("author"))
    _one_stage_by(world, builders.ROOT)
    decide(world.actor("author"), world.request(at="in_review"))


def test_r57_an_expired_role_does_not_count(world):
    actor = _expired(world)
    request = world.request(at="in_review")
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert_refused(Forbidden, lambda: decide(actor, request))
    decide(actor_for(User.objects.get(pk=actor.principal.pk), Channel.API), request)


@pytest.mark.parametrize("role", ["content_approver", "budget_approver"])
def test_r16_a_submitter_with_the_role_does_not_decide(world, role):
    for each in ("content_approver", "budget_approver"):
        accounts.grant_role(actor=builders.ROOT, role=each, principal=world.user("submitter"), scope=world.brand)
    stage = role.removesuffix("_approver")
    request = world.request(at="in_review" if stage == "content" else "content_approved")
    assert_refused(SelfApproval, lambda: decide(world.actor("submitter"), request, stage))


def test_r16_who_edited_does_not_decide(world):
    world.add_person("editor", "submitter", "content_approver")
    tree = world.tree()
    campaigns.edit_ad(actor=world.actor("editor"), ad=tree.ad.pk, version=None, values={"text": "New"})
    request = world.request(at="in_review", tree=tree)
    assert_refused(SelfApproval, lambda: decide(world.actor("editor"), request))


def test_r16_the_human_owner_of_the_machine_that_submitted_does_not_decide(world):
    accounts.grant_role(actor=builders.ROOT, role="content_approver", principal=world.user("operator"), scope=world.brand)
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    request = world.submit(actor=machine).request
    world.check(request)
    assert_refused(SelfApproval, lambda: decide(world.actor("operator"), request))


def test_r16_the_human_owner_of_a_machine_that_edited_does_not_decide(world):
    accounts.grant_role(actor=builders.ROOT, role="content_approver", principal=world.user("operator"), scope=world.brand)
    machine = actor_for(User.objects.get(pk=world.machine.pk), Channel.API)
    tree = world.tree()
    campaigns.edit_ad(actor=machine, ad=tree.ad.pk, version=None, values={"text": "New"})
    request = world.request(at="in_review", tree=tree)
    assert_refused(SelfApproval, lambda: decide(world.actor("operator"), request))


def test_one_person_has_one_seat(world):
    accounts.grant_role(actor=builders.ROOT, role="budget_approver", principal=world.user("content"), scope=world.brand)
    request = world.request(at="content_approved")
    assert_refused(SecondSeat, lambda: decide(world.actor("content"), request, "budget"))
    assert_refused(SecondSeat, lambda: decide(world.actor("content"), request, "budget", "reject"))


# --- when -------------------------------------------------------------------------------------------------------------

ERRORS = {
    "awaiting_checks": IllegalTransition, "blocked": IllegalTransition, "in_review": None, "content_approved": None,
    "approved": IllegalTransition, "changes_requested": IllegalTransition, "rejected": IllegalTransition,
    "withdrawn": IllegalTransition, "revoked": IllegalTransition,
}  # fmt: skip
LATE = {"content_approved": ("content",), "approved": ("content", "budget")}
"""Stages to which a “no” comes too late (R-19)."""


@pytest.mark.parametrize("verdict", ["approve", "request_changes", "reject"])
@pytest.mark.parametrize("at", builders.STATES)
def test_every_verdict_in_every_state(world, at, verdict):
    """Both stages, by people who may: allowed only on the open stage of a request in review."""
    for stage in ("content", "budget"):
        world.add_person(f"fresh_{stage}", f"{stage}_approver")
    request = world.request(at=at)
    opened = {"in_review": "content", "content_approved": "budget"}.get(at)
    for stage in ("content", "budget"):
        actor = world.actor(f"fresh_{stage}")
        if stage == opened:
            continue
        error: type[ImprimaturError] = ERRORS[at] or StageNotOpen
        if verdict != "approve" and stage in LATE.get(at, ()):
            error = LateDecision
        assert_refused(error, partial(decide, actor, request, stage, verdict))
    if opened:
        decide(world.actor(f"fresh_{opened}"), request, opened, verdict)


def test_r08_the_digest_that_was_seen_is_the_one_decided(world):
    request = world.request(at="in_review")
    for digest in ("", "0" * 64, request.digest.upper(), request.digest[:-1]):
        act = partial(
            services.decide,
            actor=world.actor("content"), request=request.pk, stage="content", digest=digest, verdict="approve",
        )  # fmt: skip
        assert_refused(StaleDigest, act, digest=request.digest)


def test_unknown_requests_stages_and_verdicts(world):
    request = world.request(at="in_review")
    actor = world.actor("content")
    assert_refused(Invalid, lambda: decide(actor, request, "legal"))
    assert_refused(Invalid, lambda: decide(actor, request, verdict="maybe"))
    assert_refused(Invalid, lambda: decide(actor, request, verdict=""))
    request.pk = uuid7()
    assert_refused(NotFound, lambda: decide(actor, request))


@pytest.mark.parametrize("comment", ["", "   ", "\n\t"])
@pytest.mark.parametrize("verdict", ["request_changes", "reject"])
def test_a_negative_decision_says_why(world, verdict, comment):
    request = world.request(at="in_review")
    error = assert_refused(Invalid, lambda: decide(world.actor("content"), request, verdict=verdict, comment=comment))
    assert error.errors[0].field == "comment"  # type: ignore[attr-defined]


def test_r21_nobody_decides_after_the_time_ran_out_though_no_sweep_was_there(world):
    request = world.request(at="content_approved")
    with time_machine.travel(request.expires_at, tick=False):
        assert_refused(RequestExpired, lambda: decide(world.actor("budget"), request, "budget"))
    with time_machine.travel(request.expires_at - timedelta(seconds=1), tick=False):
        # Rules look at the time too; a rejection asks none of them.
        decide(world.actor("budget"), request, "budget", "reject")


# --- what follows -----------------------------------------------------------------------------------------------------


def test_the_way_of_an_approval(world):
    request = world.request(at="in_review")
    first = decide(world.actor("content"), request, comment="")
    assert state(request) == ("in_review", ["satisfied", "open"])
    assert not Clearance.objects.exists()
    second = decide(world.actor("budget"), request, "budget")
    assert state(request) == ("approved", ["satisfied", "satisfied"])
    assert [first.eligible_by, second.eligible_by] != ["", ""]
    cleared = list(Clearance.objects.order_by("item__position"))
    assert [(each.entity_type, each.limit_minor, each.currency) for each in cleared] == [
        ("campaign", 8000, "USD"), ("ad_group", 3000, "USD"), ("ad", None, "USD"),
    ]  # fmt: skip
    assert all(each.digest == each.revision.digest and each.request_digest == request.digest for each in cleared)
    assert not request.items.filter(is_open=True).exists()


@pytest.mark.parametrize("stage", ["content", "budget"])
def test_r18_one_rejection_ends_the_request(world, stage):
    request = world.request(at="in_review" if stage == "content" else "content_approved")
    decide(world.actor(stage), request, stage, "reject")
    expected = ["failed", "cancelled"] if stage == "content" else ["satisfied", "failed"]
    assert state(request) == ("rejected", expected)
    assert not request.items.filter(is_open=True).exists()


@pytest.mark.parametrize("stage", ["content", "budget"])
def test_r18_requested_changes_keep_the_entities_and_the_stages(world, stage):
    request = world.request(at="in_review" if stage == "content" else "content_approved")
    decide(world.actor(stage), request, stage, "request_changes")
    assert state(request)[0] == "changes_requested"
    assert request.items.filter(is_open=True).count() == 3


def policy(world, quorum):
    stages = [{**builders.STAGES[0], "quorum": quorum}, builders.STAGES[1]]
    services.publish_policy(actor=builders.ROOT, key="policy-acme", title="More", stages=stages, scope=world.organisation)
    for number in range(quorum):
        world.add_person(f"reader{number}", "content_approver")


def test_r18_a_quorum_of_three_needs_three_people(world):
    policy(world, 3)
    request = world.request(at="in_review")
    for number in range(3):
        assert state(request) == ("in_review", ["open", "pending"])
        decide(world.actor(f"reader{number}"), request)
    assert state(request) == ("in_review", ["satisfied", "open"])


def test_one_person_approving_twice_counts_once_and_both_rows_remain(world):
    policy(world, 2)
    request = world.request(at="in_review")
    decide(world.actor("reader0"), request)
    decide(world.actor("reader0"), request)
    assert state(request) == ("in_review", ["open", "pending"])
    assert Decision.objects.filter(request=request).count() == 2


def test_r19_who_changes_their_mind_to_no_ends_it(world):
    policy(world, 2)
    request = world.request(at="in_review")
    decide(world.actor("reader0"), request)
    decide(world.actor("reader0"), request, verdict="reject")
    assert state(request)[0] == "rejected"


def test_r13_who_lost_the_role_before_the_stage_closes_does_not_count(world):
    policy(world, 2)
    request = world.request(at="in_review")
    decide(world.actor("reader0"), request)
    accounts.revoke_role(actor=builders.ROOT, grant=RoleGrant.objects.get(user=world.people["reader0"]).pk)
    decide(world.actor("reader1"), request)
    assert state(request) == ("in_review", ["open", "pending"])
    decide(world.actor("content"), request)
    assert state(request) == ("in_review", ["satisfied", "open"])


@pytest.mark.parametrize("how", ["revoked", "deactivated"])
def test_r13_who_left_before_the_clearance_is_issued_does_not_count(world, how):
    request = world.request(at="content_approved")
    if how == "revoked":
        accounts.revoke_role(actor=builders.ROOT, grant=RoleGrant.objects.get(user=world.people["content"]).pk)
    else:
        accounts.deactivate_user(actor=builders.ROOT, user=world.people["content"].pk)
    assert_refused(ApprovalLapsed, lambda: decide(world.actor("budget"), request, "budget"), stage="content")
    decide(world.actor("budget"), request, "budget", "request_changes")


def test_r13_after_the_clearance_it_has_no_effect(world):
    request = world.request(at="approved")
    accounts.deactivate_user(actor=builders.ROOT, user=world.people["content"].pk)
    assert state(request)[0] == "approved"


# --- the rules of today -----------------------------------------------------------------------------------------------


def tighten(world, mode):
    rules = [{"rule": "text.forbidden_words", "mode": mode, "params": {"words": ["jackets"]}}]
    publish_rule_set(actor=builders.ROOT, key="crisis", title="Crisis", rules=rules, scope=world.brand)


@pytest.mark.parametrize("mode", ["hard", "soft"])
def test_r12_r23_rules_tightened_after_submission_are_asked_at_the_clearance(world, mode):
    request = world.request(at="content_approved")
    tighten(world, mode)
    error = assert_refused(ChecksFailNow, lambda: decide(world.actor("budget"), request, "budget"))
    assert [code.split(".")[0] for code in cast(list[str], error.extra["findings"])] == ["text"]
    assert state(request) == ("in_review", ["satisfied", "open"])
    decide(world.actor("budget"), request, "budget", "request_changes")


@pytest.mark.parametrize("mode", ["warn", "audit", "off"])
def test_r53_rules_that_do_not_block_do_not_block_then_either(world, mode):
    request = world.request(at="content_approved")
    tighten(world, mode)
    decide(world.actor("budget"), request, "budget")
    assert state(request)[0] == "approved"


def test_r12_a_later_policy_does_not_loosen_an_open_request(world):
    request = world.request(at="content_approved")
    loose = [{**builders.STAGES[0], "sections": [*builders.CONTENT_SECTIONS, *builders.BUDGET_SECTIONS]}]
    services.publish_policy(actor=builders.ROOT, key="policy-acme", title="One", stages=loose, scope=world.organisation)
    assert Stage.objects.filter(request=request).count() == 2
    assert state(request) == ("in_review", ["satisfied", "open"])
    decide(world.actor("budget"), request, "budget")


def test_r56_a_decision_records_who_how_and_what_was_seen(world):
    request = world.request(at="in_review")
    actor = actor_for(world.user("content"), Channel.ADMIN, address="192.0.2.7")
    row = Decision.objects.get(pk=decide(actor, request, comment="Good.").pk)
    assert (row.name, row.channel, row.address, row.comment) == ("Content", "admin", "192.0.2.7", "Good.")
    assert row.digest == request.digest
    assert row.checks == {"policies": request.policies}
    assert row.eligible_by
