"""Versions of rule sets: in force, proposed, confirmed by another (R-55); bound by scope, market, format, objective (R-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import services as accounts
from accounts.actors import actor_for
from accounts.models import User
from approvals.errors import ChecksFailNow
from audit.models import AuditEvent
from core import clock
from core.actor import Actor, Channel
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from governance.models import CheckRun, Confirmation, Finding, RuleSet
from governance.models.rule_sets import LAPSES_AFTER
from governance.services import confirm_rule_set, decline_rule_set, publish_rule_set
from governance.services.rule_sets import Narrowing
from governance.tightening import only_tightens
from tests import builders

pytestmark = pytest.mark.django_db
JACKETS = {"rule": "text.forbidden_words", "mode": "hard", "params": {"words": ["jackets"]}}
"""What the ads of the tests' world say."""


@pytest.fixture
def world():
    world = builders.organisation()
    for name in ("first", "second"):
        world.add_person(name, "policy_manager", scope=world.organisation)
    return world


@pytest.fixture
def two(world):
    accounts.set_access_policy(actor=builders.ROOT, organisation=world.organisation, two_managers=True)
    return world


def publish(world, actor: Actor | None = None, **changed: Any) -> RuleSet:
    said: dict[str, Any] = {"key": "brand", "title": "Brand", "rules": [JACKETS], "scope": world.organisation} | changed
    return publish_rule_set(actor=actor or world.actor("first"), **said)


def governs(row: RuleSet) -> bool:
    return RuleSet.current().filter(pk=row.pk).exists()


def is_proposed(row: RuleSet) -> bool:
    return RuleSet.proposed().filter(pk=row.pk).exists()


def codes(request, **filters: Any) -> set[str]:
    rows = Finding.objects.filter(check_run__request_items__request=request, result__in=("fail", "error"), **filters)
    return set(rows.values_list("code", flat=True))


def refused(error: type[Exception], actor: Actor, row: RuleSet, verb=confirm_rule_set) -> None:
    """Nothing was said, and the attempt is in the log."""
    refusals = AuditEvent.objects.filter(outcome="refused").count()
    said = Confirmation.objects.count()
    with pytest.raises(error):
        verb(actor=actor, rule_set=row.pk)
    assert Confirmation.objects.count() == said
    assert AuditEvent.objects.filter(outcome="refused").count() == refusals + 1


# --- in force, or proposed --------------------------------------------------------------------------------------------


def test_where_one_manager_is_enough_a_version_governs_at_once(world):
    row = publish(world)
    assert governs(row)
    assert not row.needs_second
    assert row.confirmations.get().said_by_id == world.user("first").pk


def test_r55_where_two_are_asked_for_a_version_waits_for_another(two):
    row = publish(two)
    assert not governs(row)
    assert is_proposed(row)
    refused(Forbidden, two.actor("first"), row)
    confirm_rule_set(actor=two.actor("second"), rule_set=row.pk)
    assert governs(row)
    event = AuditEvent.objects.filter(action="governance.rule_set.confirmed").latest("id")
    assert event.actor_id == str(two.user("second").pk)


def test_r55_what_a_machine_proposed_its_owner_does_not_confirm(two):
    robot = accounts.create_service_account(
        actor=builders.ROOT, owner=two.user("first"), email=f"{uuid7()}@acme.example", name="Robot"
    )
    accounts.grant_role(actor=builders.ROOT, role="policy_manager", principal=robot, scope=two.organisation)
    machine = actor_for(User.objects.get(pk=robot.pk), Channel.API)
    row = publish(two, machine)
    refused(Forbidden, two.actor("first"), row)
    other = publish(two, two.actor("second"), key="other")
    refused(Forbidden, machine, other)


def test_r04_what_is_plainly_stricter_waits_for_nobody(two):
    confirm_rule_set(actor=two.actor("second"), rule_set=publish(two).pk)
    stricter = publish(two, rules=[JACKETS, {"rule": "text.emoji", "mode": "hard", "params": {}}])
    assert governs(stricter)
    looser = publish(two, rules=[{**JACKETS, "mode": "warn"}])
    assert is_proposed(looser)
    assert governs(stricter)


@pytest.mark.parametrize("narrowing", [Narrowing(markets=["DE"]), Narrowing(formats=["carousel"]), Narrowing(objectives=["reach"])])
def test_r55_what_governs_less_waits(two, narrowing):
    confirm_rule_set(actor=two.actor("second"), rule_set=publish(two).pk)
    assert is_proposed(publish(two, narrowing=narrowing))


def test_whoever_wants_a_trial_first_only_proposes(world):
    row = publish(world, propose=True)
    assert is_proposed(row)
    assert not row.needs_second
    confirm_rule_set(actor=world.actor("first"), rule_set=row.pk)
    assert governs(row)


def test_a_declined_version_never_governs(two):
    row = publish(two)
    decline_rule_set(actor=two.actor("first"), rule_set=row.pk)
    assert not is_proposed(row)
    refused(Conflict, two.actor("second"), row)
    refused(Conflict, two.actor("second"), row, decline_rule_set)


def test_an_earlier_proposal_does_not_replace_what_came_later(two):
    older = publish(two)
    newer = publish(two, title="Newer")
    confirm_rule_set(actor=two.actor("second"), rule_set=newer.pk)
    assert not is_proposed(older)
    refused(Conflict, two.actor("second"), older)
    assert governs(newer)


def test_a_proposal_lapses(two):
    row = publish(two)
    with time_machine.travel(clock.now() + LAPSES_AFTER + timedelta(seconds=1)):
        refused(Conflict, two.actor("second"), row)


@pytest.mark.parametrize(("who", "error"), [("submitter", Forbidden), ("access_manager", Forbidden), ("content", Forbidden)])
def test_r57_who_does_not_manage_policy_neither_publishes_nor_confirms(two, who, error):
    row = publish(two)
    refused(NotFound if who else error, actor_for(builders.organisation("Evil").user("policy_manager"), Channel.API), row)
    accounts.grant_role(actor=builders.ROOT, role="publisher", principal=two.user(who), scope=two.organisation)
    refused(error, two.actor(who), row)
    before = RuleSet.objects.count()
    with pytest.raises(error):
        publish(two, two.actor(who), key="mine")
    assert RuleSet.objects.count() == before


def test_an_unknown_version_is_not_found(world):
    with pytest.raises(NotFound):
        confirm_rule_set(actor=world.actor("first"), rule_set=uuid7())


# --- what it is bound to ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("narrowing", "blocks"),
    [
        (Narrowing(), True),
        (Narrowing(markets=["US", "DE"]), True),
        (Narrowing(markets=["FR"]), False),
        (Narrowing(formats=["in_feed"]), True),
        (Narrowing(formats=["carousel"]), False),
        (Narrowing(objectives=["traffic"]), True),
        (Narrowing(objectives=["reach"]), False),
        (Narrowing(markets=["US"], formats=["in_feed"], objectives=["reach"]), False),
    ],
)
def test_r11_a_rule_set_judges_what_it_is_bound_to(world, narrowing, blocks):
    row = publish(world, narrowing=narrowing)
    request = world.submit().request
    world.check(request)
    request.refresh_from_db()
    assert (request.state == "blocked") is blocks
    assert bool(codes(request, rule_set=row)) is blocks


def test_a_rule_set_for_formats_says_nothing_of_campaigns(world):
    line = {"rule": "structure.name", "mode": "hard", "params": {"max": 1}}
    row = publish(world, rules=[line], narrowing=Narrowing(formats=["in_feed"]))
    request = world.submit().request
    world.check(request)
    runs = Finding.objects.filter(rule_set=row).values_list("check_run__revision__entity_type", flat=True)
    assert set(runs) == {"ad"}


@pytest.mark.parametrize("narrowing", [Narrowing(markets=["de"]), Narrowing(formats=["film"]), Narrowing(objectives=["fame"])])
def test_what_it_is_bound_to_has_to_exist(world, narrowing):
    with pytest.raises(Invalid):
        publish(world, narrowing=narrowing)
    assert not RuleSet.objects.filter(key="brand").exists()


# --- on trial --------------------------------------------------------------------------------------------------------------


def test_a_proposal_runs_along_and_only_tells_what_it_would_do(world):
    row = publish(world, propose=True)
    request = world.request(at="in_review")
    found = Finding.objects.get(check_run__request_items__request=request, rule_set=row, result="fail")
    assert (found.mode, found.intended) == ("audit", "hard")
    outcomes = CheckRun.objects.filter(request_items__request=request).values_list("outcome", flat=True)
    assert "blocked" not in set(outcomes)
    assert [pin for run in CheckRun.objects.filter(pk=found.check_run_id) for pin in run.rule_sets if "trial" in pin]


def test_r12_a_confirmed_trial_counts_when_it_is_cleared(world):
    row = publish(world, propose=True)
    request = world.request(at="content_approved")
    confirm_rule_set(actor=world.actor("second"), rule_set=row.pk)
    with pytest.raises(ChecksFailNow):
        world.decide(request, "budget")
    request.refresh_from_db()
    assert request.state == "in_review"


# --- stricter or not, purely --------------------------------------------------------------------------------------------------


def line(mode: str = "warn", rule: str = "a", **params: Any) -> dict[str, Any]:
    return {"rule": rule, "mode": mode, "params": params}


@pytest.mark.parametrize(
    ("before", "after", "stricter"),
    [
        ([], [], True),
        ([line()], [line()], True),
        ([line()], [line("hard")], True),
        ([line("hard")], [line()], False),
        ([line()], [line(), line(rule="b")], True),
        ([line(), line(rule="b")], [line()], False),
        ([line(most=3)], [line(most=2)], False),
        ([line(), line()], [line("hard")], False),
        ([line(), line("hard")], [line("hard"), line("soft")], True),
        ([line("hard"), line("hard")], [line("hard"), line("soft")], False),
        ([line("off")], [], False),
    ],
)
def test_only_what_nobody_can_call_laxer_is_stricter(before, after, stricter):
    assert only_tightens(before, after) is stricter
