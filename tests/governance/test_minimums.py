"""The table of minimum budgets: what counts on a day, how a line is added, and that it is judged by (R-23)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from approvals import tasks
from audit.models import AuditEvent
from core import clock
from core.errors import Forbidden
from core.ids import uuid7
from core.money import Money
from core.triggers import refusal
from governance import checks
from governance.minimums import minimums_for
from governance.models import BudgetMinimum
from governance.money_minimums import AD_GROUP_DAILY, CAMPAIGN_DAILY, RATIO, base_in_minor
from governance.services import set_minimum
from governance.services.minimums import Minimum
from tests import builders

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 1)


@pytest.fixture
def world():
    return builders.organisation()


def line(minor: int, starts_on: date = DAY, **changes: Any) -> Minimum:
    said: dict[str, Any] = {"channel": "tiktok", "entity_type": "campaign", "mode": "daily", "source": "test", **changes}
    return Minimum(amount=Money(minor, "USD"), starts_on=starts_on, **said)


def put(*args: Any, **changes: Any) -> BudgetMinimum:
    return set_minimum(actor=builders.ROOT, line=line(*args, **changes))


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def daily(account: Any, day: date, objective: str | None = None) -> list[int]:
    """What counts for campaigns with a daily budget."""
    rows = minimums_for(account, at_noon(day))["rows"]
    wanted = ("campaign", "daily", objective)
    return [row["amount_minor"] for row in rows if (row["entity_type"], row["mode"], row["objective"]) == wanted]


def test_r23_the_table_begins_with_what_the_channel_says():
    rows = {(row.currency, row.entity_type, row.mode): row.amount_minor for row in BudgetMinimum.objects.all()}
    bases = {"campaign": CAMPAIGN_DAILY, "ad_group": AD_GROUP_DAILY}
    wanted = {(c, kind, mode): base_in_minor(bases[kind], c) for c in RATIO for kind in bases for mode in ("daily", "lifetime")}
    assert rows == wanted
    assert all(row.source for row in BudgetMinimum.objects.all())


def test_r23_what_counts_on_a_day(world):
    put(6_000)
    put(9_000, DAY + timedelta(days=10), ends_on=DAY + timedelta(days=12))
    counts = [daily(world.account, DAY + timedelta(days=days)) for days in (-1, 0, 9, 10, 12, 13)]
    assert counts == [[5_000], [6_000], [6_000], [9_000], [9_000], [6_000]]


def test_r23_a_line_is_corrected_by_another_that_begins_the_same_day(world):
    put(6_000)
    put(6_500)
    assert daily(world.account, DAY) == [6_500]


def test_r23_a_line_for_an_objective_stands_beside_the_one_for_any(world):
    put(1_000, objective="product_sales")
    assert (daily(world.account, DAY, "product_sales"), daily(world.account, DAY)) == ([1_000], [5_000])


def test_r23_other_currencies_and_channels_are_not_in_it(world):
    row = BudgetMinimum.objects.get(pk=put(1, starts_on=DAY + timedelta(days=900)).pk)
    row.pk, row.channel, row.starts_on, row._state.adding = uuid7(), "elsewhere", DAY, True
    row.save(force_insert=True)  # of a channel that is not there yet
    found = minimums_for(world.second_account, at_noon(DAY))
    assert {row["currency"] for row in found["rows"]} == {world.second_account.currency}
    assert daily(world.account, DAY) == [5_000]


@pytest.mark.parametrize(("channels", "strict"), [([], False), (["tiktok"], True), (["elsewhere"], False)])
def test_r23_strictness_is_a_setting_of_the_channel(world, settings, channels, strict):
    settings.STRICT_MINIMUM_CHANNELS = channels
    assert minimums_for(world.account, at_noon(DAY))["strict"] is strict


# --- judged by ------------------------------------------------------------------------------------------------------------


def _checked(world: Any) -> list[Any]:
    request = world.submit(world.tree()).request
    tasks.check_request(str(request.pk))
    return [item.check_run for item in request.items.select_related("check_run__revision")]


def test_r23_a_run_keeps_the_minimums_that_it_was_judged_by(world):
    runs = _checked(world)
    kept = {run.revision.entity_type: checks.context_seen(run).minimums for run in runs}
    assert kept["campaign"] == kept["ad_group"] == minimums_for(world.account, clock.now())
    assert kept["ad"] is None


def test_r23_what_rises_meanwhile_is_judged_when_cleared_and_published(world):
    runs = _checked(world)
    assert checks.failing_now(runs, world.account, clock.now()) == []
    put(10**9, clock.now().date())
    assert checks.blocking_codes(checks.failing_now(runs, world.account, clock.now())) == ["budget.campaign_below_minimum"]


def test_r23_an_empty_currency_is_never_a_pass(world):
    runs = _checked(world)
    before = datetime(2019, 1, 1, tzinfo=UTC)  # before the first line of the table
    assert "budget.currency_unknown" in checks.blocking_codes(checks.failing_now(runs, world.account, before))


# --- adding a line -------------------------------------------------------------------------------------------------------


def command(*words: str) -> str:
    out = StringIO()
    call_command("set_minimum", *words, stdout=out)
    return out.getvalue()


def test_r23_a_line_is_added_at_the_console_and_told(world):
    command("tiktok", "USD", "campaign", "daily", "60.00", "--from", "2027-03-01", "--source", "TikTok, 2027-02")
    assert daily(world.account, DAY) == [6_000]
    told = AuditEvent.objects.get(action="governance.budget_minimum.set")
    assert '"amount_minor":6000' in told.canonical
    assert "TikTok, 2027-02" in told.canonical


@pytest.mark.parametrize(
    "words",
    [
        ("tiktok", "XXL", "campaign", "daily", "60", "--source", "x"),
        ("tiktok", "XXX", "campaign", "daily", "60", "--source", "x"),
        ("nochannel", "USD", "campaign", "daily", "60", "--source", "x"),
        ("tiktok", "USD", "campaign", "daily", "0", "--source", "x"),
        ("tiktok", "USD", "campaign", "daily", "-1", "--source", "x"),
        ("tiktok", "USD", "campaign", "daily", "1.005", "--source", "x"),
        ("tiktok", "USD", "campaign", "daily", "60", "--source", " "),
        ("tiktok", "USD", "campaign", "daily", "60"),
        ("tiktok", "USD", "ad", "daily", "60", "--source", "x"),
        ("tiktok", "USD", "campaign", "unlimited", "60", "--source", "x"),
        ("tiktok", "USD", "campaign", "daily", "60", "--source", "x", "--objective", "fame"),
        ("tiktok", "USD", "campaign", "daily", "60", "--source", "x", "--from", "2027-03-02", "--until", "2027-03-01"),
        ("tiktok", "USD", "campaign", "daily", "60", "--source", "x", "--from", "tomorrow"),
    ],
)
def test_r23_a_senseless_line_is_refused(words):
    known = BudgetMinimum.objects.count()
    with pytest.raises(CommandError):
        command(*words)
    assert BudgetMinimum.objects.count() == known


def test_r23_nobody_adds_a_line_elsewhere_than_at_the_console(world):
    known = BudgetMinimum.objects.count()
    for person in ("policy_manager", "access_manager", "submitter"):
        with pytest.raises(Forbidden):
            set_minimum(actor=world.actor(person), line=line(1))
    assert BudgetMinimum.objects.count() == known


@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("UPDATE governance_budgetminimum SET amount_minor = 1", "governance_budget_minimum_no_update"),
        ("DELETE FROM governance_budgetminimum", "governance_budget_minimum_no_delete"),
    ],
)
def test_r23_a_line_is_never_changed_or_removed(statement, guard):
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    found = refusal(refused.value)
    assert found is not None
    assert found.guard == guard
