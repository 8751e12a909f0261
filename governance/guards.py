"""Guards in the database for `governance`: what was checked, and what came of it, is evidence (R-03, R-53)."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, VendorSQL, along, fixed, guard, insert_only, stays
from governance.transitions import CHECK_RUN

RUN, FINDING, RULE_SET = "governance_checkrun", "governance_finding", "governance_ruleset"
ENDED = "('completed', 'errored')"


def definition_guards(name: str, table: str, what: str, *fields: str) -> list[VendorSQL]:
    """Guards of a VersionedDefinition: a version never changes but for `is_current` going off, and is never removed."""
    words = f"a version of {what} is never changed or removed; publish a new version"
    columns = (
        "id", "key", "version", "title", "created_at", "created_by", "organisation_id", "brand_id", "ad_account_id", *fields,
    )  # fmt: skip

    def update(d: Dialect) -> list[Check]:
        return [
            fixed(f"{name}_fixed", d, words, *columns),
            Check(f"{name}_retired", "NEW.is_current AND NOT OLD.is_current", f"a retired version of {what} stays retired"),
        ]

    current = Unique(["key"], "held.is_current AND NEW.is_current")
    return [guard(f"{name}_update", table, "UPDATE", update), *stays(name, table, words, Unique(["key", "version"]), current)]


def _run_insert(d: Dialect) -> list[Check]:
    return [
        Check(
            "governance_check_run_queued", "NEW.state <> 'queued'",
            "a check run begins as queued; the worker finds out the outcome",
        ),
    ]  # fmt: skip


def _run_update(d: Dialect) -> list[Check]:
    condemned = (
        f"SELECT 1 FROM {FINDING} f WHERE f.check_run_id = NEW.id AND f.result IN ('fail', 'error')"
        " AND (f.mode IN ('soft', 'hard') AND NEW.outcome <> 'blocked' OR f.mode = 'warn' AND NEW.outcome = 'passed')"
    )
    return [
        Check("governance_check_run_final", f"OLD.state IN {ENDED}", "an ended check run is evidence; queue a new one"),
        fixed(
            "governance_check_run_fixed", d, "what a check run looks at is fixed; queue a new one",
            "id", "revision_id", "rule_sets", "context", "context_digest", "queued_at",
        ),
        along("governance_check_run_steps", CHECK_RUN, "a check run moves only along its transition table (docs/states.md)"),
        Check(
            "governance_check_run_outcome", f"NEW.state = 'completed' AND EXISTS ({condemned})",
            "the outcome is better than the findings allow (R-03)",
        ),
    ]  # fmt: skip


def _finding_insert(d: Dialect) -> list[Check]:
    open_run = f"SELECT 1 FROM {RUN} r WHERE r.id = NEW.check_run_id AND r.state NOT IN {ENDED}"
    return [
        Check(
            "governance_finding_in_time", f"NOT EXISTS ({open_run})",
            "findings are added before their check run ends, never afterwards",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("governance_check_run_insert", RUN, "INSERT", _run_insert),
    guard("governance_check_run_update", RUN, "UPDATE", _run_update),
    *stays("governance_check_run", RUN, "check runs are evidence and are never removed"),
    guard("governance_finding_insert", FINDING, "INSERT", _finding_insert),
    *insert_only("governance_finding", FINDING),
    *definition_guards("governance_rule_set", RULE_SET, "a rule set", "rules"),
]
