"""What is seen, heard and read in stored media: found once, kept with the bytes' hash. No transaction is open meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import IO, Any, Final

from django.conf import settings

from campaigns.intake import store
from campaigns.media.analysis import Kind, analyse
from campaigns.media.errors import MediaAltered, MediaMissing, MediaRefused
from campaigns.media.reading import can_read, read
from campaigns.models import MediaAnalysis, MediaAsset
from campaigns.queries import analyses_of
from campaigns.services import record_analysis
from core.actor import Actor

PASSING: Final = frozenset({"timeout", "memory"})
"""Reasons that may be of the machine and not of the file: not kept, so that the next one who asks has it tried again."""
NO_READER: Final = {"fault": "reader_missing"}
"""What is said of every file where text in pictures cannot be read, or is not to be: of the machine as well."""


def analysed(
    assets: Iterable[MediaAsset], actor: Actor, seconds: float | None = None, kind: Kind = "analysis"
) -> dict[str, dict[str, Any]]:
    """By hash, what is found in each, or `{"fault": why it is not known}`; taken from where it was kept, else found now.

    After so many `seconds` no file is begun any more, and what is left out is not in the answer. Raises MediaProbeFailed,
    OSError, and MediaMissing where the whole store is away, which say nothing of the file: to be tried again.
    """
    wanted = {asset.sha256: asset for asset in assets}
    found = {sha256: _answer(row) for sha256, row in analyses_of(wanted, kind).items()}
    if kind == "reading" and not (settings.MEDIA_READING and can_read()):
        return {sha256: found.get(sha256, NO_READER) for sha256 in wanted}
    until = None if seconds is None else time.monotonic() + seconds
    for sha256, asset in wanted.items():
        if sha256 not in found and (until is None or time.monotonic() < until):
            found[sha256] = _measured(asset, actor, kind)
    return found


def _measured(asset: MediaAsset, actor: Actor, kind: Kind) -> dict[str, Any]:
    try:
        with store().open_verified(asset.sha256) as file:
            result: dict[str, Any] | None = _found(file, kind)
            fault = ""
    except (MediaAltered, MediaMissing) as lost:
        if not store().root.is_dir():
            raise
        return {"fault": lost.code}
    except MediaRefused as refused:
        result, fault = None, refused.reason
    if fault in PASSING:
        return {"fault": fault}
    return _answer(record_analysis(actor=actor, media=asset.pk, result=result, fault=fault, kind=kind))


def _found(file: IO[bytes], kind: Kind) -> dict[str, Any]:
    return read(file) if kind == "reading" else analyse(file)


def _answer(row: MediaAnalysis) -> dict[str, Any]:
    return {"fault": row.fault} if row.result is None else dict(row.result)
