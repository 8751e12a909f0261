"""What changed between two revisions of one entity: pure. The doors put the values into words (R-09)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_WHOLE = ("currency", "id", "sha256")
"""An object with one of these names one thing (an amount, a page, a file): shown and compared as a whole."""

Sections = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `path` is dotted inside its section; `before` is None for what did not exist."""

    section: str
    path: str
    before: Any
    after: Any


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a section: (dotted path, value), lists and named things whole."""
    if isinstance(value, Mapping) and not any(name in value for name in _WHOLE):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    else:
        yield path, value


def diff(base: Sections | None, head: Sections) -> list[Change]:
    """Every field of `head` that differs from `base`, and every field that is gone, in the order of `head`.

    Without a base (the entity was never cleared) every field that says something is a change.
    """
    found = []
    for section in [*head, *(name for name in base or {} if name not in head)]:
        before, after = dict(leaves((base or {}).get(section, {}))), dict(leaves(head.get(section, {})))
        for path in [*after, *(name for name in before if name not in after)]:
            if before.get(path) != after.get(path):
                found.append(Change(section, path, before.get(path), after.get(path)))
    return found
