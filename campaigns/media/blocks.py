"""Lines of text put together as people read them: those that stand together, row by row. Pure; runs in the child only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_BETWEEN_ROWS: Final = 1.5
_BETWEEN_WORDS: Final = 2.0
"""How far apart two lines may be to stand together, in heights of the lower of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """Text in one row, with the upright box around it in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        return self.bottom - self.top


def blocks(lines: Iterable[Line]) -> list[str]:
    """The text of each group of lines, from the top of the picture: rows apart by line breaks, what stands in one row by blanks."""
    groups: list[list[Line]] = []
    for line in lines:
        near = [group for group in groups if any(_together(line, each) for each in group)]
        groups = [group for group in groups if group not in near]
        groups.append([line, *(each for group in near for each in group)])
    groups.sort(key=lambda group: (min(each.top for each in group), min(each.left for each in group)))
    return ["\n".join(" ".join(each.text for each in row) for row in _rows(group)) for group in groups]


def _together(one: Line, other: Line) -> bool:
    height = min(one.height, other.height)
    across = max(one.left, other.left) - min(one.right, other.right)
    down = max(one.top, other.top) - min(one.bottom, other.bottom)
    if _same_row(one, other):
        return across < _BETWEEN_WORDS * height
    return across < 0 and down < _BETWEEN_ROWS * height


def _same_row(one: Line, other: Line) -> bool:
    """Whether they share more than half of the height of the lower one."""
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared > min(one.height, other.height) / 2


def _rows(group: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(group, key=lambda each: each.top + each.bottom):
        if rows and _same_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.left) for row in rows]
