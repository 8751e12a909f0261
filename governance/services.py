"""The verbs of `governance`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import AdAccount, Brand, Organisation
from accounts.subjects import audit_scope, of_scope
from audit.recording import Scope as AuditScope
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import FieldError, Invalid
from governance.authority import SCOPE_FIELD, check_policy_manager
from governance.contract import Binding, InvalidParams
from governance.models import RuleSet
from governance.registry import validate_binding


def _bindings(rules: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    errors, lines = [], []
    for index, line in enumerate(rules):
        try:
            binding = Binding.from_json(line)
            validate_binding(binding)
            lines.append(binding.as_json())
        except InvalidParams as error:
            errors.append(FieldError(f"rules.{index}.{error.path}", "invalid", str(error)))
        except (KeyError, ValueError, TypeError):
            errors.append(FieldError(f"rules.{index}", "invalid", _("A line is {rule, mode, params}.")))
    if errors:
        raise Invalid(errors)
    return lines


@service("governance.rule_set.published")
def publish_rule_set(
    *, actor: Actor, key: str, title: str, rules: Sequence[dict[str, Any]], scope: Organisation | Brand | AdAccount | None = None
) -> RuleSet:
    """Make these rules the current version of rule set `key`. Raises Invalid by line, Forbidden, NotFound."""
    now = clock.now()
    if scope is not None:
        concerning(of_scope(scope))
    check_policy_manager(actor, scope)
    lines = _bindings(rules)
    bound = {} if scope is None else {SCOPE_FIELD[type(scope)]: scope}

    def build(version: int) -> RuleSet:
        return RuleSet(key=key, version=version, title=title, rules=lines, created_by=actor.label, **bound)

    row = RuleSet.publish(key, now, build)
    whose = AuditScope() if scope is None else audit_scope(scope)
    subject = Subject("rule_set", str(row.pk), str(row), whose)
    record(event(actor, "governance.rule_set.published", subject, now, key=key, version=row.version, rules=lines))
    return row
