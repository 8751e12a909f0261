"""Taking what was seen, heard and read in a file: a typed value, or CannotJudge when it is not known (R-03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from governance.contract import CannotJudge, JsonObject
from governance.rules.reading import Medium

CODES: Final = (
    "ad.format_unknown", "media.unprobed", "media.fact_unknown", "media.not_analysed", "media.analysis_failed",
)  # fmt: skip
SOUND_CODES: Final = (*CODES, "media.sound_unknown")
READING_CODES: Final = (
    "media.unprobed", "media.fact_unknown", "media.not_read", "media.reading_failed", "media.reader_missing",
)  # fmt: skip

REASONS: Final = frozenset({"timeout", "memory", "media_missing", "media_altered", "picture_tracks"})
"""Faults of an analysis that are told to people by name; every other one is damage."""

NO_READER: Final = "reader_missing"
"""The fault of a reading where the extra `ocr` is not installed, or is switched off."""


def analysis_of(medium: Medium) -> JsonObject:
    """What was seen and heard in the file. Raises CannotJudge."""
    found = medium.facts.get("analysis")
    if not isinstance(found, Mapping):
        raise CannotJudge("media.not_analysed", position=medium.position)
    fault = found.get("fault")
    if fault is not None:
        raise CannotJudge("media.analysis_failed", position=medium.position, reason=_reason(fault))
    return found


def reading_of(medium: Medium) -> JsonObject:
    """What was read in the file's pictures. Raises CannotJudge, also where pictures cannot be read."""
    found = medium.facts.get("reading")
    if not isinstance(found, Mapping):
        raise CannotJudge("media.not_read", position=medium.position)
    fault = found.get("fault")
    if fault == NO_READER:
        raise CannotJudge("media.reader_missing", position=medium.position)
    if fault is not None:
        raise CannotJudge("media.reading_failed", position=medium.position, reason=_reason(fault))
    return found


def _reason(fault: object) -> str:
    return fault if isinstance(fault, str) and fault in REASONS else "damaged"


def sound_of(medium: Medium) -> JsonObject | None:
    """What is heard; None for a file without a sound track. Raises CannotJudge, also for a track that cannot be decoded."""
    if not medium.flag("has_audio"):
        return None
    sound = analysis_of(medium).get("sound")
    if not isinstance(sound, Mapping):
        raise CannotJudge("media.sound_unknown", position=medium.position)
    return sound


def whole(medium: Medium, found: Mapping[str, Any], name: str, least: int = 0) -> int:
    """A whole number of at least `least`. Raises CannotJudge."""
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**53:
        raise CannotJudge("media.fact_unknown", position=medium.position, fact=name)
    return value


def listed(medium: Medium, found: Mapping[str, Any], name: str) -> list[Any]:
    """A list. Raises CannotJudge."""
    value = found.get(name)
    if not isinstance(value, list):
        raise CannotJudge("media.fact_unknown", position=medium.position, fact=name)
    return value


def tenths(number: int) -> str:
    """A number of tenths as a decimal, without float: -245 is `-24.5`."""
    sign, size = "-" if number < 0 else "", abs(number)
    return f"{sign}{size // 10}.{size % 10}"
