"""What changes from one version of a policy to the next, in words: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.roles import PERMISSIONS
from approvals.stage_specs import StageSpec, parse_stages

Stage = Mapping[str, Any]
ORDER: Final = tuple(StageSpec.__dataclass_fields__)


class Version(Protocol):
    """What is compared of a version."""

    title: str
    condition: str
    stages: Any


@dataclass(frozen=True, slots=True)
class Names:
    """What ids and codes are called: sections, groups and people."""

    sections: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str, codes: Sequence[str]) -> str:
        """Names, one after the other; what has none here is told by its code."""
        known: Mapping[str, str] = getattr(self, kind)
        return ", ".join(str(known.get(code, code)) for code in codes)


@dataclass(frozen=True, slots=True)
class StageChange:
    """A stage that was added, removed or changed. `terms` are those that differ, as (name, before, after)."""

    kind: Literal["added", "removed", "changed"]
    key: str
    title: str
    terms: list[tuple[str, Any, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Difference:
    """From one version to another: title and condition that differ, as (name, before, after), and stages by their keys."""

    head: list[tuple[str, str, str]]
    stages: list[StageChange]

    @property
    def is_none(self) -> bool:
        return not self.head and not self.stages


def difference(before: Version | None, after: Version) -> Difference:
    """In the order of `after`, what was removed last."""
    names = ("title", "condition")
    head = [(name, getattr(before, name) if before else "", getattr(after, name)) for name in names]
    old, new = _by_key(before.stages if before else []), _by_key(after.stages)
    changes = [change for key, stage in new.items() if (change := _change(old.get(key), stage))]
    gone = [StageChange("removed", key, stage["title"]) for key, stage in old.items() if key not in new]
    return Difference([each for each in head if each[1] != each[2]], [*changes, *gone])


def _by_key(stages: Sequence[Stage]) -> dict[str, Stage]:
    """Stages as they are stored today, whatever the version that stored them left out."""
    return {spec.key: spec.as_json() for spec in parse_stages(stages)} if stages else {}


def _change(old: Stage | None, new: Stage) -> StageChange | None:
    if old is None:
        return StageChange("added", new["key"], new["title"])
    terms = [(name, old[name], new[name]) for name in ORDER if old[name] != new[name]]
    return StageChange("changed", new["key"], new["title"], terms) if terms else None


# --- in words ----------------------------------------------------------------------------------------------------------------


def sentences(found: Difference, names: Names) -> list[str]:
    """A sentence for each thing that differs."""
    said = []
    for name, before, after in found.head:
        values = {"before": before or "–", "after": after or "–"}
        words = _("The title is “%(after)s” instead of “%(before)s”.") if name == "title" else _condition(before, after)
        said.append(words % values)
    for change in found.stages:
        said += _of_stage(change, names)
    return said


def _condition(before: str, after: str) -> str:
    if not before:
        return _("It asks only where %(after)s.")
    if not after:
        return _("It asks of every request, not only where %(before)s.")
    return _("It asks where %(after)s, and not where %(before)s.")


def _of_stage(change: StageChange, names: Names) -> Iterator[str]:
    values = {"stage": change.title}
    if change.kind == "added":
        yield _("The stage “%(stage)s” is asked besides.") % values
    elif change.kind == "removed":
        yield _("The stage “%(stage)s” is not asked any more.") % values
    for name, before, after in change.terms:
        yield from (each % values for each in _of_term(name, before, after, names))


def _of_term(name: str, before: Any, after: Any, names: Names) -> Iterator[str]:
    """Sentences about %(stage)s."""
    if isinstance(after, bool):
        yield _FLAGS[name][after]()
    elif isinstance(after, list):
        more = [each for each in after if each not in before]
        less = [each for each in before if each not in after]
        for codes, words in ((more, _MORE[name]), (less, _LESS[name])):
            if codes:
                yield words() + " " + names.of(name, codes).replace("%", "%%") + "."
    else:
        yield _SINGLE[name]() + " " + _value(name, before, after)


def _value(name: str, before: Any, after: Any) -> str:
    if name == "permission":
        before, after = (PERMISSIONS.get(each, each) for each in (before, after))
    values = {"before": str(before).replace("%", "%%"), "after": str(after).replace("%", "%%")}
    return _("%(after)s, instead of %(before)s.") % values


_FLAGS: Final[Mapping[str, Mapping[bool, Any]]] = {
    "everyone": {
        True: lambda: _("“%(stage)s” waits for all who may decide it."),
        False: lambda: _("“%(stage)s” does not wait for all who may decide it any more."),
    },
    "each_group": {
        True: lambda: _("“%(stage)s” asks for somebody of each of its groups."),
        False: lambda: _("“%(stage)s” does not ask for somebody of each of its groups any more."),
    },
    "carries": {
        True: lambda: _("Decisions of “%(stage)s” are carried over to the next version where nothing changed of what it reads."),
        False: lambda: _("Decisions of “%(stage)s” are not carried over to the next version any more."),
    },
}  # fmt: skip
_MORE: Final = {
    "sections": lambda: _("“%(stage)s” reads besides:"),
    "groups": lambda: _("“%(stage)s” asks members of"),
    "people": lambda: _("“%(stage)s” asks by name"),
}
_LESS: Final = {
    "sections": lambda: _("“%(stage)s” does not read any more:"),
    "groups": lambda: _("“%(stage)s” does not ask as members any more those of"),
    "people": lambda: _("“%(stage)s” does not ask by name any more"),
}
_SINGLE: Final = {
    "title": lambda: _("The title of “%(stage)s” is"),
    "permission": lambda: _("“%(stage)s” asks people who may:"),
    "quorum": lambda: _("“%(stage)s” needs so many approvals:"),
    "step": lambda: _("The step of “%(stage)s” is"),
}


def stage_words(stage: Stage, names: Names) -> str:
    """Whom a stage asks and how many of them, in a sentence."""
    spec = parse_stages([stage])[0]
    number = ngettext("%(n)d approval", "%(n)d approvals", spec.quorum) % {"n": spec.quorum}
    said = [_("%(number)s of people who may “%(what)s”") % {"number": number, "what": PERMISSIONS[spec.permission]}]
    named = [*(f"“{names.of('groups', [each])}”" for each in spec.groups), *(names.of("people", [each]) for each in spec.people)]
    if named:
        of = _("of each of these groups: %(named)s") if spec.each_group else _("only: %(named)s")
        said.append(of % {"named": ", ".join(named)})
    if spec.everyone:
        said.append(_("and all of them have to"))
    return "; ".join(said)
