"""What a channel knows of ad accounts and pages, so that nothing is set up that can never be published.

TikTok: currencies are those of its table of minimum budgets (governance.money_minimums reads the same); identity types are
those of “Identities”, without that of shops.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from babel import Locale
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, say
from core.money import known_currencies

TIKTOK: Final = "tiktok"


@dataclass(frozen=True, slots=True)
class Channel:
    """The words of one channel."""

    currencies: frozenset[str]
    identity_types: tuple[str, ...]


_TIKTOK_CURRENCIES: Final = frozenset(
    re.findall(
        "[A-Z]{3}",
        "AED ARS AUD BDT BOB BRL CAD CHF CLP CNY COP CRC CZK DKK DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS INR ISK JPY KES KRW "
        "MOP MXN MYR NGN NIO NOK NZD PEN PHP PKR PLN PYG QAR RON RUB SAR SEK SGD THB TRY TWD UAH USD UYU VEF VND ZAR",
    )
)

CHANNELS: Final[Mapping[str, Channel]] = {
    TIKTOK: Channel(
        currencies=_TIKTOK_CURRENCIES,
        identity_types=("TT_USER", "AUTH_CODE", "BC_AUTH_TT", "CUSTOMIZED_USER"),
    ),
}

_NO_COUNTRIES: Final = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"])
"""Two letters that CLDR knows and ISO 3166-1 does not assign."""


@cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2."""
    known = map(str, Locale("en").territories)
    return frozenset(code for code in known if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


@cache
def _timezones() -> frozenset[str]:
    """Read once: the standard library opens some six hundred files for each answer."""
    return frozenset(available_timezones())


_UNKNOWN_CURRENCY: Final = _("Give the ISO 4217 code of a currency that the channel has, such as USD.")


def check_facts(channel: str, currency: str, timezone: str, country: str) -> None:
    """What never changes of an ad account has to be right from the start. Raises Invalid."""
    if channel not in CHANNELS:
        words = say(_("Choose one of {choices}."), choices=", ".join(CHANNELS))
        raise Invalid.field("channel", "unknown_channel", words)
    if currency not in CHANNELS[channel].currencies & known_currencies():
        raise Invalid.field("currency", "unknown_currency", _UNKNOWN_CURRENCY)
    if timezone not in _timezones():
        raise Invalid.field("timezone", "unknown_timezone", _("Give an IANA time zone such as Europe/Berlin."))
    if country not in countries():
        raise Invalid.field("country", "unknown_country", _("Give the ISO 3166 code of a country, such as DE."))
