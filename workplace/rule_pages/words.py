"""Rule sets in words: rules by their titles, modes as what a failure does, parameters by labels (R-09). Pure, but for names of
places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Scope
from campaigns.vocabulary import AdFormat, Objective
from governance import messages
from governance.contract import MODES, JsonObject
from governance.differences import Line, LineChange, line_changes
from governance.models import RuleSet
from governance.registry import all_rules
from governance.rules.custom import rule_of
from workplace import words
from workplace.access_pages import places
from workplace.rule_pages.labels import PARAMETERS, SPECIAL

MODE_WORDS: Final[dict[str, Promise]] = {
    "off": gettext_lazy("off"), "audit": gettext_lazy("written down"), "warn": gettext_lazy("warns"),
    "soft": gettext_lazy("blocks unless overridden"), "hard": gettext_lazy("blocks"),
}  # fmt: skip
SUBJECTS: Final[list[tuple[Promise, tuple[str, ...]]]] = [
    (gettext_lazy("Budgets and bids"), ("budget", "bid")),
    (gettext_lazy("Schedules and audiences"), ("schedule", "targeting")),
    (gettext_lazy("Names and structure"), ("structure", "ad_group")),
    (gettext_lazy("Texts"), ("text", "hashtag", "display_name", "call_to_action")),
    (gettext_lazy("Media and formats"), ("media", "format", "effect", "spark")),
    (gettext_lazy("Landing pages"), ("landing_page",)),
    (gettext_lazy("Identity and disclosure"), ("identity", "disclosure")),
    (gettext_lazy("Rules of your own"), ("custom",)),
]
OTHER: Final = gettext_lazy("Other rules")
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter in words."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line: what it asks for itself, and what follows from the rule's own defaults."""

    rule: str
    title: str
    mode: str
    mode_words: str
    own: list[Setting]
    defaults: list[Setting]
    is_known: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that differs, before and after in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line that was added, removed or changed."""

    kind: str
    title: str
    rows: list[Changed]


def mode(code: str) -> str:
    """What a failure does."""
    return str(MODE_WORDS.get(code, code))


def title(rule: str) -> str:
    return messages.title(rule, words.language())


def subject(rule: str) -> str:
    """The heading under which a rule stands."""
    first = rule.partition(".")[0]
    return str(next((name for name, prefixes in SUBJECTS if first in prefixes), OTHER))


def in_order(rules: Sequence[Any], code: Any) -> list[tuple[str, list[Any]]]:
    """Things about rules by subject, in the order of SUBJECTS, each by title. `code` names the rule of a thing."""
    found: dict[str, list[Any]] = {}
    for each in sorted(rules, key=lambda each: title(code(each)).casefold()):
        found.setdefault(subject(code(each)), []).append(each)
    return [(name, found[name]) for name in [*(str(name) for name, _prefixes in SUBJECTS), str(OTHER)] if name in found]


# --- parameters ------------------------------------------------------------------------------------------------------------


def leaves(params: JsonObject, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every single value with the names that lead to it."""
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name), value


def label(rule: str, path: Path) -> str:
    """“In-feed ad: at least (milliseconds)”."""
    known = dict(AdFormat.choices)
    said = [
        known.get(each) or SPECIAL.get(f"{rule}.{each}") or PARAMETERS.get(each) or each.replace("_", " ")
        for each in path if each not in ("limits", "codings")
    ]  # fmt: skip
    text = ": ".join(str(each) for each in said)
    return text[:1].upper() + text[1:]


def value(path: Path, held: Any) -> str:
    """A value in words."""
    if held is None:
        return _("not set")
    if isinstance(held, bool):
        return _("yes") if held else _("no")
    if isinstance(held, list):
        return ", ".join(_item(path, each) for each in held) or _("none")
    return str(held) or _("not set")


def _item(path: Path, each: Any) -> str:
    name = path[-1]
    if name in ("formats", "exempt_formats"):
        return str(dict(AdFormat.choices).get(each, each))
    if name == "objectives":
        return str(dict(Objective.choices).get(each, each))
    if name == "countries":
        return country(str(each))
    return str(each)


def country(code: str) -> str:
    """“Germany (DE)”; the code alone where no such country is known."""
    name = Locale.parse(words.language()).territories.get(code)
    return f"{name} ({code})" if name else code


def defaults_of(rule: str) -> JsonObject:
    """The parameters of a rule as it stands by itself; none for a rule that is gone."""
    known = all_rules().get(rule)
    return {} if known is None else known.info.params


def line(each: Line) -> LineView:
    own = dict(leaves(each.get("params") or {}))
    known = [(path, held) for path, held in leaves(defaults_of(each["rule"])) if path not in own]
    return LineView(
        each["rule"], title(rule_of(each)), each["mode"], mode(each["mode"]),
        [Setting(label(each["rule"], path), value(path, held)) for path, held in own.items()],
        [Setting(label(each["rule"], path), value(path, held)) for path, held in known], each["rule"] in all_rules(),
    )  # fmt: skip


def lines(rules: Sequence[Line]) -> list[tuple[str, list[LineView]]]:
    """The lines of a version by subject."""
    return in_order([line(each) for each in rules], lambda each: each.rule)


def counts(rules: Sequence[Line]) -> list[tuple[str, str, int]]:
    """(mode, in words, number of lines), the gravest first."""
    found = Counter(each["mode"] for each in rules)
    return [(code, mode(code), found[code]) for code in reversed(MODES) if found[code]]


# --- where it is bound -----------------------------------------------------------------------------------------------------


def scope(where: Scope | None) -> str:
    """“Brand Acme”."""
    if where is None:
        return _("Everything on this installation")
    return f"{places.KINDS[places.kind(where)]} {places.label(where)}"


def narrowing(row: Any) -> list[Setting]:
    """What narrows it further; nothing when nothing does. Takes whatever has the three lists."""
    found = [
        Setting(_("Markets"), ", ".join(country(each) for each in row.markets)),
        Setting(_("Formats"), ", ".join(str(dict(AdFormat.choices).get(each, each)) for each in row.formats)),
        Setting(_("Objectives"), ", ".join(str(dict(Objective.choices).get(each, each)) for each in row.objectives)),
    ]
    return [each for each in found if each.value]


# --- differences -----------------------------------------------------------------------------------------------------------


def head_changes(before: RuleSet | None, after: Any) -> list[Changed]:
    """How title and narrowing differ. `after` is a version, or what would become one."""
    found = [Changed(_("Title"), before.title if before else "", after.title)]
    one = {} if before is None else {each.label: each.value for each in narrowing(before)}
    other = {each.label: each.value for each in narrowing(after)}
    found += [
        Changed(name, one.get(name) or _("all"), other.get(name) or _("all"))
        for name in (_("Markets"), _("Formats"), _("Objectives"))
    ]
    return [each for each in found if each.before != each.after]


def changes(before: Sequence[Line], after: Sequence[Line]) -> list[ChangeView]:
    """What differs, line by line and parameter by parameter."""
    return [ChangeView(each.kind, title(each.rule), _rows(each)) for each in line_changes(before, after)]


def _rows(change: LineChange) -> list[Changed]:
    if change.before is not None and change.after is not None:
        return _both(change.before, change.after)
    whole = change.after or change.before or {}
    said = [(_("Mode"), mode(whole["mode"])), *((each.label, each.value) for each in line(whole).own)]
    return [Changed(name, "", text) if change.kind == "added" else Changed(name, text, "") for name, text in said]


def _both(before: Line, after: Line) -> list[Changed]:
    """What differs between two lines of a rule: its mode, and each single value."""
    rule, one, other = after["rule"], dict(leaves(before.get("params") or {})), dict(leaves(after.get("params") or {}))
    differing = [path for path in sorted({*one, *other}) if path not in one or path not in other or one[path] != other[path]]
    found = [Changed(label(rule, path), _side(rule, path, one), _side(rule, path, other)) for path in differing]
    if before["mode"] == after["mode"]:
        return found
    return [Changed(_("Mode"), mode(before["mode"]), mode(after["mode"])), *found]


def _side(rule: str, path: Path, said: Mapping[Path, Any]) -> str:
    """What a line says, or what holds because it says nothing: the rule's own value."""
    if path in said:
        return value(path, said[path])
    return _("%(value)s (the rule's own)") % {"value": value(path, dict(leaves(defaults_of(rule))).get(path))}
