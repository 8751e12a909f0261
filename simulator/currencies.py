"""Minimum, maximum and precision of money per currency.

Source: facts 2.2 and 2.3. A limit is its base in USD multiplied by the currency's ratio.
"""

from decimal import Decimal

_FINE: dict[int, str] = {
    1: "USD EUR GBP MYR AED SAR AUD CAD NZD SGD CHF BRL ARS ILS PEN QAR RON",
    4: "PLN",
    10: "HKD ZAR DKK SEK NOK TRY MXN THB CNY BOB CZK EGP GTQ HNL MOP NIO UAH UYU",
    50: "PHP",
    100: "RUB DZD BDT INR KES NGN PKR",
    1_000: "COP CRC",
    100_000: "VEF",
}
_WHOLE: dict[int, str] = {
    1: "HUF",
    10: "TWD",
    100: "JPY ISK",
    1_000: "KRW CLP",
    10_000: "IDR VND PYG",
}
RATIOS: dict[str, int] = {
    code: ratio for table in (_FINE, _WHOLE) for ratio, codes in table.items() for code in codes.split()
}
_WHOLE_CODES = frozenset(code for codes in _WHOLE.values() for code in codes.split())


def ratio(currency: str) -> int:
    """How many units of the currency stand for one USD in TikTok's limits."""
    return RATIOS[currency]


def precision(currency: str) -> Decimal:
    """The smallest step of a budget or bid: 0.01, or 1 for currencies without minor units."""
    return Decimal(1) if currency in _WHOLE_CODES else Decimal("0.01")


def exact(value: float | int) -> Decimal:
    """The number as the sender wrote it (the shortest text that reads back the same)."""
    return Decimal(str(value))


def is_precise(value: Decimal, currency: str) -> bool:
    """Whether the value is a whole number of the currency's smallest steps."""
    return value % precision(currency) == 0
