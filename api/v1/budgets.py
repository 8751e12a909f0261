"""Budgets in bodies and answers, for campaigns and ad groups alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from api.fields import Amount, Choice, Strict
from campaigns.vocabulary import BudgetMode
from core.money import Money


class BudgetIn(Strict):
    """A budget is given whole, also when a draft is edited."""

    mode = Choice(choices=BudgetMode.values)
    amount = Amount(allow_null=True, required=False)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if "mode" not in attrs:
            words = _("Say daily, dynamic_daily, lifetime or unlimited.")
            raise serializers.ValidationError({"mode": [ErrorDetail(words, code="required")]})
        return attrs


class BudgetOut(serializers.Serializer[Any]):
    """In the currency of the ad account."""

    mode = serializers.ChoiceField(choices=BudgetMode.values)
    amount = Amount(allow_null=True)


def amount(minor: int | None, currency: str) -> str | None:
    """An amount as a decimal string in major units."""
    return None if minor is None else f"{Money(minor, currency).amount:f}"


def budget(mode: str, minor: int | None, currency: str) -> dict[str, Any]:
    """A draft's budget as it is answered."""
    return {"mode": mode, "amount": amount(minor, currency)}


def money(minor: int, currency: str) -> dict[str, str]:
    """An amount with its currency as it is answered."""
    return {"amount": f"{Money(minor, currency).amount:f}", "currency": currency}
