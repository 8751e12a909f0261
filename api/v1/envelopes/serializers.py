"""Envelopes as they are given and answered."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Amount, Choice, Id, Moment, Strict, Text
from api.v1.budgets import amount as shown_amount
from api.v1.scopes import ScopeOut, shown
from approvals.models import Envelope, EnvelopeAmount


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


class ConfirmationIn(Strict):
    """Which amount."""

    amount = Id()


class AmountOut(serializers.Serializer[Any]):
    """An amount from a month on; `in_force` is false while it waits for another policy manager."""

    id = serializers.UUIDField()
    first_month = serializers.DateField()
    amount = serializers.SerializerMethodField()
    in_force = serializers.SerializerMethodField()
    recorded_by = serializers.CharField()
    recorded_at = Moment()

    @extend_schema_field(Amount())
    def get_amount(self, row: EnvelopeAmount) -> str | None:
        return shown_amount(row.amount_minor, row.envelope.currency)

    def get_in_force(self, row: EnvelopeAmount) -> bool:
        return hasattr(row, "consent")


class EnvelopeOut(serializers.Serializer[Any]):
    """What a brand or an ad account may spend a month."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    scope = serializers.SerializerMethodField()
    currency = serializers.CharField()
    amounts = AmountOut(many=True, source="amounts.all")
    created_at = Moment()
    created_by = serializers.CharField()

    @extend_schema_field(ScopeOut())
    def get_scope(self, row: Envelope) -> dict[str, Any]:
        return ScopeOut(shown(row.scope)).data


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
