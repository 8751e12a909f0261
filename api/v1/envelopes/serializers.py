"""Envelopes as they are given and answered."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Amount, Choice, Id, Moment, Strict, Text
from api.v1.budgets import amount as shown_amount
from api.v1.scopes import ScopeOut, shown
from approvals.amounts import state_of
from approvals.models import Envelope, EnvelopeAmount
from approvals.states import AmountState
from core import clock


class EnvelopeScopeIn(Strict):
    """A brand or an ad account."""

    type = Choice(choices=("brand", "ad_account"))
    id = Id()


class EnvelopeIn(Strict):
    """What may be spent a month, from a month on."""

    scope = EnvelopeScopeIn()
    title = Text(max_length=200)
    amount = Amount(help_text="In major units of `currency`.")
    currency = Text(max_length=3, help_text="An ad account's own; of a brand only ad accounts in this currency count.")
    first_month = serializers.DateField(help_text="The first day of this month or of one to come.")
    reason = Text(max_length=2000, required=False, allow_blank=True, help_text="Why, for whoever confirms it and for auditors.")


class WhichIn(Strict):
    """Which amount."""

    amount = Id()


class AmountOut(serializers.Serializer[Any]):
    """An amount from a month on. `in_force` is false while it waits for another policy manager, and for good once `declined`."""

    id = serializers.UUIDField()
    first_month = serializers.DateField()
    amount = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField(
        help_text="How it stands now: in_force counts this month, to_come from a later one on, and replaced never again; awaited "
        "waits for another policy manager, lapsed was not confirmed in time, and declined never counts."
    )
    in_force = serializers.BooleanField(
        source="is_in_force", help_text="Nothing is missing for it to count in its months, whether or not another takes its place."
    )
    declined = serializers.BooleanField(source="is_declined")
    reason = serializers.CharField()
    recorded_by = serializers.CharField()
    recorded_at = Moment()

    @extend_schema_field(Amount())
    def get_amount(self, row: EnvelopeAmount) -> str | None:
        return shown_amount(row.amount_minor, row.envelope.currency)

    @extend_schema_field(serializers.ChoiceField(choices=AmountState.values))
    def get_status(self, row: EnvelopeAmount) -> str:
        return state_of(row, self.context["amounts"], self.context["now"]).value


class EnvelopeOut(serializers.Serializer[Any]):
    """What a brand or an ad account may spend a month."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    scope = serializers.SerializerMethodField()
    currency = serializers.CharField()
    amounts = serializers.SerializerMethodField()
    created_at = Moment()
    created_by = serializers.CharField()

    @extend_schema_field(ScopeOut())
    def get_scope(self, row: Envelope) -> dict[str, Any]:
        return ScopeOut(shown(row.scope)).data

    @extend_schema_field(AmountOut(many=True))
    def get_amounts(self, row: Envelope) -> list[Any]:
        """The latest first; how one stands depends on the others."""
        amounts = list(row.amounts.all())
        return list(AmountOut(amounts, many=True, context={"amounts": amounts, "now": clock.now()}).data)


class MonthOut(serializers.Serializer[Any]):
    """A month of it. `left` is null where there is no limit, and negative where more is spoken for."""

    month = serializers.DateField()
    amount = Amount(allow_null=True)
    reserved = Amount()
    committed = Amount()
    left = Amount(allow_null=True)


class EnvelopeDetailOut(EnvelopeOut):
    """The same with its months: those with an amount of their own, and those in which anything is spoken for."""

    months = MonthOut(many=True)
