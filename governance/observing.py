"""What a worker sees before it judges: only what some bound rule reads. No transaction is open."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from accounts.models import AdAccount
from campaigns.analysing import analysed
from campaigns.models import MediaAsset
from core.actor import Actor
from core.canonical import canonical_text
from governance import landing_pages
from governance.checks import subject_of
from governance.models import CheckRun
from governance.queries import lines_of, pinned, reads

Rejected = Callable[[AdAccount], Sequence[str]]
"""Hashes of media that people have rejected, by ad account, the latest first."""

REJECTED_SECONDS: Final = 20.0
"""For so long one run analyses what was rejected before some rule asked for it; the next run goes on."""


def observe(actor: Actor, runs: Sequence[CheckRun], rejected: Rejected) -> None:
    """Look at what the rules of each run ask for, and note it with the run, not yet written. A page is visited once."""
    visit = cache(landing_pages.observe)
    for run in runs:
        versions = [pinned(UUID(pin["id"])) for pin in run.rule_sets]
        asked, seen = reads(versions), dict[str, Any]()
        url = landing_pages.wanted(subject_of(run.revision), (line for each in versions for line in lines_of(each)))
        if url is not None:
            seen["landing_page"] = visit(url)
        if "analysis" in asked:
            seen |= _media(actor, run)
        if "rejected_media" in asked and run.revision.entity_type == "ad":
            seen["rejected_media"] = _rejected(actor, run.revision.ad_account, rejected(run.revision.ad_account))
        run.observations = canonical_text(seen) if seen else ""


def _media(actor: Actor, run: CheckRun) -> dict[str, Any]:
    """What is seen and heard in the media of the revision."""
    hashes = json.loads(run.context).get("media") or {}
    if not hashes:
        return {}
    found = analysed(MediaAsset.objects.filter(ad_account=run.revision.ad_account_id, sha256__in=list(hashes)), actor)
    return {"media": {sha256: {"analysis": each} for sha256, each in found.items()}}


def _rejected(actor: Actor, account: AdAccount, hashes: Iterable[str]) -> list[dict[str, Any]]:
    """Rejected files by their hashes, with those of their looks as far as they are known."""
    order = list(hashes)
    assets = MediaAsset.objects.filter(ad_account__brand__organisation=account.brand.organisation_id, sha256__in=order)
    by_hash = {asset.sha256: asset for asset in assets}
    known = analysed((by_hash[each] for each in order if each in by_hash), actor, REJECTED_SECONDS)
    return [{"sha256": each, **_looks(known.get(each))} for each in order]


def _looks(analysis: dict[str, Any] | None) -> dict[str, Any]:
    if analysis is None:
        return {}
    return {"difference_hashes": analysis.get("difference_hashes", [])}
