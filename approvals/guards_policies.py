"""Guards of what is said of policies (R-55): only a confirmed version governs, by another person than proposed it where two are asked
for, and what was said stays."""

from __future__ import annotations

from typing import Final

from approvals.views import REQUESTS
from core.dialects import Dialect
from core.triggers import Check, Unique, guard, insert_only

POLICIES, WORDS = "approvals_approvalpolicy", "approvals_policyword"


def _word_insert(d: Dialect) -> list[Check]:
    policy = f"SELECT 1 FROM {POLICIES} p WHERE p.id = NEW.policy_id"
    alone = "p.needs_second AND (NEW.said_by_id IS NULL OR p.author_id IS NULL OR p.author_id = NEW.said_by_id)"
    later = (
        f"SELECT 1 FROM {POLICIES} l JOIN {WORDS} w ON w.policy_id = l.id AND w.word = 'confirmed'"
        " WHERE l.key = p.key AND l.version > p.version"
    )
    return [
        Check(
            "approvals_policy_second", f"NEW.word = 'confirmed' AND EXISTS ({policy} AND {alone})",
            "another policy manager than the author confirms this version (R-55)",
        ),
        Check(
            "approvals_policy_latest", f"NEW.word = 'confirmed' AND EXISTS ({policy} AND EXISTS ({later}))",
            "a later version governs already; propose this again",
        ),
    ]  # fmt: skip


def _request_insert(d: Dialect) -> list[Check]:
    named = d.as_id(d.text_at("pinned.value", "id"))
    confirmed = f"SELECT 1 FROM {WORDS} w WHERE w.policy_id = {named} AND w.word = 'confirmed'"
    return [
        Check(
            "approvals_request_policies",
            f"EXISTS (SELECT 1 FROM {d.members('NEW.policies', 'pinned')} WHERE NOT EXISTS ({confirmed}))",
            "a request is routed by versions of policies that were confirmed (R-55)",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("approvals_policy_word_insert", WORDS, "INSERT", _word_insert),
    *insert_only("approvals_policy_word", WORDS, Unique(["policy_id"])),
    guard("approvals_request_policies_insert", REQUESTS, "INSERT", _request_insert),
]
