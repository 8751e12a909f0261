"""Guards of deadlines and calendars (R-20): what is counted when a stage opens stays, and what follows from it is written once."""

from __future__ import annotations

from typing import Final

from core.dialects import Dialect
from core.triggers import Check
from governance.guards import definition_guards

FIXED: Final = ("deadline_hours", "remind_before_hours", "escalate_to_groups", "escalate_to_people")
"""Columns of a stage that are fixed with it."""


def stage_insert(_: Dialect) -> list[Check]:
    """Nobody was reminded of a stage, or asked as well, before it was there."""
    written = " OR ".join(f"NEW.{column} IS NOT NULL" for column in ("reminded_at", "escalated_at", "stalled_since"))
    return [Check("approvals_stage_new", written, "a stage begins without having been told of; submit the request")]


def stage_update(d: Dialect) -> list[Check]:
    """When a stage is due is written as it opens, and a reminder and an escalation while it is open, each once."""
    opening = "OLD.state = 'pending' AND NEW.state = 'open'"
    return [
        Check(
            "approvals_stage_due", f"{d.changed('due_at', 'remind_at')} AND NOT ({opening})",
            "when a stage is due is counted as it opens, and stays (R-20)",
        ),
        Check(
            "approvals_stage_reminded",
            f"{d.changed('reminded_at')} AND (OLD.reminded_at IS NOT NULL OR NEW.reminded_at IS NULL OR NEW.state <> 'open')",
            "who is asked by an open stage is reminded once (R-20)",
        ),
        Check(
            "approvals_stage_escalated",
            f"{d.changed('escalated_at')} AND (OLD.escalated_at IS NOT NULL OR NEW.escalated_at IS NULL OR NEW.state <> 'open'"
            f" OR NEW.due_at IS NULL OR NEW.due_at > {d.present()})",
            "more people are asked by an open stage once its deadline has passed, and stay asked (R-20)",
        ),
        Check(
            "approvals_stage_stalled", f"{d.changed('stalled_since')} AND NEW.state NOT IN ('pending', 'open')",
            "what is closed does not stall (R-14)",
        ),
    ]  # fmt: skip


GUARDS: Final = definition_guards("approvals_calendar", "approvals_businesscalendar", "a calendar")
