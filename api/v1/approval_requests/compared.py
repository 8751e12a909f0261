"""A comparison as it is answered: no statement is made here."""

from __future__ import annotations

from typing import Any

from api.v1.approval_requests.shapes import meant
from api.v1.budgets import money
from approvals.comparing import Base, Comparison, Pair
from approvals.differences import Difference, Shift
from approvals.models import ApprovalRequest
from approvals.words import Names


def comparison(request: ApprovalRequest, found: Comparison, names: Names) -> dict[str, Any]:
    """A request against one of the three."""
    before = found.earlier if found.publishes_otherwise else None
    return {
        "against": found.against.value,
        "digest": request.digest,
        "approval_request": None if found.earlier is None else found.earlier.pk,
        "nothing_to_compare": found.is_empty,
        "same": found.is_same,
        "exposure": _shift(found.shift),
        "published_before": before and {"publish": str(before.publish), "publish_at": before.publish_at},
        "items": [_compared(pair, names) for pair in found.pairs],
        "gone": [{"type": row.entity_type, "entity": row.entity_id, "name": row.revision.name} for row in found.gone],
    }


def _shift(shift: Shift | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    return {"before": money(shift.before_minor, shift.currency), "after": money(shift.after_minor, shift.currency)}


def _compared(pair: Pair, names: Names) -> dict[str, Any]:
    return {
        "type": pair.item.entity_type, "entity": pair.item.entity_id, "name": pair.item.revision.name, "compares_as": pair.result,
        "base": None if pair.base is None else _base(pair.base), "exposure": _shift(pair.shift),
        "changes": [_difference(each) for each in pair.differences(names)],
    }  # fmt: skip


def _base(base: Base) -> dict[str, Any]:
    told = {"revision": base.revision.pk, "number": base.revision.number, "digest": base.revision.digest}
    stood: Any = base.stood
    if stood is None:
        return {**told, "approval_request": None, "verdict": None, "decided_at": None}
    return {**told, "approval_request": stood.request_id, "verdict": stood.verdict, "decided_at": stood.decided_at}


def _difference(told: Difference) -> dict[str, Any]:
    change = told.change
    return {
        "section": change.section, "path": change.path, "title": told.label, "kind": change.kind,
        "before": meant(change.before), "after": meant(change.after),
        "words": told.words, "before_words": told.before, "after_words": told.after,
        "added": told.added, "removed": told.removed,
        "pieces": [{"mark": each.mark, "text": each.text} for each in told.pieces],
    }  # fmt: skip
