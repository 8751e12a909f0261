"""YAML that means what it shows, with the line of everything in it.

Refused are anchors, aliases, tags, doubled names, and what is too large or too deep to be looked at. Scalars are those of
YAML 1.2: `off` and `NO` are texts, not false, and dates stay texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from django.utils.translation import gettext_lazy as _

from core.canonical import MAX_SAFE_INTEGER
from core.errors import Invalid, Words, say

FIELD: Final = "document"
MAX_CHARACTERS: Final = 1_000_000
MAX_NODES: Final = 30_000
"""Names and values. Reading takes time by them more than by characters: so many take about a second."""
MAX_DEPTH: Final = 20
_INTEGER: Final = "tag:yaml.org,2002:int"
_TEXT: Final = "tag:yaml.org,2002:str"
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


class _Refused(yaml.MarkedYAMLError):
    """Something that YAML allows, and a document here does not."""

    def __init__(self, words: Words, mark: Any) -> None:
        super().__init__(problem_mark=mark)
        self.words = words


class _Loader(yaml.SafeLoader):
    """YAML 1.2's scalars, and no shorthand that stands for something elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.nodes = self.depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        self._check(event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _check(self, event: Any) -> None:
        self.nodes += 1
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            raise _Refused(_("Anchors, aliases and tags are not allowed."), event.start_mark)
        if self.nodes > MAX_NODES:
            raise _Refused(say(_("A document has at most {most} names and values."), most=MAX_NODES), event.start_mark)
        if self.depth >= MAX_DEPTH:
            raise _Refused(say(_("A document is nested at most {most} deep."), most=MAX_DEPTH), event.start_mark)


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"(?:~|null|)", ["~", "n", ""]),
    ("bool", r"(?:true|false)", ["t", "f"]),
    ("int", r"-?(?:0|[1-9][0-9]*)", [*"-0123456789"]),
    ("float", r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+][0-9]+)?", [*"-0123456789"]),
):
    _resolver: Any = _Loader.add_implicit_resolver
    _resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^{_pattern}$"), _first)


def load(text: str) -> tuple[Any, Mapping[str, int]]:
    """What a text says, and the line of each dotted path in it, counted from 1. Raises Invalid with line and column."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid.field(FIELD, "too_long", say(_("A document has at most {most} characters."), most=MAX_CHARACTERS))
    try:
        loader: Any = _Loader(text)
        node = loader.get_single_node()
        places = {} if node is None else dict(_places(node, ""))
        return (None if node is None else loader.construct_document(node)), places
    except yaml.MarkedYAMLError as error:
        raise Invalid.field(FIELD, "not_yaml", _at(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        words = say(_("Line {line}: {problem}"), line=line, problem=_("A character that cannot be shown stands here."))
        raise Invalid.field(FIELD, "not_yaml", words) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Invalid.field(FIELD, "not_yaml", _("This is not YAML.")) from error


def _at(error: yaml.MarkedYAMLError) -> Words:
    mark = error.problem_mark or error.context_mark
    where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = error.words if isinstance(error, _Refused) else error.problem or ""
    return say(_("Line {line}, column {column}: {problem}"), line=where[0], column=where[1], problem=problem)


def _places(node: Any, path: str) -> Iterator[tuple[str, int]]:
    """The line of each path below a node; raises _Refused for what cannot be kept."""
    if isinstance(node, yaml.ScalarNode):
        _check_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _place(f"{path}.{index}", item, item)
    else:
        seen = set[str]()
        for name, value in node.value:
            _check_name(name, seen)
            yield from _place(f"{path}.{name.value}", name, value)


def _place(path: str, start: Any, value: Any) -> Iterator[tuple[str, int]]:
    yield path.lstrip("."), start.start_mark.line + 1
    yield from _places(value, path)


def _check_name(name: Any, seen: set[str]) -> None:
    if name.tag != _TEXT:
        raise _Refused(_("A name is a text; put it in quotes."), name.start_mark)
    _check_scalar(name)
    if name.value in seen:
        raise _Refused(say(_("The name “{name}” stands twice."), name=name.value[:100]), name.start_mark)
    seen.add(name.value)


def _check_scalar(node: Any) -> None:
    if node.tag == _TEXT and _UNKEEPABLE.search(node.value):
        raise _Refused(_("A character that cannot be kept stands here."), node.start_mark)
    if node.tag == _INTEGER and (len(node.value) > 20 or abs(int(node.value)) > MAX_SAFE_INTEGER):
        raise _Refused(_("This number is too large."), node.start_mark)
