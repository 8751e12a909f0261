"""What a worker sees before it judges: only what some bound rule reads. No transaction is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from accounts.models import AdAccount
from core.canonical import canonical_text
from governance import landing_pages
from governance.checks import subject_of
from governance.models import CheckRun
from governance.queries import lines_of, pinned, reads

Rejected = Callable[[AdAccount], Sequence[str]]
"""Hashes of media that people have rejected, by ad account."""


def observe(runs: Sequence[CheckRun], rejected: Rejected) -> None:
    """Look at what the rules of each run ask for, and note it with the run, not yet written. A page is visited once."""
    visit = cache(landing_pages.observe)
    for run in runs:
        versions = [pinned(UUID(pin["id"])) for pin in run.rule_sets]
        seen: dict[str, Any] = {}
        url = landing_pages.wanted(subject_of(run.revision), (line for each in versions for line in lines_of(each)))
        if url is not None:
            seen["landing_page"] = visit(url)
        if "rejected_media" in reads(versions):
            seen["rejected_media"] = [{"sha256": sha256} for sha256 in rejected(run.revision.ad_account)]
        run.observations = canonical_text(seen) if seen else ""
