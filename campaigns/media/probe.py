"""What is in a media file, found by decoding it in a child process with limits (`campaigns.media.confined`)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

from campaigns.media.confined import Limits, ask, checked_size, descriptor
from campaigns.media.errors import MediaProbeFailed

__all__ = ["DEFAULT_LIMITS", "Limits", "MediaFacts", "probe"]

_READ = 1 << 20
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What the bytes say. Width and height as seen (after rotation), bit_rate in bits per second over all
    tracks.

    `duration_ms`, `has_audio` and `bit_rate` are None for a picture.
    """

    sha256: str
    kind: Literal["video", "image"]
    container: str
    codec: str
    width: int
    height: int
    duration_ms: int | None
    size_bytes: int
    has_audio: bool | None
    bit_rate: int | None

    def as_dict(self) -> dict[str, str | int | bool | None]:
        """Plain values for a JSON snapshot (governance context, API answers)."""
        return asdict(self)


def probe(
    source: Path | str | IO[bytes], *, sha256: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> MediaFacts:
    """Facts about the file at a path or behind an open binary file (which is left at an undefined position).

    `sha256` spares hashing when the caller has just verified the bytes. Raises a MediaRefused with its own
    code for whatever the file is to blame for, MediaProbeFailed when the probe cannot run here, OSError when
    there is no file.
    """
    with descriptor(source) as fd:
        size = checked_size(fd, limits)
        digest = sha256 or _hash(fd)
        answer = ask(fd, "facts", limits)
    try:
        return MediaFacts(sha256=digest, size_bytes=size, **answer)
    except TypeError as error:
        raise MediaProbeFailed(f"unexpected answer: {error}") from error


def _hash(fd: int) -> str:
    digest = hashlib.sha256()
    os.lseek(fd, 0, os.SEEK_SET)
    while chunk := os.read(fd, _READ):
        digest.update(chunk)
    return digest.hexdigest()
