"""Guards of declined amounts (R-55): declining is evidence, and keeps apart from consent."""

from __future__ import annotations

from typing import Final

from approvals.guards_envelopes import CONSENTS, DECLINES
from core.dialects import Dialect
from core.triggers import Check, Unique, guard, insert_only


def _insert(d: Dialect) -> list[Check]:
    counts = f"SELECT 1 FROM {CONSENTS} c WHERE c.amount_id = NEW.amount_id"
    return [Check("approvals_envelope_counts", f"EXISTS ({counts})", "an amount that counts is not declined any more")]


GUARDS: Final = [
    guard("approvals_envelope_decline_insert", DECLINES, "INSERT", _insert),
    *insert_only("approvals_envelope_decline", DECLINES, Unique(["amount_id"])),
]
