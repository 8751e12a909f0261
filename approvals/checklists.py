"""What a stage asks people to look at before they approve (R-51): pure. It belongs to a policy's stage, and is pinned with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from core.errors import FieldError, Invalid, say
from core.text import is_text

MAX_ITEMS: Final = 20
MAX_KEY: Final = 30
MAX_TEXT: Final = 300
_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One line of it: nobody approves without having ticked it, where it is `required`."""

    key: str
    text: str
    required: bool = True

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "text": self.text, "required": self.required}


Checklist = tuple[ChecklistItem, ...]


def stored(lines: Iterable[Mapping[str, Any]]) -> Checklist:
    """A checklist as a stage or policy stores it."""
    return tuple(ChecklistItem(line["key"], line["text"], line["required"]) for line in lines)


def parse(lines: Sequence[Any] | None, path: str) -> Checklist:
    """A checklist as a policy says it; `required` is true where it does not say. Raises Invalid."""
    if not lines:
        return ()
    if errors := list(_wrong(lines, path)):
        raise Invalid(errors)
    found = tuple(ChecklistItem(line["key"], line["text"].strip(), line.get("required", True)) for line in lines)
    if len({item.key for item in found}) != len(found):
        raise Invalid.field(path, "duplicate", _("Every line of a checklist has a key of its own."))
    return found


def _wrong(lines: Sequence[Any], path: str) -> Iterator[FieldError]:
    if len(lines) > MAX_ITEMS:
        yield FieldError(path, "too_many", say(_("A checklist has at most {most} lines."), most=MAX_ITEMS))
    for index, line in enumerate(lines):
        if not isinstance(line, Mapping) or set(line) - {"key", "text", "required"}:
            yield FieldError(f"{path}.{index}", "invalid", _("A line of a checklist has a `key`, a `text` and `required`."))
            continue
        key, text = line.get("key"), line.get("text")
        if not isinstance(key, str) or len(key) > MAX_KEY or not _KEY.fullmatch(key):
            words = say(_("A key has letters from a to z, digits, - and _, at most {most}."), most=MAX_KEY)
            yield FieldError(f"{path}.{index}.key", "invalid", words)
        if not isinstance(text, str) or len(text) > MAX_TEXT or not is_text(text):
            words = say(_("Say in 1 to {most} characters what to look at."), most=MAX_TEXT)
            yield FieldError(f"{path}.{index}.text", "invalid", words)
        if not isinstance(line.get("required", True), bool):
            yield FieldError(f"{path}.{index}.required", "invalid", _("Say true or false."))


def union(one: Checklist, other: Checklist) -> Checklist:
    """All lines of both by key, in order of appearance; required where either says so (R-11)."""
    found = {item.key: item for item in one}
    for item in other:
        held = found.get(item.key)
        found[item.key] = item if held is None else replace(held, required=held.required or item.required)
    return tuple(found.values())


def covers(held: Checklist, asked: Checklist) -> bool:
    """Whether nothing is asked for that `held` does not ask for as strictly."""
    return union(held, asked) == held


def missing(checklist: Checklist, checked: Iterable[str]) -> list[str]:
    """The keys that have to be ticked and are not."""
    ticked = set(checked)
    return [item.key for item in checklist if item.required and item.key not in ticked]


def unknown(checklist: Checklist, checked: Iterable[str]) -> list[str]:
    """What is ticked and does not stand there."""
    known = {item.key for item in checklist}
    return [key for key in checked if key not in known]
