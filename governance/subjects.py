"""What `governance` tells the log about: its subjects, with the scope whose auditors may read it."""

from __future__ import annotations

from accounts.subjects import audit_scope
from audit.recording import Scope as AuditScope
from audit.recording import Subject
from campaigns.models import Revision
from governance.models import BudgetMinimum, Replay, RuleSet, Waiver


def of_rule_set(row: RuleSet) -> Subject:
    return Subject("rule_set", str(row.pk), str(row), AuditScope() if row.scope is None else audit_scope(row.scope))


def of_waiver(row: Waiver) -> Subject:
    return Subject("waiver", str(row.pk), str(row), AuditScope() if row.scope is None else audit_scope(row.scope))


def of_replay(row: Replay) -> Subject:
    """A replay, by what it tries."""
    tried = of_rule_set(row.rule_set)
    return Subject("replay", str(row.pk), tried.label, tried.scope)


def of_minimum(row: BudgetMinimum) -> Subject:
    """A line that binds everybody."""
    return Subject("budget_minimum", str(row.pk), str(row), AuditScope())


def of_revision(row: Revision) -> Subject:
    """A revision, by its entity."""
    return Subject(row.entity_type, str(row.entity_id), row.name, audit_scope(row.ad_account))
