"""What changes from one version of a rule set to the next, line by line: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.canonical import canonical_text
from governance.rules.custom import rule_of

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line that was added, removed or changed. `before` and `after` are whole lines; `paths` are the parameters that
    differ, as (path, before, after)."""

    kind: Literal["added", "removed", "changed"]
    rule: str
    before: Line | None = None
    after: Line | None = None
    paths: list[tuple[str, Any, Any]] = field(default_factory=list)


def line_changes(before: Sequence[Line], after: Sequence[Line]) -> list[LineChange]:
    """The changes, in the order of `after`, what was removed last. Lines of one rule are matched: the same ones first, then by
    their order. Customers' own rules are told apart by their keys."""
    left, right = _without_same(before, after)
    found, used = [], set[int]()
    for line in right:
        index = next((i for i, each in enumerate(left) if i not in used and rule_of(each) == rule_of(line)), None)
        if index is None:
            found.append(LineChange("added", rule_of(line), None, line))
        else:
            used.add(index)
            found.append(LineChange("changed", rule_of(line), left[index], line, _paths(left[index], line)))
    removed = [LineChange("removed", rule_of(line), line) for i, line in enumerate(left) if i not in used]
    return [*found, *removed]


def _without_same(before: Sequence[Line], after: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Both without the lines that stand in both."""
    left, right = list(before), []
    texts = [canonical_text(dict(line)) for line in left]
    for line in after:
        text = canonical_text(dict(line))
        if text in texts:
            index = texts.index(text)
            del texts[index], left[index]
        else:
            right.append(line)
    return left, right


def _paths(before: Line, after: Line) -> list[tuple[str, Any, Any]]:
    mode = [("mode", before["mode"], after["mode"])] if before["mode"] != after["mode"] else []
    return [*mode, *_inner("", before.get("params") or {}, after.get("params") or {})]


def _inner(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    found: list[tuple[str, Any, Any]] = []
    for name in sorted({*before, *after}):
        here, one, other = f"{path}.{name}" if path else name, before.get(name), after.get(name)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found += _inner(here, one, other)
        elif one != other or (name in before) != (name in after):
            found.append((here, one, other))
    return found
