"""Whom an event of the log concerns, and why. Reading only; the state looked at is that of now, not of the event.

Nobody is told of what they did themselves, and nobody who contributed is asked to decide (R-16). Whether somebody may see the
request is judged when they are told: in the workplace (notices.queries) and in a mail (notices.letters). Nothing tells of a
decision on a blind stage to whoever may not know it yet (R-19).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accounts.actors import actor_for
from accounts.models import User
from accounts.permissions import people_with
from approvals import queries, quorum
from approvals.compromises import counting
from approvals.errors import LateDecision
from approvals.models import ApprovalRequest, Comment, Decision, RequestItem, Stage
from approvals.queries import seats_of
from approvals.states import RecallOutcome, StageState
from audit.models import AuditEvent
from core.actor import Channel
from notices.kinds import Kind, Reason
from publishing.planning import was_late


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


def _approved(what: Happened) -> Iterator[Told]:
    """Those; and who publishes there, where it does not go out by itself because it was approved too late (R-21)."""
    if not was_late(what.request):
        yield from _authors(Kind.APPROVED)(what)
        return
    yield from _authors(Kind.APPROVED_LATE)(what)
    for person in people_with("publish", what.request.ad_account, what.now):
        yield Told(person.pk, Kind.APPROVED_LATE, Reason.PUBLISHES)


def _split(what: Happened) -> Iterator[Told]:
    """The submitter, and whoever worked on what was sent back; who worked on nothing but what stays is left in peace."""
    back = set(what.payload["returned"])
    wrote: dict[bool, set[str]] = {True: set(), False: set()}
    drafts = [f"revision__{each}__contributions" for each in ("campaign", "ad_group", "ad")]
    for entity, *people in RequestItem.objects.filter(request=what.request).values_list("entity_id", *drafts):
        wrote[str(entity) in back] |= {person for each in people for person in each or ()}
    yield Told(what.request.submitted_by_id, Kind.CHANGES_REQUESTED, Reason.SUBMITTED)
    for person in sorted(_worked(what.request) - (wrote[False] - wrote[True])):
        yield Told(UUID(person), Kind.CHANGES_REQUESTED, Reason.CONTRIBUTED)


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
    is away (R-15)."""
    votes = list(counting(Decision.objects.filter(request=what.request)))
    waiting: dict[UUID, list[str]] = {}
    for seats in seats_of(what.request, [stage for stage in stages if stage.state == StageState.OPEN], votes, what.now):
        for person in sorted(each.pk for each in seats.called):
            waiting.setdefault(person, []).append(seats.stage.title)
    yield from (Told(person, Kind.REVIEW_ASKED, Reason.STAGE_WAITS, tuple(titles)) for person, titles in waiting.items())


def _waiting(what: Happened, stage: Stage, votes: Sequence[Decision]) -> set[UUID]:
    """Whom a stage waits for: nobody, where it is not open (any more)."""
    if stage.state != StageState.OPEN:
        return set()
    return {person.pk for seats in seats_of(what.request, [stage], votes, what.now) for person in seats.called}


# --- what the clock and the route do (R-14, R-20) ----------------------------------------------------------------------------


def _stage(what: Happened) -> Stage:
    """The stage that an event is of."""
    return next(stage for stage in what.request.stages.all() if stage.key == what.payload["stage"])


def _named(what: Happened, name: str) -> set[UUID]:
    """The people whom the payload lists under a name."""
    return set(map(UUID, what.payload[name]))


def _reminded(what: Happened) -> Iterator[Told]:
    """Who was asked then and is asked still."""
    stage = _stage(what)
    waiting = _waiting(what, stage, list(counting(Decision.objects.filter(request=what.request))))
    for person in sorted(waiting & _named(what, "people")):
        yield Told(person, Kind.REVIEW_DUE, Reason.STAGE_WAITS, (stage.title,))


def _escalated(what: Happened) -> Iterator[Told]:
    """Who is asked as well, who was asked and is still, and who answers for it; nobody once it was decided."""
    stage = _stage(what)
    waiting = _waiting(what, stage, list(counting(Decision.objects.filter(request=what.request))))
    for person in sorted(waiting & _named(what, "added")):
        yield Told(person, Kind.REVIEW_ASKED, Reason.ESCALATED, (stage.title,))
    for person in sorted(waiting & _named(what, "people")):
        yield Told(person, Kind.REVIEW_OVERDUE, Reason.STAGE_WAITS, (stage.title,))
    if stage.state == StageState.OPEN:
        for person in sorted(_named(what, "told")):
            yield Told(person, Kind.REVIEW_OVERDUE, _answers(stage), (stage.title,))


def _answers(stage: Stage) -> Reason:
    """Why somebody is told who answers for a stage (approvals.services.timing.answering)."""
    return Reason.ANSWERS if stage.escalate_to_people or stage.escalate_to_groups else Reason.MANAGES_ACCOUNT


def _stalled(what: Happened) -> Iterator[Told]:
    """Who answers for a stage that nobody may decide still, as far as they may know."""
    stage = _stage(what)
    if stage.stalled_since is None or stage.state not in (StageState.OPEN, StageState.PENDING):
        return
    for person in User.objects.filter(pk__in=_named(what, "told")).order_by("pk"):
        if _knows(person, what, stage):
            yield Told(person.pk, Kind.REVIEW_STALLED, _answers(stage), (stage.title,))


def _knows(person: User, what: Happened, stage: Stage) -> bool:
    """Whether a stage stalls by the decisions that somebody may know (R-19): who approved a blind stage can decide no other, and
    that it stalls by this would tell so. No statement where no stage is blind."""
    stages = list(what.request.stages.all())
    if not any(each.blind for each in stages):
        return True
    hidden = queries.hidden_decisions(actor_for(person, Channel.TASK))
    known = counting(Decision.objects.filter(request=what.request)).exclude(hidden)
    seats = queries.seats_of(what.request, stages, list(known.select_related("decided_by")), what.now)
    return any(each.stalled for each in seats if each.stage.pk == stage.pk)


def _tightened(what: Happened) -> Iterator[Told]:
    """Who submitted it; and whom those of the added stages ask that are open at once."""
    named = set(what.payload["stages"])
    added = [stage for stage in what.request.stages.all() if stage.key in named]
    yield Told(what.request.submitted_by_id, Kind.TIGHTENED, Reason.SUBMITTED, tuple(stage.title for stage in added))
    yield from _asked(what, added)


# --- what is said about it, and what is spent less ---------------------------------------------------------------------------


def _talk(kind: Kind) -> Source:
    """Who worked on the request, and who commented on it: what is said there is meant for everybody (R-51)."""

    def told(what: Happened) -> Iterator[Told]:
        yield from _authors(kind)(what)
        people = Comment.objects.filter(request=what.request).order_by("author_id").values_list("author_id", flat=True).distinct()
        yield from (Told(person, kind, Reason.COMMENTED) for person in people)

    return told


def _resolved(what: Happened) -> Iterator[Told]:
    """Who wrote the comment."""
    for comment in Comment.objects.filter(pk=what.payload["comment"]):
        yield Told(comment.author_id, Kind.COMMENT_RESOLVED, Reason.WROTE_COMMENT)


def _lowered(what: Happened) -> Iterator[Told]:
    """Who approves budgets there: nobody was asked for an approval (R-04)."""
    for person in people_with("approve_budget", what.request.ad_account, what.now):
        yield Told(person.pk, Kind.LOWERED, Reason.BUDGETS)


def _revokers(kind: Kind) -> Source:
    """Who submitted it, and who may revoke it."""

    def told(what: Happened) -> Iterator[Told]:
        yield Told(what.request.submitted_by_id, kind, Reason.SUBMITTED)
        for person in people_with("operate", what.request.ad_account, what.now):
            yield Told(person.pk, kind, Reason.REVOKES)

    return told


def _recalled(what: Happened) -> Iterable[Told]:
    """What stays live though its approval needed the vote of a compromised account is looked at again (R-32)."""
    return _revokers(Kind.LIVE_IN_DOUBT)(what) if what.payload["became"] == RecallOutcome.LIVE else ()


# --- those who decided -------------------------------------------------------------------------------------------------------


def _owner(kind: Kind, reason: Reason) -> Source:
    """Whose decision it was."""
    return lambda what: [Told(UUID(what.payload["person"]), kind, reason)]


def _revoked(what: Happened) -> Iterator[Told]:
    yield from _authors(Kind.REVOKED)(what)
    votes = list(counting(Decision.objects.filter(request=what.request)))
    people = {person for stage in what.request.stages.all() for person in quorum.approvers(votes, stage.pk)}
    yield from (Told(person, Kind.REVOKED, Reason.APPROVED_IT) for person in sorted(people))


LATE: Final = LateDecision.recorded_as
"""What is told though it was refused."""
SOURCES: Final[Mapping[str, Source]] = {
    "approvals.request.reviewable": _reviewable,
    "approvals.stage.opened": _opened,
    "approvals.stage.reopened": _opened,
    "approvals.stage.reminded": _reminded,
    "approvals.stage.escalated": _escalated,
    "approvals.stage.stalled": _stalled,
    "approvals.request.tightened": _tightened,
    "approvals.request.lowered": _lowered,
    "approvals.comment.written": _talk(Kind.COMMENTED),
    "approvals.comment.resolved": _resolved,
    "approvals.comment.reopened": _talk(Kind.COMMENT_REOPENED),
    "approvals.request.changes_requested": _authors(Kind.CHANGES_REQUESTED),
    "approvals.request.split": _split,
    "approvals.request.rejected": _authors(Kind.REJECTED),
    "approvals.request.approved": _approved,
    "approvals.request.blocked": _authors(Kind.BLOCKED),
    "approvals.request.withdrawn": _authors(Kind.WITHDRAWN),
    "approvals.request.expired": _authors(Kind.EXPIRED),
    "approvals.request.revoked": _revoked,
    "approvals.request.recalled": _recalled,
    LATE: _revokers(Kind.LATE_REFUSAL),
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
