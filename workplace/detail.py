"""Everything that the page of one request shows, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts.permissions import can
from approvals import comparing, outlook, queries
from approvals.claims import claims_on
from approvals.comparing import Against
from approvals.late import LateWord, late_words
from approvals.lineage import Lineage, lineage
from approvals.models import ApprovalRequest, Claim, Clearance, RequestItem
from approvals.states import RequestState
from audit import actions
from audit.models import AuditEvent
from core.actor import Actor
from publishing.models import ChannelObject, Publication, Reschedule
from publishing.queries import reschedules
from workplace import comments, outcomes, route, track, words
from workplace.comments import Comments
from workplace.comparison import ComparisonView, comparison_view
from workplace.envelope_pages.standing import DrawView, draw_view, month_words
from workplace.exceptions import excuses
from workplace.items import FindingView, ItemView, surroundings, tree

TRAIL_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the log in words. What the service itself came too late for is `skipped`, not `refused`."""

    event: AuditEvent
    words: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Detail:
    """The page."""

    request: ApprovalRequest
    steps: list[track.Step]
    stages: list[route.StageView]
    items: list[ItemView]
    cards: list[ItemView]
    comparison: ComparisonView
    findings: list[FindingView]
    rules_passed: int
    exposure: str
    envelopes: list[DrawView]
    unseen_short: str
    age: str
    clearances: list[Clearance]
    publications: list[Publication]
    reschedules: list[Reschedule]
    channel: list[ChannelObject]
    trail: list[Entry] | None
    acts: route.Acts
    comments: Comments
    successor: UUID | None
    line: Lineage
    late: list[LateWord]
    claims: list[Claim]
    claimed: bool


def detail(actor: Actor, identifier: UUID, now: datetime, against: Against = Against.APPROVED) -> Detail:
    """The page of one visible request, compared with one of the three. Raises NotFound."""
    request = queries.get_request(actor, identifier)
    bases = comparing.bases(actor, request)
    compared = comparing.compare(bases, against)
    known = surroundings(request, compared.contents())
    views, stages = tree(request, known, excuses(actor, request, now)), route.track(request, now)
    steps = Publication.objects.filter(request=request).select_related("revision").prefetch_related("attempts")
    publications = list(steps.order_by("position", "pk"))
    for view in views:
        view.publications = [each for each in publications if each.entity_id == view.item.entity_id]
    findings = [finding for view in views for finding in view.findings]
    channel = _on_channel(views)
    claims = claims_on([request.pk], now).get(request.pk, [])
    return Detail(
        request=request,
        steps=track.steps(request, stages, publications, findings, now),
        stages=stages,
        items=views,
        cards=sorted(views, key=lambda view: -view.depth),  # what people will see comes first
        comparison=comparison_view(bases, compared, views, known.names, channel),
        findings=sorted(findings, key=lambda each: ("failing", "warning", "note").index(each.weight)),
        rules_passed=sum(view.rules_passed for view in views),
        exposure=words.money(request.exposure_minor, request.currency),
        envelopes=[draw_view(each) for each in outlook.draws(actor, request, now)],
        unseen_short=", ".join(month_words(each) for each in outlook.unseen_short(actor, request, now)),
        age=words.ago(request.submitted_at, now),
        clearances=list(
            Clearance.objects.filter(request=request).select_related("revision", "revocation").order_by("pk")
        ),
        publications=publications,
        reschedules=reschedules(request),
        channel=channel,
        trail=_trail(actor, request),
        acts=route.acts(actor, request, stages, published=bool(publications)),
        comments=comments.read(actor, request, now),
        successor=_successor(request),
        line=lineage(request),
        late=late_words(request),
        claims=claims,
        claimed=any(str(each.person_id) == actor.id for each in claims),
    )


def _on_channel(views: Sequence[ItemView]) -> list[ChannelObject]:
    """What the channel is known to have of these entities, parents first."""
    found = {
        each.entity_id: each
        for each in ChannelObject.objects.filter(entity_id__in=[view.item.entity_id for view in views])
    }
    return [found[view.item.entity_id] for view in views if view.item.entity_id in found]


def _trail(actor: Actor, request: ApprovalRequest) -> list[Entry] | None:
    """What the log says about this request; None for people who may not read the log there (R-60)."""
    if not can(actor, "audit", request.ad_account):
        return None
    rows = AuditEvent.objects.filter(subject_type="approval_request", subject_id=str(request.pk)).order_by("-pk")
    return [Entry(row, actions.text(row.action), outcomes.shown(row)) for row in rows[:TRAIL_LENGTH]]


def _successor(request: ApprovalRequest) -> UUID | None:
    """The open request that took this one's place, if there is one."""
    if request.state != RequestState.SUPERSEDED:
        return None
    entities = [item.entity_id for item in request.items.all()]
    newer = RequestItem.objects.filter(entity_id__in=entities, is_open=True).order_by("-request_id")
    return newer.values_list("request_id", flat=True).first()
