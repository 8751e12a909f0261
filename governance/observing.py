"""What a worker sees before it judges: only what some bound rule reads. No transaction is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from accounts.models import AdAccount
from core.canonical import canonical_text
from governance.models import CheckRun
from governance.queries import pinned, reads

Rejected = Callable[[AdAccount], Sequence[str]]
"""Hashes of media that people have rejected, by ad account."""


def observe(runs: Sequence[CheckRun], rejected: Rejected) -> None:
    """Look at what the rules of each run ask for, and note it with the run, not yet written."""
    for run in runs:
        asked = reads(pinned(UUID(pin["id"])) for pin in run.rule_sets)
        seen: dict[str, Any] = {}
        if "rejected_media" in asked:
            seen["rejected_media"] = [{"sha256": sha256} for sha256 in rejected(run.revision.ad_account)]
        run.observations = canonical_text(seen) if seen else ""
