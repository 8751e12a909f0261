"""Issuing clearances. Called by `deciding` inside its transaction; the guards in the database repeat every condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def clear(request: ApprovalRequest, items: Sequence[RequestItem], now: datetime) -> None:
    """One clearance an item, and the entities are free for the next request: two statements."""
    clear_all({request: items}, now)


def clear_all(approved: Mapping[ApprovalRequest, Sequence[RequestItem]], now: datetime) -> None:
    """`clear` several requests: the statements of one."""
    insert([row for request, items in approved.items() for row in _clearances(request, items, now)])
    update(RequestItem, {"request": [request.pk for request in approved]}, {"is_open": False})


def _clearances(request: ApprovalRequest, items: Sequence[RequestItem], now: datetime) -> list[Clearance]:
    start = max(now, request.publish_at) if request.publish_at else now
    return [
        Clearance(
            request=request, item=item, revision=item.revision, digest=item.revision.digest, request_digest=request.digest,
            ad_account=request.ad_account, entity_type=item.entity_type, entity_id=item.entity_id,
            limit_minor=limit_of(item.revision), currency=request.currency, issued_at=now,
            valid_from=start, valid_until=start + timedelta(days=settings.CLEARANCE_EXPIRES_DAYS),
        )
        for item in items
    ]  # fmt: skip
