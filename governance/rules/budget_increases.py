"""How far budgets may be raised within a day or a week (R-22)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.money import Money
from governance.contract import (
    CannotJudge,
    Context,
    InvalidParams,
    JsonObject,
    Subject,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from governance.money_minimums import amount_text
from governance.parameters import whole
from governance.registry import rule
from governance.rules.budgets import in_minor, optimised_by_campaign
from governance.rules.declared import DOLLARS

HOURS: Final = (24, 168)


def _check(params: JsonObject) -> None:
    """One of the windows, and at least one limit."""
    if params["hours"] not in HOURS:
        raise InvalidParams("params.hours", "24 or 168")
    if all(params[name] is None for name in ("percent", "most", "account_most")):
        raise InvalidParams("params", "at least one of percent, most and account_most")


@rule(
    code="budget.increase",
    version=1,
    applies_to=("campaign", "ad_group"),
    sections=("budget",),
    reads=("campaign", "currency", "increase"),
    params={"hours": 24, "percent": 20, "most": None, "account_most": None},
    schema={
        "hours": whole("hours", 24, 168),
        "percent": whole("%", 0, 1_000_000, optional=True),
        "most": DOLLARS,
        "account_most": DOLLARS,
    },
    codes=(
        "budget.set_by_campaign",
        "budget.not_raised",
        "budget.raised_within",
        "budget.raised_too_fast",
        "budget.raised_from_nothing",
        "budget.raised_too_much",
        "budget.account_raised_too_much",
        "budget.currency_unknown",
        "check.context_missing",
    ),
    source="R-22. `most` and `account_most` are whole US dollars, by TikTok's table of currencies (Doc:Budget); the percentage "
    "is the project's",
    check=_check,
)
def increase(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A budget, and all budgets of its ad account together, are raised by at most so much within `hours`. What had no amount
    before is raised by all of it; of that no percentage is taken where `most` is given."""
    if subject.type == "ad_group" and optimised_by_campaign(context):
        yield not_applicable("budget.set_by_campaign")
        return
    window = _window(context, params["hours"])
    if window["raised_minor"] == 0:
        yield passed("budget.not_raised", hours=params["hours"])
        return
    over = list(_too_much(window, params, str(context.currency)))
    raised = amount_text(Money(window["raised_minor"], str(context.currency)))
    yield from over or [passed("budget.raised_within", window, hours=params["hours"], raised=raised)]


def _window(context: Context, hours: int) -> JsonObject:
    if context.currency is None:
        raise CannotJudge("check.context_missing", what="currency")
    found = [] if context.increase is None else [each for each in context.increase["windows"] if each["hours"] == hours]
    if not found:
        raise CannotJudge("check.context_missing", what="increase")
    return found[0]  # type: ignore[no-any-return]


def _too_much(window: JsonObject, params: JsonObject, currency: str) -> Iterator[Verdict]:
    hours, raised, before, percent = params["hours"], window["raised_minor"], window["before_minor"], params["percent"]
    said = {"hours": hours, "raised": amount_text(Money(raised, currency))}
    if percent is not None and not before and params["most"] is None:
        yield failed("budget.raised_from_nothing", window, **said)
    if percent is not None and before and raised * 100 > before * percent:
        yield failed("budget.raised_too_fast", window, **said, percent=percent, before=amount_text(Money(before, currency)))
    for name, code, by in (
        ("most", "budget.raised_too_much", raised),
        ("account_most", "budget.account_raised_too_much", window["account_raised_minor"]),
    ):
        limit = None if params[name] is None else in_minor(params[name], currency)
        if limit is not None and by > limit:
            told = {"raised": amount_text(Money(by, currency)), "most": amount_text(Money(limit, currency))}
            yield failed(code, {**window, "most_minor": limit}, hours=hours, **told)
