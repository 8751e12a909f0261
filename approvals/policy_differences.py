"""What changes from one version of a policy to the next, in words: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from django.utils.translation import gettext_lazy as _

from accounts.roles import PERMISSIONS
from approvals.stage_specs import StageSpec, parse_stages
from core.errors import Words, say

Stage = Mapping[str, Any]
KINDS: Final = ("added", "removed", "changed")
ORDER: Final = tuple(name for name in StageSpec.__dataclass_fields__ if name != "authority_by")
"""The words of a stage; which stage has the authority in its place is no policy's to say."""


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
    """A sentence for each thing that differs, in the language of whoever asks."""
    said = [_of_head(*each) for each in found.head]
    for change in found.stages:
        said += _of_stage(change, names)
    return list(map(str, said))


def _of_head(name: str, before: str, after: str) -> Words:
    if name == "title":
        return say(_("The title is “{after}” instead of “{before}”."), after=after, before=before or "–")
    if not before:
        return say(_("It asks only where {after}."), after=after)
    if not after:
        return say(_("It asks of every request, not only where {before}."), before=before)
    return say(_("It asks where {after}, and not where {before}."), after=after, before=before)


def _of_stage(change: StageChange, names: Names) -> Iterator[Words]:
    if change.kind == "added":
        yield say(_("The stage “{stage}” is asked besides."), stage=change.title)
    elif change.kind == "removed":
        yield say(_("The stage “{stage}” is not asked any more."), stage=change.title)
    for name, before, after in change.terms:
        yield from _of_term(change.title, name, before, after, names)


def _of_term(stage: str, name: str, before: Any, after: Any, names: Names) -> Iterator[Words]:
    if isinstance(after, bool):
        yield say(_FLAGS[name][after], stage=stage)
    elif isinstance(after, list):
        more = [each for each in after if each not in before]
        less = [each for each in before if each not in after]
        for codes, words in ((more, _MORE[name]), (less, _LESS[name])):
            if codes:
                yield say(words, stage=stage, names=_called(name, codes, names))
    else:
        known = PERMISSIONS if name == "permission" else {}
        yield say(_SINGLE[name], stage=stage, before=_single(known, before), after=_single(known, after))


def _called(name: str, values: Sequence[Any], names: Names) -> str:
    """What is listed, by name; lines of a checklist as they are written."""
    if name == "checklist":
        return "; ".join(f"“{each['text']}”" for each in values)
    return names.of(name.removeprefix("escalate_to_"), values)


def _single(known: Mapping[str, Any], value: Any) -> Any:
    return "–" if value is None else known.get(value, value)


_FLAGS: Final[Mapping[str, Mapping[bool, Words]]] = {
    "everyone": {
        True: _("“{stage}” waits for all who may decide it."),
        False: _("“{stage}” does not wait for all who may decide it any more."),
    },
    "each_group": {
        True: _("“{stage}” asks for somebody of each of its groups."),
        False: _("“{stage}” does not ask for somebody of each of its groups any more."),
    },
    "authority": {
        True: _("Whoever decides “{stage}” needs a limit that covers what the request can spend."),
        False: _("Whoever decides “{stage}” needs no limit any more that covers what the request can spend."),
    },
    "automatic": {
        True: _("“{stage}” is left out where all checks passed and an envelope holds the money."),
        False: _("“{stage}” is always decided by people."),
    },
    "reauthenticate": {
        True: _("Whoever decides “{stage}” shows again who they are."),
        False: _("Whoever decides “{stage}” does not show again who they are any more."),
    },
    "blind": {
        True: _("“{stage}” shows how others decided once enough have."),
        False: _("“{stage}” shows at once how others decided."),
    },
    "carries": {
        True: _("Decisions of “{stage}” are carried over to the next version where nothing changed of what it reads."),
        False: _("Decisions of “{stage}” are not carried over to the next version any more."),
    },
}
_MORE: Final[Mapping[str, Words]] = {
    "sections": _("“{stage}” reads besides: {names}."),
    "groups": _("“{stage}” asks members of {names}."),
    "people": _("“{stage}” asks by name {names}."),
    "escalate_to_groups": _("“{stage}” asks after its deadline members of {names} as well."),
    "escalate_to_people": _("“{stage}” asks after its deadline by name {names} as well."),
    "checklist": _("Whoever approves “{stage}” ticks besides: {names}."),
}
_LESS: Final[Mapping[str, Words]] = {
    "sections": _("“{stage}” does not read any more: {names}."),
    "groups": _("“{stage}” does not ask members of {names} any more."),
    "people": _("“{stage}” does not ask by name any more: {names}."),
    "escalate_to_groups": _("“{stage}” does not ask members of {names} after its deadline any more."),
    "escalate_to_people": _("“{stage}” does not ask by name after its deadline any more: {names}."),
    "checklist": _("Whoever approves “{stage}” does not tick any more: {names}."),
}
_SINGLE: Final[Mapping[str, Words]] = {
    "title": _("The title of “{stage}” was “{before}”."),
    "permission": _("“{stage}” asks people who may “{after}”, instead of “{before}”."),
    "quorum": _("Approvals that “{stage}” needs: {after}, instead of {before}."),
    "step": _("The step of “{stage}” is {after}, instead of {before}."),
    "deadline_hours": _("Working hours to decide “{stage}” in: {after}, instead of {before}."),
    "remind_before_hours": _("Working hours by which people are reminded of “{stage}” before: {after}, instead of {before}."),
}


def stage_words(stage: Stage, names: Names) -> str:
    """Whom a stage asks and how many of them, in the language of whoever asks."""
    spec = parse_stages([stage])[0]
    said = [say(_("{number} of the people who may “{what}”"), what=PERMISSIONS[spec.permission], number=spec.quorum)]
    named = [*(f"“{names.of('groups', [each])}”" for each in spec.groups), *(names.of("people", [each]) for each in spec.people)]
    if named:
        whom = _("somebody of each of {named}") if spec.each_group else _("only of {named}")
        said.append(say(whom, named=", ".join(named)))
    if spec.authority:
        said.append(_("each with a limit that covers what the request can spend"))
    if spec.everyone:
        said.append(_("all of them have to"))
    return "; ".join(map(str, said))
