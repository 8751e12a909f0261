"""How the amounts of an envelope stand to each other (R-24, R-55). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from approvals.models import EnvelopeAmount
from approvals.states import AmountState
from governance.models.rule_sets import LAPSES_AFTER


def amount_in(in_force: Iterable[EnvelopeAmount], month: date) -> EnvelopeAmount | None:
    """Of amounts of one envelope that are in force, the one that counts in a month: that begins last, of several the latest. None
    before the first begins."""
    reached = (each for each in in_force if each.first_month <= month)
    return max(reached, key=lambda each: (each.first_month, each.recorded_at, each.pk), default=None)


def state_of(row: EnvelopeAmount, rows: Sequence[EnvelopeAmount], now: datetime) -> AmountState:
    """How one of all amounts of an envelope stands at a moment. One that nobody has confirmed is replaced, too, when it would count
    in no month."""
    if row.is_declined:
        return AmountState.DECLINED
    others = [each for each in rows if each.is_in_force and each.pk != row.pk]
    if amount_in([*others, row], row.first_month) is not row:
        return AmountState.REPLACED
    if not row.is_in_force:
        return AmountState.LAPSED if row.recorded_at + LAPSES_AFTER <= now else AmountState.AWAITED
    this = now.date().replace(day=1)
    if row.first_month > this:
        return AmountState.TO_COME
    return AmountState.IN_FORCE if amount_in([*others, row], this) is row else AmountState.REPLACED
