"""What time does to a request: people are reminded and more of them asked (R-20), and it is told when nobody is left who could
decide (R-14). Nothing here ever decides: silence is no consent. The system's own acts, each under the lock of the request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Membership, User, live_at
from approvals import locks, queries, subjects
from approvals.models import ApprovalRequest, Stage
from approvals.queries import Seats
from approvals.states import OPEN_STATES, RequestState, StageState
from audit.models import AuditEvent
from audit.recording import event, record, service
from core import clock
from core.actor import Actor, ActorKind
from core.errors import Conflict, Forbidden


def _locked(actor: Actor, identifier: UUID) -> tuple[ApprovalRequest, list[Seats], datetime]:
    """A request under its lock, with its seats as they are after the wait for it. Raises NotFound, Forbidden."""
    row = locks.request(identifier)
    now = clock.now()
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("The service itself keeps the time."))
    return row, queries.seats(row, now), now


def _open(row: ApprovalRequest, seats: Iterable[Seats]) -> list[Seats]:
    """What waits for people now: nothing while a request was sent back, or waits for its checks."""
    return [each for each in seats if each.stage.state == StageState.OPEN and row.state == RequestState.IN_REVIEW]


def _write(stage: Stage, **moments: datetime | None) -> None:
    for name, value in moments.items():
        setattr(stage, name, value)
    stage.save(update_fields=tuple(moments))


def _told(actor: Actor, row: ApprovalRequest, stage: Stage, action: str, now: datetime, **facts: Any) -> AuditEvent:
    due = {"due_at": clock.rfc3339(stage.due_at)} if stage.due_at else {}
    return event(actor, action, subjects.of_request(row), now, stage=stage.key, **due, **facts)


def _ids(people: Iterable[User]) -> list[str]:
    return sorted(str(person.pk) for person in people)


def answering(stage: Stage, request: ApprovalRequest, now: datetime) -> list[User]:
    """Who is told that a stage is late or stalls: whom its policy names for that, else who gives roles in the ad account."""
    if stage.escalate_to_people or stage.escalate_to_groups:
        members = Membership.objects.filter(live_at(now), group__public_id__in=stage.escalate_to_groups).values("user_id")
        named = User.objects.filter(pk__in=stage.escalate_to_people) | User.objects.filter(pk__in=members)
        return list(named.filter(is_active=True, kind="person"))
    return list(permissions.people_with("manage_access", request.ad_account, now))


@service("approvals.stage.reminded")
def remind(*, actor: Actor, request: UUID) -> Sequence[Stage]:
    """Remind those who are asked by open stages and said nothing yet, once a stage; the log says whom. Raises NotFound, Forbidden,
    Conflict when nobody is to be reminded now."""
    row, seats, now = _locked(actor, request)
    owed = [
        each for each in _open(row, seats)
        if each.stage.reminded_at is None and each.stage.remind_at is not None and each.stage.remind_at <= now
    ]  # fmt: skip
    if not owed:
        raise Conflict(_("Nobody is to be reminded of this request now."))
    for each in owed:
        _write(each.stage, reminded_at=now)
    record(*(_told(actor, row, each.stage, "approvals.stage.reminded", now, people=_ids(each.called)) for each in owed))
    return [each.stage for each in owed]


@service("approvals.stage.escalated")
def escalate(*, actor: Actor, request: UUID) -> Sequence[Stage]:
    """From now on stages whose deadline has passed ask those as well whom their policies name for that; who was asked before is
    asked still. Once a stage. Raises NotFound, Forbidden, Conflict when no deadline has passed."""
    row, seats, now = _locked(actor, request)
    late = [
        each for each in _open(row, seats)
        if each.stage.escalated_at is None and each.stage.due_at is not None and each.stage.due_at <= now
    ]  # fmt: skip
    if not late:
        raise Conflict(_("No deadline of this request has passed."))
    for each in late:
        _write(each.stage, escalated_at=now)
    after = {each.stage.pk: each for each in queries.seats(row, now)}
    record(*(_escalated(actor, row, each, after[each.stage.pk], now) for each in late))
    return [each.stage for each in late]


def _escalated(actor: Actor, row: ApprovalRequest, before: Seats, after: Seats, now: datetime) -> AuditEvent:
    asked = {person.pk for person in before.eligible}
    added = [person for person in after.eligible if person.pk not in asked]
    facts = {"people": _ids(before.called), "added": _ids(added), "told": _ids(answering(after.stage, row, now))}
    return _told(actor, row, after.stage, "approvals.stage.escalated", now, **facts)


@service("approvals.stage.stalled")
def watch_route(*, actor: Actor, request: UUID) -> Sequence[Stage]:
    """Tell, once, that nobody is left who could decide a stage of an open request, and why; or that somebody can again. It stays as
    open as it was. Raises NotFound, Forbidden, Conflict when nothing has turned."""
    row, seats, now = _locked(actor, request)
    turned = [each for each in seats if each.has_turned and row.state in OPEN_STATES]
    if not turned:
        raise Conflict(_("Who can decide this request is as it was."))
    for each in turned:
        _write(each.stage, stalled_since=now if each.stalled else None)
    record(*(_turned(actor, row, each, now) for each in turned))
    return [each.stage for each in turned]


def _turned(actor: Actor, row: ApprovalRequest, seats: Seats, now: datetime) -> AuditEvent:
    told = _ids(answering(seats.stage, row, now))
    if not seats.stalled:
        return _told(actor, row, seats.stage, "approvals.stage.reachable", now, told=told)
    facts = {"reason": seats.obstacle, "quorum": seats.stage.quorum, "people": _ids(seats.eligible), "told": told}
    return _told(actor, row, seats.stage, "approvals.stage.stalled", now, **facts)
