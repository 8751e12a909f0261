"""Counting and searching in what people write: weighted length, emoji, and words that hide behind tricks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import regex  # type: ignore[import-untyped]

# Emoji by Unicode property, without digits and without the signs that texts need (facts 3.3).
_EMOJI = regex.compile(r"(?![©®™])\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\U0001F1E6-\U0001F1FF]|\uFE0F|\u20E3")
_LINK = re.compile(r"https?://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|de|eu|io|shop|app|info|co\.uk)\b", re.IGNORECASE)
_SYMBOLS = frozenset("@#{}")


def weight(text: str) -> int:
    """Characters as the channel counts them: wide ones (Chinese, Japanese, Korean) twice."""
    composed = unicodedata.normalize("NFC", text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in composed)


def emoji_in(text: str) -> list[str]:
    """The different emoji of a text, in order."""
    return list(dict.fromkeys(_EMOJI.findall(text)))


def symbols_in(text: str) -> list[str]:
    """What a caption of the Marketing API may not hold beside emoji: @, #, braces, links. Each once, in
    order.
    """
    symbols = [each for each in text if each in _SYMBOLS]
    return list(dict.fromkeys([*symbols, *(match.group() for match in _LINK.finditer(text))]))


# Letters of other scripts that look like Latin ones, after case folding (a selection of Unicode's
# confusables).
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аеорсухіјѕԁһӏԛԝкмтвнгпԍ", "aeopcyxijsdhlqwkmtbhrng", strict=True)),
        **dict(zip("αεορνυικτβηχγωµμɑցհոսօքѵ", "aeopvuiktbhxywuuaghnuopv", strict=True)),
        **dict(zip("ıɩłøđħŧƅɡ", "iilodhtbg", strict=True)),
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "æ": "ae",
        "œ": "oe",
    }
)

# What else may stand for a letter inside a word.
_STAND_INS = {
    "a": "4@",
    "b": "8",
    "e": "3€",
    "g": "9",
    "i": "1!|",
    "l": "1|",
    "o": "0",
    "s": "5$",
    "t": "7+",
    "z": "2",
}
_BETWEEN = r"[^\w\s]|_"
_MAX_BETWEEN = 3


def plain(text: str) -> str:
    """The text as a reader takes it: compatibility forms, case, invisible characters, accents and lookalikes
    undone.

    Umlauts read as their two-letter spelling, so that "fordern" does not hide in "fördern".
    """
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    visible = "".join(each for each in folded if not _invisible(each))
    bare = unicodedata.normalize("NFKD", visible.translate(_LOOKALIKES)).translate(_LOOKALIKES)
    return "".join(each for each in bare if not unicodedata.category(each).startswith("M"))


def _invisible(each: str) -> bool:
    # Cf: zero-width space and joiners, soft hyphen, bidirectional marks. The rest: fillers and selectors.
    return (
        unicodedata.category(each) == "Cf"
        or each in "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5"
        or ("\ufe00" <= each <= "\ufe0f")
    )


@lru_cache(maxsize=4096)
def word_pattern(word: str) -> re.Pattern[str] | None:
    """A pattern for a forbidden word or phrase in plain() text, or None if the word is empty.

    Whole words only, unless the word ends with `*`. Between letters up to three marks may stand
    ("g.r.a-tis"); blanks only when every letter stands alone ("g r a t i s"), so that no word is found across
    two innocent ones.
    """
    open_end = word.endswith("*")
    parts = plain(word.rstrip("*")).split()
    if not parts:
        return None
    joined = r"[\W_]+".join(_spelt(part, rf"(?:{_BETWEEN}){{0,{_MAX_BETWEEN}}}") for part in parts)
    letters = [each for part in parts for each in part]
    spaced = r"\s+".join(_letter(each) for each in letters) if len(letters) > 2 else ""
    body = f"(?:{joined}|{spaced})" if spaced else joined
    return re.compile(rf"(?<![^\W_]){body}" + ("" if open_end else r"(?![^\W_])"))


def _spelt(part: str, between: str) -> str:
    return between.join(_letter(each) for each in part)


def _letter(each: str) -> str:
    return f"[{re.escape(each)}{re.escape(_STAND_INS[each])}]" if each in _STAND_INS else re.escape(each)


def find_word(word: str, plain_text: str) -> str | None:
    """What stands for the word in a text that plain() has read, or None."""
    pattern = word_pattern(word)
    if pattern is None:
        return None
    wants_letter = any(each.isalpha() for each in word)
    return next((found for found in _matches(pattern, plain_text) if not wants_letter or _has_letter(found)), None)


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (match.group() for match in pattern.finditer(text))


def _has_letter(text: str) -> bool:
    # "1010" is a number, even where the stand-ins could spell a word with it.
    return any(each.isalpha() for each in text)
