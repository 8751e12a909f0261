"""A draft that follows what was approved without being edited. The caller holds its lock and an open transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.models import AdGroup, Campaign
from campaigns.snapshots import Head, head_of


def follow(draft: Campaign | AdGroup, approved: Mapping[str, str], head: Head, now: datetime) -> None:
    """A locked draft says what a head of it says, in those sections in which it says what was approved before (`approved`: their
    digests). What is being worked on stays as it is. Nobody contributes by that."""
    said = head_of(draft).sections
    for name, digest in head.sections.items():
        if digest != approved.get(name) and said.get(name) == approved.get(name):
            _say(draft, name, head.content["sections"][name])
    draft.version += 1
    draft.updated_at = max(now, draft.updated_at + timedelta(microseconds=1))
    draft.save(force_update=True)


def _say(draft: Campaign | AdGroup, section: str, value: Mapping[str, Any]) -> None:
    if section == "budget":
        draft.budget_minor = int(value["amount"]["minor"])
    elif isinstance(draft, Campaign):
        draft.ends_at = datetime.fromisoformat(value["ends_at"])
    elif section == "bid":
        draft.bid_minor = int(value["amount"]["minor"])
    else:
        draft.end = datetime.fromisoformat(value["end"])
