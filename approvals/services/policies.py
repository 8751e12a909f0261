"""Approval policies: versioned, insert-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation, User, UserGroup
from accounts.subjects import audit_scope, of_scope
from approvals import conditions
from approvals.models import ApprovalPolicy
from approvals.stage_specs import StageSpec, parse_stages
from audit.recording import Scope as AuditScope
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Invalid
from governance.authority import SCOPE_FIELD, answerable, check_policy_manager


@service("approvals.policy.published")
def publish_policy(
    *, actor: Actor, key: str, title: str, stages: Sequence[Mapping[str, Any]], condition: str = "",
    scope: Organisation | Brand | AdAccount | None = None,
) -> ApprovalPolicy:  # fmt: skip
    """Make these stages, under this condition, the current version of policy `key`. Raises Invalid (R-03: quorum below 1; a
    condition that does not compile; groups and people of elsewhere), Forbidden, NotFound."""
    now = clock.now()
    if scope is not None:
        concerning(of_scope(scope))
    check_policy_manager(actor, scope)
    specs = parse_stages(stages)
    conditions.condition(condition)
    _check_named(specs, scope)
    lines = [spec.as_json() for spec in specs]
    bound = {} if scope is None else {SCOPE_FIELD[type(scope)]: scope}

    def build(version: int) -> ApprovalPolicy:
        return ApprovalPolicy(
            key=key, version=version, title=title, stages=lines, condition=condition.strip(), created_by=actor.label,
            author=answerable(actor), **bound,
        )

    row = ApprovalPolicy.publish(key, now, build)
    subject = Subject("approval_policy", str(row.pk), str(row), AuditScope() if scope is None else audit_scope(scope))
    said: dict[str, Any] = {"key": key, "version": row.version, "condition": row.condition, "stages": lines}
    record(event(actor, "approvals.policy.published", subject, now, **said))
    return row


def _groups(named: Sequence[str], organisation: UUID | None) -> QuerySet[Any]:
    return UserGroup.objects.filter(public_id__in=named, organisation=organisation)


def _people(named: Sequence[str], organisation: UUID | None) -> QuerySet[Any]:
    return User.objects.filter(pk__in=named, organisation=organisation, kind="person")


def _check_named(specs: Sequence[StageSpec], scope: Organisation | Brand | AdAccount | None) -> None:
    """The groups and people that stages name are of the organisation that the policy governs. Raises Invalid."""
    organisation = None if scope is None else audit_scope(scope).organisation
    for index, spec in enumerate(specs):
        for field, named, rows in (
            ("groups", spec.groups, _groups(spec.groups, organisation)),
            ("people", spec.people, _people(spec.people, organisation)),
            ("escalate_to_groups", spec.escalate_to_groups, _groups(spec.escalate_to_groups, organisation)),
            ("escalate_to_people", spec.escalate_to_people, _people(spec.escalate_to_people, organisation)),
        ):
            if named and rows.count() != len(named):
                words = _("These are not all known in the organisation that the policy governs.")
                raise Invalid.field(f"stages.{index}.{field}", "unknown", words)
