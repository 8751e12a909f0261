"""What TikTok's API cannot express, as problems a person can act on. Nothing is ever substituted silently.

Pure. Each function gets contents whose shape is known to be right.
Source: TikTok's Marketing API v1.3 pages on budget, bidding, ads structure and Spark Ads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import say
from publishing.channels import tiktok_words as words
from publishing.channels.base import ChannelAccount, Content, Parent, Parents, Problem
from publishing.channels.shape import shape_problems
from publishing.channels.tiktok_ad_limits import ad_problems, weighted_length
from publishing.channels.tiktok_money import number

NAME_LIMIT = 512

_NOT_BOOKABLE = {
    "app_promotion": _("TikTok needs an app for this objective, which a revision does not carry."),
    "web_conversions": _("TikTok needs a pixel and its event for this objective, which a revision does not carry."),
    "product_sales": _("TikTok needs a catalogue or shop for this objective, which a revision does not carry."),
}


def problems_of(account: ChannelAccount, content: Content, parents: Parents) -> list[Problem]:
    """All reasons why `content` cannot be booked. A parent that is not in `parents` is not judged."""
    problems = shape_problems(content)
    if problems:
        return problems
    sections = content["sections"]
    if content["type"] == "campaign":
        return list(_campaign(account, sections))
    if content["type"] == "ad_group":
        return list(_ad_group(account, sections, parents.get(sections["structure"]["campaign"])))
    return list(ad_problems(sections, parents))


def remote_name(content: Content) -> str:
    """The approved name and a tag of our id: TikTok's names are not unique, a look-up must be."""
    name: str = content["sections"]["structure"]["name"]
    return f"{name} [{str(content['id']).replace('-', '')[-12:]}]"


def _campaign(account: ChannelAccount, sections: Any) -> Iterator[Problem]:
    structure, budget = sections["structure"], sections["budget"]
    yield from _name(structure["name"])
    if structure["ad_account"]["channel"] != words.CHANNEL:
        yield Problem("structure.ad_account.channel", "wrong_channel", _("This ad account is not on TikTok."))
    if structure["ad_account"]["external_id"] != account.advertiser_id:
        yield Problem("structure.ad_account.external_id", "wrong_account", _("Approved for another ad account."))
    yield from _objective(structure["objective"])
    yield from _known("structure.special_industries", structure["special_industries"], words.SPECIAL_INDUSTRIES)
    yield from _known("budget.mode", [budget["mode"]], words.BUDGET_MODES)
    yield from _campaign_amount(account, budget)


def _campaign_amount(account: ChannelAccount, budget: Any) -> Iterator[Problem]:
    unlimited = budget["mode"] == "unlimited"
    if unlimited and budget["optimization"]:
        yield Problem("budget.optimization", "needs_budget", _("Budget optimisation needs a campaign budget."))
    if budget["mode"] == "dynamic_daily" and not budget["optimization"]:
        detail = _("TikTok takes a dynamic daily campaign budget under budget optimisation only.")
        yield Problem("budget.mode", "modes_clash", detail)
    if unlimited and budget["amount"] is not None:
        yield Problem("budget.amount", "amount_unused", _("An unlimited budget has no amount."))
    if not unlimited:
        yield from _amount(account, "budget.amount", budget["amount"], required=True)


def _objective(objective: str) -> Iterator[Problem]:
    if objective in _NOT_BOOKABLE:
        yield Problem("structure.objective", "objective_not_bookable", _NOT_BOOKABLE[objective])
    else:
        yield from _known("structure.objective", [objective], words.OBJECTIVES)


def _ad_group(account: ChannelAccount, sections: Any, campaign: Parent | None) -> Iterator[Problem]:
    yield from _name(sections["structure"]["name"])
    yield from _placement(sections["targeting"]["placement"])
    yield from _audience(sections["targeting"]["audience"])
    yield from _ad_group_budget(account, sections, campaign)
    yield from _schedule(sections["schedule"])
    yield from _bid(account, sections["bid"])
    if campaign is not None:
        yield from _flight(sections["schedule"], campaign.content["sections"].get("schedule"))
        yield from _goal(sections["bid"], campaign.content["sections"])


def _placement(placement: Any) -> Iterator[Problem]:
    yield from _known("targeting.placement.type", [placement["type"]], words.PLACEMENT_TYPES)
    yield from _known("targeting.placement.apps", placement["apps"], words.PLACEMENTS)
    if placement["type"] == "automatic" and placement["apps"]:
        yield Problem("targeting.placement.apps", "apps_unused", _("TikTok ignores apps of an automatic placement."))
    if placement["type"] == "selected" and not placement["apps"]:
        yield Problem("targeting.placement.apps", "apps_missing", _("Select at least one app."))


def _audience(audience: Any) -> Iterator[Problem]:
    if not audience["locations"]:
        yield Problem("targeting.audience.locations", "locations_missing", _("TikTok needs at least one location."))
    if not audience["age_groups"]:
        detail = _("Name the age groups: TikTok would choose them itself.")
        yield Problem("targeting.audience.age_groups", "age_groups_missing", detail)
    yield from _known("targeting.audience.age_groups", audience["age_groups"], words.AGE_GROUPS)
    yield from _known("targeting.audience.gender", [audience["gender"]], words.GENDERS)


def _ad_group_budget(account: ChannelAccount, sections: Any, campaign: Parent | None) -> Iterator[Problem]:
    budget, above = sections["budget"], campaign.content["sections"]["budget"] if campaign else None
    optimised = above is not None and above["optimization"]
    yield from _known("budget.mode", [budget["mode"]], words.BUDGET_MODES)
    if budget["mode"] == "unlimited" and above is not None and not optimised:
        yield Problem("budget.mode", "modes_clash", _("An ad group has a budget of its own unless the campaign optimises."))
    if budget["mode"] == "lifetime" and sections["schedule"]["end"] is None:
        yield Problem("schedule.end", "end_missing", _("A lifetime budget needs an end."))
    if above is None:
        yield from _amount(account, "budget.amount", budget["amount"], required=False)
        return
    if optimised and budget["amount"] is not None:
        detail = _("The campaign optimises its budget, and TikTok would ignore this amount.")
        yield Problem("budget.amount", "amount_unused", detail)
    if optimised and sections["bid"]["pacing"] != "standard":
        yield Problem("bid.pacing", "pacing_unused", _("Budget optimisation always spends at standard pace."))
    if not optimised:
        yield from _amount(account, "budget.amount", budget["amount"], required=True)
    if not optimised and above["mode"] in ("daily", "dynamic_daily") and budget["mode"] == "lifetime":
        yield Problem("budget.mode", "modes_clash", _("Under a daily campaign budget only daily is possible."))


def _schedule(schedule: Any) -> Iterator[Problem]:
    for name in ("start", "end"):
        if schedule[name] is not None and not _utc(schedule[name]):
            detail = _("TikTok takes whole seconds in UTC, written 2026-12-01T00:00:00Z.")
            yield Problem(f"schedule.{name}", "time_invalid", detail)
    slots = schedule["dayparting"]
    if slots is None:
        return
    if len(slots) != 336 or set(slots) - {"0", "1"}:
        yield Problem("schedule.dayparting", "slots_invalid", _("Give 336 half hours as 0 or 1."))
    elif "1" not in slots:
        yield Problem("schedule.dayparting", "slots_empty", _("TikTok reads a plan without any hour as always on."))


def _flight(schedule: Any, flight: Any) -> Iterator[Problem]:
    """TikTok's campaigns have no times: that an ad group stays inside its campaign's flight is held here. RFC 3339 of whole
    seconds in UTC sorts as text."""
    opens, closes = (flight or {}).get("starts_at"), (flight or {}).get("ends_at")
    if opens is not None and schedule["start"] < opens:
        yield Problem("schedule.start", "outside_flight", _("The ad group starts before the campaign's flight."))
    if closes is not None and (schedule["end"] is None or schedule["end"] > closes):
        yield Problem("schedule.end", "outside_flight", _("The ad group does not end within the campaign's flight."))


def _utc(text: str) -> bool:
    digits = "".join("0" if char.isdecimal() and char.isascii() else char for char in text)
    return digits == "0000-00-00T00:00:00Z"


def _bid(account: ChannelAccount, bid: Any) -> Iterator[Problem]:
    if bid["strategy"] == "bid_cap":
        detail = _("TikTok's API has no bid cap. Choose lowest cost or cost cap, or book it by hand.")
        yield Problem("bid.strategy", "bid_cap_not_bookable", detail)
    else:
        yield from _known("bid.strategy", [bid["strategy"]], words.BID_STRATEGIES)
    yield from _known("bid.pacing", [bid["pacing"]], words.PACINGS)
    if bid["strategy"] == "lowest_cost" and bid["amount"] is not None:
        yield Problem("bid.amount", "amount_unused", _("Lowest cost has no bid amount."))
    if bid["strategy"] == "cost_cap":
        yield from _amount(account, "bid.amount", bid["amount"], required=True)


def _goal(bid: Any, campaign: Any) -> Iterator[Problem]:
    objective = campaign["structure"]["objective"]
    if bid["optimization_goal"] not in words.GOALS_BY_OBJECTIVE.get(objective, frozenset()):
        detail = _("TikTok cannot optimise {objective} for {goal} with what a revision carries.")
        said = say(detail, objective=objective, goal=bid["optimization_goal"])
        yield Problem("bid.optimization_goal", "goal_not_bookable", said)


def _amount(account: ChannelAccount, field: str, amount: Any, *, required: bool) -> Iterator[Problem]:
    if amount is None:
        if required:
            yield Problem(field, "amount_missing", _("An amount is needed."))
        return
    if amount["currency"] != account.currency:
        detail = _("The ad account is held in {held}, the amount is in {given}.")
        yield Problem(field, "wrong_currency", say(detail, held=account.currency, given=amount["currency"]))
    elif amount["minor"] <= 0:
        yield Problem(field, "amount_not_positive", _("The amount must be above zero."))
    elif not _exact(amount):
        too_precise = say(_("TikTok takes no fraction of {currency} here."), currency=amount["currency"])
        yield Problem(field, "too_precise", too_precise)


def _exact(amount: Any) -> bool:
    try:
        number(amount)
    except ValueError:
        return False
    return True


def _name(name: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem("structure.name", "name_missing", _("A name is needed."))
    elif weighted_length(name) > NAME_LIMIT - 15:
        detail = say(_("At most {most} characters: a tag is added."), most=NAME_LIMIT - 15)
        yield Problem("structure.name", "name_too_long", detail)


def _known(field: str, values: Any, table: Any) -> Iterator[Problem]:
    for value in values:
        if value not in table:
            yield Problem(field, "value_unknown", say(_("TikTok has no counterpart for “{value}”."), value=value))
