"""Views and guards as the first migrations make them: without the columns that 0009 and 0011 add. Until then nothing is ever decided."""

from approvals.guards import GUARDS, VIEWS
from core.triggers import view

LATER = (
    "approvals_request_insert", "approvals_request_update", "approvals_stage_insert", "approvals_stage_update",
    "approvals_decision_insert",
)  # fmt: skip
"""Guards that name what 0009 and 0011 add, and are made by the last of them."""

EARLY_VIEWS = [
    *(each for each in VIEWS if each.name == "approvals_standing_decision"),
    view("approvals_counting_approval", lambda _: "SELECT decision_id, request_id, stage_id, decided_by_id FROM approvals_standing_decision WHERE FALSE"),
    view("approvals_stage_verdicts", lambda _: "SELECT id AS stage_id, request_id, 0 AS approvals, 0 AS negatives, quorum, FALSE AS met FROM approvals_stage"),
]  # fmt: skip
EARLY_GUARDS = [each for each in GUARDS if each.name not in LATER]
