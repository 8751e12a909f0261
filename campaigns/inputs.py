"""What the doors hand to the drafting services: already of the right shape and vocabulary, not yet judged.

Amounts are decimal strings, as the contract says; the services turn them into minor units of the account's currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID


class BudgetInput(TypedDict):
    mode: str
    amount: str | None


class ScheduleInput(TypedDict, total=False):
    start: datetime
    end: datetime | None
    dayparting: str | None


class FlightInput(TypedDict, total=False):
    starts_at: datetime | None
    ends_at: datetime | None


class BiddingInput(TypedDict, total=False):
    strategy: str
    amount: str | None


class DisclosureInput(TypedDict, total=False):
    ai_generated: bool | None
    disclaimer: str
    payer: str
    beneficiary: str


class EffectInput(TypedDict, total=False):
    name: str
    icon: UUID | None


class SparkAuthorizationInput(TypedDict, total=False):
    proof: str
    expires_at: datetime | None


class CampaignInput(TypedDict, total=False):
    name: str
    objective: str
    budget: BudgetInput
    budget_optimization: bool
    special_industries: Sequence[str]
    schedule: FlightInput | None


class AdGroupInput(TypedDict, total=False):
    name: str
    placement: dict[str, Any]
    targeting: dict[str, Any]
    budget: BudgetInput
    schedule: ScheduleInput
    bidding: BiddingInput
    pacing: str
    optimization_goal: str


class AdInput(TypedDict, total=False):
    name: str
    format: str
    media: Sequence[UUID]
    text: str
    call_to_action: str
    landing_page_url: str
    display_name: str
    hashtags: Sequence[str]
    page: UUID | None
    spark_post: str
    spark_authorization: SparkAuthorizationInput | None
    effect: EffectInput | None
    disclosure: DisclosureInput
