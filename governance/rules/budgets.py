"""Budget rules (R-23). Amounts compare as minor units of their own currency; see
governance.money_minimums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.money import Money
from governance.contract import (
    CannotJudge,
    Context,
    JsonObject,
    Subject,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from governance.money_minimums import (
    DAILY_CEILING,
    UnknownCurrency,
    amount_text,
    base_in_minor,
    step_in_minor,
)
from governance.registry import rule
from governance.rules.declared import DOLLARS
from governance.rules.reading import campaign_of, flag, money, section, text, unreadable

DAILY_MODES = ("daily", "dynamic_daily")
MODES = (*DAILY_MODES, "lifetime", "unlimited")


def in_minor(base: int, currency: str) -> int:
    """`base` US dollars in minor units. Raises CannotJudge for a currency without a line in the table."""
    try:
        return base_in_minor(base, currency)
    except UnknownCurrency:
        raise CannotJudge("budget.currency_unknown", currency=currency) from None


def budget_mode(sections: JsonObject, modes: tuple[str, ...]) -> str:
    """The budget mode, one of `modes`."""
    mode = text(section(sections, "budget"), "mode", "budget.mode")
    if mode not in modes:
        raise unreadable("budget.mode", " or ".join(modes))
    return mode


def optimised_by_campaign(context: Context) -> bool:
    """Whether the campaign distributes its budget itself, so that the ad group's own budget is ignored."""
    return flag(section(campaign_of(context), "budget"), "optimization", "budget.optimization") is True


def amounts_of(subject: Subject) -> Iterable[tuple[str, Money]]:
    """Every amount in the subject with its path: the budget, and of an ad group also the bid."""
    for name in ("budget", "bid") if subject.type == "ad_group" else ("budget",):
        path = f"{name}.amount"
        amount = money(section(subject.sections, name), "amount", path)
        if amount is not None:
            yield path, amount


@rule(
    code="budget.precision",
    version=1,
    applies_to=("campaign", "ad_group"),
    sections=("budget", "bid"),
    codes=("budget.too_precise", "budget.currency_unknown", "check.passed", "check.nothing_given"),
    source="TikTok Doc:Budget (precision by currency); R-23",
)
def precision(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Budget and bid have no more digits than the channel takes for their currency."""
    amounts = list(amounts_of(subject))
    if not amounts:
        yield not_applicable("check.nothing_given")
    for path, amount in amounts:
        try:
            step = step_in_minor(amount.currency)
        except UnknownCurrency:
            raise CannotJudge("budget.currency_unknown", currency=amount.currency) from None
        evidence = {"path": path, "amount_minor": amount.minor, "step_minor": step}
        if amount.minor % step:
            step_text = amount_text(Money(step, amount.currency))
            yield failed("budget.too_precise", evidence, amount=amount_text(amount), step=step_text, path=path)
        else:
            yield passed(evidence=evidence)


@rule(
    code="budget.maximum",
    version=1,
    applies_to=("campaign", "ad_group"),
    sections=("budget",),
    params={"daily_ceiling": DAILY_CEILING},
    schema={"daily_ceiling": DOLLARS},
    codes=(
        "budget.above_maximum",
        "budget.currency_unknown",
        "check.passed",
        "check.nothing_given",
        "budget.not_daily",
    ),
    source="TikTok Doc:Budget (daily budget below 10,000,000 x ratio)",
)
def maximum(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A daily budget stays below the channel's ceiling."""
    mode = budget_mode(subject.sections, MODES)
    amount = money(section(subject.sections, "budget"), "amount", "budget.amount")
    if mode not in DAILY_MODES:
        yield not_applicable("budget.not_daily")
    elif amount is None or params["daily_ceiling"] is None:
        yield not_applicable("check.nothing_given")
    else:
        ceiling = Money(in_minor(params["daily_ceiling"], amount.currency), amount.currency)
        evidence = {"amount_minor": amount.minor, "ceiling_minor": ceiling.minor}
        if amount.minor < ceiling.minor:
            yield passed(evidence=evidence)
        else:
            named = {"amount": amount_text(amount), "maximum": amount_text(ceiling)}
            yield failed("budget.above_maximum", evidence, **named)


@rule(
    code="budget.currency",
    version=1,
    applies_to=("campaign", "ad_group"),
    sections=("budget", "bid"),
    reads=("currency",),
    codes=("budget.currency_differs", "check.context_missing", "check.passed", "check.nothing_given"),
    source="TikTok: an ad account has one currency (facts 1.2)",
)
def account_currency(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Budget and bid are in the ad account's currency."""
    amounts = list(amounts_of(subject))
    if not amounts:
        yield not_applicable("check.nothing_given")
    elif not isinstance(context.currency, str):
        raise CannotJudge("check.context_missing", what="currency")
    for path, amount in amounts:
        evidence = {"path": path, "currency": amount.currency, "account_currency": context.currency}
        if amount.currency == context.currency:
            yield passed(evidence=evidence)
        else:
            named = {"currency": amount.currency, "account_currency": context.currency, "path": path}
            yield failed("budget.currency_differs", evidence, **named)


@rule(
    code="budget.mode_combination",
    version=2,
    applies_to=("campaign", "ad_group"),
    sections=("budget",),
    reads=("campaign",),
    codes=(
        "budget.lifetime_under_daily",
        "budget.dynamic_without_optimisation",
        "budget.optimisation_without_budget",
        "budget.ignored_under_optimisation",
        "budget.amount_missing",
        "budget.set_by_campaign",
        "check.passed",
    ),
    source="TikTok Doc:Budget (allowed combinations), Doc:CBO (the ad group's budget is ignored)",
)
def mode_combination(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A daily campaign takes no lifetime ad group; a dynamic daily campaign, and one that optimises, distributes a budget
    that it has, and then no ad group has one of its own.
    """
    yield _campaign_mode(subject) if subject.type == "campaign" else _ad_group_mode(subject, context)


def _campaign_mode(subject: Subject) -> Verdict:
    mode = budget_mode(subject.sections, MODES)
    optimised = flag(section(subject.sections, "budget"), "optimization", "budget.optimization") is True
    evidence = {"campaign": mode, "optimization": optimised}
    if optimised and mode == "unlimited":
        return failed("budget.optimisation_without_budget", evidence)
    if mode == "dynamic_daily" and not optimised:
        return failed("budget.dynamic_without_optimisation", evidence)
    return passed(evidence=evidence)


def _ad_group_mode(subject: Subject, context: Context) -> Verdict:
    mode = budget_mode(subject.sections, MODES)
    if optimised_by_campaign(context):
        amount = money(section(subject.sections, "budget"), "amount", "budget.amount")
        if amount is None:
            return not_applicable("budget.set_by_campaign")
        return failed("budget.ignored_under_optimisation", amount=amount_text(amount))
    above = budget_mode(campaign_of(context), MODES)
    evidence = {"campaign": above, "ad_group": mode}
    if mode == "unlimited":
        return failed("budget.amount_missing", evidence, mode=mode)
    lifetime_under_daily = above in DAILY_MODES and mode == "lifetime"
    return failed("budget.lifetime_under_daily", evidence) if lifetime_under_daily else passed(evidence=evidence)
