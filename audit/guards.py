"""The log is only added to, on both databases (R-59), and an entry is hashed as it says."""

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, guard, insert_only


def _event_insert(d: Dialect) -> list[Check]:
    return [
        Check(
            "audit_event_digest", f"NEW.canonical = '' OR NEW.digest <> {d.sha256('NEW.canonical')}",
            "an entry of the log has a text, and its digest is the hash of that text (R-59)",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("audit_event_insert", "audit_auditevent", "INSERT", _event_insert),
    *insert_only("audit_event", "audit_auditevent"),
]
