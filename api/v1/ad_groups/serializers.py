"""What ad groups take and answer."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Amount, Choice, Id, Moment, Strict, Text, choices, texts
from api.v1.budgets import BudgetIn, BudgetOut, amount, budget
from api.v1.drafts import DraftOut
from campaigns.models import AdGroup
from campaigns.vocabulary import (
    AGE_GROUPS,
    GENDERS,
    PLACEMENT_APPS,
    BidStrategy,
    OptimizationGoal,
    Pacing,
    PlacementType,
)


class PlacementIn(Strict):
    """Where ads are shown. Replaced as a whole."""

    type = Choice(choices=PlacementType.values, required=False)
    apps = choices(PLACEMENT_APPS, required=False)


class TargetingIn(Strict):
    """To whom ads are shown. Replaced as a whole; what is not said is not restricted."""

    locations = texts(64, 1000, required=False)
    age_groups = choices(AGE_GROUPS, required=False)
    gender = Choice(choices=GENDERS, required=False)
    languages = texts(20, 200, required=False)
    interests = texts(64, 1000, required=False)


class ScheduleIn(Strict):
    """When ads are shown."""

    start = Moment()
    end = Moment(allow_null=True, required=False)
    dayparting = Text(
        max_length=336,
        validators=[RegexValidator(r"^[01]{336}\Z", _("Give 336 half hours from Monday 00:00, each 0 or 1."))],
        allow_null=True,
        required=False,
        help_text="336 half hours from Monday 00:00, 1 is on.",
    )


class BiddingIn(Strict):
    """How is bid."""

    strategy = Choice(choices=BidStrategy.values)
    amount = Amount(allow_null=True, required=False)


class AdGroupEdit(Strict):
    """What can be changed of an ad group."""

    name = Text(max_length=512)
    placement = PlacementIn(required=False)
    targeting = TargetingIn(required=False)
    budget = BudgetIn(required=False, help_text="Left out, or `unlimited`, exactly when the campaign optimises its budget.")
    schedule = ScheduleIn()
    bidding = BiddingIn()
    pacing = Choice(choices=Pacing.values, default=Pacing.STANDARD.value)
    optimization_goal = Choice(choices=OptimizationGoal.values)


class AdGroupIn(AdGroupEdit):
    """A new ad group."""

    campaign = Id()


class PlacementOut(serializers.Serializer[Any]):
    type = serializers.ChoiceField(choices=PlacementType.values)
    apps = serializers.ListField(child=serializers.CharField())


class TargetingOut(serializers.Serializer[Any]):
    locations = serializers.ListField(child=serializers.CharField())
    age_groups = serializers.ListField(child=serializers.CharField())
    gender = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    interests = serializers.ListField(child=serializers.CharField())


class ScheduleOut(serializers.Serializer[Any]):
    start = Moment()
    end = Moment(allow_null=True)
    dayparting = serializers.CharField(allow_null=True)


class BiddingOut(serializers.Serializer[Any]):
    strategy = serializers.ChoiceField(choices=BidStrategy.values)
    amount = Amount(allow_null=True)


class AdGroupOut(DraftOut):
    """An ad group draft."""

    campaign = serializers.UUIDField(source="campaign_id")
    placement = PlacementOut()
    targeting = TargetingOut()
    budget = serializers.SerializerMethodField()
    schedule = ScheduleOut(source="*")
    bidding = serializers.SerializerMethodField()
    pacing = serializers.ChoiceField(choices=Pacing.values)
    optimization_goal = serializers.ChoiceField(choices=OptimizationGoal.values)

    @extend_schema_field(BudgetOut)
    def get_budget(self, group: AdGroup) -> dict[str, Any]:
        return budget(group.budget_mode, group.budget_minor, group.ad_account.currency)

    @extend_schema_field(BiddingOut)
    def get_bidding(self, group: AdGroup) -> dict[str, Any]:
        return {"strategy": group.bid_strategy, "amount": amount(group.bid_minor, group.ad_account.currency)}
