"""Reading the log on: every event that is told of becomes one notice for each person it concerns, and the mails that are owed.

The log has no numbers of its own: its keys grow with time, but an event is seen only once its transaction has ended, maybe
after later ones. So each turn looks LOOK_BACK behind the cursor, and `Taken` says what was read. The cursor is locked by whoever
reads, so that of two workers one waits; were there no lock, the unique keys of the database refused the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User, UserKind
from approvals.models import ApprovalRequest
from audit.models import AuditEvent
from audit.recording import RECORDED
from core import clock
from core.actor import ActorKind
from notices.kinds import DEFAULTS, Delivery
from notices.models import Cursor, Mail, Notice, Preference, Taken
from notices.sources import LATE, SOURCES, Told, told_of
from notices.timing import next_digest

PAGE: Final = 50
"""Events a transaction: on SQLite it keeps all other writers waiting."""
LOOK_BACK: Final = timedelta(minutes=15)
"""Longer than any transaction of a service lasts (a worker is killed before), and than clocks of hosts differ."""
_RANDOM_BITS: Final = 80
"""Of a UUIDv7, below its 48 bits of milliseconds."""


def read_on() -> int:
    """Read until nothing is left. Returns how many notices were made."""
    made = 0
    while True:
        read, notices = _read_page()
        made += notices
        if read < PAGE:
            return made


def _read_page() -> tuple[int, int]:
    """How many events were read, and notices made, in one transaction."""
    with transaction.atomic():
        cursor, _new = Cursor.objects.select_for_update().get_or_create(pk=1)
        events = list(unread_events(cursor.position))
        if not events:
            return 0, 0
        rows = _notices(events, clock.now())
        Taken.objects.bulk_create(Taken(event=event.pk) for event in events)
        cursor.position = max(filter(None, (cursor.position, events[-1].pk)))
        cursor.save(update_fields=["position"])
        Taken.objects.filter(event__lt=_before(cursor.position, 2 * LOOK_BACK)).delete()
        return len(events), len(rows)


def unread_events(position: UUID | None) -> QuerySet[AuditEvent]:
    """The next page of what is told of and was not read, in the order of the log."""
    told = AuditEvent.objects.filter(Q(outcome=RECORDED) | Q(action=LATE), action__in=SOURCES).order_by("pk")
    if position is not None:
        told = told.filter(~Exists(Taken.objects.filter(event=OuterRef("pk"))), pk__gt=_before(position, LOOK_BACK))
    return told[:PAGE]


def _before(key: UUID, period: timedelta) -> UUID:
    """The smallest key of so long before a key."""
    milliseconds = max(0, (key.int >> _RANDOM_BITS) - period // timedelta(milliseconds=1))
    return UUID(int=milliseconds << _RANDOM_BITS)


def _notices(events: Sequence[AuditEvent], now: datetime) -> list[Notice]:
    """Write the notices of events, and queue a mail for each that is to go at once."""
    requests = _requests(events)
    found = [
        (event, requests[event.subject_id], told)
        for event in events if event.subject_id in requests
        for told in told_of(event, requests[event.subject_id], now)
    ]  # fmt: skip
    people = _tellable({told.person for _event, _request, told in found})
    chosen = deliveries(people)
    rows = [
        _notice(event, request, told, chosen[told.person, told.kind], now)
        for event, request, told in found if told.person in people
    ]  # fmt: skip
    mails = [_mail(row, now) for row in rows if row.delivery == Delivery.IMMEDIATE]
    Mail.objects.bulk_create(mails)
    Notice.objects.bulk_create(rows)
    return rows


def _requests(events: Iterable[AuditEvent]) -> dict[str, ApprovalRequest]:
    rows = ApprovalRequest.objects.filter(pk__in={event.subject_id for event in events})
    rows = rows.select_related("ad_account__brand__organisation").prefetch_related("stages")
    return {str(row.pk): row for row in rows}


def _tellable(people: Iterable[UUID]) -> set[UUID]:
    """Those of them who are active people: machines are never told, and their owners are contributors anyway."""
    rows = User.objects.filter(pk__in=people, is_active=True, kind=UserKind.PERSON)
    return set(rows.values_list("pk", flat=True))


def deliveries(people: Iterable[UUID]) -> Mapping[tuple[UUID, str], str]:
    """By person and kind when mail is wanted: what was chosen, else the default. One statement."""
    listed = list(people)
    found: dict[tuple[UUID, str], str] = {(person, kind): delivery for person in listed for kind, delivery in DEFAULTS.items()}
    rows = Preference.objects.filter(person__in=listed).values_list("person_id", "kind", "delivery")
    return found | {(person, kind): delivery for person, kind, delivery in rows}


def _notice(event: AuditEvent, request: ApprovalRequest, told: Told, delivery: str, now: datetime) -> Notice:
    by_service = event.actor_kind == ActorKind.SYSTEM
    return Notice(
        event=event.pk, person_id=told.person, kind=told.kind, reason=told.reason, request=request,
        ad_account_id=request.ad_account_id, stages=list(told.stages), done_by="" if by_service else event.actor_label,
        happened_at=event.at, made_at=now, delivery=delivery,
        due_at=next_digest(now) if delivery == Delivery.DAILY else None,
    )  # fmt: skip


def _mail(notice: Notice, now: datetime) -> Mail:
    notice.mail = Mail(person_id=notice.person_id, is_digest=False, made_at=now, not_before=now)
    return notice.mail


def gather() -> int:
    """Queue one mail for each person with notices whose daily mail is due. Returns how many."""
    with transaction.atomic():
        Cursor.objects.select_for_update().get_or_create(pk=1)
        now = clock.now()
        due = Notice.objects.filter(delivery=Delivery.DAILY, mail__isnull=True, due_at__lte=now)
        people = list(due.order_by("person_id").values_list("person_id", flat=True).distinct())
        for person in people:
            _gather_for(person, due.filter(person=person), now)
    return len(people)


def _gather_for(person: UUID, due: QuerySet[Notice], now: datetime) -> None:
    due.update(mail=Mail.objects.create(person_id=person, is_digest=True, made_at=now, not_before=now))
