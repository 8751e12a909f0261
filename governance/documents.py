"""Rule sets as YAML documents: for reviews beside the code of an agency, for carrying from one installation to another.

A document says what a version says and where it is bound, and nothing about who said it. It is read by `plain_yaml`, so that it
means what it shows, and what is wrong with it is told with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from django.utils.translation import gettext_lazy as _

from core.errors import FieldError, Invalid, say
from governance import plain_yaml, scope_words
from governance.contract import MODES
from governance.models import RuleSet
from governance.scope_words import ScopeWords

FORMAT: Final = "imprimatur.rule-set/1"
MOST_RULES: Final = 500
LONGEST: Final = {"key": 100, "title": 200}
KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
LISTS: Final = ("markets", "formats", "objectives")
_MEMBERS: Final = {"format", "key", "title", "scope", "rules", *LISTS}
_LINE: Final = {"rule", "mode", "params"}


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says. `scope` is None where it does not say; `places` are the lines of its dotted paths."""

    key: str
    title: str
    rules: list[dict[str, Any]]
    markets: list[str]
    formats: list[str]
    objectives: list[str]
    scope: ScopeWords | None = None
    places: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)


def write(row: RuleSet) -> str:
    """A version as a document, readable and stable: the same version is the same text."""
    lists = {name: list(getattr(row, name)) for name in LISTS if getattr(row, name)}
    lines = [{"rule": each["rule"], "mode": each["mode"], **_params(each)} for each in row.rules]
    scope = scope_words.said(row.scope)
    said = {"format": FORMAT, "key": row.key, "title": row.title, "scope": scope, **lists, "rules": lines}
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120)


def _params(line: Mapping[str, Any]) -> dict[str, Any]:
    return {"params": line["params"]} if line.get("params") else {}


def read(text: str) -> Document:
    """What a document says; the rules themselves are judged when it is published. Raises Invalid by field, with lines."""
    said, places = plain_yaml.load(text)
    if not isinstance(said, dict):
        raise Invalid.field(plain_yaml.FIELD, "not_yaml", _("A document is an object with names and values."))
    scope, errors = _scope(said)
    errors = [*_unknown(said, _MEMBERS, ""), *_texts(said), *_lists(said), *_lines(said.get("rules")), *errors]
    if errors:
        raise Invalid([_at_line(each, places) for each in errors])
    lists = {name: said.get(name, []) for name in LISTS}
    rules = [{**line, "params": line.get("params") or {}} for line in said["rules"]]
    return Document(key=said["key"], title=said["title"], rules=rules, scope=scope, places=places, **lists)


@contextmanager
def told_by_line(document: Document) -> Iterator[None]:
    """Whatever is found wrong inside is told with its line in the document."""
    try:
        yield
    except Invalid as error:
        raise Invalid([_at_line(each, document.places) for each in error.errors]) from error


def _at_line(error: FieldError, places: Mapping[str, int]) -> FieldError:
    """The error with the line of the field, or of what holds it."""
    path = error.field
    while path and path not in places:
        path = path.rpartition(".")[0]
    if not path:
        return error
    return FieldError(error.field, error.code, say(_("Line {line}: {problem}"), line=places[path], problem=error.words))


# --- what is wrong --------------------------------------------------------------------------------------------------------------


def _unknown(said: Mapping[str, Any], known: set[str], path: str) -> list[FieldError]:
    return [FieldError(f"{path}{name}", "unknown_field", _("There is no such field.")) for name in sorted(set(said) - known)]


def _texts(said: Mapping[str, Any]) -> Iterator[FieldError]:
    if said.get("format") != FORMAT:
        yield FieldError("format", "unknown", say(_("A document begins with “format: {format}”."), format=FORMAT))
    for name, longest in LONGEST.items():
        value = said.get(name)
        if not isinstance(value, str) or not value.strip():
            yield FieldError(name, "required", _("This is missing, or no text."))
        elif len(value) > longest:
            yield FieldError(name, "max_length", say(_("This has at most {most} characters."), most=longest))
        elif name == "key" and not KEY.fullmatch(value):
            yield FieldError(name, "invalid", _("A key has letters, digits, - and _ alone."))


def _lists(said: Mapping[str, Any]) -> Iterator[FieldError]:
    for name in LISTS:
        value = said.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            yield FieldError(name, "invalid", _("This is a list of texts."))


def _lines(rules: Any) -> Iterator[FieldError]:
    if not isinstance(rules, list) or not all(isinstance(line, dict) for line in rules):
        yield FieldError("rules", "required", _("The rules are a list of {rule, mode, params}."))
        return
    if len(rules) > MOST_RULES:
        yield FieldError("rules", "max_length", say(_("A rule set has at most {most} rules."), most=MOST_RULES))
    for index, line in enumerate(rules):
        path = f"rules.{index}."
        yield from _unknown(line, _LINE, path)
        if not isinstance(line.get("rule"), str):
            yield FieldError(f"{path}rule", "required", _("This is missing, or no text."))
        if line.get("mode") not in MODES:
            choices = say(_("This is not one of the values: {choices}."), choices=", ".join(MODES))
            yield FieldError(f"{path}mode", "invalid_choice", choices)
        if not isinstance(line.get("params", {}), dict | None):
            yield FieldError(f"{path}params", "invalid", _("Parameters are names with values."))


def _scope(said: Mapping[str, Any]) -> tuple[ScopeWords | None, list[FieldError]]:
    if "scope" not in said:
        return None, []
    try:
        return scope_words.parse(said["scope"]), []
    except Invalid as error:
        return None, list(error.errors)
