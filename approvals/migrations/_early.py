"""Views and guards as the first migrations make them: without the columns that later ones add. Until the last of these nothing is
ever decided."""

from approvals.guards import GUARDS
from core.triggers import view

LATER = (
    "approvals_request_insert", "approvals_request_update", "approvals_stage_insert", "approvals_stage_update",
    "approvals_decision_insert", "approvals_clearance_insert", "approvals_item_insert",
)  # fmt: skip
"""Guards that name what 0009 and later ones add; the last of these makes them, and the views (0015)."""
EARLY_VIEWS = [
    view("approvals_standing_decision", lambda _: "SELECT id AS decision_id, request_id, stage_id, 0 AS position, decided_by_id, verdict FROM approvals_decision WHERE FALSE"),
    view("approvals_counting_approval", lambda _: "SELECT decision_id, request_id, stage_id, decided_by_id FROM approvals_standing_decision WHERE FALSE"),
    view("approvals_stage_verdicts", lambda _: "SELECT id AS stage_id, request_id, 0 AS approvals, 0 AS negatives, quorum, FALSE AS met FROM approvals_stage"),
]  # fmt: skip
EARLY_GUARDS = [each for each in GUARDS if each.name not in LATER]
