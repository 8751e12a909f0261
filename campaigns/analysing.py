"""What is seen and heard in stored media: measured once, kept with the bytes' hash. No transaction is open meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, Final

from campaigns.intake import store
from campaigns.media.analysis import analyse
from campaigns.media.errors import MediaAltered, MediaMissing, MediaRefused
from campaigns.models import MediaAnalysis, MediaAsset
from campaigns.queries import analyses_of
from campaigns.services import record_analysis
from core.actor import Actor

PASSING: Final = frozenset({"timeout", "memory"})
"""Reasons that may be of the machine and not of the file: not kept, so that the next one who asks has it tried again."""


def analysed(assets: Iterable[MediaAsset], actor: Actor, seconds: float | None = None) -> dict[str, dict[str, Any]]:
    """By hash, what is seen and heard in each, or `{"fault": why it is not known}`; read where it was kept, else measured.

    After so many `seconds` nothing more is measured, and what is left out is not in the answer. Raises MediaProbeFailed,
    OSError, and MediaMissing where the whole store is away, which say nothing of the file: to be tried again.
    """
    wanted = {asset.sha256: asset for asset in assets}
    found = {sha256: _answer(row) for sha256, row in analyses_of(wanted).items()}
    until = None if seconds is None else time.monotonic() + seconds
    for sha256, asset in wanted.items():
        if sha256 not in found and (until is None or time.monotonic() < until):
            found[sha256] = _measured(asset, actor)
    return found


def _measured(asset: MediaAsset, actor: Actor) -> dict[str, Any]:
    try:
        with store().open_verified(asset.sha256) as file:
            result: dict[str, Any] | None = analyse(file)
            fault = ""
    except (MediaAltered, MediaMissing) as lost:
        if not store().root.is_dir():
            raise
        return {"fault": lost.code}
    except MediaRefused as refused:
        result, fault = None, refused.reason
    if fault in PASSING:
        return {"fault": fault}
    return _answer(record_analysis(actor=actor, media=asset.pk, result=result, fault=fault))


def _answer(row: MediaAnalysis) -> dict[str, Any]:
    return {"fault": row.fault} if row.result is None else dict(row.result)
