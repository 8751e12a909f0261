"""The route of a request: pure. Policies in, stages out; nothing here touches the database.

All policies that match are combined (R-11): stages merge by key, the strictest of each term wins, sections add up. Only stages
that read something that changed are asked. Sections that no stage reads, and requests that no policy matches, get the default
stage “one other person” (R-03).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from approvals import checklists
from approvals.stage_specs import StageSpec, carries_by_default
from campaigns.vocabulary import SECTIONS

DEFAULT_KEY: Final = "review"
DEFAULT_TITLE: Final = "Review by one other person"
DEFAULT_PERMISSION: Final = "approve_content"


def merge(policies: Iterable[Sequence[StageSpec]]) -> list[StageSpec]:
    """The union of several policies' stages, in order of first appearance. Stages that share a key but ask other people
    stay apart: both are needed."""
    merged: dict[tuple[object, ...], StageSpec] = {}
    for spec in (spec for policy in policies for spec in policy):
        place = (spec.key, *spec.asked)
        merged[place] = _strictest(merged[place], spec) if place in merged else spec
    return _unique_keys(list(merged.values()))


def _strictest(one: StageSpec, other: StageSpec) -> StageSpec:
    """One stage that asks for all that either does. The later step wins: what one policy wants decided first is decided first. So
    does the nearer deadline; the earlier reminder, where it does not come before the stage opens; and both are escalated to."""
    deadline = _least(one.deadline_hours, other.deadline_hours)
    return replace(
        one,
        sections=tuple(dict.fromkeys((*one.sections, *other.sections))),
        quorum=max(one.quorum, other.quorum),
        step=max(one.step, other.step),
        everyone=one.everyone or other.everyone,
        each_group=one.each_group or other.each_group,
        carries=one.carries and other.carries,
        automatic=one.automatic and other.automatic,
        checklist=checklists.union(one.checklist, other.checklist),
        reauthenticate=one.reauthenticate or other.reauthenticate,
        blind=one.blind or other.blind,
        authority=one.authority or other.authority,
        deadline_hours=deadline,
        remind_before_hours=_earliest_reminder(deadline, one.remind_before_hours, other.remind_before_hours),
        escalate_to_groups=tuple(dict.fromkeys((*one.escalate_to_groups, *other.escalate_to_groups))),
        escalate_to_people=tuple(dict.fromkeys((*one.escalate_to_people, *other.escalate_to_people))),
    )


def _least(*hours: int | None) -> int | None:
    return min((each for each in hours if each is not None), default=None)


def _earliest_reminder(deadline: int | None, *before: int | None) -> int | None:
    return max((each for each in before if each is not None and deadline is not None and each < deadline), default=None)


def _unique_keys(stages: Sequence[StageSpec]) -> list[StageSpec]:
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
    """The stages that a request needs in which these sections changed, in their order, steps numbered from 1.

    Never empty; every section is read by some stage. Without any section (what was approved before, and ran out) all are asked.
    """
    changed = set(sections) or set(SECTIONS)
    stages = [spec for spec in merge(policies) if changed & set(spec.sections)]
    uncovered = tuple(each for each in SECTIONS if each in changed.difference(*(spec.sections for spec in stages)))
    if uncovered:
        stages.append(_default(uncovered, 1 + max((spec.step for spec in stages), default=0)))
    return in_order(_unique_keys(stages))


def _default(sections: tuple[str, ...], step: int) -> StageSpec:
    return StageSpec(DEFAULT_KEY, DEFAULT_TITLE, DEFAULT_PERMISSION, sections, 1, step, carries=carries_by_default(sections))


def in_order(stages: Sequence[StageSpec]) -> list[StageSpec]:
    """By step, those of one step as they came; without gaps."""
    numbers = {step: number for number, step in enumerate(sorted({spec.step for spec in stages}), 1)}
    return [replace(spec, step=numbers[spec.step]) for spec in sorted(stages, key=lambda spec: spec.step)]
