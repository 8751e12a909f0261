"""How envelopes stand, in words: amounts of money, months, a small bar, and what each amount of the history is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _

from approvals import outlook
from approvals.amounts import state_of
from approvals.books import Month
from approvals.models import Envelope, EnvelopeAmount
from approvals.states import AmountState
from workplace import measured, words

BAR_WIDTH: Final = 1000
"""What the bar of a month is wide, in its own units."""
_MONTH: Final = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")


# --- months ------------------------------------------------------------------------------------------------------------------


def month_of(text: str, otherwise: datetime) -> date:
    """The month that an address names as `2026-11`; the one of a moment (UTC) where it names none."""
    found = _MONTH.fullmatch(text)
    return otherwise.date().replace(day=1) if found is None else date(int(found[1]), int(found[2]), 1)


def beside(month: date, by: int) -> date:
    """So many months later or earlier; kept within what addresses can name."""
    number = min(max(month.year * 12 + month.month - 1 + by, 2000 * 12), 2999 * 12 + 11)
    return date(number // 12, number % 12 + 1, 1)


def month_words(month: date) -> str:
    """`November 2026`, in the reader's language."""
    return formats.date_format(month, "F Y")


# --- one month of one envelope -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """What is spoken for, drawn: widths of BAR_WIDTH, where the limit lies, and the same in words for who does not see it."""

    committed: int
    reserved: int
    limit: int
    is_over: bool
    words: str


@dataclass(frozen=True, slots=True)
class MonthView:
    """A month in words; `left` is a dash where there is no limit, and `over` is empty unless more is spoken for."""

    month: date
    title: str
    amount: str
    reserved: str
    committed: str
    left: str
    over: str
    bar: Bar | None


def month_view(envelope: Envelope, month: Month) -> MonthView:
    left = month.left_minor
    amounts = (month.amount_minor, month.reserved_minor, month.committed_minor, left)
    amount, reserved, committed, rest = (words.money(each, envelope.currency) for each in amounts)
    too_much = over(left, envelope.currency)
    return MonthView(month.month, month_words(month.month), amount, reserved, committed, rest, too_much, bar(month))


def over(left: int | None, currency: str) -> str:
    """How much too much is spoken for; empty where all of it fits."""
    return "" if left is None or left >= 0 else words.money(-left, currency)


def bar(month: Month) -> Bar | None:
    """None where there is no limit to draw it against."""
    if month.amount_minor is None:
        return None
    spoken_for = month.reserved_minor + month.committed_minor
    whole = max(month.amount_minor, spoken_for, 1)
    committed, taken = BAR_WIDTH * month.committed_minor // whole, BAR_WIDTH * spoken_for // whole
    limit = BAR_WIDTH * month.amount_minor // whole
    return Bar(committed, taken - committed, limit, spoken_for > month.amount_minor, _bar_words(month, month.amount_minor))


def _bar_words(month: Month, amount: int) -> str:
    if not amount:
        return _("Nothing may be spent.")
    said = {"committed": percent(month.committed_minor, amount), "reserved": percent(month.reserved_minor, amount)}
    return _("%(committed)s committed, %(reserved)s reserved") % said


def percent(part: int, whole: int) -> str:
    """A share for people, whole: `12 %`."""
    return measured.percent(Decimal(100 * part) / whole, 0)


# --- amounts -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AmountView:
    """One amount of the history."""

    row: EnvelopeAmount
    amount: str
    since: str
    state: AmountState


def amount_views(envelope: Envelope, now: datetime) -> list[AmountView]:
    """All amounts of an envelope with its amounts loaded, the latest first; no statement."""
    rows = list(envelope.amounts.all())
    return [
        AmountView(row, words.money(row.amount_minor, envelope.currency), month_words(row.first_month), state_of(row, rows, now))
        for row in rows
    ]


# --- what requests take ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShareView:
    """What a request takes of a month, in words."""

    title: str
    by: str
    gives_back: bool
    left: str
    over: str
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class DrawView:
    """What a request takes of an envelope, in words."""

    envelope: Envelope
    is_held: bool
    fits: bool
    shares: list[ShareView]


def draw_view(draw: outlook.Draw) -> DrawView:
    currency = draw.envelope.currency
    shares = [_share_view(each, currency) for each in draw.shares]
    return DrawView(draw.envelope, draw.is_held, not draw.missing_minor, shares)


def _share_view(share: outlook.Share, currency: str) -> ShareView:
    left = share.month.left_minor
    return ShareView(
        month_words(share.month.month), words.money(abs(share.by_minor), currency), share.by_minor < 0,
        "" if left is None else words.money(left, currency), over(left, currency), bar(share.month),
    )  # fmt: skip
