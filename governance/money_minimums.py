"""Minimum budgets per currency (R-23): integers only, never a live exchange rate.

Source: the seed article for the base amounts (50 USD a day per campaign, 20 USD a day per ad group); TikTok's
page "Budget" for lifetime budgets, the upper limit, and the table `minimum(currency) = base x ratio` with its
precision. The table of minimums in the database (governance.models.BudgetMinimum) begins with these. Minor
units follow ISO 4217 as Babel knows it (JPY 0 digits, USD 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from core.money import Money, exponent

# Base amounts in whole US dollars.
CAMPAIGN_DAILY = 50
CAMPAIGN_LIFETIME = 50
AD_GROUP_DAILY = 20
DAILY_CEILING = 10_000_000

SOURCE = "seed; TikTok Doc:Budget for lifetime and for the currency ratio"

_BY_RATIO: Mapping[int, str] = {
    1: "USD EUR GBP MYR AED SAR AUD CAD NZD SGD CHF BRL ARS ILS PEN QAR RON HUF",
    4: "PLN",
    10: "HKD ZAR DKK SEK NOK TRY MXN THB CNY BOB CZK EGP GTQ HNL MOP NIO UAH UYU TWD",
    50: "PHP",
    100: "RUB DZD BDT INR KES NGN PKR JPY ISK",
    1_000: "COP CRC KRW CLP",
    10_000: "IDR VND PYG",
    100_000: "VEF",
}

RATIO: Mapping[str, int] = {
    currency: ratio for ratio, currencies in _BY_RATIO.items() for currency in currencies.split()
}

# The channel takes whole units only of these; of all others it takes two digits after the point.
INTEGER_ONLY = frozenset(["HUF", "TWD", "JPY", "ISK", "KRW", "CLP", "IDR", "VND", "PYG"])


class UnknownCurrency(KeyError):
    """The table has no line for this currency, so no minimum can be named."""


def base_in_minor(base: int, currency: str) -> int:
    """`base` whole US dollars as minor units of the currency, by the table. Raises UnknownCurrency."""
    if currency not in RATIO:
        raise UnknownCurrency(currency)
    return int(base * RATIO[currency] * 10 ** exponent(currency))


def step_in_minor(currency: str) -> int:
    """The smallest step of an amount that the channel takes, in minor units. Raises UnknownCurrency."""
    if currency not in RATIO:
        raise UnknownCurrency(currency)
    superfluous = exponent(currency) - (0 if currency in INTEGER_ONLY else 2)
    return int(10 ** max(superfluous, 0))


def scheduled_days(start: datetime, end: datetime) -> int:
    """Days of 24 hours from start to end, a begun day counting whole; below 1 when end is not after start.

    TikTok does not say how it counts part of a day; rounding up never accepts what the channel refuses.
    """
    return -((start - end) // timedelta(days=1))


def amount_text(money: Money) -> str:
    """The amount exactly, as a decimal string with its currency: `50.00 USD`."""
    digits = exponent(money.currency)
    whole, fraction = divmod(abs(money.minor), 10**digits)
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{whole}" + (f".{fraction:0{digits}}" if digits else "") + f" {money.currency}"
