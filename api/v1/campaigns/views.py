"""GET, POST, PATCH campaigns/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Choice, Flag, Id, Moment, Strict, Text, choices
from api.filters import Filters, Key, Word
from api.v1.budgets import BudgetIn, BudgetOut, budget
from api.v1.drafts import DraftOut
from api.v1.lowering import LowerableResource
from campaigns.models import Campaign
from campaigns.queries import visible_campaigns
from campaigns.services import draft_campaign, edit_campaign
from campaigns.vocabulary import SPECIAL_INDUSTRIES, EntityType, Objective


class FlightIn(Strict):
    """From when until when the campaign's ad groups may run; without one there is no limit."""

    starts_at = Moment(allow_null=True, required=False)
    ends_at = Moment(allow_null=True, required=False)


class FlightOut(serializers.Serializer[Any]):
    """The flight; null is no limit."""

    starts_at = Moment(allow_null=True)
    ends_at = Moment(allow_null=True)


class CampaignEdit(Strict):
    """What can be changed of a campaign."""

    name = Text(max_length=512)
    objective = Choice(choices=Objective.values)
    budget = BudgetIn()
    budget_optimization = Flag(required=False)
    special_industries = choices(SPECIAL_INDUSTRIES, required=False)
    schedule = FlightIn(required=False, allow_null=True)


class CampaignIn(CampaignEdit):
    """A new campaign."""

    ad_account = Id()


class CampaignOut(DraftOut):
    """A campaign draft."""

    objective = serializers.ChoiceField(choices=Objective.values)
    budget = serializers.SerializerMethodField()
    budget_optimization = serializers.BooleanField()
    special_industries = serializers.ListField(child=serializers.CharField())
    schedule = FlightOut(source="*")

    @extend_schema_field(BudgetOut)
    def get_budget(self, campaign: Campaign) -> dict[str, Any]:
        return budget(campaign.budget_mode, campaign.budget_minor, campaign.ad_account.currency)


class CampaignFilters(Filters):
    ad_account = Key(field_name="ad_account_id")
    objective = Word(choices=Objective.choices)


class CampaignResource(LowerableResource):
    """Campaign drafts of the ad accounts that you may see."""

    queryset = Campaign.objects.none()
    reference = "ad_account"
    serializer_class = CampaignOut
    filterset_class = CampaignFilters
    entity_type = EntityType.CAMPAIGN
    edit_serializer = CampaignEdit

    def rows(self) -> QuerySet[Campaign]:
        return visible_campaigns(self.actor)

    @extend_schema(request=CampaignIn, responses={201: CampaignOut})
    def create(self, request: Request) -> Response:
        """Draft a campaign."""
        values = self.valid(CampaignIn)
        account = values.pop("ad_account")
        return self.answer(draft_campaign(actor=self.actor, ad_account=account, values=values), 201)  # type: ignore[arg-type]

    @extend_schema(request=CampaignEdit, responses=CampaignOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Edit a campaign draft."""
        version, values = self.edits()
        return self.answer(edit_campaign(actor=self.actor, campaign=id, version=version, values=values))  # type: ignore[arg-type]
