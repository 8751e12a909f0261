"""Schedule rules: the order of start and end, an end where the budget needs one, and the hours of the
week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from governance.contract import Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.registry import rule
from governance.rules.budgets import MODES, budget_mode, optimised_by_campaign
from governance.rules.reading import campaign_of, child, moment, section, text

# Half hours of a week, Monday first (facts 1.5).
SLOTS = 336


@rule(
    code="schedule.order",
    version=1,
    applies_to=("ad_group",),
    sections=("schedule",),
    codes=("schedule.start_missing", "schedule.end_not_after_start", "schedule.open_ended", "check.passed"),
    source="seed (step 5: duration of the campaign); TikTok facts 1.5",
)
def order(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """There is a start, and the end, if any, comes after it."""
    schedule = section(subject.sections, "schedule")
    start, end = moment(schedule, "start", "schedule.start"), moment(schedule, "end", "schedule.end")
    evidence = {"start": start and start.isoformat(), "end": end and end.isoformat()}
    if start is None:
        yield failed("schedule.start_missing", evidence)
    elif end is None:
        yield not_applicable("schedule.open_ended", evidence)
    elif end <= start:
        named = {"start": start.isoformat(), "end": end.isoformat()}
        yield failed("schedule.end_not_after_start", evidence, **named)
    else:
        yield passed(evidence=evidence)


@rule(
    code="schedule.end_for_lifetime",
    version=1,
    applies_to=("ad_group",),
    sections=("budget", "schedule"),
    reads=("campaign",),
    codes=("schedule.lifetime_without_end", "budget.not_lifetime", "check.passed"),
    source="TikTok Doc:Budget (a lifetime budget needs start and end)",
)
def end_for_lifetime(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A lifetime budget, the ad group's own or the optimising campaign's, has an end to be spread to."""
    spender = campaign_of(context) if optimised_by_campaign(context) else subject.sections
    if budget_mode(spender, MODES) != "lifetime":
        yield not_applicable("budget.not_lifetime")
    elif moment(section(subject.sections, "schedule"), "end", "schedule.end") is None:
        yield failed("schedule.lifetime_without_end")
    else:
        yield passed()


@rule(
    code="schedule.end_present",
    version=1,
    applies_to=("ad_group",),
    sections=("schedule",),
    codes=("schedule.no_end", "check.passed"),
    source="R-54 (end date present)",
)
def end_present(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The ad group ends some day. Meant to be bound as a warning."""
    end = moment(section(subject.sections, "schedule"), "end", "schedule.end")
    yield failed("schedule.no_end") if end is None else passed(evidence={"end": end.isoformat()})


@rule(
    code="schedule.dayparting",
    version=1,
    applies_to=("ad_group",),
    sections=("schedule",),
    codes=(
        "schedule.dayparting_malformed",
        "schedule.dayparting_empty",
        "schedule.always_on",
        "check.passed",
    ),
    source="seed (step 5: dayparting); TikTok facts 1.5 (336 half hours; all 0 means always on)",
)
def dayparting(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The hours of the week are 336 marks of 0 or 1, with at least one 1."""
    slots = text(section(subject.sections, "schedule"), "dayparting", "schedule.dayparting")
    if not slots:
        yield not_applicable("schedule.always_on")
    elif len(slots) != SLOTS or not set(slots) <= {"0", "1"}:
        yield failed("schedule.dayparting_malformed", {"length": len(slots)}, slots=SLOTS)
    elif "1" not in slots:
        # TikTok reads "never" as "always": the opposite of what was approved.
        yield failed("schedule.dayparting_empty")
    else:
        yield passed(evidence={"slots_on": slots.count("1")})


@rule(
    code="schedule.inside_flight",
    version=1,
    applies_to=("ad_group",),
    sections=("schedule",),
    reads=("campaign",),
    codes=(
        "schedule.before_flight",
        "schedule.after_flight",
        "schedule.open_in_flight",
        "schedule.no_flight",
        "schedule.start_missing",
        "check.passed",
    ),
    source="R-54 (schedule inside campaign)",
)
def inside_flight(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The ad group starts and ends inside its campaign's flight, both ends included."""
    flight = child(campaign_of(context), "schedule", "campaign.schedule") or {}
    opens = moment(flight, "starts_at", "campaign.schedule.starts_at")
    closes = moment(flight, "ends_at", "campaign.schedule.ends_at")
    if opens is None and closes is None:
        yield not_applicable("schedule.no_flight")
        return
    schedule = section(subject.sections, "schedule")
    start, end = moment(schedule, "start", "schedule.start"), moment(schedule, "end", "schedule.end")
    yield from list(_outside(opens, closes, start, end)) or [passed()]


def _outside(
    opens: datetime | None, closes: datetime | None, start: datetime | None, end: datetime | None
) -> Iterator[Verdict]:
    if start is None:
        yield failed("schedule.start_missing")
    elif opens is not None and start < opens:
        yield failed("schedule.before_flight", start=start.isoformat(), flight=opens.isoformat())
    elif closes is not None and end is None:
        yield failed("schedule.open_in_flight", flight=closes.isoformat())
    if closes is not None and end is not None and end > closes:
        yield failed("schedule.after_flight", end=end.isoformat(), flight=closes.isoformat())
