"""What people said when it was too late (R-19): it stands in the log alone, and is shown beside the stage."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from approvals.errors import LateDecision
from approvals.models import Stage
from approvals.states import StageState, Verdict
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


def late_words(request: UUID, stages: Iterable[Stage]) -> list[LateWord]:
    """The latest of them on a request, the latest first: one statement, where a stage is satisfied."""
    if all(stage.state != StageState.SATISFIED for stage in stages):
        return []
    rows = AuditEvent.objects.filter(
        subject_type="approval_request", subject_id=str(request), action=LateDecision.recorded_as
    ).order_by("-pk")
    return [_word(row) for row in rows[:MOST]]


def _word(row: AuditEvent) -> LateWord:
    said = json.loads(row.canonical)["payload"]
    return LateWord(said["stage"], said["verdict"], said["comment"], said["name"], UUID(row.actor_id), row.at)
