"""Drafting ad groups."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from audit.recording import concerning, event, record, service
from campaigns import locks, subjects
from campaigns.inputs import AdGroupInput, BiddingInput, ScheduleInput
from campaigns.models import AdGroup, Campaign
from campaigns.services import drafting
from campaigns.vocabulary import BudgetMode
from core import clock
from core.actor import Actor
from core.errors import Invalid, NotFound
from core.money import parse_amount

AUDIENCE: Final[dict[str, Any]] = {"locations": [], "age_groups": [], "gender": "all", "languages": [], "interests": []}
PLACEMENT: Final[dict[str, Any]] = {"type": "automatic", "apps": []}
"""What is not said is written out, so that a revision always says all of it."""


def _apply_schedule(group: AdGroup, schedule: ScheduleInput) -> None:
    start, end = schedule.get("start", group.start), schedule.get("end", group.end)
    if start is None:
        raise Invalid.field("schedule.start", "required", _("Say when the ad group starts."))
    group.start, group.end = start.replace(microsecond=0), end and end.replace(microsecond=0)
    group.dayparting = schedule.get("dayparting", group.dayparting)
    if group.end is not None and group.end <= group.start:
        raise Invalid.field("schedule.end", "before_start", _("The end must be after the start."))


def _apply_bidding(group: AdGroup, bidding: BiddingInput) -> None:
    group.bid_strategy = bidding.get("strategy", group.bid_strategy)
    if "amount" in bidding:
        amount = bidding["amount"]
        money = None if amount is None else parse_amount(amount, group.ad_account.currency, "bidding.amount")
        group.bid_minor = None if money is None else money.minor


def _apply_budget(group: AdGroup, values: AdGroupInput) -> None:
    """Under budget optimisation an ad group has no budget of its own: TikTok ignores one (Doc:Budget)."""
    if "budget" not in values:
        if not group.budget_mode and not group.campaign.budget_optimization:
            raise Invalid.field("budget", "required", _("Say what the ad group may spend."))
        group.budget_mode = group.budget_mode or BudgetMode.UNLIMITED
        return
    budget = values["budget"]
    if group.campaign.budget_optimization and budget["mode"] != BudgetMode.UNLIMITED:
        words = _("The campaign optimises its budget; leave the ad group's budget out, or say unlimited.")
        raise Invalid.field("budget.mode", "not_applicable", words)
    if not group.campaign.budget_optimization and budget["mode"] == BudgetMode.UNLIMITED:
        raise Invalid.field("budget.mode", "not_applicable", _("An ad group has a daily or a lifetime budget."))
    group.budget_mode = budget["mode"]
    group.budget_minor = drafting.budget_minor(budget, group.ad_account.currency)


def _apply(group: AdGroup, values: AdGroupInput) -> None:
    if "name" in values:
        group.name = drafting.check_name(values["name"])
    if "placement" in values:
        group.placement = drafting.check_texts("placement", {**PLACEMENT, **values["placement"]})
    if "targeting" in values:
        group.targeting = drafting.check_texts("targeting", {**AUDIENCE, **values["targeting"]})
    _apply_budget(group, values)
    if "schedule" in values:
        _apply_schedule(group, values["schedule"])
    if "bidding" in values:
        _apply_bidding(group, values["bidding"])
    group.pacing = values.get("pacing", group.pacing)
    group.optimization_goal = values.get("optimization_goal", group.optimization_goal)


def sketched(actor: Actor, parent: Campaign, values: AdGroupInput, now: datetime) -> AdGroup:
    """An ad group draft below a campaign, itself saved or not, that nobody has saved. Raises Invalid."""
    blank = AdGroup(campaign=parent, placement=dict(PLACEMENT), targeting=dict(AUDIENCE))
    group = drafting.begin(blank, actor, parent.ad_account, now)
    _apply(group, values)
    return group


@service("campaigns.ad_group.drafted")
def draft_ad_group(*, actor: Actor, campaign: UUID, values: AdGroupInput) -> AdGroup:
    """A new ad group draft below a campaign. Raises Invalid, NotFound, Forbidden."""
    now = clock.now()
    parent = Campaign.objects.select_related("ad_account__brand__organisation").filter(pk=campaign).first()
    if parent is None:
        raise NotFound()
    concerning(subjects.of_draft(parent))
    permissions.check(actor, "submit", parent.ad_account)
    group = sketched(actor, parent, values, now)
    group.save(force_insert=True)
    record(event(actor, "campaigns.ad_group.drafted", subjects.of_draft(group), now))
    return group


@service("campaigns.ad_group.edited")
def edit_ad_group(*, actor: Actor, ad_group: UUID, version: int | None, values: AdGroupInput) -> AdGroup:
    """Change a draft at `version` (If-Match), if given. Raises Invalid, NotFound, Forbidden, StaleVersion."""
    return drafting.edit(
        actor=actor, rows=locks.ad_groups(), identifier=ad_group, version=version,
        apply=lambda row: _apply(row, values), action="campaigns.ad_group.edited",
    )  # fmt: skip
