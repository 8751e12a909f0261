"""Views and guards in the database for `governance`: what was checked, and what came of it, is evidence (R-03, R-53).

`governance_standing_blocker`  findings that block: hard ones, and soft ones that nobody has overridden for this revision and
                               no waiver in force covers (R-53)
"""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check, Unique, VendorSQL, along, fixed, guard, insert_only, stays, view
from governance.transitions import CHECK_RUN

RUN, FINDING, RULE_SET = "governance_checkrun", "governance_finding", "governance_ruleset"
OVERRIDE, WAIVER, CONFIRMATION = "governance_override", "governance_waiver", "governance_confirmation"
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
            "id", "revision_id", "rule_sets", "context", "context_digest", "key", "queued_at",
        ),
        Check(
            "governance_check_run_observed", f"({d.changed('observations')} OR {d.changed('passed')}) AND NEW.state <> 'completed'",
            "what the worker saw, and what passed, is written with the step that completes the run",
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


def _blocking(d: Dialect) -> str:
    scope = "(w.organisation_id = b.organisation_id OR w.brand_id = a.brand_id OR w.ad_account_id = a.id)"
    said = f"SELECT 1 FROM {CONFIRMATION} c WHERE c.waiver_id = w.id AND c.word"
    return f"""
SELECT f.id AS finding_id, f.check_run_id
FROM {FINDING} f
JOIN {RUN} r ON r.id = f.check_run_id
JOIN campaigns_revision v ON v.id = r.revision_id
JOIN accounts_adaccount a ON a.id = v.ad_account_id
JOIN accounts_brand b ON b.id = a.brand_id
WHERE f.result IN ('fail', 'error') AND f.mode IN ('soft', 'hard')
AND NOT (f.mode = 'soft' AND (
    EXISTS (SELECT 1 FROM {OVERRIDE} o WHERE o.revision_id = r.revision_id AND o.rule = f.rule)
    OR EXISTS (
        SELECT 1 FROM {WAIVER} w WHERE w.rule = f.rule AND {scope} AND w.expires_at > {d.now()}
        AND EXISTS ({said} = 'confirmed') AND NOT EXISTS ({said} = 'declined')
    )
))"""


EXCUSED: Final = (
    f"(EXISTS (SELECT 1 FROM {FINDING} f WHERE f.check_run_id = c.id AND f.result IN ('fail', 'error') AND f.mode = 'soft')"
    " AND NOT EXISTS (SELECT 1 FROM governance_standing_blocker b WHERE b.check_run_id = c.id))"
)
"""Whether what blocks check run `c` was found, is soft, and is overridden or waived, all of it."""

VIEWS: Final = [view("governance_standing_blocker", _blocking)]


def _override_insert(d: Dialect) -> list[Check]:
    soft = (
        f"SELECT 1 FROM {FINDING} f JOIN {RUN} r ON r.id = f.check_run_id WHERE r.revision_id = NEW.revision_id"
        " AND f.rule = NEW.rule AND f.mode = 'soft' AND f.result IN ('fail', 'error')"
    )
    return [
        Check("governance_override_soft", f"NOT EXISTS ({soft})", "only a soft finding about this revision is overridden (R-53)"),
        Check("governance_override_reason", "trim(NEW.reason) = ''", "an override has a reason (R-53)"),
    ]


def _confirmation_insert(d: Dialect) -> list[Check]:
    proposal = f"SELECT 1 FROM {RULE_SET} p WHERE p.id = NEW.rule_set_id"
    alone = "p.needs_second AND (NEW.said_by_id IS NULL OR p.author_id IS NULL OR p.author_id = NEW.said_by_id)"
    later = (
        f"SELECT 1 FROM {RULE_SET} l JOIN {CONFIRMATION} c ON c.rule_set_id = l.id AND c.word = 'confirmed'"
        " WHERE l.key = p.key AND l.version > p.version"
    )
    own = f"SELECT 1 FROM {WAIVER} w WHERE w.id = NEW.waiver_id AND (NEW.said_by_id IS NULL OR w.author_id = NEW.said_by_id)"
    return [
        Check(
            "governance_confirmation_second", f"NEW.word = 'confirmed' AND EXISTS ({proposal} AND {alone})",
            "another policy manager than the author confirms this version (R-55)",
        ),
        Check(
            "governance_confirmation_latest", f"NEW.word = 'confirmed' AND EXISTS ({proposal} AND EXISTS ({later}))",
            "a later version governs already; propose this again",
        ),
        Check(
            "governance_confirmation_waiver", f"NEW.word = 'confirmed' AND EXISTS ({own})",
            "another person than proposed it confirms a waiver (R-53)",
        ),
    ]  # fmt: skip


GUARDS: Final = [
    guard("governance_check_run_insert", RUN, "INSERT", _run_insert),
    guard("governance_check_run_update", RUN, "UPDATE", _run_update),
    *stays(
        "governance_check_run", RUN, "check runs are evidence and are never removed",
        Unique(["key"], "held.key <> '' AND held.state <> 'errored' AND NEW.state <> 'errored'"),
    ),
    guard("governance_finding_insert", FINDING, "INSERT", _finding_insert),
    *insert_only("governance_finding", FINDING),
    *definition_guards("governance_rule_set", RULE_SET, "a rule set"),
    guard("governance_confirmation_insert", CONFIRMATION, "INSERT", _confirmation_insert),
    *insert_only("governance_confirmation", CONFIRMATION, Unique(["rule_set_id"]), Unique(["waiver_id", "word"])),
    guard("governance_override_insert", OVERRIDE, "INSERT", _override_insert),
    *insert_only("governance_override", OVERRIDE, Unique(["revision_id", "rule"])),
    *insert_only("governance_waiver", WAIVER),
]
