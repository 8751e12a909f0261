"""Approval policies: versioned, insert-only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.models import AdAccount, Brand, Organisation
from accounts.subjects import audit_scope, of_scope
from approvals.models import ApprovalPolicy
from approvals.routing import parse_stages
from audit.recording import Scope as AuditScope
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from governance.authority import SCOPE_FIELD, answerable, check_policy_manager


@service("approvals.policy.published")
def publish_policy(
    *, actor: Actor, key: str, title: str, stages: Sequence[dict[str, Any]], scope: Organisation | Brand | AdAccount | None = None
) -> ApprovalPolicy:
    """Make these stages the current version of policy `key`. Raises Invalid (R-03: quorum below 1), Forbidden, NotFound."""
    now = clock.now()
    if scope is not None:
        concerning(of_scope(scope))
    check_policy_manager(actor, scope)
    lines = [spec.as_json() for spec in parse_stages(stages)]
    bound = {} if scope is None else {SCOPE_FIELD[type(scope)]: scope}

    def build(version: int) -> ApprovalPolicy:
        return ApprovalPolicy(
            key=key, version=version, title=title, stages=lines, created_by=actor.label, author=answerable(actor), **bound
        )

    row = ApprovalPolicy.publish(key, now, build)
    subject = Subject("approval_policy", str(row.pk), str(row), AuditScope() if scope is None else audit_scope(scope))
    record(event(actor, "approvals.policy.published", subject, now, key=key, version=row.version, stages=lines))
    return row
