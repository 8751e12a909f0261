"""R-22: increases are cumulative. The measure by itself, and what it does to submissions."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from approvals.increases import Amount, history, windows
from approvals.models import ApprovalRequest
from approvals.services import revoke
from campaigns import services as campaigns
from core import clock
from governance.services import publish_rule_set
from tests import builders
from tests.builders import ROOT, Tree, World
from tests.verdicts import verdicts

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPACE = UUID("018f0000-0000-7000-8000-000000000000")
HOUR = timedelta(hours=1)


def named(name: str) -> UUID:
    return uuid5(SPACE, name)


def said(
    name: str, minor: int | None, hours_ago: float | None = None, mode: str = "daily", campaign: str = ""
) -> Amount:
    """An amount that was approved so many hours ago, or is asked for now; of a campaign unless another is named."""
    at = None if hours_ago is None else NOW - hours_ago * HOUR
    return Amount(named(name), named(campaign or name), mode, minor, at)


def measured(*amounts: Amount, of: str = "a") -> list[tuple[int | None, int, int]]:
    """Before, raised, raised in the account: of the last day, of the last week."""
    mine = {each.entity for each in amounts if each.campaign == named("a") or each.entity == named(of)}
    found = windows(history(amounts, NOW), NOW, mine)[named(of)]["windows"]
    assert [each["hours"] for each in found] == [24, 168]
    return [(each["before_minor"], each["raised_minor"], each["account_raised_minor"]) for each in found]


@pytest.mark.parametrize(
    ("amounts", "day", "week"),
    [
        ([said("a", 70)], (None, 70, 70), (None, 70, 70)),
        ([said("a", 50, 200), said("a", 70)], (50, 20, 20), (50, 20, 20)),
        ([said("a", 50, 200), said("a", 50)], (50, 0, 0), (50, 0, 0)),
        ([said("a", 50, 200), said("a", 30)], (50, 0, 0), (50, 0, 0)),
        ([said("a", 50, 200), said("a", 60, 3), said("a", 70)], (50, 20, 20), (50, 20, 20)),
        ([said("a", 50, 200), said("a", 60, 30), said("a", 70)], (60, 10, 10), (50, 20, 20)),
        ([said("a", 50, 168), said("a", 60, 24), said("a", 70)], (60, 10, 10), (50, 20, 20)),
        ([said("a", 50, 167.9), said("a", 60, 23.9), said("a", 70)], (50, 20, 20), (None, 70, 70)),
        ([said("a", 50, 200), said("a", 90, 3), said("a", 60)], (50, 10, 10), (50, 10, 10)),
        ([said("a", 50, 200, "lifetime"), said("a", 60)], (None, 60, 60), (None, 60, 60)),
        ([said("b", 10, 200), said("b", 90, 3), said("b", 20), said("a", 60)], (None, 60, 140), (None, 60, 140)),
        ([said("a", 50, 200), said("b", 80, 200), said("b", 30, 3), said("a", 100)], (50, 50, 50), (50, 50, 50)),
        ([said("a", 50, 200), said("b", 80, 200), said("b", 95, 3), said("a", 60)], (50, 10, 25), (50, 10, 25)),
        ([said("a", 50, 200), said("b", 40), said("a", 60)], (50, 10, 50), (50, 10, 50)),
        ([said("a", 90, 200), said("g", 40, 200, campaign="a"), said("g", 60, campaign="a")], (90, 0, 0), (90, 0, 0)),
        (
            [said("a", None, 200, "unlimited"), said("g", 40, 200, campaign="a"), said("g", 60, campaign="a")],
            (40, 20, 20), (40, 20, 20),
        ),
        (
            [said("a", None, 200, "unlimited"), said("g", 40, 200, campaign="a"), said("h", 50, campaign="a")],
            (40, 50, 50), (40, 50, 50),
        ),
        (
            [said("a", 50, 200), said("g", 40, 200, campaign="a"), said("h", 45, 200, campaign="a"), said("a", None, None, "unlimited")],
            (None, 85, 85), (None, 85, 85),
        ),
        ([said("a", None, 200, "unlimited"), said("a", 70)], (None, 70, 70), (None, 70, 70)),
    ],
    ids=[
        "new", "a step", "the same", "less", "two steps within a day", "two steps within a week", "to the second", "just within",
        "raised and half taken back", "another mode", "a lowering that nobody approved yet", "moved from another campaign", "another one raised",
        "another one asked for", "an ad group below a campaign with a budget", "an ad group below one without",
        "a new ad group below one without", "a limit taken away", "a limit given",
    ],
)  # fmt: skip
def test_r22_what_was_raised(amounts: list[Amount], day: Any, week: Any) -> None:
    assert measured(*amounts) == [day, week]


def test_r22_an_ad_group_s_own_raise_is_told_below_a_campaign_with_a_budget() -> None:
    told = measured(said("a", 90, 200), said("g", 40, 200, campaign="a"), said("g", 60, campaign="a"), of="g")
    assert told == [(40, 20, 0), (40, 20, 0)], "the campaign's own budget bounds what the account spends"


STEPS = st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.01, 23)), max_size=12)


@given(first=st.integers(1, 10_000), steps=STEPS, last=st.integers(0, 20_000))
def test_r22_no_splitting_into_steps_makes_it_less(first: int, steps: list[tuple[int, float]], last: int) -> None:
    """Whatever was approved in between, the raise is that of one step."""
    between = [said("a", minor, hours) for minor, hours in steps]
    assert measured(said("a", first, 400), *between, said("a", last)) == measured(
        said("a", first, 400), said("a", last)
    )


@given(
    amounts=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 10_000), st.integers(0, 10_000)), min_size=1, max_size=20
    )
)
def test_r22_spreading_over_campaigns_is_seen_by_the_account(amounts: list[tuple[int, int, int]]) -> None:
    """The account's raise is the sum of all raises, and no decrease makes it less."""
    told = {f"c{number}": (before, now) for number, before, now in amounts}
    lines = [said(name, minor, ago) for name, pair in told.items() for minor, ago in zip(pair, (400, 1), strict=True)]
    random.Random(7).shuffle(lines)
    assert measured(*lines, of=next(iter(told)))[0][2] == sum(max(0, now - before) for before, now in told.values())


# --- through the doors ---------------------------------------------------------------------------------------------------

DAYS = timedelta(days=1)
PACE = {"hours": 168, "percent": 50, "most": None, "account_most": 50}


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation()


@pytest.fixture
def trees(world: World) -> list[Tree]:
    """Two campaigns of 60 dollars a day that were approved ten days ago, before the pace was limited."""
    with time_machine.travel(clock.now() - 10 * DAYS):
        found = [world.tree(), world.tree()]
        for tree in found:
            through(world, ask(world, tree, "60.00"))
    line = {"rule": "budget.increase", "mode": "hard", "params": PACE}
    publish_rule_set(actor=ROOT, key="pace", title="Pace", rules=[line], scope=world.organisation)
    return found


def ask(world: World, tree: Tree, amount: str) -> ApprovalRequest:
    """Submit a campaign with a budget, and check it."""
    budget = {"budget": {"mode": "daily", "amount": amount}}
    campaigns.edit_campaign(actor=world.actor("submitter"), campaign=tree.campaign.pk, version=None, values=budget)  # type: ignore[arg-type]
    request = world.submit(tree).request
    world.check(request)
    request.refresh_from_db()
    return request


def through(world: World, request: ApprovalRequest) -> ApprovalRequest:
    """Approve all of it."""
    for stage in request.stages.order_by("position"):
        request.refresh_from_db()
        world.decide(request, stage.key)
    return request


def told(request: ApprovalRequest) -> tuple[str, str, int, int]:
    """Where the request stands, what the rule said of the campaign, its raise and the account's."""
    run = request.items.get(entity_type="campaign").check_run
    (said,) = verdicts(run, rule="budget.increase")
    return request.state, said["code"], said["evidence"]["raised_minor"], said["evidence"]["account_raised_minor"]


def test_r22_steps_within_a_week_add_up(world: World, trees: list[Tree]) -> None:
    with time_machine.travel(clock.now() - 2 * DAYS):
        through(world, ask(world, trees[0], "75.00"))
    assert told(ask(world, trees[0], "91.00")) == ("blocked", "budget.raised_too_fast", 31_00, 31_00)
    assert told(ask(world, trees[0], "90.00")) == ("in_review", "budget.raised_within", 30_00, 30_00)


def test_r22_other_campaigns_of_the_account_count(world: World, trees: list[Tree]) -> None:
    with time_machine.travel(clock.now() - 2 * DAYS):
        earlier = through(world, ask(world, trees[0], "81.00"))
    assert told(ask(world, trees[1], "90.00")) == ("blocked", "budget.account_raised_too_much", 30_00, 51_00)
    revoke(actor=world.actor("operator"), request=earlier.pk, reason="Too much.")
    assert told(ask(world, trees[1], "90.00")) == ("in_review", "budget.raised_within", 30_00, 30_00)


def test_r22_what_is_asked_for_elsewhere_counts_until_it_is_refused(world: World, trees: list[Tree]) -> None:
    waiting = ask(world, trees[0], "81.00")
    assert waiting.state == "in_review"
    assert told(ask(world, trees[1], "90.00")) == ("blocked", "budget.account_raised_too_much", 30_00, 51_00)
    world.decide(waiting, "budget", "reject")
    assert told(ask(world, trees[1], "90.00")) == ("in_review", "budget.raised_within", 30_00, 30_00)


def test_r22_a_lowering_that_is_only_asked_for_makes_no_room(world: World, trees: list[Tree]) -> None:
    """Asked for, made use of, and withdrawn: nothing would have been lowered."""
    with time_machine.travel(clock.now() - 2 * DAYS):
        through(world, ask(world, trees[0], "90.00"))
    lowering = ask(world, trees[0], "50.00")
    assert lowering.state == "in_review"
    assert told(ask(world, trees[1], "90.00")) == ("blocked", "budget.account_raised_too_much", 30_00, 60_00)
    through(world, lowering)
    assert told(ask(world, trees[1], "90.00")) == ("in_review", "budget.raised_within", 30_00, 30_00)


def test_r22_what_one_campaign_gives_up_does_not_count(world: World, trees: list[Tree]) -> None:
    """Moving a budget from one campaign to another is an increase of the other."""
    with time_machine.travel(clock.now() - 2 * DAYS):
        through(world, ask(world, trees[0], "50.00"))
    assert told(ask(world, trees[1], "90.00"))[2:] == (30_00, 30_00)


def test_r22_a_new_ad_group_was_nothing_before(world: World, trees: list[Tree]) -> None:
    group = world.ad_group(trees[0].campaign)
    request = world.submit(trees[0]).request
    world.check(request)
    (run,) = [item.check_run for item in request.items.filter(entity_id=group.pk)]
    (said,) = verdicts(run, rule="budget.increase")
    assert (said["result"], said["code"]) == ("fail", "budget.raised_from_nothing")


def test_r22_nothing_is_read_where_no_rule_asks(world: World) -> None:
    """The history of budgets costs who limits increases, and nobody else."""
    tree = world.tree()
    with CaptureQueriesContext(connection) as without:
        world.submit(tree)
    line = {"rule": "budget.increase", "mode": "audit", "params": PACE}
    publish_rule_set(actor=ROOT, key="pace", title="Pace", rules=[line], scope=world.organisation)
    tree = world.tree()
    with CaptureQueriesContext(connection) as limited:
        world.submit(tree)
    assert len(limited) - len(without) <= (3 if connection.vendor == "postgresql" else 2)
