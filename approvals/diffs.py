"""What changed between two revisions of one entity: pure. `approvals.differences` puts it into words (R-09)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from core.canonical import canonical_text

_WHOLE = ("currency", "id", "sha256")
"""An object with one of these names one thing (an amount, a page, a file): shown and compared as a whole."""

Sections = Mapping[str, Any]
Keys = tuple[str, ...]
Kind = Literal["added", "removed", "changed"]
CHANGES: Final = get_args(Kind)
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `keys` lead to it inside its section; `before` is None for what was added, `after` for what was
    removed, and what is there may be None itself: then it says nothing."""

    section: str
    keys: Keys
    kind: Kind
    before: Any
    after: Any

    @property
    def path(self) -> str:
        """The keys with dots between them, as people and answers name a field."""
        return ".".join(self.keys)


def leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a section: (dotted path, value), lists and named things whole."""
    return ((".".join(keys), leaf) for keys, leaf in _leaves(value))


def _leaves(value: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    if isinstance(value, Mapping) and value and not any(name in value for name in _WHOLE):
        for name, inner in value.items():
            yield from _leaves(inner, (*keys, name))
    else:
        yield keys, value


def diff(base: Sections | None, head: Sections) -> list[Change]:
    """Every field of `head` that differs from `base`, and every field that is gone, in the order of `head`: a section has one
    exactly when its digest changed, and `applied` to the base they make the head.

    Without a base (there is nothing to compare with) every field that says something is a change.
    """
    found = []
    for section in [*head, *(name for name in base or {} if name not in head)]:
        before, after = _fields(base or {}, section), _fields(head, section)
        for keys in [*after, *(keys for keys in before if keys not in after)]:
            one = _change(section, keys, before.get(keys, _ABSENT), after.get(keys, _ABSENT))
            if one is not None and (base is not None or one.after not in (None, {})):
                found.append(one)
    return found


def applied(base: Sections, changes: Iterable[Change]) -> dict[str, Any]:
    """The sections that these changes make of the base."""
    found: dict[str, Any] = copy.deepcopy(dict(base))
    changes = list(changes)
    for change in changes:
        if change.kind == "removed":
            _remove(found, (change.section, *change.keys))
    for change in changes:
        if change.kind != "removed":
            _set(found, (change.section, *change.keys), change.after)
    return found


def _fields(sections: Sections, name: str) -> dict[Keys, Any]:
    return dict(_leaves(sections[name])) if name in sections else {}


def _change(section: str, keys: Keys, before: Any, after: Any) -> Change | None:
    if before is _ABSENT:
        return Change(section, keys, "added", None, after)
    if after is _ABSENT:
        return Change(section, keys, "removed", before, None)
    return None if _same(before, after) else Change(section, keys, "changed", before, after)


def _same(one: Any, other: Any) -> bool:
    """Whether two values have one canonical form; to Python True is 1."""
    if type(one) is not type(other):
        return False
    return bool(one == other) and (not isinstance(one, list | Mapping) or canonical_text(one) == canonical_text(other))


def _remove(sections: dict[str, Any], keys: Keys) -> None:
    """Take a field out, and what is empty without it: an object that is empty is a field of its own, and is set again."""
    inner: Any = sections
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    if not inner and len(keys) > 1:
        _remove(sections, keys[:-1])


def _set(sections: dict[str, Any], keys: Keys, value: Any) -> None:
    inner: Any = sections
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
    inner[keys[-1]] = copy.deepcopy(value)
