"""Guards of new times to publish (R-21): only of what is approved, within what was approved, and as evidence."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, guard, insert_only

RESCHEDULES: Final = "publishing_reschedule"


def _insert(d: Dialect) -> list[Check]:
    approved = (
        "SELECT 1 FROM approvals_approvalrequest r WHERE r.id = NEW.request_id AND r.state = 'approved' AND r.publish = 'on_approval'"
    )
    outside = (
        "SELECT 1 FROM approvals_clearance c WHERE c.request_id = NEW.request_id"
        " AND (NEW.publish_at < c.valid_from OR NEW.publish_at >= c.valid_until)"
    )
    return [
        Check(
            "publishing_reschedule_approved", f"NOT EXISTS ({approved})",
            "only what is approved, and goes out by itself, is planned anew",
        ),
        Check(
            "publishing_reschedule_window", f"EXISTS ({outside})",
            "a new time lies within the window of the clearance; submit a new request (R-21)",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("publishing_reschedule_insert", RESCHEDULES, "INSERT", _insert),
    *insert_only("publishing_reschedule", RESCHEDULES),
]
