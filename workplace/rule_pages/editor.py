"""The lines of a version as a form: a row a rule with its mode and typed parameters, in plain HTML.

What is typed is kept as it was typed; what was not touched says afterwards what it said before, to the last character. The words
beside a field are those of `governance.lines`, by which the service judges.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from core.errors import Invalid
from governance.contract import MODES, InvalidParams, Param, ParamKind, Rule
from governance.differences import Line
from governance.lines import bindings, refusal
from governance.parameters import merge_params
from governance.registry import all_rules
from governance.rules.custom import rule_of
from workplace.rule_pages import words
from workplace.rule_pages.words import Path

NOT_IN_SET: Final = ""
MOST_OF_A_RULE: Final = 100
"""So many lines of one rule are taken from what a browser sends."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}")
FLAGS: Final = {"true": True, "false": False}


@dataclass(slots=True)
class Field:
    """One parameter. `held` is what the version says (or the rule itself, where it says nothing), `text` what stands in the
    field, `error` what is wrong with it."""

    name: str
    path: Path
    label: str
    kind: str
    held: Any
    is_own: bool
    standard: Any
    text: str
    standard_words: str
    error: str = ""

    @property
    def value(self) -> Any:
        """What was typed. A number that is none stays a text, which the service refuses in its own words."""
        if self.text == shown(self.held):
            return self.held
        if self.kind == "texts":
            return [each.strip() for each in self.text.split("\n") if each.strip()]
        if self.kind == "flag":
            return FLAGS.get(self.text, self.text)
        if self.kind in ("text", "long"):
            return self.text
        typed = self.text.strip()
        return None if not typed else int(typed) if _NUMBER.fullmatch(typed) else self.text

    @property
    def rows(self) -> int:
        """How many lines its field shows."""
        return min(max(3, self.text.count("\n") + 2), 12)

    @property
    def is_said(self) -> bool:
        """Whether the line has to say it: what it said before, and what differs from the rule's own."""
        return self.is_own or self.value != self.standard


@dataclass(slots=True)
class Row:
    """One line, or a rule that the version does not have (mode "")."""

    key: str
    rule: str
    title: str
    mode: str
    fields: list[Field]
    error: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its parameters are shown at once: there is something to see or to mend."""
        return bool(self.error) or any(each.error or (each.is_own and self.mode) for each in self.fields)

    def line(self) -> dict[str, Any]:
        """As a line of a version."""
        params: dict[str, Any] = {}
        for each in self.fields:
            if each.is_said:
                _put(params, each.path, each.value)
        return {"rule": self.rule, "mode": self.mode, "params": params}


def _put(params: dict[str, Any], path: Path, value: Any) -> None:
    for name in path[:-1]:
        params = params.setdefault(name, {})
    params[path[-1]] = value


def shown(held: Any) -> str:
    """A value as it stands in its field."""
    if held is None:
        return ""
    if isinstance(held, bool):
        return "true" if held else "false"
    return "\n".join(held) if isinstance(held, list) else str(held)


_KINDS: Final = {ParamKind.FLAG: "flag", ParamKind.TEXTS: "texts", ParamKind.TEXT: "text", ParamKind.WHOLE: "number"}


def _kind(param: Param, path: Path) -> str:
    return "long" if path == ("expression",) else _KINDS[param.kind]


@dataclass(slots=True)
class Editor:
    """The rows, the lines of the version first in its own order; `gone` are its lines of rules that there are no longer."""

    rows: list[Row]
    gone: list[str] = field(default_factory=list)
    problem: str = ""

    @classmethod
    def of(cls, rules: Sequence[Line], data: Mapping[str, Any] | None = None) -> Editor:
        """A form of a version's lines, with what a browser sent laid over it."""
        known, count, rows = all_rules(), dict[str, int](), []
        for each in (each for each in rules if each["rule"] in known):
            count[each["rule"]] = count.get(each["rule"], -1) + 1
            rows.append(_row(each["rule"], count[each["rule"]], each, data))
        for rule in known:
            number = count.get(rule, -1) + 1
            while _has_row(known[rule], rule, number, rows, data):
                rows.append(_row(rule, number, None, data))
                number += 1
        return cls(rows, [each["rule"] for each in rules if each["rule"] not in known])

    def by_subject(self) -> list[tuple[str, list[Row]]]:
        return words.in_order(self.rows, lambda row: row.rule)

    def lines(self) -> list[dict[str, Any]]:
        """What the version would say. Call `is_valid` first."""
        return [row.line() for row in self.rows if row.mode != NOT_IN_SET]

    def is_valid(self) -> bool:
        """Judge what was typed: errors stand at their fields afterwards."""
        asked = [row for row in self.rows if row.mode != NOT_IN_SET]
        for row in asked:
            _judge(row)
        sound = [row for row in asked if not row.error and not any(each.error for each in row.fields)]
        try:
            bindings([row.line() for row in sound])
        except Invalid as refused:
            self._explain(sound, refused)
        if not asked:
            self.problem = _("A version has at least one line.")
        return not self.problem and not any(row.error or any(each.error for each in row.fields) for row in asked)

    def faults(self) -> list[tuple[str, str, str]]:
        """(id of the field, rule, what is wrong), for a page that is longer than a screen."""
        found = [(f"{row.key}.mode", row.title, row.error) for row in self.rows if row.error]
        fields = [(row, each) for row in self.rows for each in row.fields if each.error]
        return found + [(each.name, row.title, f"{each.label}: {each.error}") for row, each in fields]

    def _explain(self, rows: Sequence[Row], refused: Invalid) -> None:
        for each in refused.errors:
            _rules, number, *names = each.field.split(".")
            row = rows[int(number)]
            at = next((found for found in row.fields if found.path == tuple(names[1:])), None)
            if at is None:
                row.error = each.detail
            else:
                at.error = each.detail


def _has_row(known: Rule, rule: str, number: int, rows: Sequence[Row], data: Mapping[str, Any] | None) -> bool:
    """Whether there is a row beyond the version's own: the only one of a rule, one that a browser sent, or, of a rule that is
    many rules, an empty one to write the next in."""
    if number == 0 or (data is not None and number < MOST_OF_A_RULE and f"{rule}~{number}.mode" in data):
        return True
    return known.particulars is not None and bool(rows) and not (rows[-1].rule == rule and rows[-1].mode == NOT_IN_SET)


def _row(rule: str, number: int, line: Line | None, data: Mapping[str, Any] | None) -> Row:
    key, said = f"{rule}~{number}", dict(words.leaves((line or {}).get("params") or {}))
    mode = line["mode"] if line else NOT_IN_SET
    fields = [
        _field(all_rules()[rule], key, path, standard, said, data) for path, standard in words.leaves(words.defaults_of(rule))
    ]  # fmt: skip
    return Row(key, rule, words.title(rule_of(line) if line else rule), _text(data, f"{key}.mode", mode), fields)


def _field(
    rule: Rule, key: str, path: Path, standard: Any, said: Mapping[Path, Any], data: Mapping[str, Any] | None
) -> Field:
    name, held = ".".join((key, *path)), said.get(path, standard)
    kind, typed = _kind(rule.info.schema[path[-1]], path), _text(data, name, shown(held))
    return Field(
        name, path, words.label(rule.info.code, path), kind, held, path in said, standard, typed, words.value(path, standard)
    )


def _text(data: Mapping[str, Any] | None, name: str, otherwise: str) -> str:
    """What was typed, line ends as they are everywhere else; what was not sent is as it was."""
    if data is None or name not in data:
        return otherwise
    return str(data[name]).replace("\r\n", "\n").replace("\x00", "")


def _judge(row: Row) -> None:
    """Every parameter by itself, so that all that is wrong is said at once."""
    if row.mode not in MODES:
        row.error = _("Choose a mode from the list.")
    for each in row.fields:
        given: dict[str, Any] = {}
        _put(given, each.path, each.value)
        try:
            merge_params(words.defaults_of(row.rule), given, all_rules()[row.rule].info.schema)
        except InvalidParams as error:
            each.error = str(refusal(error))
