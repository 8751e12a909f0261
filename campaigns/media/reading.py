"""The text in a file's pictures, read in a child process with limits (`campaigns.media.confined`).

Needs the extra `ocr` (requirements/ocr.txt); whoever lacks it does without (docs/media.md).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final

from campaigns.media.confined import Limits, ask, checked_size, descriptor

_PACKAGES: Final = ("rapidocr", "onnxruntime")

READING_LIMITS: Final = Limits(cpu_seconds=40, wall_seconds=40.0, memory_bytes=1024 * 1024 * 1024)


def can_read() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def read(source: Path | str | IO[bytes], *, limits: Limits = READING_LIMITS) -> dict[str, Any]:
    """What is to be read in the file at a path or behind an open binary file, as plain JSON (docs/media.md).

    Raises MediaRefused for whatever the file is to blame for, MediaProbeFailed when no child can run here (the extra is
    missing or broken), OSError when there is no file.
    """
    with descriptor(source) as fd:
        checked_size(fd, limits)
        return ask(fd, "reading", limits)
