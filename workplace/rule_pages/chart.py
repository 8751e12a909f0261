"""A bar chart as SVG: how many revisions change from which outcome to which, and how many of those people refused later. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

WIDTH: Final = 420
"""The longest bar, in units of the picture."""
ROW: Final = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """One change: how long its bar is, and which part of it was refused later; `kind` for its colour."""

    label: str
    revisions: int
    refused_later: int
    kind: str
    y: int
    width: int
    refused_width: int

    @property
    def number_x(self) -> int:
        return self.width + 8


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[Bar]

    @property
    def height(self) -> int:
        return ROW * len(self.bars)

    @property
    def viewed(self) -> str:
        """The part of the plane that is shown; numbers stand right of the bars."""
        return f"0 0 {WIDTH + 80} {self.height}"


def outcome(word: str) -> str:
    """An outcome for people."""
    known = {"passed": _("passes"), "warned": _("is warned about"), "blocked": _("is blocked")}
    return known.get(word, word)


def change(before: str, after: str) -> str:
    """From one outcome to another; what stays so has other reasons."""
    if before == after:
        return _("%(outcome)s as before, for other reasons") % {"outcome": outcome(after)}
    return f"{outcome(before)} → {outcome(after)}"


def chart(changes: Sequence[dict[str, Any]]) -> Chart:
    """Of rows `{before, after, revisions, refused_later}`, the largest first."""
    ordered = sorted(changes, key=lambda each: -each["revisions"])
    most = max((each["revisions"] for each in ordered), default=1)
    return Chart([_bar(number, each, most) for number, each in enumerate(ordered)])


def _bar(number: int, counted: dict[str, Any], most: int) -> Bar:
    width = max(2, WIDTH * counted["revisions"] // most)
    refused = width * counted["refused_later"] // counted["revisions"]
    return Bar(
        change(counted["before"], counted["after"]), counted["revisions"], counted["refused_later"],
        _kind(counted["before"], counted["after"]), number * ROW, width, refused,
    )  # fmt: skip


def _kind(before: str, after: str) -> str:
    order = ("passed", "warned", "blocked")
    if before == after:
        return "same"
    return "stricter" if order.index(after) > order.index(before) else "looser"
