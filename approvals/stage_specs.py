"""What a policy says of one stage: pure. Who is asked, how many of them, of what, and when.

A stage asks people who hold one approving permission on the ad account. Three things narrow that: `groups` and `people` name
who of them, `quorum` how many, and two flags how: `everyone` (all who may), `each_group` (somebody of every group, as many people
as there are groups). The usual modes are made of these: any (a quorum of 1), k of n, all, one of each group (docs/policies.md).

A stage may have a deadline, in working hours: who is owed a reminder before it, and who is asked as well after it (docs/time.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.roles import APPROVING
from approvals import checklists
from approvals.checklists import Checklist
from campaigns.vocabulary import SECTIONS
from core.errors import FieldError, Invalid, say

MAX_KEY: Final = 30
"""A stored stage has room for a key of 50: two stages of one key get their permission's name behind it."""
MAX_TITLE: Final = 200
MAX_QUORUM: Final = 100
MAX_STAGES: Final = 20
MAX_NAMED: Final = 20
"""Groups, or people, that one stage names."""
LOWERING_KEY: Final = "lowering"
"""The key of the stage of what only spends less (R-04): of no policy."""
MAX_DEADLINE: Final = 1000
"""Working hours: half a year."""
NEVER_CARRIED: Final = frozenset({"budget", "bid", "targeting", "destination", "schedule"})
"""What is decided anew after every change of it and of anything beside it, unless the policy says otherwise (R-07)."""


@dataclass(frozen=True, slots=True)
class StageSpec:
    """One stage: who (permission; of them these groups and people, by id), how many (quorum, everyone, each_group), of what
    (sections), when (stages of one step are open at once, and the next step after it), whether a decision on sections that did not
    change stands for the next version, too (carries), whether it is left out where all checks passed and an envelope holds the
    money (automatic, R-20), what to look at before approving (checklist), whether whoever decides shows again who they are
    (reauthenticate), whether others see how before enough have decided (not blind); and by when: within how many working hours
    (deadline_hours), how many of them before who has not decided is reminded (remind_before_hours), and who is asked as well after
    it (R-20). Whether it asks for authority: then the limit of each who decides covers what the request can spend (R-25). No policy
    says authority_by: the key of the stage that was added because nobody whom this one asks has enough."""

    key: str
    title: str
    permission: str
    sections: tuple[str, ...]
    quorum: int
    step: int = 1
    groups: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    everyone: bool = False
    each_group: bool = False
    carries: bool = False
    automatic: bool = False
    checklist: Checklist = ()
    reauthenticate: bool = False
    blind: bool = False
    deadline_hours: int | None = None
    remind_before_hours: int | None = None
    escalate_to_groups: tuple[str, ...] = ()
    escalate_to_people: tuple[str, ...] = ()
    authority: bool = False
    authority_by: str = ""

    @property
    def asked(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Whom it asks: stages of one key that ask others are others."""
        return self.permission, tuple(sorted(self.groups)), tuple(sorted(self.people))

    def is_covered_by(self, other: StageSpec) -> bool:
        """Whether another stage asks the same people for no less."""
        return (
            self.asked == other.asked and set(self.sections) <= set(other.sections) and self.quorum <= other.quorum
            and (other.everyone or not self.everyone) and (other.each_group or not self.each_group)
            and (self.automatic or not other.automatic)
            and checklists.covers(other.checklist, self.checklist)
            and (other.reauthenticate or not self.reauthenticate) and (other.blind or not self.blind)
            and (other.authority or not self.authority)
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "title": self.title, "permission": self.permission, "sections": list(self.sections),
            "quorum": self.quorum, "step": self.step, "groups": list(self.groups), "people": list(self.people),
            "everyone": self.everyone, "each_group": self.each_group, "carries": self.carries,
            "automatic": self.automatic,
            "checklist": [item.as_json() for item in self.checklist], "reauthenticate": self.reauthenticate, "blind": self.blind,
            "deadline_hours": self.deadline_hours, "remind_before_hours": self.remind_before_hours,
            "escalate_to_groups": list(self.escalate_to_groups), "escalate_to_people": list(self.escalate_to_people),
            "authority": self.authority,
        }  # fmt: skip


def carries_by_default(sections: Sequence[str]) -> bool:
    """Whether decisions on these sections are carried over where a policy does not say (R-07)."""
    return not NEVER_CARRIED & set(sections)


_NEEDED: Final = {"key": str, "title": str, "permission": str, "sections": list, "quorum": int}
_OPTIONAL: Final = {
    "step": int, "groups": list, "people": list, "everyone": bool, "each_group": bool, "carries": bool, "automatic": bool,
    "checklist": list, "reauthenticate": bool, "blind": bool, "deadline_hours": int, "remind_before_hours": int,
    "escalate_to_groups": list, "escalate_to_people": list, "authority": bool,
}  # fmt: skip


def _kinds(line: Mapping[str, Any], path: str) -> Iterator[FieldError]:
    """What is missing, unknown or of another kind."""
    for field, kind in (*_NEEDED.items(), *_OPTIONAL.items()):
        value = line.get(field)
        if (field in _OPTIONAL and value is None) or (isinstance(value, kind) and isinstance(value, bool) == (kind is bool)):
            continue
        yield FieldError(f"{path}.{field}", "invalid", say(_("`{field}` is missing or of the wrong kind."), field=field))
    for field in sorted(set(map(str, line)) - {*_NEEDED, *_OPTIONAL}):
        yield FieldError(f"{path}.{field}", "unknown", say(_("A stage has no `{field}`."), field=field))


def parse_stage(line: Mapping[str, Any], path: str, step: int = 1) -> StageSpec:
    """A stage as a policy stores it. Raises Invalid; a quorum below 1 cannot be saved (R-03)."""
    if errors := list(_kinds(line, path)):
        raise Invalid(errors)
    sections, carries, given = tuple(line["sections"]), line.get("carries"), line.get("step")
    groups = tuple(line.get("groups") or ())
    spec = StageSpec(
        line["key"], line["title"], line["permission"], sections,
        max(line["quorum"], len(groups)) if line.get("each_group") and line["quorum"] > 0 else line["quorum"],
        step=step if given is None else given, groups=groups, people=tuple(line.get("people") or ()),
        everyone=bool(line.get("everyone")), each_group=bool(line.get("each_group")),
        carries=carries_by_default(list(map(str, sections))) if carries is None else carries, automatic=bool(line.get("automatic")),
        checklist=checklists.parse(line.get("checklist"), f"{path}.checklist"),
        reauthenticate=bool(line.get("reauthenticate")), blind=bool(line.get("blind")),
        deadline_hours=line.get("deadline_hours"), remind_before_hours=line.get("remind_before_hours"),
        escalate_to_groups=tuple(line.get("escalate_to_groups") or ()),
        escalate_to_people=tuple(line.get("escalate_to_people") or ()), authority=bool(line.get("authority")),
    )  # fmt: skip
    if errors := [*_wrong(spec, path), *_asked_wrongly(spec, path), *_timed_wrongly(spec, path)]:
        raise Invalid(errors)
    return spec


def _wrong(spec: StageSpec, path: str) -> Iterator[FieldError]:
    if spec.key == LOWERING_KEY:
        yield FieldError(f"{path}.key", "reserved", say(_("The key `{key}` is reserved; choose another."), key=LOWERING_KEY))
    if not spec.key or not spec.title:
        yield FieldError(f"{path}.key", "required", _("A stage needs a key and a title."))
    if len(spec.key) > MAX_KEY or len(spec.title) > MAX_TITLE:
        words = say(_("A key has at most {key} characters, a title at most {title}."), key=MAX_KEY, title=MAX_TITLE)
        yield FieldError(f"{path}.key", "too_long", words)
    if spec.permission not in APPROVING:
        words = say(_("Choose one of {choices}."), choices=", ".join(sorted(APPROVING)))
        yield FieldError(f"{path}.permission", "invalid", words)
    if not spec.sections or not all(each in SECTIONS for each in spec.sections):
        words = say(_("Choose at least one of {choices}."), choices=", ".join(SECTIONS))
        yield FieldError(f"{path}.sections", "invalid", words)
    if not 1 <= spec.quorum <= MAX_QUORUM:
        words = say(_("A stage needs at least one approval, and at most {most}."), most=MAX_QUORUM)
        yield FieldError(f"{path}.quorum", "invalid", words)
    if not 1 <= spec.step <= MAX_STAGES:
        yield FieldError(f"{path}.step", "out_of_range", say(_("Steps are numbered from 1 to {most}."), most=MAX_STAGES))


def _timed_wrongly(spec: StageSpec, path: str) -> Iterator[FieldError]:
    deadline, reminder = spec.deadline_hours, spec.remind_before_hours
    if deadline is not None and not 1 <= deadline <= MAX_DEADLINE:
        words = say(_("A deadline lies 1 to {most} working hours ahead."), most=MAX_DEADLINE)
        yield FieldError(f"{path}.deadline_hours", "out_of_range", words)
    if reminder is not None and (deadline is None or not 1 <= reminder < deadline):
        words = _("A reminder comes at least one working hour before a deadline, and after the stage was opened.")
        yield FieldError(f"{path}.remind_before_hours", "out_of_range", words)
    if deadline is None and (spec.escalate_to_groups or spec.escalate_to_people):
        words = _("Without a deadline nobody is ever asked as well; give the working hours to decide in.")
        yield FieldError(f"{path}.deadline_hours", "required", words)


def _asked_wrongly(spec: StageSpec, path: str) -> Iterator[FieldError]:
    for field, named in (
        ("groups", spec.groups), ("people", spec.people), ("escalate_to_groups", spec.escalate_to_groups),
        ("escalate_to_people", spec.escalate_to_people),
    ):  # fmt: skip
        if len(named) > MAX_NAMED or len(set(named)) != len(named) or not all(map(_is_id, named)):
            words = say(_("Give at most {most} ids, each once."), most=MAX_NAMED)
            yield FieldError(f"{path}.{field}", "invalid", words)
    if spec.each_group and len(spec.groups) < 2:
        yield FieldError(f"{path}.each_group", "invalid", _("“One of each group” needs at least two groups."))
    if spec.each_group and spec.people:
        yield FieldError(f"{path}.people", "invalid", _("“One of each group” asks groups alone; ask the people in another stage."))
    if spec.people and not spec.groups and spec.quorum > len(spec.people):
        words = say(_("{quorum} approvals are asked for, and {named} people named."), quorum=spec.quorum, named=len(spec.people))
        yield FieldError(f"{path}.quorum", "too_many", words)


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False


def parse_stages(lines: Sequence[Mapping[str, Any]]) -> list[StageSpec]:
    """The stages of one policy, one after the other where they do not say their step. Raises Invalid: none at all, malformed, a
    key twice."""
    if not lines:
        raise Invalid.field("stages", "required", _("A policy has at least one stage."))
    if len(lines) > MAX_STAGES:
        raise Invalid.field("stages", "too_many", say(_("A policy has at most {most} stages."), most=MAX_STAGES))
    specs = [parse_stage(line, f"stages.{index}", index + 1) for index, line in enumerate(lines)]
    if len({spec.key for spec in specs}) != len(specs):
        raise Invalid.field("stages", "duplicate", _("Every stage has a key of its own."))
    return specs
