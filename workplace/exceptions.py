"""What lets soft findings of a request pass, and who may say so (R-53): overrides, waivers in force, the form of an override."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.permissions import grants_of_actor
from approvals.models import ApprovalRequest, RequestItem
from approvals.states import OPEN_STATES, RequestState
from campaigns.models import Ad, AdGroup, Campaign
from core import dates
from core.actor import Actor
from governance.contract import Mode, Result
from governance.excuses import bound_to, live_waivers
from governance.models import Finding, Override, Waiver
from workplace.access_pages import places

_DRAFTS: Final[dict[str, Any]] = {"campaign": Campaign, "ad_group": AdGroup, "ad": Ad}
_UNDECIDED: Final = (RequestState.BLOCKED, *OPEN_STATES)
"""While a request is in one of these, letting something pass makes a difference."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a soft finding does not block: who said so, and the reason."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Excuses:
    """What counts for the items of one request; `own` are the revisions that the reader worked on."""

    overridden: Mapping[tuple[UUID, str], Excuse] = field(default_factory=dict)
    waived: Mapping[str, Excuse] = field(default_factory=dict)
    may_override: bool = False
    own: frozenset[UUID] = frozenset()

    def of(self, revision: UUID, finding: Finding) -> list[Excuse]:
        """What lets a finding about a revision pass; nothing does for what is not soft."""
        if finding.mode != Mode.SOFT:
            return []
        found = (self.overridden.get((revision, finding.rule)), self.waived.get(finding.rule))
        return [each for each in found if each is not None]

    def offers(self, revision: UUID, finding: Finding) -> bool:
        """Whether to offer an override; the service decides."""
        return self.may_override and revision not in self.own and is_soft(finding) and not self.of(revision, finding)


def is_soft(finding: Finding) -> bool:
    """Whether it blocks unless somebody lets it pass."""
    return finding.mode == Mode.SOFT and finding.result in (Result.FAIL, Result.ERROR)


def excuses(actor: Actor, request: ApprovalRequest, now: datetime) -> Excuses:
    """For the page of a request: no statement where nothing is soft; else two, and up to three more (one a kind of draft) for
    whoever may override."""
    items = [item for item in request.items.all() if any(map(is_soft, item.check_run.findings.all()))]
    if not items:
        return Excuses()
    may = request.state in _UNDECIDED and grants_of_actor(actor).allows("override", request.ad_account)
    return Excuses(
        _overridden(item.revision_id for item in items), _waived(request, now), may, _own(actor, items) if may else frozenset()
    )


def _overridden(revisions: Iterable[UUID]) -> dict[tuple[UUID, str], Excuse]:
    rows = Override.objects.filter(revision__in=list(revisions))
    return {(row.revision_id, row.rule): Excuse(_override(row), row.reason) for row in rows}


def _override(row: Override) -> str:
    said = {"name": row.name, "when": dates.moment(row.at)}
    return _("Overridden by %(name)s, %(when)s, for this version alone") % said


def _waived(request: ApprovalRequest, now: datetime) -> dict[str, Excuse]:
    """By rule, the one that lasts longest."""
    rows = live_waivers(now).filter(bound_to(request.ad_account)).select_related("organisation", "brand", "ad_account__brand")
    return {row.rule: Excuse(_waiver(row), row.reason) for row in rows.order_by("expires_at")}


def _waiver(row: Waiver) -> str:
    where = places.label(row.scope) if row.scope is not None else "–"
    return _("Waived on %(where)s until %(end)s") % {"where": where, "end": dates.moment(row.expires_at)}


def _own(actor: Actor, items: Sequence[RequestItem]) -> frozenset[UUID]:
    """Revisions that the person of the actor worked on, which they never let pass (R-16)."""
    made = {item.revision_id for item in items if str(item.revision.created_by_id) == actor.id}
    for kind, model in _DRAFTS.items():
        of_kind = {item.entity_id: item.revision_id for item in items if item.entity_type == kind}
        if of_kind:
            drafts = model.objects.filter(pk__in=of_kind).values_list("pk", "contributions")
            made |= {of_kind[key] for key, contributions in drafts if actor.id in contributions}
    return frozenset(made)
