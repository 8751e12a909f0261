"""Drafting campaigns."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount
from accounts.subjects import of_scope
from audit.recording import concerning, event, record, service
from campaigns import locks, subjects
from campaigns.inputs import CampaignInput, FlightInput
from campaigns.models import Campaign
from campaigns.services import drafting
from campaigns.vocabulary import BudgetMode
from core import clock
from core.actor import Actor
from core.errors import Invalid, NotFound


def _apply_flight(campaign: Campaign, flight: FlightInput) -> None:
    start, end = flight.get("starts_at", campaign.starts_at), flight.get("ends_at", campaign.ends_at)
    campaign.starts_at, campaign.ends_at = start and start.replace(microsecond=0), end and end.replace(microsecond=0)
    if campaign.starts_at and campaign.ends_at and campaign.ends_at <= campaign.starts_at:
        raise Invalid.field("schedule.ends_at", "before_start", _("The end must be after the start."))


def _check_budget(campaign: Campaign) -> None:
    """TikTok takes a dynamic daily budget for a campaign under budget optimisation only (Doc:Budget)."""
    if campaign.budget_mode == BudgetMode.DYNAMIC_DAILY and not campaign.budget_optimization:
        words = _("A campaign has a dynamic daily budget under budget optimisation only.")
        raise Invalid.field("budget.mode", "needs_optimization", words)


def _apply(campaign: Campaign, values: CampaignInput) -> None:
    if "name" in values:
        campaign.name = drafting.check_name(values["name"])
    if "budget" in values:
        campaign.budget_mode = values["budget"]["mode"]
        campaign.budget_minor = drafting.budget_minor(values["budget"], campaign.ad_account.currency)
    if "special_industries" in values:
        campaign.special_industries = sorted(set(values["special_industries"]))
    campaign.objective = values.get("objective", campaign.objective)
    campaign.budget_optimization = values.get("budget_optimization", campaign.budget_optimization)
    if "schedule" in values:
        _apply_flight(campaign, values["schedule"] or {"starts_at": None, "ends_at": None})
    _check_budget(campaign)


def sketched(actor: Actor, account: AdAccount, values: CampaignInput, now: datetime) -> Campaign:
    """A campaign draft that nobody has saved. Raises Invalid."""
    campaign = drafting.begin(Campaign(), actor, account, now)
    _apply(campaign, values)
    return campaign


@service("campaigns.campaign.drafted")
def draft_campaign(*, actor: Actor, ad_account: UUID, values: CampaignInput) -> Campaign:
    """A new campaign draft in an ad account. Raises Invalid, NotFound, Forbidden."""
    now = clock.now()
    account = AdAccount.objects.select_related("brand__organisation").filter(pk=ad_account).first()
    if account is None:
        raise NotFound()
    concerning(of_scope(account))
    permissions.check(actor, "submit", account)
    campaign = sketched(actor, account, values, now)
    campaign.save(force_insert=True)
    record(event(actor, "campaigns.campaign.drafted", subjects.of_draft(campaign), now))
    return campaign


@service("campaigns.campaign.edited")
def edit_campaign(*, actor: Actor, campaign: UUID, version: int | None, values: CampaignInput) -> Campaign:
    """Change a draft at `version` (If-Match), if given. Raises Invalid, NotFound, Forbidden, StaleVersion."""
    return drafting.edit(
        actor=actor, rows=locks.campaigns(), identifier=campaign, version=version,
        apply=lambda row: _apply(row, values), action="campaigns.campaign.edited",
    )  # fmt: skip
