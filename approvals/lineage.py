"""Where a request comes from, and what became of one whose place others took (R-06, R-27): reading only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from approvals.models import ApprovalRequest, Decision, RequestItem
from approvals.states import RequestState


@dataclass(frozen=True, slots=True)
class Lineage:
    """`successors` took its place, the oldest first. Where it was split, `split_by` is the decision that did it, `rest` what
    stayed, and `returned` what was sent back. `left_out` was sent back when this was split off the request before."""

    successors: Sequence[ApprovalRequest] = ()
    split_by: Decision | None = None
    rest: ApprovalRequest | None = None
    returned: Sequence[RequestItem] = ()
    left_out: Sequence[RequestItem] = ()

    @property
    def entities_returned(self) -> set[UUID]:
        return {item.entity_id for item in self.returned}


_NONE: Final = Lineage()


def lineage(request: ApprovalRequest) -> Lineage:
    """The line of a request whose items are loaded with their revisions. No statement but for one that was superseded: one, and one
    more where it was split; and for one that was split off: one."""
    if request.state != RequestState.SUPERSEDED and request.split_by_id is None:
        return _NONE
    left_out = _beside(request) if request.split_by_id is not None else ()
    if request.state != RequestState.SUPERSEDED:
        return Lineage(left_out=left_out)
    rows = list(ApprovalRequest.objects.filter(previous=request).select_related("split_by").order_by("pk"))
    rest = next((row for row in rows if row.split_by_id is not None), None)
    if rest is None:
        return Lineage(rows, left_out=left_out)
    kept = set(RequestItem.objects.filter(request=rest).values_list("entity_id", flat=True))
    returned = [item for item in request.items.all() if item.entity_id not in kept]
    return Lineage(rows, rest.split_by, rest, returned, left_out)


def _beside(request: ApprovalRequest) -> list[RequestItem]:
    """What the request before had besides."""
    mine = [item.entity_id for item in request.items.all()]
    before = RequestItem.objects.filter(request=request.previous_id).exclude(entity_id__in=mine)
    return list(before.select_related("revision").defer("revision__canonical"))
