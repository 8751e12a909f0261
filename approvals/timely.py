"""Reading what time owes: who is to be reminded of what, what is late, what is open; and by which calendars (R-20, R-14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from approvals.compromises import counting
from approvals.models import ApprovalRequest, BusinessCalendar, Decision, Stage
from approvals.states import OPEN_STATES, RequestState, StageState
from core.actor import Actor
from governance.queries import bound_in_sight

PAGE: Final = 100


def visible_calendars(actor: Actor) -> QuerySet[BusinessCalendar]:
    """All versions of the calendars of what the actor sees anything of."""
    rows = BusinessCalendar.objects.filter(bound_in_sight(actor))
    return rows.select_related("organisation", "brand__organisation", "ad_account__brand__organisation")


def overdue(rows: QuerySet[ApprovalRequest], now: datetime) -> QuerySet[ApprovalRequest]:
    """Those with an open stage that was not decided in time."""
    late = Stage.objects.filter(request=OuterRef("pk"), state=StageState.OPEN, due_at__lte=now)
    return rows.filter(Exists(late), state=RequestState.IN_REVIEW)


def _owed(rows: QuerySet[Stage]) -> list[UUID]:
    waiting = rows.filter(state=StageState.OPEN, request__state=RequestState.IN_REVIEW).order_by("request_id")
    return list(waiting.values_list("request_id", flat=True).distinct()[:PAGE])


def requests_to_remind_of(now: datetime) -> list[UUID]:
    """Requests in review with a stage of whose deadline those asked are to be reminded."""
    return _owed(Stage.objects.filter(remind_at__lte=now, reminded_at__isnull=True))


def requests_to_escalate(now: datetime) -> list[UUID]:
    """Requests in review with a stage that nobody decided in time."""
    return _owed(Stage.objects.filter(due_at__lte=now, escalated_at__isnull=True))


def open_requests(organisation: UUID | None = None) -> Iterator[ApprovalRequest]:
    """All open requests, or those of one organisation, with what `queries.seats` reads: page by page, so that none is held for
    long."""
    rows = ApprovalRequest.objects.filter(state__in=OPEN_STATES).select_related("ad_account__brand").order_by("pk")
    rows = rows.prefetch_related("stages", Prefetch("decisions", counting(Decision.objects.all())))
    if organisation is not None:
        rows = rows.filter(ad_account__brand__organisation_id=organisation)
    page: list[ApprovalRequest] | None = None
    while page is None or len(page) == PAGE:
        page = list((rows if not page else rows.filter(pk__gt=page[-1].pk))[:PAGE])
        yield from page
