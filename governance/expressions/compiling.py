"""From the text of an expression to a program, or to the place where it is wrong. Nothing is judged here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, Final

from cel_expr_python import cel
from django.utils.translation import gettext_lazy as _

from core.errors import Words, say
from governance.expressions import scanning
from governance.expressions.scanning import Placed, Token
from governance.expressions.vocabulary import EVERYTHING, Entry, Kind, Vocabulary
from governance.registry import shown

MOST_CHARACTERS: Final = 2_000


class InvalidExpression(ValueError):
    """An expression that cannot be used: `line` and `column` (from 1), and `words` for people, in the reader's language."""

    def __init__(self, line: int, column: int, problem: Words) -> None:
        self.line, self.column = line, column
        self.words: Words = say(_("Line {line}, column {column}: {problem}"), line=line, column=column, problem=problem)
        super().__init__(self.words)


@dataclass(frozen=True, slots=True)
class Program:
    """An expression that compiles: its text, the names that it reads, and what the library made of it."""

    text: str
    entries: tuple[Entry, ...]
    compiled: Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value of an evaluation, in the library's words."""

    words: str


_TYPES: Final = {
    Kind.TEXT: cel.Type.STRING,
    Kind.TEXTS: cel.Type.List(cel.Type.STRING),
    Kind.NUMBER: cel.Type.INT,
    Kind.NUMBERS: cel.Type.List(cel.Type.INT),
    Kind.FLAG: cel.Type.BOOL,
    Kind.TIME: cel.Type.TIMESTAMP,
}


@cache
def _environment(vocabulary: Vocabulary) -> Any:
    """One a process and vocabulary. Without extensions: what they add is not bounded."""
    return cel.NewEnv(variables={each.name: _TYPES[each.kind] for each in vocabulary.entries})


@lru_cache(maxsize=512)
def compiled(text: str, vocabulary: Vocabulary) -> Program:
    """The program of an expression that says true or false about what the vocabulary names. Raises InvalidExpression."""
    _check_characters(text)
    try:
        program = _environment(vocabulary).compile(text)
    except (RuntimeError, ValueError, TypeError) as error:
        raise _refused(str(error), vocabulary) from error
    tokens = scanning.tokens(text)
    _check_form(text, tokens, vocabulary)
    if program.return_type() != cel.Type.BOOL:
        words = say(_("The whole is of type {type}; it has to be true or false (bool)."), type=program.return_type().name().lower())
        raise InvalidExpression(1, 1, words)
    read = {name for name, _at in scanning.names(tokens)}
    made = Program(text, tuple(each for each in vocabulary.entries if each.name in read), program)
    found = outcome(made, vocabulary.sample)
    if isinstance(found, Problem):
        raise InvalidExpression(1, 1, say(_("Tried on ordinary values it fails: {problem}"), problem=found.words))
    return made


def outcome(program: Program, values: Mapping[str, Any]) -> bool | Problem:
    """What a program says of values: the one place where the library evaluates. Whatever is not true or false is a Problem."""
    try:
        value = program.compiled.eval(data=values)
        if value.type() == cel.Type.BOOL:
            return bool(value.value())
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:
        return Problem(_plain(str(error)))
    return Problem(_plain(str(value.value())))


_STATUS: Final = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")


def _plain(said: str) -> str:
    """What the library says, without its codes."""
    return shown(_STATUS.sub("", said.splitlines()[0] if said else "?"), 200)


# --- where it is wrong -------------------------------------------------------------------------------------------------------

_PLACED: Final = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED: Final = re.compile(r"undeclared reference to '(.+?)'")
_OVERLOAD: Final = re.compile(r"found no matching overload for '(.+?)' applied to '\((.*?)\)'")


def _refused(said: str, vocabulary: Vocabulary) -> InvalidExpression:
    """The library's first error, at its place and in our words."""
    placed = _PLACED.search(said)
    if placed is None:
        return InvalidExpression(1, 1, _plain(said))
    line, column = (max(int(each), 1) for each in placed.group(1, 2))
    problem = _plain(placed.group(3))
    undeclared = _UNDECLARED.match(problem)
    if undeclared:  # the library points at the last point of a dotted name
        name = undeclared.group(1)
        return InvalidExpression(line, max(column - max(name.rfind("."), 0), 1), _unknown(name, vocabulary))
    return InvalidExpression(line, column, _explained(problem))


def _explained(problem: str) -> Words:
    if overload := _OVERLOAD.match(problem):
        operator, types = overload.group(1).replace("_", " ").strip(), overload.group(2)
        if "double" in types and "int" in types:
            return say(_("“{operator}” compares no whole number (int) with a fraction (double)."), operator=operator)
        return say(_("“{operator}” does not take ({types})."), operator=operator, types=types)
    if problem.startswith("Syntax error"):
        return say(_("This is not CEL: {problem}"), problem=problem.removeprefix("Syntax error: "))
    return problem


def _unknown(name: str, vocabulary: Vocabulary) -> Words:
    if name in EVERYTHING.named and name not in vocabulary.named:
        return say(_("“{name}” is not known of all that this applies to."), name=name)
    if near := get_close_matches(name, vocabulary.named, 1):
        return say(_("There is no “{name}”. Do you mean “{near}”?"), name=name, near=near[0])
    return say(_("There is no “{name}”; docs/expressions.md lists what there is."), name=name)


def _at(text: str, offset: int, problem: Words) -> InvalidExpression:
    before = text[:offset]
    return InvalidExpression(before.count("\n") + 1, offset - before.rfind("\n"), problem)


def _check_characters(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise InvalidExpression(1, 1, say(_("An expression has at most {most} characters."), most=MOST_CHARACTERS))
    if not text.strip():
        raise InvalidExpression(1, 1, _("Say what must be so."))
    for offset, each in enumerate(text):
        if not each.isprintable() and each not in "\n\t":
            raise _at(text, offset, _("There is a character here that cannot be seen."))


def _check_form(text: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> None:
    """What compiles and is refused all the same. Raises InvalidExpression."""
    for opening in scanning.call(tokens, "has"):
        words = _("“has” does not say whether a name has a value; read its “…_present” instead.")
        raise _at(text, tokens[opening - 1].at, words)
    weights = {opening: _pattern(text, tokens, opening, vocabulary) for opening in scanning.call(tokens, "matches")}
    _check_work(text, tokens, weights)


def _pattern(text: str, tokens: Sequence[Token], opening: int, vocabulary: Vocabulary) -> int:
    """What a pattern costs, which stands there as a text and is a regular expression. Raises InvalidExpression."""
    literal = scanning.last_argument(tokens, opening)
    if literal is None:
        raise _at(text, tokens[opening].at, _("“matches” takes its pattern as a text in quotes, and nothing else."))
    tried = Program(text, (), _environment(vocabulary).compile(f"''.matches({literal.text})"))
    found = outcome(tried, {})
    if isinstance(found, Problem):
        raise _at(text, literal.at, say(_("The pattern is no regular expression: {problem}"), problem=found.words))
    return scanning.A_STATE * scanning.states(str(_environment(vocabulary).compile(literal.text).eval().value()))


def _check_work(text: str, tokens: Sequence[Token], weights: dict[int, int]) -> None:
    """Raises InvalidExpression where it becomes more work than is allowed."""
    longer, work = scanning.joined(tokens), 0
    for each in scanning.placed(tokens):
        if each.depth > scanning.MOST_NESTED:
            raise _at(text, each.token.at, say(_("Macros stand in each other at most {most} deep."), most=scanning.MOST_NESTED))
        if each.depth and each.token.text == "+":
            raise _at(text, each.token.at, _("Inside a macro nothing is added or joined."))
        work += _weight(tokens, each, weights) * each.times * longer
        if work > scanning.MOST_WORK:
            raise _at(text, each.token.at, _("From here on this is too much work: make patterns simpler, or macros fewer."))


def _weight(tokens: Sequence[Token], each: Placed, weights: dict[int, int]) -> int:
    """What a token costs each time: an opened call, a search in a list, a member of a list that is made anew each round."""
    if each.token.text == "(" and each.index and tokens[each.index - 1].kind == "word":
        return weights.get(each.index, 1)
    return int(each.token.text == "in" or (each.token.text == "," and each.in_list and each.depth > 0))
