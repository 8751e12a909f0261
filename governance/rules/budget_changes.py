"""Rules about budgets that a policy may forbid, and about changing them (R-22, R-23)."""

from __future__ import annotations

from collections.abc import Iterator

from core.money import Money
from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.money_minimums import amount_text
from governance.parameters import whole
from governance.registry import rule
from governance.rules.budgets import MODES, budget_mode, optimised_by_campaign
from governance.rules.reading import money, section


@rule(
    code="budget.unlimited_forbidden",
    version=1,
    applies_to=("campaign",),
    sections=("budget",),
    codes=("budget.unlimited_not_allowed", "check.passed"),
    source="R-23 (a policy may forbid unlimited)",
)
def unlimited_forbidden(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A campaign has a budget of its own. Meant for a policy that wants it so; the channel takes unlimited."""
    mode = budget_mode(subject.sections, MODES)
    yield failed("budget.unlimited_not_allowed") if mode == "unlimited" else passed(evidence={"mode": mode})


def _approved_before(context: Context) -> JsonObject | None:
    """What was approved before, None when nothing was. Raises CannotJudge when that is not known."""
    if context.live is None:
        raise CannotJudge("check.context_missing", what="live")
    return context.live if context.live["approved"] else None


@rule(
    code="budget.above_spent",
    version=1,
    applies_to=("campaign", "ad_group"),
    sections=("budget",),
    reads=("campaign", "live"),
    params={"percent": 105},
    schema={"percent": whole("%", 0, 1_000_000, optional=True)},
    codes=(
        "budget.set_by_campaign",
        "budget.not_live",
        "budget.unchanged",
        "budget.spent_unknown",
        "budget.below_spent",
        "check.nothing_given",
        "check.context_missing",
        "check.passed",
    ),
    source="TikTok Doc:Budget (a new budget is at least 105 % of what is spent); R-23",
)
def above_spent(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A changed budget is at least `percent` of what is spent already. What is spent must be known once it may run."""
    if subject.type == "ad_group" and optimised_by_campaign(context):
        yield not_applicable("budget.set_by_campaign")
        return
    amount = money(section(subject.sections, "budget"), "amount", "budget.amount")
    before = _approved_before(context)
    if amount is None:
        yield not_applicable("check.nothing_given")
    elif before is None:
        yield not_applicable("budget.not_live")
    elif not before["changed"]:
        yield not_applicable("budget.unchanged")
    elif before["spent_minor"] is None:
        raise CannotJudge("budget.spent_unknown")
    else:
        yield _beside_spent(amount, before["spent_minor"], params["percent"] or 0)


def _beside_spent(amount: Money, spent_minor: int, percent: int) -> Verdict:
    least = Money(-(-spent_minor * percent // 100), amount.currency)
    evidence = {"amount_minor": amount.minor, "spent_minor": spent_minor, "least_minor": least.minor, "percent": percent}
    if amount.minor >= least.minor:
        return passed(evidence=evidence)
    spent = amount_text(Money(spent_minor, amount.currency))
    named = {"amount": amount_text(amount), "spent": spent, "least": amount_text(least), "percent": percent}
    return failed("budget.below_spent", evidence, **named)
