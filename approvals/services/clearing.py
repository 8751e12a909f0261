"""Issuing clearances. Called by `deciding` inside its transaction; the guards in the database repeat every condition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from approvals.models import ApprovalRequest, Clearance, RequestItem
from campaigns.models import Revision
from core.statements import insert, update


def limit_of(revision: Revision) -> int | None:
    """The budget amount of a revision in minor units: the most that may be published under its clearance."""
    budget = revision.content["sections"].get("budget") or {}
    amount = budget.get("amount")
    return None if amount is None else int(amount["minor"])


def clear(request: ApprovalRequest, items: Sequence[RequestItem], now: datetime) -> list[Clearance]:
    """One clearance an item, and the entities are free for the next request: two statements."""
    start = max(now, request.publish_at) if request.publish_at else now
    rows = [
        Clearance(
            request=request, item=item, revision=item.revision, digest=item.revision.digest, request_digest=request.digest,
            ad_account=request.ad_account, entity_type=item.entity_type, entity_id=item.entity_id,
            limit_minor=limit_of(item.revision), currency=request.currency, issued_at=now,
            valid_from=start, valid_until=start + timedelta(days=settings.CLEARANCE_EXPIRES_DAYS),
        )
        for item in items
    ]  # fmt: skip
    insert(rows)
    update(RequestItem, {"request": request}, {"is_open": False})
    return rows
