"""Finding words in what people write, also where they hide: other alphabets, invisible characters, marks between letters."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Final

import regex  # type: ignore[import-untyped]

from governance.rules.lookalikes import BY_SHAPE, FOLDED

# What else may stand for a letter inside a word.
_STAND_INS: Final = {
    "a": "4@", "b": "8", "e": "3€", "g": "9", "i": "1!|", "l": "1|", "o": "0", "s": "5$", "t": "7+", "z": "2",
}  # fmt: skip
_MOST_BETWEEN: Final = 3
_BROKEN: Final = r"-[^\S\n]*+\n\s*+"
"""Between the letters of a word that goes on in the next line."""
_BEFORE, _AFTER = r"(?<![^\W_])", r"(?![^\W_])"
_TWIN = re.compile(f"[{''.join(map(chr, BY_SHAPE))}]")
# Characters with the marks that are written over them: what normalisation may put together.
_CLUSTER = regex.compile(r"\P{M}\p{M}*|\p{M}+")


# --- how a reader takes a text -------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """The text as it is written, but for compatibility forms, case, invisible characters and the width of blanks."""
    whole = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(each for each in whole if not _invisible(each)).split())


def plain(text: str) -> str:
    """The text as a reader takes it: compatibility forms, case, invisible characters, accents and lookalikes undone.

    Umlauts read as their two-letter spelling, so that "fordern" does not hide in "fördern".
    """
    if text.isascii() and text.isprintable():
        return text.casefold()
    whole = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(each for each in whole if not _invisible(each))
    bare = unicodedata.normalize("NFKD", visible.translate(FOLDED)).translate(FOLDED)
    return "".join(each for each in bare if not unicodedata.category(each).startswith("M"))


def by_shape(text: str) -> str:
    """The other way to take it: what looks like a Latin letter is one, before its case is undone."""
    return plain(unicodedata.normalize("NFKC", text).translate(BY_SHAPE))


def _invisible(each: str) -> bool:
    # Cf: zero-width space and joiners, soft hyphen, bidirectional marks. The rest: fillers and selectors.
    return (
        unicodedata.category(each) == "Cf"
        or each in "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5"
        or ("\ufe00" <= each <= "\ufe0f")
    )


class Reading:
    """One way to take a text, and where in the text each of its characters comes from."""

    def __init__(self, text: str, taken: Callable[[str], str]) -> None:
        self.text, self.taken, self.plain = text, taken, taken(text)

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        """Where each cluster begins, in the reading and in the text; both end with the length."""
        clusters = _CLUSTER.findall(self.text)
        lengths = (len(self.taken(each)) for each in clusters)
        return list(accumulate(lengths, initial=0)), list(accumulate(map(len, clusters), initial=0))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The slice of the text that a slice of the reading, not an empty one, stands for."""
        read, written = self._starts
        first, last = bisect_right(read, start) - 1, bisect_right(read, end - 1) - 1
        most = len(written) - 1
        return written[min(first, most)], written[min(last + 1, most)]


def readings(text: str) -> tuple[Reading, ...]:
    """The ways to take a text; one, when both say the same."""
    first = Reading(text, plain)
    if text.isascii() or _TWIN.search(unicodedata.normalize("NFKC", text)) is None:
        return (first,)
    second = Reading(text, by_shape)
    return (first,) if first.plain == second.plain else (first, second)


# --- words as they are written -----------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def _written(phrase: str) -> re.Pattern[str]:
    body = r"\s+".join(re.escape(part) for part in phrase.split())
    return re.compile(_BEFORE + body + _AFTER, re.IGNORECASE)


class Slices:
    """Where phrases stand in a text, letter by letter: no lookalike and no mark in between is let through with them."""

    def __init__(self, phrases: Iterable[str], text: str) -> None:
        found = sorted(match.span() for each in phrases if each.strip() for match in _written(each).finditer(text))
        self._starts = [start for start, _ in found]
        self._reach = list(accumulate((end for _, end in found), max))

    def hold(self, start: int, end: int) -> bool:
        """Whether one of them contains this slice: the one that reaches furthest of those that begin before it."""
        index = bisect_right(self._starts, start) - 1
        return index >= 0 and end <= self._reach[index]


# --- the words of a list -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that was found: the form of it, what is written there, and where it begins (the first character is 1)."""

    form: str
    written: str
    position: int


def forms_of(entry: str) -> tuple[str, ...]:
    """The forms of an entry such as `miracle|miracles|miraculous`."""
    return tuple(form for form in map(str.strip, entry.split("|")) if form)


def is_word(entry: str) -> bool:
    """Whether every form of an entry can be looked for."""
    forms = [form.strip() for form in entry.split("|")]
    return all(word_pattern(form) is not None for form in forms)


@lru_cache(maxsize=16_384)
def word_pattern(word: str) -> re.Pattern[str] | None:
    """A pattern for a forbidden word or phrase in plain() text, or None if the word is empty.

    Whole words only, unless a `*` leaves an end open: `wunder*`, `*wunder`. Between letters up to three marks may stand
    ("g.r.a-tis"); blanks only when every letter stands alone ("g r a t i s"), so that no word is found across two innocent
    ones. No way of reading a mark is tried twice, so that searching takes no longer than the text is.
    """
    parts = _parts(plain(word.strip("*")))
    if not parts:
        return None
    ways = [_spelt(parts, _STAND_INS), _spelt(parts, {}), *_alone("".join(parts))]
    body = "(?:" + "|".join(dict.fromkeys(ways)) + ")"
    return re.compile(("" if word.startswith("*") else _BEFORE) + body + ("" if word.endswith("*") else _AFTER))


def _parts(entry: str) -> list[str]:
    """The words of an entry. A hyphen parts them as a blank does, and so does what ends a word ("no. 1"); a per cent sign goes
    with its number, with or without a blank."""
    whole = re.sub(r"\s+%", "%", entry)
    parts = (part.strip(".,;:!?") for part in re.split(r"[\s-]+", whole))
    return [part for part in parts if part]


def _spelt(parts: list[str], stand_ins: Mapping[str, str]) -> str:
    """The letters with marks between them. A mark that may stand for the next letter is that letter, never a mark."""
    spelt = ""
    for part in parts:
        for index, each in enumerate(part):
            mark = rf"(?:[^\w\s{re.escape(stand_ins.get(each, ''))}]|_)"
            if index:
                spelt += rf"(?:{_BROKEN}|{mark}{{0,{_MOST_BETWEEN}}})"
            elif spelt:
                spelt += rf"(?:\s++(?:{mark}\s*+){{0,{_MOST_BETWEEN}}}|(?:{mark}\s*+){{1,{_MOST_BETWEEN}}})"
            spelt += _letter(each, stand_ins)
    return spelt


def _alone(letters: str) -> Iterator[str]:
    """The letters of a word one by one, with blanks or with one and the same mark between."""
    if len(letters) > 2:
        alone = [_letter(each, _STAND_INS) for each in letters]
        yield r"\s++(?:[^\w\s]\s++)?".join(alone)
        yield alone[0] + r"(?P<mark>[^\w\s]|_)" + "(?P=mark)".join(alone[1:])


def _letter(each: str, stand_ins: Mapping[str, str]) -> str:
    if each == "%":
        return r"\s*+%"
    return f"[{re.escape(each)}{re.escape(stand_ins[each])}]" if each in stand_ins else re.escape(each)


def find_word(word: str, plain_text: str) -> str | None:
    """What stands for the word in a text that plain() has read, or None."""
    return next((match.group() for match in _matches(word, plain_text)), None)


def _matches(word: str, plain_text: str) -> Iterator[re.Match[str]]:
    pattern = word_pattern(word)
    wants_letter = any(each.isalpha() for each in word)
    for match in () if pattern is None else pattern.finditer(plain_text):
        # "1010" is a number, even where the stand-ins could spell a word with it.
        if not wants_letter or any(each.isalpha() for each in match.group()):
            yield match


def find_entry(entry: str, text: Iterable[Reading], allowed: Slices | None = None) -> Hit | None:
    """The first form of an entry that stands in a text, in the order of its forms, outside the `allowed` slices of it."""
    for form in forms_of(entry):
        for reading in text:
            for match in _matches(form, reading.plain):
                start, end = reading.origin(*match.span())
                if allowed is None or not allowed.hold(start, end):
                    return Hit(form, reading.text[start:end], start + 1)
    return None


def says(phrase: str, text: str) -> bool:
    """Whether the phrase stands in a text for people to read: not in disguise, and as whole words unless a `*` says so."""
    wanted = folded(phrase.strip().strip("*"))
    if not wanted:
        return False
    ends = phrase.strip()
    before, after = "" if ends.startswith("*") else _BEFORE, "" if ends.endswith("*") else _AFTER
    return re.search(before + re.escape(wanted) + after, folded(text)) is not None
