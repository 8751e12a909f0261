"""Money to the number TikTok takes and back. The last step into the SDK is the only place with a float, and it is exact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.money import Money, exponent
from publishing.channels.tiktok_words import WHOLE_CURRENCIES


def number(amount: Mapping[str, Any]) -> int | float:
    """{"minor", "currency"} as a JSON number of major units. Raises ValueError when TikTok cannot take it exactly."""
    value = Money(amount["minor"], amount["currency"]).amount
    if value == value.to_integral_value():
        return int(value)
    if amount["currency"] in WHOLE_CURRENCIES:
        raise ValueError(f"TikTok takes whole {amount['currency']} only")
    result = float(value)
    if Decimal(repr(result)) != value:
        raise ValueError(f"{value} has no exact number")
    return result


def amount_of(value: Any, currency: str) -> Any:
    """TikTok's number of major units as {"minor", "currency"}; None for none and zero (TikTok's "no budget").

    A value that is not a whole number of minor units is given back as text, so that it equals no cleared amount.
    """
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        minor = Decimal(str(value)).scaleb(exponent(currency))
    except InvalidOperation:
        return str(value)
    if not minor.is_finite() or minor != minor.to_integral_value():
        return str(value)
    return {"minor": int(minor), "currency": currency} if minor else None
