"""Reading what was seen and heard in a file: a typed value, or CannotJudge when it is not known (R-03)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from governance.contract import CannotJudge, JsonObject
from governance.rules.reading import Medium

CODES: Final = (
    "ad.format_unknown", "media.unprobed", "media.fact_unknown", "media.not_analysed", "media.analysis_failed",
)  # fmt: skip
SOUND_CODES: Final = (*CODES, "media.sound_unknown")

REASONS: Final = frozenset({"timeout", "memory", "media_missing", "media_altered"})
"""Faults of an analysis that are told to people by name; every other one is damage."""


def analysis_of(medium: Medium) -> JsonObject:
    """What was seen and heard in the file. Raises CannotJudge."""
    found = medium.facts.get("analysis")
    if not isinstance(found, Mapping):
        raise CannotJudge("media.not_analysed", position=medium.position)
    fault = found.get("fault")
    if fault is not None:
        reason = fault if isinstance(fault, str) and fault in REASONS else "damaged"
        raise CannotJudge("media.analysis_failed", position=medium.position, reason=reason)
    return found


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
