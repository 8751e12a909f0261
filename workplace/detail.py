"""Everything that the page of one request shows, read in a fixed number of statements."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.permissions import can
from approvals import queries
from approvals.models import ApprovalRequest, Clearance, RequestItem
from approvals.states import RequestState
from audit import actions
from audit.models import AuditEvent
from audit.recording import REFUSED
from core.actor import Actor, ActorKind
from publishing.models import ChannelObject, Publication
from publishing.states import PublicationState
from workplace import route, words
from workplace.items import FindingView, ItemView, tree

TRAIL_LENGTH: Final = 100
LOST_RACES: Final = frozenset({"illegal_transition", "lease_lost", "conflict"})
"""Refusals by which the service tells itself that another worker was first."""
_STAGE_STEPS: Final = {"satisfied": "done", "open": "now", "failed": "failed", "cancelled": "off", "skipped": "off"}
_OVER: Final = (
    RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.SUPERSEDED, RequestState.EXPIRED, RequestState.REVOKED,
)  # fmt: skip
_ENDED: Final = (PublicationState.REFUSED, PublicationState.FAILED, PublicationState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the track at the top: state is `done`, `now`, `next`, `failed` or `off` (it will not come to that)."""

    title: str
    note: str
    state: str


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
    steps: list[Step]
    stages: list[route.StageView]
    items: list[ItemView]
    cards: list[ItemView]
    findings: list[FindingView]
    rules_passed: int
    exposure: str
    age: str
    clearances: list[Clearance]
    publications: list[Publication]
    channel: list[ChannelObject]
    trail: list[Entry] | None
    acts: route.Acts
    successor: UUID | None


def detail(actor: Actor, identifier: UUID, now: datetime) -> Detail:
    """The page of one visible request. Raises NotFound."""
    request = queries.get_request(actor, identifier)
    views, stages = tree(request), route.track(request, now)
    steps = Publication.objects.filter(request=request).select_related("revision").prefetch_related("attempts")
    publications = list(steps.order_by("position", "pk"))
    for view in views:
        view.publications = [each for each in publications if each.entity_id == view.item.entity_id]
    findings = [finding for view in views for finding in view.findings]
    return Detail(
        request=request,
        steps=_steps(request, stages, publications, findings),
        stages=stages,
        items=views,
        cards=sorted(views, key=lambda view: -view.depth),  # what people will see comes first
        findings=sorted(findings, key=lambda each: ("failing", "warning", "note").index(each.weight)),
        rules_passed=sum(view.rules_passed for view in views),
        exposure=words.money(request.exposure_minor, request.currency),
        age=words.ago(request.submitted_at, now),
        clearances=list(
            Clearance.objects.filter(request=request).select_related("revision", "revocation").order_by("pk")
        ),
        publications=publications,
        channel=_on_channel(views),
        trail=_trail(actor, request),
        acts=route.acts(actor, request, stages, published=bool(publications)),
        successor=_successor(request),
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
    return [Entry(row, actions.text(row.action), _outcome(row)) for row in rows[:TRAIL_LENGTH]]


def _outcome(row: AuditEvent) -> str:
    """Two workers that reach for one piece of work are no incident: the log has a refusal, the page says skipped."""
    if row.outcome != REFUSED or row.actor_kind != ActorKind.SYSTEM:
        return row.outcome
    return "skipped" if json.loads(row.canonical)["payload"].get("code") in LOST_RACES else row.outcome


def _successor(request: ApprovalRequest) -> UUID | None:
    """The open request that took this one's place, if there is one."""
    if request.state != RequestState.SUPERSEDED:
        return None
    entities = [item.entity_id for item in request.items.all()]
    newer = RequestItem.objects.filter(entity_id__in=entities, is_open=True).order_by("-request_id")
    return newer.values_list("request_id", flat=True).first()


def _steps(
    request: ApprovalRequest, stages: list[route.StageView], publications: list[Publication], findings: list[Any]
) -> list[Step]:
    steps = [_checks(request, findings)]
    for view in stages:
        state = _STAGE_STEPS.get(view.stage.state, "next")
        if view.is_open and request.state != RequestState.IN_REVIEW:
            state = "failed" if request.state == RequestState.CHANGES_REQUESTED else "next"
        note = _("%(given)d of %(asked)d approvals") % {"given": view.approvals, "asked": view.stage.quorum}
        steps.append(Step(view.stage.title, str(view.stage.get_state_display()) if state == "off" else note, state))
    decided = all(step.state == "done" for step in steps)
    return [*steps, _clearance(request, decided=decided), _publication(request, publications)]


def _checks(request: ApprovalRequest, findings: list[Any]) -> Step:
    if request.state == RequestState.AWAITING_CHECKS:
        return Step(_("Checks"), _("running"), "now")
    if request.state == RequestState.BLOCKED:
        return Step(_("Checks"), _("blocked"), "failed")
    warnings = sum(each.weight == "warning" for each in findings)
    return Step(_("Checks"), _("passed with warnings") if warnings else _("passed"), "done")


def _clearance(request: ApprovalRequest, *, decided: bool) -> Step:
    """What ended the request is marked where it ended: here only if all stages before had been passed."""
    if request.state == RequestState.APPROVED:
        return Step(_("Cleared"), _("may be published"), "done")
    ended = {
        RequestState.REVOKED: _("revoked"), RequestState.EXPIRED: _("expired"), RequestState.REJECTED: _("rejected"),
        RequestState.WITHDRAWN: _("withdrawn"), RequestState.SUPERSEDED: _("superseded"),
    }  # fmt: skip
    note = ended.get(RequestState(request.state))
    if not note:
        return Step(_("Cleared"), "", "next")
    return Step(_("Cleared"), note, "failed" if decided else "off")


def _publication(request: ApprovalRequest, publications: list[Publication]) -> Step:
    if not publications:
        ready = request.state == RequestState.APPROVED
        state = "now" if ready else "off" if request.state in _OVER else "next"
        return Step(_("Published"), str(request.get_publish_display()) if ready else "", state)
    done = sum(each.state == PublicationState.PUBLISHED for each in publications)
    if done == len(publications):
        return Step(_("Published"), _("live on the channel"), "done")
    note = _("%(done)d of %(all)d steps") % {"done": done, "all": len(publications)}
    return Step(_("Published"), note, "failed" if any(each.state in _ENDED for each in publications) else "now")
