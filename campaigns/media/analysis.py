"""What a media file shows and how it sounds, found in a child process with limits (`campaigns.media.confined`).

The text in its pictures is an analysis of another kind: `campaigns.media.reading`.
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any, Final, Literal

from campaigns.media.confined import Limits, ask, checked_size, descriptor

Kind = Literal["analysis", "reading"]
"""What is looked for in a file, and what rules call what was found."""

ANALYSER: Final = 2
READER: Final = 1
VERSIONS: Final[dict[Kind, int]] = {"analysis": ANALYSER, "reading": READER}
"""The versions of what is measured and how: counted up with every change that gives the same bytes another result."""

ANALYSIS_LIMITS: Final = Limits(cpu_seconds=15, wall_seconds=20.0, memory_bytes=512 * 1024 * 1024)


def analyse(source: Path | str | IO[bytes], *, limits: Limits = ANALYSIS_LIMITS) -> dict[str, Any]:
    """What is seen and heard in the file at a path or behind an open binary file, as plain JSON (docs/media.md).

    Raises MediaRefused for whatever the file is to blame for, MediaProbeFailed when no child can run here, OSError when
    there is no file.
    """
    with descriptor(source) as fd:
        checked_size(fd, limits)
        return ask(fd, "analysis", limits)
