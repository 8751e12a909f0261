"""The words of an expression that compiles: which names it reads, and how much work it can make. Pure.

The library counts the rounds of macros (10,000) and nothing else: an expression of 120 characters that joins texts in two nested
macros took 14 s and 6 GB. So what a round may cost is bounded here, from the text alone, before anything runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from governance.expressions.vocabulary import MOST_ITEMS

MACROS: Final = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"})
MOST_NESTED: Final = 2
MOST_WORK: Final = 100_000
"""Calls in all rounds together; `matches` counts once for each state of its pattern. At the very worst some seconds."""

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


def nested(found: Sequence[Token]) -> Iterator[tuple[int, Token, int]]:
    """Each token with its index and the number of macros that it stands in."""
    stack: list[bool] = []
    for index, token in enumerate(found):
        if token.kind == "sign" and token.text in ")]}" and stack:
            stack.pop()
        yield index, token, sum(stack)
        if token.kind == "sign" and token.text in "([{":
            is_macro = index >= 2 and found[index - 1].text in MACROS and found[index - 2].text == "."
            stack.append(token.text == "(" and is_macro)


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
    """The states of one piece: a class of letters of all scripts is made of some hundred ranges of bytes."""
    classes = 200 * len(re.findall(r"\\[pP]", piece))
    return classes or (10 if piece == "." or piece.startswith("[") else 1)


def rounds(found: Sequence[Token]) -> int:
    """How often the body of one macro may run: once a member of the longest list there can be."""
    return max(MOST_ITEMS, 1 + sum(token.text == "," for token in found))


def joined(found: Sequence[Token]) -> int:
    """How many times longer than what is read a text may become by joining."""
    return 1 + sum(token.kind == "sign" and token.text == "+" for token in found)
