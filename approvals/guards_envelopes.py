"""Guards of envelopes (R-24, R-55): books are evidence, nobody gives back more than was taken, and nothing is reserved beyond
what an envelope holds."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, guard, insert_only

ENVELOPES: Final = "approvals_envelope"
AMOUNTS: Final = "approvals_envelopeamount"
CONSENTS: Final = "approvals_envelopeconsent"
DECLINES: Final = "approvals_envelopedecline"
ENTRIES: Final = "approvals_envelopeentry"


def _entry_insert(d: Dialect) -> list[Check]:
    book = f"FROM {ENTRIES} e WHERE e.envelope_id = NEW.envelope_id AND e.month = NEW.month"
    mine = f"{book} AND e.campaign_id = NEW.campaign_id"
    spoken_for = f"(SELECT COALESCE(SUM(e.reserved_minor + e.committed_minor), 0) {book})"
    limit = (
        f"(SELECT a.amount_minor FROM {AMOUNTS} a JOIN {CONSENTS} c ON c.amount_id = a.id WHERE a.envelope_id = NEW.envelope_id"
        " AND a.first_month <= NEW.month ORDER BY a.first_month DESC, a.recorded_at DESC, a.id DESC LIMIT 1)"
    )
    below = " OR ".join(
        f"(SELECT COALESCE(SUM(e.{column}), 0) {mine}) + NEW.{column} < 0" for column in ("reserved_minor", "committed_minor")
    )
    return [
        Check("approvals_envelope_entry_balance", below, "no more is given back than was taken"),
        Check(
            "approvals_envelope_entry_fits",
            # What stood before the envelope was made is taken up whether it fits or not: no request stands behind it.
            f"NEW.kind = 'reserve' AND NEW.request_id IS NOT NULL AND {spoken_for} + NEW.reserved_minor > {limit}",
            "this does not fit into the envelope (R-24)",
        ),
    ]  # fmt: skip


def _consent_insert(d: Dialect) -> list[Check]:
    alone = (
        f"SELECT 1 FROM {AMOUNTS} a WHERE a.id = NEW.amount_id AND a.needs_second"
        " AND (NEW.said_by_id IS NULL OR a.author_id IS NULL OR a.author_id = NEW.said_by_id)"
    )
    declined = f"SELECT 1 FROM {DECLINES} n WHERE n.amount_id = NEW.amount_id"
    return [
        Check("approvals_envelope_second", f"EXISTS ({alone})", "another person than the author confirms a higher amount (R-55)"),
        Check("approvals_envelope_was_declined", f"EXISTS ({declined})", "a declined amount never counts"),
    ]


GUARDS: Final = [
    *insert_only("approvals_envelope", ENVELOPES, Unique(["brand_id", "currency"]), Unique(["ad_account_id", "currency"])),
    *insert_only("approvals_envelope_amount", AMOUNTS),
    guard("approvals_envelope_consent_insert", CONSENTS, "INSERT", _consent_insert),
    *insert_only("approvals_envelope_consent", CONSENTS, Unique(["amount_id"])),
    guard("approvals_envelope_entry_insert", ENTRIES, "INSERT", _entry_insert),
    *insert_only("approvals_envelope_entry", ENTRIES),
]
