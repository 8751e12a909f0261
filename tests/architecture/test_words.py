"""What a person reads from a domain error is translated when it is read: nobody passes plain text as its words."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from core.errors import FieldError, ImprimaturError, Invalid
from tests.architecture.sources import ROOT, name, place, sources, tree

pytestmark = pytest.mark.architecture

ERRORS = ("core.errors", "campaigns.media.errors", "approvals.errors", "publishing.errors", "publishing.channels.base")
WORDS = ("words", "detail", "message")
"""What the parameter is called that takes the words."""

FOR_OPERATORS = {
    "ChannelError": "what a channel answered to a worker; it is written down in English, and nobody meets it at a door",
}
"""Classes whose subclasses may have plain words; what is read at a door (NotBookable) is made of Problems."""

ALLOWED = {
    "api/errors.py flatten": "the framework's words, translated by it for this very answer",
    "api/errors.py _reference": "the words of the error itself, read for this very answer",
}


def subclasses(parent: type) -> Iterator[type]:
    yield parent
    children: list[type] = parent.__subclasses__()
    for child in children:
        yield from subclasses(child)


@cache
def takers() -> dict[str, tuple[int, str]]:
    """How an error is made → position and name of the parameter that takes its words."""
    modules = [import_module(each) for each in ERRORS]
    plain = {each for known in FOR_OPERATORS for each in subclasses(vars(modules[-1])[known])}
    made: dict[str, Any] = {each.__name__: each for each in subclasses(ImprimaturError) if each not in plain}
    made |= {"Invalid.field": Invalid.field, "FieldError": FieldError, "Problem": vars(modules[-1])["Problem"]}
    found = {}
    for called, thing in made.items():
        for position, parameter in enumerate(inspect.signature(thing).parameters):
            if parameter in WORDS:
                found[called] = (position, parameter)
    return found


class Reader:
    """Which words of a module are plain. A name stands for all that is assigned to it, a function for what it returns."""

    def __init__(self, module: ast.Module) -> None:
        self.module = module
        self.functions = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}

    def offences(self) -> Iterator[tuple[str, ast.AST]]:
        """(function, words) wherever an error is given plain words."""
        seen: set[ast.AST] = set()
        for function in [*self.functions.values(), self.module]:
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                words = None if call in seen else said(call)
                if words is not None and self.plain(words, function):
                    yield getattr(function, "name", "-"), words
                seen.add(call)

    def plain(self, node: ast.AST, scope: ast.AST) -> bool:
        match node:
            case ast.JoinedStr() | ast.BinOp() | ast.Attribute(attr="detail" | "in_english"):
                return True
            case ast.Constant(value=value):
                return isinstance(value, str)
            case ast.IfExp(body=one, orelse=other):
                return self.plain(one, scope) or self.plain(other, scope)
            case ast.BoolOp(values=several) | ast.Tuple(elts=several) | ast.List(elts=several) | ast.Dict(values=several):
                return any(self.plain(each, scope) for each in several)
            case ast.Subscript(value=container):
                return self.plain(container, scope)
            case ast.Name(id=called):
                return any(self.plain(value, scope) for value in self.assigned(called, scope))
            case ast.Call():
                return self.plain_call(node, scope)
        return False

    def plain_call(self, call: ast.Call, scope: ast.AST) -> bool:
        match call.func:
            case ast.Name(id="_"):
                return not isinstance(call.args[0], ast.Constant)
            case ast.Name(id="say"):
                return self.plain(call.args[0], scope)
            case ast.Name(id="str") | ast.Attribute(attr="format" | "join" | "replace"):
                return True
            case ast.Name(id=called) if called in self.functions:
                inner = self.functions[called]
                return any(self.plain(each.value, inner) for each in ast.walk(inner) if isinstance(each, ast.Return) and each.value)
        return False

    def assigned(self, called: str, scope: ast.AST) -> list[ast.expr]:
        """What a name stands for: assigned in the function, else in the module."""
        for nodes in (ast.walk(scope), iter(self.module.body)):
            found = [value for node in nodes for target, value in assignments(node) if target == called]
            if found:
                return found
        return []


def assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value):
            yield target, value
        case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
            yield target, value


def said(call: ast.Call) -> ast.expr | None:
    """The words that a call gives to an error, if it does."""
    called = ast.unparse(call.func)
    if called == "super().__init__":
        return call.args[0] if call.args else None
    position, parameter = takers().get(called, (-1, ""))
    if 0 <= position < len(call.args):
        return call.args[position]
    return next((each.value for each in call.keywords if parameter and each.arg == parameter), None)


def is_about_errors(path: Path) -> bool:
    """`super().__init__` of other classes (form fields, models, ValueErrors) takes other things than words."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts) in ERRORS


def found() -> dict[str, str]:
    """`file function` → where, for all plain words of our packages."""
    places = {}
    for path in sources():
        for function, words in Reader(tree(path)).offences():
            if function != "__init__" or is_about_errors(path):
                places[f"{name(path)} {function}"] = f"{name(path)}:{getattr(words, 'lineno', 0)} {ast.unparse(words)}"
    return places


def test_no_error_has_plain_words():
    assert {where: words for where, words in found().items() if where not in ALLOWED} == {}


def test_the_domain_translates_when_it_is_read_and_not_before():
    """`gettext` would fix the language of whoever raises, and rows could not be written in English any more."""
    eager = [
        place(path, node) for path in sources("core", "accounts", "campaigns", "governance", "approvals", "publishing", "notices")
        for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        if {each.name for each in node.names} & {"gettext", "ngettext", "pgettext"}
    ]  # fmt: skip
    assert eager == []


def test_what_is_allowed_is_there_still():
    assert set(ALLOWED) - set(found()) == set()


def test_the_errors_that_people_meet_are_known():
    assert {"Forbidden", "StaleDigest", "SelfApproval", "NotApproved", "FieldError", "Invalid.field", "Problem"} <= set(takers())
    assert (takers()["Invalid.field"], takers()["Problem"]) == ((2, "detail"), (2, "words"))
    assert {"ChannelInvalid", "ChannelMisconfigured"} & set(takers()) == set()


@pytest.mark.parametrize("words", [
    '"Plain."', 'f"At most {most}."', '"a" + most', '"%s" % most', '"{}".format(most)', "error.detail", "str(error)",
    '_("Right.") if most else "Plain."', 'say("At most {most}.", most=most)', '_(f"At most {most}.")', "local", "TABLE[most]",
    "helper()", 'MORE[most][1]',
])  # fmt: skip
def test_plain_words_are_found(words: str):
    assert list(Reader(module(words)).offences()), words


@pytest.mark.parametrize("words", [
    '_("Right.")', 'say(_("At most {most}."), most=most)', "fine", "parameter", "RIGHT[most]", '_("A.") if most else _("B.")',
])  # fmt: skip
def test_lazy_words_are_let_through(words: str):
    assert list(Reader(module(words)).offences()) == [], words


def module(words: str) -> ast.Module:
    return ast.parse(textwrap.dedent(f"""
        TABLE = {{"a": "Plain."}}
        MORE: dict = {{"a": (1, "Plain.")}}
        RIGHT = {{"a": _("Right.")}}

        def helper():
            return "Plain."

        def service(parameter, most, error):
            local = f"At most {{most}}."
            fine = say(_("At most {{most}}."), most=most)
            raise Invalid.field("name", "blank", {words})
    """))
