"""Whether a version of a rule set says what another says already."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.canonical import canonical_text
from core.errors import ImprimaturError, Kind
from governance.models import RuleSet
from governance.models.rule_sets import LAPSES_AFTER

NARROWS: Final = ("markets", "formats", "objectives")


class AlreadySaid(ImprimaturError):
    """There is nothing to publish: a version that stands already says the same. `extra['rule_set']` is its id."""

    code = "already_said"
    kind = Kind.CONFLICT

    def __init__(self, rule_set: UUID) -> None:
        super().__init__(_("A version says all of this already."), rule_set=str(rule_set))

    @property
    def is_evidence(self) -> bool:
        """Nothing was refused, and nothing was done."""
        return False


def same_as(row: RuleSet, awaited: bool, now: datetime) -> RuleSet | None:
    """The version that says what `row`, which is not saved, would say: in force or, where it would only be `awaited`, proposed."""
    standing = RuleSet.current().filter(key=row.key).first()
    if standing is not None and _said(standing) == _said(row):
        return standing
    if not awaited:
        return None
    proposed = RuleSet.proposed().filter(key=row.key, created_at__gt=now - LAPSES_AFTER).order_by("-version").first()
    return proposed if proposed is not None and _said(proposed) == _said(row) else None


def _said(row: RuleSet) -> tuple[Any, ...]:
    """What a version says, of what; the order of its lines says nothing."""
    bound = [getattr(row, column) for column in RuleSet.bound_by]
    lists = [getattr(row, name) for name in NARROWS]
    return bound, row.title, lists, sorted(canonical_text(dict(line)) for line in row.rules)
