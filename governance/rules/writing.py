"""Counting and finding signs in what people write: weighted length, emoji, symbols; words are governance.rules.words."""

from __future__ import annotations

import re
import unicodedata

import regex  # type: ignore[import-untyped]

# Emoji by Unicode property, without digits and without the signs that texts need (facts 3.3).
_EMOJI = regex.compile(r"(?![©®™])\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\U0001F1E6-\U0001F1FF]|\uFE0F|\u20E3")
_LINK = re.compile(r"https?://|\bwww\.|\b[a-z0-9-]+\.(?:com|net|org|de|eu|io|shop|app|info|co\.uk)\b", re.IGNORECASE)
_SYMBOLS = frozenset("@#{}")


def weight(text: str) -> int:
    """Characters as the channel counts them: wide ones (Chinese, Japanese, Korean) twice."""
    if text.isascii():
        return len(text)
    composed = unicodedata.normalize("NFC", text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in composed)


def emoji_in(text: str) -> list[str]:
    """The different emoji of a text, in order."""
    return [] if text.isascii() else list(dict.fromkeys(_EMOJI.findall(text)))


def symbols_in(text: str) -> list[str]:
    """What a caption of the Marketing API may not hold beside emoji: @, #, braces, links. Each once, in
    order.
    """
    symbols = [each for each in text if each in _SYMBOLS]
    return list(dict.fromkeys([*symbols, *(match.group() for match in _LINK.finditer(text))]))
