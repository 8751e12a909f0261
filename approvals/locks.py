"""Row locks of `approvals`: the request before everything that hangs on it (product.md)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from approvals import subjects
from approvals.models import ApprovalRequest
from audit.recording import concerning
from core.errors import NotFound


def requests() -> QuerySet[ApprovalRequest]:
    """Requests, locked alone and in the order of their keys, with what permissions and the log need loaded."""
    locked = ApprovalRequest.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("ad_account__brand__organisation").order_by("pk")


def request(identifier: UUID) -> ApprovalRequest:
    """One request under its lock, named as the subject of the running service. Raises NotFound."""
    row = requests().filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    concerning(subjects.of_request(row))
    return row
