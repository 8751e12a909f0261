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


def chart(changes: Sequence[dict[str, Any]]) -> Chart:
    """Of rows `{before, after, revisions, refused_later}`, the largest first."""
    ordered = sorted(changes, key=lambda each: -each["revisions"])
    most = max((each["revisions"] for each in ordered), default=1)
    return Chart([_bar(number, each, most) for number, each in enumerate(ordered)])


def _bar(number: int, change: dict[str, Any], most: int) -> Bar:
    width = max(2, WIDTH * change["revisions"] // most)
    refused = width * change["refused_later"] // change["revisions"]
    return Bar(
        f"{outcome(change['before'])} → {outcome(change['after'])}", change["revisions"], change["refused_later"],
        _kind(change["before"], change["after"]), number * ROW, width, refused,
    )  # fmt: skip


def _kind(before: str, after: str) -> str:
    order = ("passed", "warned", "blocked")
    if before == after:
        return "same"
    return "stricter" if order.index(after) > order.index(before) else "looser"
