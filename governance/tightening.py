"""Whether a version of a rule set is at least as strict as the one before: pure. What is stricter waits for nobody (R-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.canonical import canonical_text
from governance.contract import Mode

_RANK: Final = {mode: rank for rank, mode in enumerate((Mode.OFF, Mode.AUDIT, Mode.WARN, Mode.SOFT, Mode.HARD))}


def only_tightens(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every line of `before` is there in `after`, with the same parameters and at least its mode.

    Other parameters may be stricter or laxer; nobody can tell, so they count as laxer.
    """
    held, given = _by_content(before), _by_content(after)
    return all(_covered(sorted(modes), sorted(given.get(content, ()))) for content, modes in held.items())


def _by_content(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for line in lines:
        content = canonical_text([line["rule"], line.get("params") or {}])
        found.setdefault(content, []).append(_RANK[Mode(line["mode"])])
    return found


def _covered(held: Sequence[int], given: Sequence[int]) -> bool:
    """Whether each of the ranks held has one of its own that is at least as high: the highest ones decide."""
    best = given[len(given) - len(held) :] if len(given) >= len(held) else ()
    return len(best) == len(held) and all(after >= before for before, after in zip(held, best, strict=True))


def same_lines(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two versions say the same, in whatever order."""
    return Counter(map(canonical_text, one)) == Counter(map(canonical_text, other))
