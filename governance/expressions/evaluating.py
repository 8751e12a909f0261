"""Judging by a program: true, false, or CannotJudge; never anything in between (R-03)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from core import clock
from governance.contract import CannotJudge
from governance.expressions.compiling import Problem, Program, outcome
from governance.registry import shown

MOST_SHOWN: Final = 20
"""Members of a list in the evidence."""


def values(program: Program, surroundings: Any) -> dict[str, Any]:
    """The value of every name that a program reads; of what has none, None. Raises CannotJudge for what cannot be read."""
    return {each.name: each.read(surroundings) for each in program.entries}


def holds(program: Program, found: Mapping[str, Any]) -> bool:
    """Whether what the expression says is so, of what `values` found. Raises CannotJudge."""
    said = outcome(program, {name: value for name, value in found.items() if value is not None})
    if isinstance(said, Problem):
        absent = [name for name, value in found.items() if value is None]
        if absent:
            raise CannotJudge("custom.absent", names=", ".join(absent))
        raise CannotJudge("custom.undecided", problem=said.words)
    return said


def as_evidence(found: Mapping[str, Any]) -> dict[str, Any]:
    """The values as plain JSON, long ones cut."""
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if isinstance(value, str):
        return shown(value, 200)
    return [_plain(each) for each in value[:MOST_SHOWN]] if isinstance(value, list) else value
