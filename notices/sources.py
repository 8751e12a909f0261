"""Whom an event of the log concerns, and why. Reading only; the state looked at is that of now, not of the event.

Nobody is told of what they did themselves, and nobody who contributed is asked to decide (R-16). Whether somebody may see the
request is judged when they are told: in the workplace (notices.queries) and in a mail (notices.letters).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accounts.permissions import people_with
from approvals import quorum
from approvals.models import ApprovalRequest, Decision, RequestItem, Stage
from approvals.queries import seats_of
from approvals.states import StageState
from audit.models import AuditEvent
from notices.kinds import Kind, Reason


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what, and why; `stages` are the titles of those that wait for them."""

    person: UUID
    kind: Kind
    reason: Reason
    stages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with its request, as that is now."""

    request: ApprovalRequest
    payload: Mapping[str, Any]
    now: datetime


Source = Callable[[Happened], Iterable[Told]]


# --- those who worked on it --------------------------------------------------------------------------------------------------


def _authors(kind: Kind) -> Source:
    """The submitter and the contributors."""

    def told(what: Happened) -> Iterator[Told]:
        yield Told(what.request.submitted_by_id, kind, Reason.SUBMITTED)
        for person in sorted(_worked(what.request)):
            yield Told(UUID(person), kind, Reason.CONTRIBUTED)

    return told


def _worked(request: ApprovalRequest) -> set[str]:
    """Contributors (ids) without those who only wrote a policy that governs the request: they may not decide it (R-16), but did
    not make it. At most one statement."""
    authors = {str(policy["author"]) for policy in request.policies if policy.get("author")} & set(request.contributors)
    if not authors:
        return set(request.contributors)
    drafts = [f"revision__{each}__contributions" for each in ("campaign", "ad_group", "ad")]
    listed = RequestItem.objects.filter(request=request).values_list(*drafts)
    wrote = {person for row in listed for people in row for person in people or ()}
    return (set(request.contributors) - authors) | (authors & wrote)


# --- those who are asked -----------------------------------------------------------------------------------------------------


def _reviewable(what: Happened) -> Iterator[Told]:
    """The review begins: with the stages of the first step."""
    stages = list(what.request.stages.all())
    first = min((stage.step for stage in stages), default=0)
    return _asked(what, [stage for stage in stages if stage.step == first])


def _opened(what: Happened) -> Iterator[Told]:
    named = set(what.payload["stages"])
    return _asked(what, [stage for stage in what.request.stages.all() if stage.key in named])


def _asked(what: Happened, stages: Iterable[Stage]) -> Iterator[Told]:
    """Whom those of `stages` ask that are open still, and who has not decided: whoever stands in for them as well, and not whoever
    is away (R-15). Where one can reach its quorum no more, whoever manages access to the ad account (R-14)."""
    votes = list(Decision.objects.filter(request=what.request))
    waiting: dict[UUID, list[str]] = {}
    stalled = []
    for seats in seats_of(what.request, [stage for stage in stages if stage.state == StageState.OPEN], votes, what.now):
        if seats.stalled:
            stalled.append(seats.stage.title)
        for person in sorted(each.pk for each in seats.called):
            waiting.setdefault(person, []).append(seats.stage.title)
    yield from (Told(person, Kind.REVIEW_ASKED, Reason.STAGE_WAITS, tuple(titles)) for person, titles in waiting.items())
    if stalled:
        for manager in people_with("manage_access", what.request.ad_account, what.now):
            yield Told(manager.pk, Kind.REVIEW_STALLED, Reason.MANAGES_ACCOUNT, tuple(stalled))


# --- those who decided -------------------------------------------------------------------------------------------------------


def _owner(kind: Kind, reason: Reason) -> Source:
    """Whose decision it was."""
    return lambda what: [Told(UUID(what.payload["person"]), kind, reason)]


def _revoked(what: Happened) -> Iterator[Told]:
    yield from _authors(Kind.REVOKED)(what)
    votes = list(Decision.objects.filter(request=what.request))
    people = {person for stage in what.request.stages.all() for person in quorum.approvers(votes, stage.pk)}
    yield from (Told(person, Kind.REVOKED, Reason.APPROVED_IT) for person in sorted(people))


SOURCES: Final[Mapping[str, Source]] = {
    "approvals.request.reviewable": _reviewable,
    "approvals.stage.opened": _opened,
    "approvals.request.changes_requested": _authors(Kind.CHANGES_REQUESTED),
    "approvals.request.rejected": _authors(Kind.REJECTED),
    "approvals.request.approved": _authors(Kind.APPROVED),
    "approvals.request.blocked": _authors(Kind.BLOCKED),
    "approvals.request.withdrawn": _authors(Kind.WITHDRAWN),
    "approvals.request.expired": _authors(Kind.EXPIRED),
    "approvals.request.revoked": _revoked,
    "approvals.decision.outdated": _owner(Kind.DECISION_OUTDATED, Reason.DECISION_OUTDATED),
    "approvals.decision.carried": _owner(Kind.DECISION_CARRIED, Reason.DECISION_CARRIED),
}
"""Audit action → who is told of it."""


def told_of(event: AuditEvent, request: ApprovalRequest, now: datetime) -> list[Told]:
    """Who is told of an event, each once, by the first reason that holds; never who did it."""
    what = Happened(request, json.loads(event.canonical)["payload"], now)
    found: dict[UUID, Told] = {}
    for told in SOURCES[event.action](what):
        found.setdefault(told.person, told)
    return [told for person, told in found.items() if str(person) != event.actor_id]
