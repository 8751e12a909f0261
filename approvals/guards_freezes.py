"""Guards of freezes (R-21): they are evidence, and nobody lets through what they worked on themselves."""

from __future__ import annotations

from typing import Final

from approvals.guards_lowering import lowers
from approvals.views import REQUESTS, contributed
from core.dialects import Dialect
from core.triggers import Check, Unique, guard, insert_only

FREEZES, ENDS, PASSES = "approvals_freeze", "approvals_freezeend", "approvals_freezepass"


def frozen(d: Dialect) -> str:
    """Whether the publication NEW is of an ad account that a freeze holds now, and its request was neither let through that, nor
    only spends less (R-04)."""
    ended = f"SELECT 1 FROM {ENDS} e WHERE e.freeze_id = f.id"
    passed = f"SELECT 1 FROM {PASSES} p WHERE p.freeze_id = f.id AND p.request_id = NEW.request_id"
    return (
        f"EXISTS (SELECT 1 FROM {FREEZES} f JOIN accounts_adaccount a ON a.id = NEW.ad_account_id"
        " JOIN accounts_brand b ON b.id = a.brand_id"
        " WHERE (f.ad_account_id = a.id OR f.brand_id = b.id OR f.organisation_id = b.organisation_id)"
        f" AND f.begins_at <= {d.present()} AND f.ends_at > {d.now()} AND NOT EXISTS ({ended}) AND NOT EXISTS ({passed})"
        f" AND NOT {lowers('NEW.request_id')})"
    )


def _pass_insert(d: Dialect) -> list[Check]:
    approved = f"SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state = 'approved'"
    person = "SELECT 1 FROM accounts_user u WHERE u.id = NEW.allowed_by_id AND u.is_active AND u.kind = 'person'"
    return [
        Check("approvals_freeze_pass_approved", f"NOT EXISTS ({approved})", "only what is approved is let through a freeze"),
        Check(
            "approvals_freeze_pass_contributor", f"EXISTS ({approved} AND {contributed(d, 'NEW.allowed_by_id')})",
            "who submitted or contributed lets nothing of it through a freeze (R-16)",
        ),
        Check("approvals_freeze_pass_person", f"NOT EXISTS ({person})", "an active person lets something through a freeze (R-33)"),
    ]  # fmt: skip


GUARDS: Final = [
    *insert_only("approvals_freeze", FREEZES),
    *insert_only("approvals_freeze_end", ENDS, Unique(["freeze_id"])),
    guard("approvals_freeze_pass_insert", PASSES, "INSERT", _pass_insert),
    *insert_only("approvals_freeze_pass", PASSES, Unique(["freeze_id", "request_id"])),
]
