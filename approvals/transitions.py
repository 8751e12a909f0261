"""The transition tables of `approvals`, as data. `docs/states.md` is generated from them; the guards repeat them."""

from __future__ import annotations

from typing import Final

from approvals.states import OPEN_STATES, RequestState, StageState
from core.transitions import Table, step

R, S = RequestState, StageState

REQUEST: Final[Table] = {
    "open_review": step([R.AWAITING_CHECKS], R.IN_REVIEW, "checks"),
    "block": step([R.AWAITING_CHECKS], R.BLOCKED, "checks"),
    "approve": step([R.IN_REVIEW], R.APPROVED, "approvers"),
    "request_changes": step([R.IN_REVIEW], R.CHANGES_REQUESTED, "approver"),
    "resume_review": step([R.CHANGES_REQUESTED], R.IN_REVIEW, "approver"),
    "reject": step([R.IN_REVIEW], R.REJECTED, "approver"),
    "withdraw": step(OPEN_STATES, R.WITHDRAWN, "submitter"),
    "supersede": step(OPEN_STATES, R.SUPERSEDED, "submitter"),
    "split": step([R.IN_REVIEW], R.SUPERSEDED, "approver"),
    "expire": step(OPEN_STATES, R.EXPIRED, "clock"),
    "revoke": step([R.APPROVED], R.REVOKED, "operator"),
}

STAGE: Final[Table] = {
    "open": step([S.PENDING], S.OPEN, "engine"),
    "satisfy": step([S.OPEN], S.SATISFIED, "approvers"),
    "reopen": step([S.SATISFIED], S.OPEN, "engine"),
    "skip": step([S.OPEN], S.SKIPPED, "checks"),
    "fail": step([S.OPEN], S.FAILED, "approver"),
    "cancel": step([S.PENDING, S.OPEN], S.CANCELLED, "engine"),
}
