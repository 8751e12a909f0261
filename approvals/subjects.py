"""How the objects of `approvals` are named in the log."""

from __future__ import annotations

from accounts.subjects import audit_scope
from approvals.models import ApprovalPolicy, ApprovalRequest, Envelope
from audit.recording import Scope, Subject


def of_request(request: ApprovalRequest) -> Subject:
    """Needs the ad account's brand and organisation loaded."""
    return Subject("approval_request", str(request.pk), request.title, audit_scope(request.ad_account))


def of_envelope(envelope: Envelope) -> Subject:
    """Needs what it is for, with its organisation, loaded."""
    return Subject("envelope", str(envelope.pk), envelope.title, audit_scope(envelope.scope))


def of_policy(row: ApprovalPolicy) -> Subject:
    """Needs what it is bound to, with its organisation, loaded."""
    return Subject("approval_policy", str(row.pk), str(row), Scope() if row.scope is None else audit_scope(row.scope))
