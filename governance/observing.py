"""What a worker sees before it judges: only what some bound rule reads. No transaction is open."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from accounts.models import AdAccount
from campaigns.analysing import analysed
from campaigns.models import MediaAsset
from core.actor import Actor
from core.canonical import canonical_text
from governance import landing_pages
from governance.checks import LOOKED_INTO, subject_of
from governance.models import CheckRun
from governance.queries import lines_of, pinned, reads

Rejected = Callable[[AdAccount], Sequence[str]]
"""Hashes of media that people have rejected, by ad account, the latest first."""

READING_SHARE: Final = 0.5
"""After this share of the time that a task has, it begins to read no further file; the next task goes on."""
REJECTED_SECONDS: Final = 20.0
"""For so long one run analyses what was rejected before some rule asked for it; the next run goes on."""


def observe(actor: Actor, runs: Sequence[CheckRun], rejected: Rejected) -> None:
    """Look at what the rules of each run ask for, and note it with the run, not yet written. A page is visited once."""
    visit, account = cache(landing_pages.observe), cache(_account)
    until = time.monotonic() + settings.CELERY_TASK_SOFT_TIME_LIMIT * READING_SHARE
    for run in runs:
        versions = [pinned(UUID(pin["id"])) for pin in run.rule_sets]
        asked, seen = reads(versions), dict[str, Any]()
        url = landing_pages.wanted(subject_of(run.revision), (line for each in versions for line in lines_of(each)))
        if url is not None:
            seen["landing_page"] = visit(url)
        if asked & LOOKED_INTO:
            seen |= _media(actor, run, asked, until)
        if "rejected_media" in asked and run.revision.entity_type == "ad":
            mine = account(run.revision.ad_account_id)
            seen["rejected_media"] = _rejected(actor, mine, rejected(mine))
        run.observations = canonical_text(seen) if seen else ""


def _account(identifier: UUID) -> AdAccount:
    return AdAccount.objects.select_related("brand").get(pk=identifier)


def _media(actor: Actor, run: CheckRun, asked: frozenset[str], until: float) -> dict[str, Any]:
    """What is seen, heard and read in the media of the revision, as far as it is asked for, and there is time until then."""
    hashes = json.loads(run.context).get("media") or {}
    if not hashes:
        return {}
    assets = list(MediaAsset.objects.filter(ad_account=run.revision.ad_account_id, sha256__in=list(hashes)))
    media: dict[str, dict[str, Any]] = {}
    if "analysis" in asked:
        media = {sha256: {"analysis": each} for sha256, each in analysed(assets, actor).items()}
    if "reading" in asked:
        for sha256, each in analysed(assets, actor, max(0.0, until - time.monotonic()), "reading").items():
            media[sha256] = {**media.get(sha256, {}), "reading": each}
    return {"media": media}


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
