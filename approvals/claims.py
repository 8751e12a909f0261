"""Reading claims (R-50): who is looking at which request."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from approvals.models import Claim, Decision
from approvals.states import RequestState

LASTS: Final = timedelta(minutes=30)


def claims_on(requests: Iterable[UUID], now: datetime) -> dict[UUID, list[Claim]]:
    """By request the claims that stand: neither run out nor taken back, of people who have not decided since, on what is under
    review. One statement."""
    decided = Decision.objects.filter(
        request=OuterRef("request"), decided_by=OuterRef("person"), decided_at__gte=OuterRef("at")
    )
    rows = Claim.objects.filter(request__in=list(requests), request__state=RequestState.IN_REVIEW, at__gt=now - LASTS)
    last = {(row.request_id, row.person_id): row for row in rows.filter(~Exists(decided)).select_related("person").order_by("pk")}
    found: dict[UUID, list[Claim]] = {}
    for row in last.values():
        if row.until > now:
            found.setdefault(row.request_id, []).append(row)
    return found
