"""Minimum budgets (R-23): the table of the moment, or what a rule set asks for beyond it. Amounts compare as minor units of
their own currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.money import Money
from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.money_minimums import (
    AD_GROUP_DAILY,
    CAMPAIGN_DAILY,
    CAMPAIGN_LIFETIME,
    SOURCE,
    amount_text,
    scheduled_days,
)
from governance.parameters import true_or_false
from governance.registry import rule
from governance.rules.budgets import MODES, budget_mode, in_minor, optimised_by_campaign
from governance.rules.declared import DOLLARS
from governance.rules.reading import campaign_of, moment, money, section, text


@dataclass(frozen=True, slots=True)
class Comparison:
    """A budget beside the least that the channel takes for it. `days` is 0 where the schedule does not
    matter.
    """

    mode: str
    amount: Money
    minimum: Money
    source: str
    days: int = 0

    def params(self) -> dict[str, str | int]:
        """What the messages name."""
        missing = Money(max(self.minimum.minor - self.amount.minor, 0), self.amount.currency)
        return {
            "amount": amount_text(self.amount),
            "minimum": amount_text(self.minimum),
            "missing": amount_text(missing),
            "mode": self.mode,
            "days": self.days,
        }

    def evidence(self) -> dict[str, str | int]:
        """What was compared, in minor units."""
        return {
            "amount_minor": self.amount.minor,
            "minimum_minor": self.minimum.minor,
            "currency": self.amount.currency,
            "days": self.days,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """Which minimum is looked for. `base`: whole US dollars that a rule set asks for beyond the table; none: the table's."""

    entity_type: str
    mode: str
    objective: str
    currency: str
    base: int | None


def least(asked: Asked, context: Context) -> tuple[Money, str]:
    """The minimum, and where it comes from: the table's, or what the rule set asks for when that is more.

    A snapshot of before there was a table is judged by governance.money_minimums, with which the table began. Raises
    CannotJudge for a currency without a line (R-03).
    """
    minor, source = _from_code(asked) if context.minimums is None else _from_table(asked, context.minimums)
    wanted = 0 if asked.base is None else in_minor(asked.base, asked.currency)
    return (Money(wanted, asked.currency), "rule set") if wanted > minor else (Money(minor, asked.currency), source)


def _from_code(asked: Asked) -> tuple[int, str]:
    base = AD_GROUP_DAILY if asked.entity_type == "ad_group" else CAMPAIGN_DAILY if asked.mode == "daily" else CAMPAIGN_LIFETIME
    return in_minor(base, asked.currency), SOURCE


def _from_table(asked: Asked, minimums: JsonObject) -> tuple[int, str]:
    wanted = (asked.entity_type, asked.mode, asked.currency)
    rows = [row for row in minimums["rows"] if (row["entity_type"], row["mode"], row["currency"]) == wanted]
    by_objective = {row["objective"]: row for row in rows}
    row = by_objective.get(asked.objective) or by_objective.get(None)
    if row is None:
        raise CannotJudge("budget.currency_unknown", currency=asked.currency)
    return row["amount_minor"], row["source"]


def objective_of(campaign: JsonObject) -> str:
    """The objective of a campaign's sections, "" when it has none."""
    return text(section(campaign, "structure"), "objective", "structure.objective")


def is_strict(params: JsonObject, context: Context) -> bool:
    """Whether the minimum has to be exceeded: by the rule set, or on this channel (settings)."""
    return params["strict"] or (context.minimums is not None and context.minimums["strict"] is True)


def table_mode(mode: str) -> str:
    """The mode under which the table has the minimum: a dynamic daily budget is an average by the day."""
    return "lifetime" if mode == "lifetime" else "daily"


def compare_campaign(subject: Subject, params: JsonObject, context: Context) -> Comparison | Verdict:
    """A campaign's budget beside its minimum, or the verdict that there is nothing to compare."""
    mode = budget_mode(subject.sections, MODES)
    if mode == "unlimited":
        return not_applicable("budget.unlimited")
    amount = money(section(subject.sections, "budget"), "amount", "budget.amount")
    if amount is None:
        return failed("budget.amount_missing", mode=mode)
    kind = table_mode(mode)
    asked = Asked("campaign", kind, objective_of(subject.sections), amount.currency, params[f"campaign_{kind}"])
    return Comparison(mode, amount, *least(asked, context))


def compare_ad_group(subject: Subject, params: JsonObject, context: Context) -> Comparison | Verdict:
    """An ad group's budget beside its minimum, or the verdict that there is nothing to compare."""
    if optimised_by_campaign(context):
        return not_applicable("budget.set_by_campaign")
    mode = budget_mode(subject.sections, MODES)
    amount = money(section(subject.sections, "budget"), "amount", "budget.amount")
    if amount is None or mode == "unlimited":
        return failed("budget.amount_missing", mode=mode)
    kind, objective = table_mode(mode), objective_of(campaign_of(context))
    one_day, source = least(Asked("ad_group", kind, objective, amount.currency, params["ad_group_daily"]), context)
    if kind == "daily":
        return Comparison(mode, amount, one_day, source)
    days = days_of(subject.sections)
    return Comparison(mode, amount, Money(one_day.minor * days, amount.currency), source, days)


def days_of(sections: JsonObject) -> int:
    """The scheduled days of an ad group, at least 1. Raises CannotJudge without a start and a later end."""
    schedule = section(sections, "schedule")
    start = moment(schedule, "start", "schedule.start")
    end = moment(schedule, "end", "schedule.end")
    days = scheduled_days(start, end) if start and end else 0
    if days < 1:
        raise CannotJudge("budget.days_unknown")
    return days


def _judge_minimum(level: str, compared: Comparison | Verdict, strict: bool) -> Verdict:
    if isinstance(compared, Verdict):
        return compared
    evidence, params = compared.evidence(), compared.params()
    if compared.amount.minor < compared.minimum.minor:
        kind = "lifetime_below_minimum" if compared.days else "below_minimum"
        return failed(f"budget.{level}_{kind}", evidence, **params)
    if strict and compared.amount.minor == compared.minimum.minor:
        return failed("budget.not_above_minimum", evidence, **params)
    return passed("budget.minimum_met", evidence, **params)


COMPARISON_CODES = ("budget.amount_missing", "budget.currency_unknown")


@rule(
    code="budget.campaign_minimum",
    version=2,
    applies_to=("campaign",),
    sections=("structure", "budget"),
    reads=("minimums",),
    params={"campaign_daily": None, "campaign_lifetime": None, "strict": False},
    schema={"campaign_daily": DOLLARS, "campaign_lifetime": DOLLARS, "strict": true_or_false()},
    codes=(
        *COMPARISON_CODES,
        "budget.unlimited",
        "budget.campaign_below_minimum",
        "budget.not_above_minimum",
        "budget.minimum_met",
    ),
    source="seed (50 $ a day); TikTok Doc:Budget (lifetime, currencies); R-23",
)
def campaign_minimum(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A campaign's budget reaches the channel's minimum. A number of whole US dollars may ask for more than the table;
    `strict` asks for more than the minimum."""
    yield _judge_minimum("campaign", compare_campaign(subject, params, context), is_strict(params, context))


@rule(
    code="budget.ad_group_minimum",
    version=2,
    applies_to=("ad_group",),
    sections=("budget", "schedule"),
    reads=("campaign", "minimums"),
    params={"ad_group_daily": None, "strict": False},
    schema={"ad_group_daily": DOLLARS, "strict": true_or_false()},
    codes=(
        *COMPARISON_CODES,
        "budget.set_by_campaign",
        "budget.days_unknown",
        "budget.ad_group_below_minimum",
        "budget.ad_group_lifetime_below_minimum",
        "budget.not_above_minimum",
        "budget.minimum_met",
    ),
    source="seed (20 $ a day); TikTok Doc:Budget (lifetime by scheduled days, currencies); R-23",
)
def ad_group_minimum(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """An ad group's budget reaches the channel's minimum: by the day, or for all scheduled days."""
    yield _judge_minimum("ad_group", compare_ad_group(subject, params, context), is_strict(params, context))


@rule(
    code="budget.at_minimum",
    version=2,
    applies_to=("campaign", "ad_group"),
    sections=("structure", "budget", "schedule"),
    reads=("campaign", "minimums"),
    params={"campaign_daily": None, "campaign_lifetime": None, "ad_group_daily": None},
    schema={"campaign_daily": DOLLARS, "campaign_lifetime": DOLLARS, "ad_group_daily": DOLLARS},
    codes=(
        *COMPARISON_CODES,
        "budget.unlimited",
        "budget.set_by_campaign",
        "budget.days_unknown",
        "budget.equals_minimum",
        "check.passed",
    ),
    source="TikTok Doc:Budget (minimum included) against Help:About budgets (must exceed); R-23",
)
def at_minimum(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A budget exactly at the minimum, which TikTok's own pages disagree about. Meant to be bound as a
    warning.
    """
    compare = compare_campaign if subject.type == "campaign" else compare_ad_group
    compared = compare(subject, params, context)
    if isinstance(compared, Verdict):
        yield compared
    elif compared.amount.minor == compared.minimum.minor:
        yield failed("budget.equals_minimum", compared.evidence(), **compared.params())
    else:
        yield passed(evidence=compared.evidence())
