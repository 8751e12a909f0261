"""Amounts of money as people type them, in the reader's language: the one place of the workplace that reads them.

What is an amount in another language (1234.50 among German readers) is refused, not guessed: a wrong guess is wrong by a factor of
a hundred or a thousand.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, say
from core.money import Money, exponent, parse_amount
from workplace.words import language

_TYPED: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")
"""What is offered to Babel at all: it would also take other scripts' digits, `1e3` and `1_000`."""
_SWAPPED: Final = str.maketrans(".,", ",.")
_EXAMPLE: Final = Decimal("1234.5")


def read_amount(text: str, currency: str, field: str = "amount") -> Money:
    """What was typed, with its thousands marked as the reader's language does it or not at all. Raises Invalid naming `field`,
    in words that say how to write it."""
    found, digits = _number(text), exponent(currency)
    if found is None:
        words = _("Write the amount such as “{grouped}” or “{plain}”.")
        raise Invalid.field(field, "invalid_amount", say(words, **_examples(currency)))
    if _digits(found) > digits:
        words = _("{currency} has {digits} digits after the decimal mark: write such as “{grouped}” or “{plain}”.")
        raise Invalid.field(field, "too_precise", say(words, currency=currency, digits=digits, **_examples(currency)))
    _check_unambiguous(text, found, currency, field)
    return parse_amount(f"{found:f}", currency, field)


def _number(text: str) -> Decimal | None:
    if not _TYPED.fullmatch(text):
        return None
    try:
        return parse_decimal(text, locale=_locale(), strict=True)
    except NumberFormatError:
        return None


def _check_unambiguous(text: str, found: Decimal, currency: str, field: str) -> None:
    """`1,234` of a currency with three digits after the point may be a thousand times too much: whoever means it can write the
    digits. Raises Invalid."""
    other = _number(text.translate(_SWAPPED))
    if other is not None and other < found and _digits(other) <= exponent(currency):
        words = _("This may mean more than one amount: write “{one}” or “{other}”.")
        both = {"one": written(found, currency), "other": written(other, currency)}
        raise Invalid.field(field, "ambiguous_amount", say(words, **both))


def _digits(number: Decimal) -> int:
    """How many stand after the point, zeros as well: `50.000` is no way to write fifty euros."""
    return max(0, -int(number.as_tuple().exponent))


def _examples(currency: str) -> dict[str, str]:
    return {"grouped": written(_EXAMPLE, currency), "plain": written(_EXAMPLE, currency, grouped=False)}


def written(number: Decimal, currency: str, *, grouped: bool = True) -> str:
    """An amount as it is typed in this language, with the digits of its currency."""
    digits = exponent(currency)
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(number, format=pattern, locale=_locale(), group_separator=grouped)


def _locale() -> str:
    return language().replace("-", "_")
