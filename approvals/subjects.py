"""How the objects of `approvals` are named in the log."""

from __future__ import annotations

from accounts.subjects import audit_scope
from approvals.models import ApprovalRequest
from audit.recording import Subject


def of_request(request: ApprovalRequest) -> Subject:
    """Needs the ad account's brand and organisation loaded."""
    return Subject("approval_request", str(request.pk), request.title, audit_scope(request.ad_account))
