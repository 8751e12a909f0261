"""Rule sets as YAML documents: for reviews beside the code of an agency, for carrying from one installation to another.

A document says what a version says, and nothing about who said it; where it is bound is named by slugs and ids, not by keys of
rows. Anchors, aliases and tags of YAML are refused: a document means what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml
from django.utils.translation import gettext_lazy as _

from core.errors import FieldError, Invalid, say
from governance.lines import is_storable
from governance.models import RuleSet

FORMAT: Final = "imprimatur.rule-set/1"
MAX_CHARACTERS: Final = 1_000_000
_LISTS: Final = ("markets", "formats", "objectives")
_MEMBERS: Final = {"format", "key", "title", "rules", *_LISTS}


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says."""

    key: str
    title: str
    rules: list[dict[str, Any]]
    markets: list[str]
    formats: list[str]
    objectives: list[str]


class _Plain(yaml.SafeLoader):
    """YAML without anchors, aliases, tags and doubled keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or _tagged(event):
            raise yaml.MarkedYAMLError(problem="anchors, aliases and tags are not allowed", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        names = [self.construct_object(key, deep=True) for key, _value in node.value]
        for index, (name, (key, _value)) in enumerate(zip(names, node.value, strict=True)):
            if not isinstance(name, str) or name in names[:index]:
                raise yaml.MarkedYAMLError(problem=f"the name {name!r} is no text, or stands twice", problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


def _tagged(event: Any) -> bool:
    return getattr(event, "tag", None) is not None


# Times and dates stay texts: nothing of a rule is one.
_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def write(row: RuleSet) -> str:
    """A version as a document, readable and stable: the same version is the same text."""
    lists = {name: list(getattr(row, name)) for name in _LISTS if getattr(row, name)}
    lines = [{"rule": each["rule"], "mode": each["mode"], **_params(each)} for each in row.rules]
    said = {"format": FORMAT, "key": row.key, "title": row.title, **lists, "rules": lines}
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120)


def _params(line: Mapping[str, Any]) -> dict[str, Any]:
    return {"params": line["params"]} if line.get("params") else {}


def read(text: str) -> Document:
    """What a document says; the rules themselves are judged when it is published. Raises Invalid with line and column."""
    said = _parsed(text)
    if not is_storable(said):
        raise Invalid.field("document", "unstorable", _("A text holds a character that cannot be kept."))
    errors = [FieldError(name, "unknown_field", _("There is no such field.")) for name in sorted(set(said) - _MEMBERS)]
    if said.get("format") != FORMAT:
        errors.append(FieldError("format", "unknown", say(_("A document begins with “format: {format}”."), format=FORMAT)))
    for name in ("key", "title"):
        if not isinstance(said.get(name), str) or not said[name].strip():
            errors.append(FieldError(name, "required", _("This is missing, or no text.")))
    rules = said.get("rules")
    if not isinstance(rules, list) or not all(isinstance(line, dict) for line in rules):
        errors.append(FieldError("rules", "required", _("The rules are a list of {rule, mode, params}.")))
    for name in _LISTS:
        if not _texts(said.get(name, [])):
            errors.append(FieldError(name, "invalid", _("This is a list of texts.")))
    if errors:
        raise Invalid(errors)
    lists = {name: said.get(name, []) for name in _LISTS}
    return Document(key=said["key"], title=said["title"], rules=[{"params": {}, **line} for line in said["rules"]], **lists)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > MAX_CHARACTERS:
        raise Invalid.field("document", "too_long", say(_("A document has at most {most} characters."), most=MAX_CHARACTERS))
    try:
        said = yaml.load(text, _Plain)  # noqa: S506 - a SafeLoader, narrowed
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        words = say(_("Line {line}, column {column}: {problem}"), line=where[0], column=where[1], problem=error.problem or "")
        raise Invalid.field("document", "not_yaml", words) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid.field("document", "not_yaml", _("This is not YAML.")) from error
    if not isinstance(said, dict):
        raise Invalid.field("document", "not_yaml", _("A document is an object with names and values."))
    return said
