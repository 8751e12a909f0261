"""The route of a request: pure. Policies in, stages out; nothing here touches the database.

All policies that match are combined (R-11): stages merge by key, the highest quorum wins, sections add up. Sections that
no stage reads, and requests that no policy matches, get the default stage “one other person” (R-03).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.roles import APPROVING
from campaigns.vocabulary import SECTIONS
from core.errors import FieldError, Invalid, say

DEFAULT_KEY: Final = "review"
DEFAULT_TITLE: Final = "Review by one other person"
DEFAULT_PERMISSION: Final = "approve_content"
MAX_KEY: Final = 30
MAX_TITLE: Final = 200
MAX_QUORUM: Final = 100
"""A stored stage has room for a key of 50: two stages of one key get their permission's name behind it."""


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage: who (permission), how many (quorum), of what (sections)."""

    key: str
    title: str
    permission: str
    sections: tuple[str, ...]
    quorum: int

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "title": self.title, "permission": self.permission,
            "sections": list(self.sections), "quorum": self.quorum,
        }  # fmt: skip


def parse_stage(line: Mapping[str, Any], path: str) -> StageSpec:
    """A stored stage `{key, title, permission, sections, quorum}`. Raises Invalid; a quorum below 1 cannot be saved (R-03)."""
    errors: list[FieldError] = []
    for field, kind in (("key", str), ("title", str), ("permission", str), ("sections", list), ("quorum", int)):
        if not isinstance(line.get(field), kind) or isinstance(line.get(field), bool):
            words = say(_("`{field}` is missing or of the wrong kind."), field=field)
            errors.append(FieldError(f"{path}.{field}", "invalid", words))
    if errors:
        raise Invalid(errors)
    spec = StageSpec(line["key"], line["title"], line["permission"], tuple(line["sections"]), line["quorum"])
    if not spec.key or not spec.title:
        errors.append(FieldError(f"{path}.key", "required", _("A stage needs a key and a title.")))
    if len(spec.key) > MAX_KEY or len(spec.title) > MAX_TITLE:
        words = say(_("A key has at most {key} characters, a title at most {title}."), key=MAX_KEY, title=MAX_TITLE)
        errors.append(FieldError(f"{path}.key", "too_long", words))
    if spec.permission not in APPROVING:
        words = say(_("Choose one of {choices}."), choices=", ".join(sorted(APPROVING)))
        errors.append(FieldError(f"{path}.permission", "invalid", words))
    if not spec.sections or set(spec.sections) - set(SECTIONS):
        words = say(_("Choose at least one of {choices}."), choices=", ".join(SECTIONS))
        errors.append(FieldError(f"{path}.sections", "invalid", words))
    if not 1 <= spec.quorum <= MAX_QUORUM:
        words = say(_("A stage needs at least one approval, and at most {most}."), most=MAX_QUORUM)
        errors.append(FieldError(f"{path}.quorum", "invalid", words))
    if errors:
        raise Invalid(errors)
    return spec


def parse_stages(lines: Sequence[Mapping[str, Any]]) -> list[StageSpec]:
    """The stages of one policy. Raises Invalid: none at all, malformed, a key twice."""
    if not lines:
        raise Invalid.field("stages", "required", _("A policy has at least one stage."))
    specs = [parse_stage(line, f"stages.{index}") for index, line in enumerate(lines)]
    if len({spec.key for spec in specs}) != len(specs):
        raise Invalid.field("stages", "duplicate", _("Every stage has a key of its own."))
    return specs


def merge(policies: Iterable[Sequence[StageSpec]]) -> list[StageSpec]:
    """The union of several policies' stages, in order of first appearance. Stages that share a key but ask other people
    stay apart: both are needed."""
    merged: dict[tuple[str, str], StageSpec] = {}
    for spec in (spec for policy in policies for spec in policy):
        place = (spec.key, spec.permission)
        held = merged.get(place)
        if held is None:
            merged[place] = spec
        else:
            sections = tuple(dict.fromkeys((*held.sections, *spec.sections)))
            merged[place] = replace(held, sections=sections, quorum=max(held.quorum, spec.quorum))
    return _unique_keys(list(merged.values()))


def _unique_keys(stages: list[StageSpec]) -> list[StageSpec]:
    seen: set[str] = set()
    unique = []
    for spec in stages:
        key, number = spec.key, 1
        while key in seen:
            key = f"{spec.key}_{spec.permission}" if number == 1 else f"{spec.key}_{number}"
            number += 1
        seen.add(key)
        unique.append(replace(spec, key=key))
    return unique


def route(policies: Iterable[Sequence[StageSpec]], sections: Iterable[str]) -> list[StageSpec]:
    """The stages a request with these sections needs. Never empty; every section is read by some stage."""
    stages = merge(policies)
    covered = {section for spec in stages for section in spec.sections}
    uncovered = tuple(section for section in SECTIONS if section in set(sections) - covered)
    if uncovered or not stages:
        stages.append(StageSpec(DEFAULT_KEY, DEFAULT_TITLE, DEFAULT_PERMISSION, uncovered or SECTIONS, 1))
    return _unique_keys(stages)
