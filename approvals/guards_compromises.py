"""Guards of compromised accounts (R-32): what was declared is never changed, and covers every vote that it is about."""

from __future__ import annotations

from typing import Final

from approvals.views import COUNTING, DECISIONS
from core.dialects import Dialect
from core.triggers import Check, Unique, guard, insert_only

COMPROMISES, RECALLS = "approvals_compromise", "approvals_recall"


def _compromise_insert(d: Dialect) -> list[Check]:
    person = "SELECT 1 FROM accounts_user u WHERE u.id = NEW.person_id AND u.kind = 'person'"
    declarer = (
        "SELECT 1 FROM accounts_user u JOIN accounts_user b ON b.id = NEW.declared_by_id AND b.id <> u.id"
        f" AND b.organisation_id {d.same} u.organisation_id AND (b.owner_id IS NULL OR b.owner_id <> u.id) WHERE u.id = NEW.person_id"
    )
    times = " AND ".join(d.is_moment(f"NEW.{column}") for column in ("since", "until", "declared_at"))
    return [
        Check(
            "approvals_compromise_people", f"NOT EXISTS ({person}) OR NOT EXISTS ({declarer})",
            "a person's account is declared compromised by somebody else of the organisation (R-32)",
        ),
        Check(
            "approvals_compromise_shut", f"NOT EXISTS ({person} AND NOT u.is_active)",
            "an account is shut as it is declared compromised, so that it casts no more votes (R-32)",
        ),
        Check(
            "approvals_compromise_since", f"NOT ({times}) OR NEW.since > NEW.declared_at OR NEW.until < NEW.declared_at",
            "an account was compromised since before it was declared so",
        ),
        Check(
            "approvals_compromise_until",
            f"EXISTS (SELECT 1 FROM {DECISIONS} d WHERE d.decided_by_id = NEW.person_id AND d.decided_at > NEW.until)",
            "every vote that the account cast until it was shut is covered",
        ),
    ]  # fmt: skip


def _recall_insert(d: Dialect) -> list[Check]:
    voted = (
        f"SELECT 1 FROM {DECISIONS} v JOIN {COMPROMISES} c ON c.id = NEW.compromise_id WHERE v.request_id = NEW.request_id"
        " AND EXISTS (SELECT 1 FROM approvals_void_decision x WHERE x.decision_id = v.id)"
    )
    return [
        Check(
            "approvals_recall_voted", f"NOT EXISTS ({voted})",
            "what is recalled is a request in which a compromised account had voted (R-32)",
        ),
    ]  # fmt: skip


VIEWS: Final = COUNTING
GUARDS: Final = [
    guard("approvals_compromise_insert", COMPROMISES, "INSERT", _compromise_insert),
    *insert_only("approvals_compromise", COMPROMISES),
    guard("approvals_recall_insert", RECALLS, "INSERT", _recall_insert),
    *insert_only("approvals_recall", RECALLS, Unique(["compromise_id", "request_id"])),
]  # fmt: skip
