"""What people said when it was too late (R-19): it stands in the log alone, and is shown beside the stage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from approvals.errors import LateDecision
from approvals.models import ApprovalRequest
from approvals.states import Verdict
from audit.models import AuditEvent

MOST = 20


@dataclass(frozen=True, slots=True)
class LateWord:
    """A “no” to a stage that was satisfied already."""

    stage: str
    verdict: str
    comment: str
    name: str
    person: UUID
    at: datetime

    @property
    def in_words(self) -> str:
        return str(Verdict(self.verdict).label)


def late_events(request: UUID) -> QuerySet[AuditEvent]:
    """What the log keeps of them on a request."""
    return AuditEvent.objects.filter(
        subject_type="approval_request", subject_id=str(request), action=LateDecision.recorded_as
    )  # fmt: skip


def late_words(request: ApprovalRequest) -> list[LateWord]:
    """The latest of them on a request (queries.get_request), the latest first: one statement, where there are any."""
    if not getattr(request, "has_late", True):
        return []
    return [_word(row) for row in late_events(request.pk).order_by("-pk")[:MOST]]


def _word(row: AuditEvent) -> LateWord:
    said = json.loads(row.canonical)["payload"]
    return LateWord(said["stage"], said["verdict"], said["comment"], said["name"], UUID(row.actor_id), row.at)
