"""Stages that a rule leaves out: the only approval by a machine (R-20)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts import services as accounts
from approvals.anchors import Anchor
from approvals.models import ApprovalRequest, Clearance, Decision, Stage
from approvals.proposals import by_people
from approvals.routing import route
from approvals.services import comment, publish_policy, set_envelope, withdraw
from approvals.stage_specs import parse_stages
from audit.models import AuditEvent
from campaigns import services as campaigns
from campaigns.inputs import AdGroupInput
from core.money import Money
from tests.approvals.policies import BUDGET, EVERYTHING, govern, stage, states
from tests.builders import ROOT, Tree, World


def envelope(world: World, minor: int = 10_000_00, **more: Any) -> None:
    month = timezone.now().date().replace(day=1)
    scope = more.pop("scope", world.account)
    set_envelope(
        actor=world.actor("policy_manager"), scope=scope, title="Autumn", amount=Money(minor, world.account.currency), first_month=month
    )


def automatic(**more: Any) -> dict[str, Any]:
    return stage("rule", EVERYTHING, automatic=True) | more


@pytest.fixture
def clean(world: World) -> World:
    """A world with a campaign that people approved: what changes of its budgets, the checks have nothing to say of."""
    first = world.request("approved")
    world.tree_of["it"] = world.tree_of[first.pk]
    return world


def raised(world: World, amount: str = "35.00") -> ApprovalRequest:
    """The ad group's daily budget from 30 to another, put forward and checked."""
    values: AdGroupInput = {"budget": {"mode": "daily", "amount": amount}}
    tree = world.tree_of["it"]
    campaigns.edit_ad_group(actor=world.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values=values)
    return checked(world, tree)


def checked(world: World, tree: Tree) -> ApprovalRequest:
    request = world.submit(tree).request
    world.check(request)
    return ApprovalRequest.objects.get(pk=request.pk)


def by_people_alone(request: ApprovalRequest) -> None:
    assert states(request)["rule"] == "open"
    assert state(request) == "in_review"
    assert not Clearance.objects.filter(request=request).exists()


def state(request: ApprovalRequest) -> str:
    return str(ApprovalRequest.objects.values_list("state", flat=True).get(pk=request.pk))


def test_r20_what_a_rule_leaves_out_is_cleared_without_a_decision(clean: World) -> None:
    envelope(clean)
    govern(clean, automatic())
    request = raised(clean)
    assert (states(request), state(request)) == ({"rule": "skipped"}, "approved")
    assert Clearance.objects.filter(request=request).count() == 1
    assert not Decision.objects.filter(request=request).exists(), "nobody decided, and nobody is counted"
    told = AuditEvent.objects.filter(subject_id=str(request.pk)).order_by("id")
    assert [(each.action, each.actor_kind) for each in told][-2:] == [
        ("approvals.stage.skipped", "system"), ("approvals.request.approved", "system"),
    ]  # fmt: skip
    assert request.policies[0]["id"] in told[len(told) - 2].canonical, "which policy allowed it"


def test_r20_without_an_envelope_people_are_asked(clean: World) -> None:
    govern(clean, automatic())
    request = raised(clean)
    by_people_alone(request)
    clean.decide(request, "rule", by="content")
    assert state(request) == "approved", "they decide it as any stage"


def test_r20_an_envelope_that_is_too_small_leaves_it_to_people(clean: World) -> None:
    envelope(clean, 300_00)  # what is approved already: ten days of 30
    govern(clean, automatic())
    by_people_alone(raised(clean))


def test_r20_a_warning_leaves_it_to_people(clean: World) -> None:
    envelope(clean)
    govern(clean, automatic())
    tree = clean.tree_of["it"]
    campaigns.edit_ad(actor=clean.actor("submitter"), ad=tree.ad.pk, version=None, values={"text": "Warm jackets, cold days"})
    request = checked(clean, tree)
    assert {each.check_run.outcome for each in request.items.all()} != {"passed"}, "the checks remark something"
    by_people_alone(request)


def test_r11_a_policy_that_asks_a_person_is_asked_whatever_another_says(clean: World) -> None:
    envelope(clean)
    govern(clean, automatic())
    govern(clean, stage("rule", EVERYTHING), key="people")
    by_people_alone(raised(clean))


def test_r20_a_person_s_stage_beside_it_is_asked(clean: World) -> None:
    envelope(clean)
    govern(clean, stage("budget", ["schedule", "bid", "budget"], quorum=1), stage("rule", BUDGET, automatic=True))
    request = raised(clean)
    assert states(request) == {"budget": "open", "rule": "pending"}
    clean.decide(request, "budget")
    assert (states(request), state(request)) == ({"budget": "satisfied", "rule": "skipped"}, "approved")


def test_r16_nobody_passes_by_a_rule_of_their_own(clean: World) -> None:
    envelope(clean)
    accounts.grant_role(actor=ROOT, role="policy_manager", principal=clean.user("submitter"), scope=clean.organisation)
    publish_policy(
        actor=clean.actor("submitter"), key=f"policy-{clean.organisation.slug}", title="Mine", stages=[automatic()],
        scope=clean.organisation,
    )  # fmt: skip
    by_people_alone(raised(clean))


def test_r03_a_rule_whose_condition_cannot_be_judged_is_none(clean: World) -> None:
    specs = parse_stages([automatic()])
    assert [each.automatic for each in by_people(specs)] == [False]
    assert [each.automatic for each in route([specs, by_people(specs)], ["copy"])] == [False]


def test_r33_the_guard_keeps_a_stage_for_people(clean: World) -> None:
    """By SQL: neither a stage that is not automatic is left out, nor one without an envelope."""
    govern(clean, automatic())
    request = raised(clean)
    without_envelope = Stage.objects.get(request=request)
    with pytest.raises(IntegrityError, match="an envelope holds the money"):
        skip(without_envelope)
    envelope(clean)
    withdraw(actor=clean.actor("submitter"), request=request.pk)
    govern(clean, stage("rule", EVERYTHING))
    for_people = Stage.objects.get(request=raised(clean))
    with pytest.raises(IntegrityError, match="an envelope holds the money"):
        skip(for_people)
    assert not Stage.objects.filter(state="skipped").exists()


def skip(row: Stage) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE approvals_stage SET state = 'skipped', closed_at = %s WHERE id = %s",
            [timezone.now(), row.pk.hex if connection.vendor == "sqlite" else row.pk],
        )


def test_r12_what_a_rule_left_out_is_asked_of_a_person_once_a_policy_wants_one(clean: World) -> None:
    """Nobody decided the stage that was left out: it is none of the approvals that the stricter version asks for."""
    envelope(clean)
    govern(clean, automatic(step=1), stage("budget", BUDGET, step=2))
    request = raised(clean)
    assert states(request) == {"rule": "skipped", "budget": "open"}
    govern(clean, automatic(step=1, automatic=False), stage("budget", BUDGET, step=2))
    clean.decide(request, "budget")
    assert (states(request), state(request)) == ({"rule": "skipped", "budget": "satisfied", "rule_2": "open"}, "in_review")
    assert not Clearance.objects.filter(request=request).exists()
    clean.decide(request, "rule_2", by="content")
    assert state(request) == "approved"


def test_r51_what_holds_the_version_before_up_leaves_the_next_one_to_people(clean: World) -> None:
    """The comment is carried over to what did not change; it speaks against leaving a stage out as any does."""
    envelope(clean)
    govern(clean, stage("rule", EVERYTHING))
    request = raised(clean)
    item = request.items.get()
    comment(
        actor=clean.actor("content"), request=request.pk, text="Why so much?", revision=item.revision_id,
        anchor=Anchor("/budget/amount"), blocking=True,
    )
    govern(clean, automatic())
    tree = clean.tree_of["it"]
    campaigns.edit_ad_group(actor=clean.actor("submitter"), ad_group=tree.ad_group.pk, version=None, values={"name": "Other"})
    amended = clean.submit(tree, amend=True).request
    clean.check(amended)
    by_people_alone(amended)
