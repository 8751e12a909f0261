"""Money: integer minor units with its ISO 4217 currency; Decimal only where text comes in or goes out. Never float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from babel.core import UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision, list_currencies
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, say

# 12 digits before the point are more than any platform takes and leave room below 2^53 after it (R-23, RFC 8785).
MAX_MINOR = 10**14
_DECIMAL: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")


def known_currencies() -> frozenset[str]:
    """ISO 4217 codes as Babel knows them."""
    return frozenset(list_currencies())


def exponent(currency: str) -> int:
    """Digits after the point of a currency (JPY 0, USD 2, KWD 3)."""
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: `minor` units (cents) of `currency`."""

    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the currency's digits."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def content(self) -> dict[str, Any]:
        """The form that goes into revisions and is hashed."""
        return {"minor": self.minor, "currency": self.currency}

    def localised(self, locale: str) -> str:
        """For people, e.g. `1.234,50 €`."""
        try:
            return format_currency(self.amount, self.currency, locale=locale.replace("-", "_"))
        except UnknownLocaleError:
            return str(self)


def parse_amount(text: object, currency: str, field: str) -> Money:
    """A decimal string as Money. Raises Invalid naming `field`: not a number, too many digits, negative, too large.

    Digits and a point, as in JSON without an exponent: Decimal would also read “1e3”, “1_000” and other scripts' digits,
    and would round what has more than 28.
    """
    found = _DECIMAL.fullmatch(text) if isinstance(text, str) and len(text) <= 40 else None
    if found is None:
        raise Invalid.field(field, "invalid_amount", _("Give the amount as a decimal string such as “50.00”."))
    sign, whole, fraction = found[1], found[2], (found[3] or "").rstrip("0")
    if sign:
        raise Invalid.field(field, "negative_amount", _("An amount cannot be negative."))
    digits = exponent(currency)
    if len(fraction) > digits:
        words = say(_("{currency} has {digits} digits after the point."), currency=currency, digits=digits)
        raise Invalid.field(field, "too_precise", words)
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor > MAX_MINOR:
        raise Invalid.field(field, "amount_too_large", _("The amount is larger than any ad account may hold."))
    return Money(minor, currency)
