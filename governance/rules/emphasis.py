"""Rules about loud and disguised writing: capitals, spaced letters, signs that stand for letters, rows of marks (R-54)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import regex  # type: ignore[import-untyped]

from governance.contract import Context, JsonObject, Subject, Verdict, failed, passed
from governance.parameters import a_text, whole
from governance.registry import rule, shown
from governance.rules.declared import WORDS
from governance.rules.lookalikes import BY_SHAPE
from governance.rules.reading import section, text

FIELDS: Final = ("text", "display_name")
SHOWN: Final = 10
"""So many places are named in one finding."""

_WORD = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r"\S+")
_LETTER = r"[^\W\d_]"
_SAME_MARKS = re.compile(r"([.,;:*\-_=~+#&%])\1{3,}")
_LATIN, _OTHER = regex.compile(r"\p{Latin}"), regex.compile(r"[\p{Cyrillic}\p{Greek}\p{Coptic}\p{Armenian}\p{Cherokee}\p{Lisu}]")


def _written(subject: Subject) -> Iterator[tuple[str, str]]:
    copy = section(subject.sections, "copy")
    for name in FIELDS:
        path = f"copy.{name}"
        yield path, unicodedata.normalize("NFKC", text(copy, name, path))


# --- capitals ------------------------------------------------------------------------------------------------------------


def capitals_in(written: str, acronyms: Sequence[str]) -> tuple[int, int]:
    """How many letters are capitals, and how many have a case at all; acronyms, as whole words, count as neither."""
    spared = frozenset(acronyms)
    counted = "".join(word for word in _WORD.findall(written) if word not in spared) if spared else written
    large = sum(map(str.isupper, counted))
    return large, large + sum(map(str.islower, counted))


@rule(
    code="text.capitals",
    version=1,
    applies_to=("ad",),
    sections=("copy",),
    params={"percent": 50, "letters": 20, "acronyms": []},
    schema={"percent": whole("%", 0, 100), "letters": whole("letters", 0, 10_000), "acronyms": WORDS},
    codes=("text.too_many_capitals",),
    source="R-54; TikTok Help:Common reasons (excessive or odd capitalisation); the numbers are the project's",
)
def capitals(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Of the letters of a text at most so many in a hundred are capitals; a text of fewer than `letters` is not judged."""
    loud = False
    for path, written in _written(subject):
        large, all_of_them = capitals_in(written, params["acronyms"])
        if all_of_them >= params["letters"] and large * 100 > all_of_them * params["percent"]:
            loud = True
            said = {"field": path, "percent": large * 100 // all_of_them, "most": params["percent"]}
            yield failed("text.too_many_capitals", {**said, "capitals": large, "letters": all_of_them}, **said)
    if not loud:
        yield passed()


# --- letters in disguise -------------------------------------------------------------------------------------------------


def spaced_in(written: str, least: int) -> list[str]:
    """Rows of at least so many letters that each stand alone: "F R E E", "f-r-e-e", "S.a.L.e"."""
    row = rf"(?<![^\W_]){_LETTER}(?:(?:[\s\-_*·~|]{{1,3}}|\.){_LETTER}(?![^\W_])){{{least - 1},}}"
    return [match.group() for match in re.finditer(row, written)]


def replaced_in(written: str, signs: str, allowed: Sequence[str]) -> list[str]:
    """Words in which a sign stands between two letters: "fr€e"; the allowed ones left out, whatever their case."""
    if not signs:
        return []
    inside = re.compile(rf"{_LETTER}[{re.escape(signs)}]+(?={_LETTER})")
    if inside.search(written) is None:
        return []
    spared = frozenset(each.casefold() for each in allowed)
    words = (chunk.strip(".,;:!?\"'()[]„“”‚‘’«»–—…") for chunk in _CHUNK.findall(written))
    return [word for word in words if inside.search(word) and word.casefold() not in spared]


def rows_of_marks_in(written: str, most: int) -> list[str]:
    """More than so many exclamation and question marks in a row, or more than three of another mark."""
    loud = f"[!?¡¿]{{{most + 1},}}"
    return [*re.findall(loud, written), *(match.group() for match in _SAME_MARKS.finditer(written))]


def mixed_in(written: str) -> list[str]:
    """Words of Latin letters among which stand lookalikes of another alphabet."""
    return [
        word
        for word in ([] if written.isascii() else _WORD.findall(written))
        if not word.isascii() and _LATIN.search(word) and any(ord(each) in BY_SHAPE for each in _OTHER.findall(word))
    ]


@rule(
    code="text.letter_symbols",
    version=1,
    applies_to=("ad",),
    sections=("copy",),
    params={"spaced_letters": 4, "signs": "@€$£¥¢!|§", "marks": 2, "allowed": []},
    schema={
        "spaced_letters": whole("letters", 2, 100),
        "signs": a_text(100),
        "marks": whole("marks", 0, 100),
        "allowed": WORDS,
    },
    codes=("text.letters_spaced", "text.letters_replaced", "text.marks_repeated", "text.alphabets_mixed"),
    source="R-54; TikTok Help:Common reasons (symbols instead of letters, dotted letters); the numbers are the project's",
)
def letter_symbols(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Texts are written in whole words: no spaced letters, no signs or other alphabets for letters, no rows of marks."""
    clean = True
    for path, written in _written(subject):
        for code, found in (
            ("text.letters_spaced", spaced_in(written, params["spaced_letters"])),
            ("text.letters_replaced", replaced_in(written, params["signs"], params["allowed"])),
            ("text.marks_repeated", rows_of_marks_in(written, params["marks"])),
            ("text.alphabets_mixed", mixed_in(written)),
        ):
            if found:
                clean = False
                named = {"field": path, "found": ", ".join(shown(each, 40) for each in found[:SHOWN])}
                yield failed(code, named, **named)
    if clean:
        yield passed()
