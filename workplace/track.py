"""The track at the top of a request's page: checks, stages, clearance, publication, and what it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest
from approvals.states import RequestState
from core.errors import ImprimaturError
from publishing import queries
from publishing.errors import ClearanceExpired, ClearanceSuperseded
from publishing.models import Publication
from publishing.states import PublicationState
from workplace.items import FindingView
from workplace.route import StageView

_STAGES: Final = {"satisfied": "done", "open": "now", "failed": "failed", "cancelled": "off", "skipped": "off"}
_OVER: Final = (
    RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.SUPERSEDED, RequestState.EXPIRED, RequestState.REVOKED,
)  # fmt: skip
_ENDED: Final = (PublicationState.REFUSED, PublicationState.FAILED, PublicationState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: state is `done`, `now`, `next`, `failed` or `off` (it will not come to that)."""

    title: str
    note: str
    state: str


def steps(
    request: ApprovalRequest, stages: Sequence[StageView], publications: Sequence[Publication],
    findings: Sequence[FindingView], now: datetime,
) -> list[Step]:  # fmt: skip
    """The steps in order. Only for an approved request that nobody has published yet the gate is asked what it waits for."""
    waits = request.state == RequestState.APPROVED and not publications
    obstacle = queries.obstacle(request.pk, now) if waits else None
    before = [_checks(request, findings), *(_stage(request, view) for view in stages)]
    decided = all(step.state == "done" for step in before)
    last = _publication(publications) if publications else _waiting(request, obstacle, now)
    return [*before, _clearance(request, obstacle, decided=decided), last]


def _checks(request: ApprovalRequest, findings: Sequence[FindingView]) -> Step:
    if request.state == RequestState.AWAITING_CHECKS:
        return Step(_("Checks"), _("running"), "now")
    if request.state == RequestState.BLOCKED:
        return Step(_("Checks"), _("blocked"), "failed")
    warnings = sum(each.weight == "warning" for each in findings)
    return Step(_("Checks"), _("passed with warnings") if warnings else _("passed"), "done")


def _stage(request: ApprovalRequest, view: StageView) -> Step:
    state = _STAGES.get(view.stage.state, "next")
    if view.is_open and request.state != RequestState.IN_REVIEW:
        state = "failed" if request.state == RequestState.CHANGES_REQUESTED else "next"
    note = _("%(given)d of %(asked)d approvals") % {"given": view.approvals, "asked": view.stage.quorum}
    return Step(view.stage.title, str(view.stage.get_state_display()) if state == "off" else note, state)


def _clearance(request: ApprovalRequest, obstacle: ImprimaturError | None, *, decided: bool) -> Step:
    """What ended the request is marked where it ended: here only if all stages before had been passed."""
    if isinstance(obstacle, ClearanceExpired):
        return Step(_("Cleared"), _("ran out before it was used"), "failed")
    if request.state == RequestState.APPROVED:
        return Step(_("Cleared"), _("approved by all stages"), "done")
    ended = {
        RequestState.REVOKED: _("revoked"), RequestState.EXPIRED: _("expired"), RequestState.REJECTED: _("rejected"),
        RequestState.WITHDRAWN: _("withdrawn"), RequestState.SUPERSEDED: _("superseded"),
    }  # fmt: skip
    note = ended.get(RequestState(request.state))
    if not note:
        return Step(_("Cleared"), "", "next")
    return Step(_("Cleared"), note, "failed" if decided else "off")


def _waiting(request: ApprovalRequest, obstacle: ImprimaturError | None, now: datetime) -> Step:
    """Nothing was published yet: what it waits for."""
    if request.state != RequestState.APPROVED:
        return Step(_("Published"), "", "off" if request.state in _OVER else "next")
    if isinstance(obstacle, ClearanceExpired | ClearanceSuperseded):
        return Step(_("Published"), obstacle.detail, "off")
    if request.publish_at is not None and request.publish_at > now:
        return Step(_("Published"), _("waits for its time"), "now")
    return Step(_("Published"), obstacle.detail if obstacle else str(request.get_publish_display()), "now")


def _publication(publications: Sequence[Publication]) -> Step:
    done = sum(each.state == PublicationState.PUBLISHED for each in publications)
    if done == len(publications):
        return Step(_("Published"), _("live on the channel"), "done")
    note = _("%(done)d of %(all)d steps") % {"done": done, "all": len(publications)}
    return Step(_("Published"), note, "failed" if any(each.state in _ENDED for each in publications) else "now")
