"""Text that people read: what can be seen, what cannot be read, and what looks the same."""

from __future__ import annotations

import unicodedata
from typing import Final

_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the order of letters round: readers would read something else than what is written."""

_MARKS: Final = frozenset("\u061c\u200e\u200f")
"""Directional marks: right inside sentences of some languages, nothing in a name."""

_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\U0001d159")
"""Letters and signs by their category that show nothing."""

_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def shows(character: str) -> bool:
    """Whether there is something to see."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK_LETTERS


def unreadable(character: str) -> bool:
    """Control characters but the line end, half pairs, and what changes the direction of writing."""
    return character in _DIRECTIONS or (unicodedata.category(character) in ("Cc", "Cs") and character != "\n")


def is_name(text: str) -> bool:
    """Whether this can be called a name: one line, nothing unreadable in it, something to see."""
    bad = any(unreadable(each) or each == "\n" or each in _MARKS for each in text)
    return not bad and any(map(shows, text)) and text.splitlines() == [text]


def is_text(text: str) -> bool:
    """Whether there is something to read in what somebody wrote, and nothing in it that cannot be; tabs are blanks."""
    return any(map(shows, text)) and not any(unreadable(each) and each != "\t" for each in text)


def tidy(text: str) -> str:
    """A name without blanks around it, with single ones in it, composed (NFC)."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def folded(text: str) -> str:
    """What two names have in common that cannot be told apart by reading: case, Unicode form, blanks, what shows nothing."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return tidy("".join(each for each in composed if not _shows_nothing(each)))


def _shows_nothing(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or character in _BLANK_LETTERS or character in _SELECTORS
