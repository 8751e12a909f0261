"""Guards in the database for `governance`: what was checked, and what came of it, is evidence (R-03, R-53)."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, VendorSQL, along, fixed, guard, insert_only, stays
from governance.transitions import CHECK_RUN

RUN, FINDING, RULE_SET = "governance_checkrun", "governance_finding", "governance_ruleset"
ENDED = "('completed', 'errored')"


def definition_guards(name: str, table: str, what: str) -> list[VendorSQL]:
    """Guards of a VersionedDefinition: versions are added one after another, each for what the first is bound to, and
    are never changed or removed. So what governs an account can be replaced, but not switched off (R-12)."""
    of_key = f"FROM {table} held WHERE held.key = NEW.key"

    def insert(d: Dialect) -> list[Check]:
        elsewhere = d.differ("held", "NEW", "organisation_id", "brand_id", "ad_account_id")
        return [
            Check(
                f"{name}_next", f"NEW.version {d.distinct} (SELECT COALESCE(MAX(held.version), 0) + 1 {of_key})",
                f"the versions of {what} count from 1, one by one",
            ),
            Check(
                f"{name}_scope", f"EXISTS (SELECT 1 {of_key} AND {elsewhere})",
                f"all versions of {what} are bound to the same scope; choose another key",
            ),
        ]  # fmt: skip

    return [guard(f"{name}_insert", table, "INSERT", insert), *insert_only(name, table, Unique(["key", "version"]))]


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
    *definition_guards("governance_rule_set", RULE_SET, "a rule set"),
]
