"""How the outcome of an event is shown: recorded, refused, or skipped."""

from __future__ import annotations

import json
from typing import Final

from audit.models import AuditEvent
from audit.recording import REFUSED
from core.actor import ActorKind

SKIPPED: Final = "skipped"
LOST_RACES: Final = frozenset({"illegal_transition", "lease_lost", "conflict"})
"""Refusals by which the service tells itself that another worker was first."""


def shown(row: AuditEvent) -> str:
    """Two workers that reach for one piece of work are no incident: the log has a refusal, pages say skipped."""
    if row.outcome != REFUSED or row.actor_kind != ActorKind.SYSTEM:
        return row.outcome
    return SKIPPED if json.loads(row.canonical)["payload"].get("code") in LOST_RACES else row.outcome
