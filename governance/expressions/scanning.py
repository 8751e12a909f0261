"""The words of an expression that compiles: which names it reads, and how much work it can make. Pure.

The library counts the rounds of macros (10,000) and nothing else: an expression of 120 characters that joins texts in two nested
macros took 14 s and 6 GB. So what a round may cost is bounded here, from the text alone, before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

from governance.expressions.vocabulary import MOST_ITEMS

MACROS: Final = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"})
MOST_NESTED: Final = 2
MOST_WORK: Final = 100_000
"""Calls in all rounds together; `matches` counts A_STATE for each state of its pattern. At the very worst some two seconds."""
A_STATE: Final = 3
"""What a state costs with a text as long as it may be, beside a search for a text in it."""

_TOKEN: Final = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*)
    | (?P<text>
        [bB]?[rR](?:'''.*?'''|\"\"\".*?\"\"\"|'[^'\n\r]*'|"[^"\n\r]*")
        | [bB]?(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n\r])*'|"(?:\\.|[^"\\\n\r])*")
    )
    | (?P<number>\d[\w.]*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, text, number or sign, and where it begins (from 0)."""

    kind: str
    text: str
    at: int


def tokens(expression: str) -> list[Token]:
    """Everything but blanks and comments."""
    found = _TOKEN.finditer(expression)
    return [Token(each.lastgroup or "", each.group(), each.start()) for each in found if each.lastgroup != "blank"]


def names(found: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """Whatever may be a name of the vocabulary, `a` or `a.b`, and where. Some are not: members, names of macros, functions."""
    for index, token in enumerate(found):
        if token.kind == "word":
            yield token.text, token.at
            if index + 2 < len(found) and found[index + 1].text == "." and found[index + 2].kind == "word":
                yield f"{token.text}.{found[index + 2].text}", token.at


def call(found: Sequence[Token], name: str) -> Iterator[int]:
    """The index of each opening bracket of a call."""
    return (i + 1 for i in range(len(found) - 1) if found[i].text == name and found[i].kind == "word" and found[i + 1].text == "(")


@dataclass(slots=True)
class _Bracket:
    """An open bracket. `rounds`: how often what is inside runs, 0 for no macro; `is_list`: a list is written out in it."""

    rounds: int = 0
    is_list: bool = False
    members: int = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A token in its place: how many macros it stands in, how often it runs for them, and whether it stands in a list directly."""

    index: int
    token: Token
    depth: int
    times: int
    in_list: bool


def placed(found: Sequence[Token]) -> Iterator[Placed]:
    """Every token in its place."""
    stack: list[_Bracket] = []
    closed: dict[int, _Bracket] = {}
    for index, token in enumerate(found):
        sign = token.text if token.kind == "sign" else ""
        if sign and sign in ")]}" and stack:
            closed[index] = stack.pop()
        elif sign == "," and stack:
            stack[-1].members += 1
        macros = [each.rounds for each in stack if each.rounds]
        yield Placed(index, token, len(macros), prod(macros), bool(stack) and stack[-1].is_list)
        if sign and sign in "([{":
            stack.append(_opened(found, index, closed))


def _opened(found: Sequence[Token], index: int, closed: dict[int, _Bracket]) -> _Bracket:
    before = found[index - 1] if index else None
    if found[index].text == "[":
        indexes = before is not None and (before.text in (")", "]") or before.kind in ("word", "text"))
        return _Bracket(is_list=not indexes or (before is not None and before.text == "in"))
    if index < 3 or found[index].text != "(" or found[index - 1].text not in MACROS or found[index - 2].text != ".":
        return _Bracket()
    range_ = closed.get(index - 3)
    return _Bracket(range_.members if range_ is not None and range_.is_list else longest(found))


def longest(found: Sequence[Token]) -> int:
    """The members of the longest list that there can be without joining."""
    return max(MOST_ITEMS, 1 + sum(token.text == "," for token in found))


def last_argument(found: Sequence[Token], opening: int) -> Token | None:
    """The text that is, alone, the last argument of the call which opens there; None when it is anything else."""
    depth = 0
    for index in range(opening, len(found)):
        if found[index].kind == "sign":
            depth += (found[index].text in "([{") - (found[index].text in ")]}")
        if depth == 0:
            token, before = found[index - 1], found[index - 2]
            alone = before.text == "(" or before.text == ","
            return token if token.kind == "text" and alone else None
    return None


_PIECE: Final = re.compile(r"\\[pP](?:\{[^}]*\}|.)|\\.|\[\^?\]?(?:\\.|\[:[^\]]*:\]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|.", re.DOTALL)


def states(pattern: str) -> int:
    """About how many states a regular expression has: what one character may cost. Counted repetitions multiply."""
    stack, last = [0], 0
    for piece in _PIECE.finditer(pattern):
        text = piece.group()
        if piece.group(1):
            times = max(int(piece.group(1)), int(piece.group(2) or 0), 1)
            stack[-1], last = stack[-1] + last * (times - 1), last * times
        elif text == "(":
            stack.append(0)
        elif text == ")" and len(stack) > 1:
            last = stack.pop()
            stack[-1] += last
        else:
            last = _weight(text)
            stack[-1] += last
    return max(sum(stack), 1)


def _weight(piece: str) -> int:
    """The states of one piece: a class of letters of all scripts is made of many ranges of bytes."""
    classes = 40 * len(re.findall(r"\\[pP]", piece))
    return classes or (10 if piece == "." or piece.startswith("[") else 1)


def joined(found: Sequence[Token]) -> int:
    """How many times longer than what is read a text may become by joining."""
    return 1 + sum(token.kind == "sign" and token.text == "+" for token in found)
