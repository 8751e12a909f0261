"""Replaying the simulator's log beside the clearances: was anything ever enabled that nobody had cleared?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from approvals.models import Clearance
from publishing.models import ChannelObject

LEVELS = {"campaign": "campaign", "adgroup": "ad_group", "ad": "ad"}


def violations(log: Iterable[Mapping[str, Any]]) -> list[str]:
    """What was switched on, or changed while on, by us without a clearance standing at that moment."""
    entities = {(row.entity_type, row.external_id): row.entity_id for row in ChannelObject.objects.all()}
    enabled: set[tuple[str, str]] = set()
    found = []
    for entry in log:
        level = LEVELS.get(entry["level"])
        if level is None or entry["source"] != "api":
            continue
        key = (level, entry["id"])
        switched = _switched(entry)
        if switched is not None:
            (enabled.add if switched else enabled.discard)(key)
        if key in enabled and not _cleared(entities.get(key), datetime.fromisoformat(entry["at"])):
            found.append(f"{entry['at']} {entry['action']} {key}")
    return found


def _switched(entry: Mapping[str, Any]) -> bool | None:
    details = entry["details"]
    status = details.get("operation_status") or (details.get("changes", {}).get("operation_status") or [None, None])[1]
    return None if status is None else status == "ENABLE"


def _cleared(entity: Any, at: datetime) -> bool:
    standing = Clearance.objects.filter(entity_id=entity, valid_from__lte=at, valid_until__gt=at)
    return entity is not None and (
        standing.filter(revocation__isnull=True).exists() or standing.filter(revocation__revoked_at__gt=at).exists()
    )
