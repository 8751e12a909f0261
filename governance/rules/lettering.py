"""Forbidden words in the text that is seen in media (R-54): what a worker read there is in the facts (docs/media.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import regex  # type: ignore[import-untyped]

from governance.contract import (
    CannotJudge,
    Context,
    InvalidParams,
    JsonObject,
    Subject,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecided,
)
from governance.registry import rule, shown
from governance.rules.analysed import READING_CODES, listed, reading_of, tenths, whole
from governance.rules.declared import WORDS
from governance.rules.media import KINDS, SECTIONS
from governance.rules.reading import Medium, media_of
from governance.rules.wording import NARROWED, NARROWING, check_words, elsewhere
from governance.rules.words import Hit, Reading, Slices, find_entry, readings

_HYPHENS: Final = "-\u00ad\u2010\u2011\u2012\u2013 "
"""What may stand at the end of a row where a word goes on in the next."""
_MISSED: Final = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""Where a blank may have been: before a capital within a word, and between letters and digits."""


_APART: Final = "\n¶¶¶¶¶\n"
"""More marks than may stand within a word or a phrase."""
_UNREAD: Final = regex.compile(r"[^\p{Latin}\p{Han}\p{Hiragana}\p{Katakana}\p{Common}\p{Inherited}]")
"""What the reader has no letters for (docs/media.md)."""


def check_readable(params: JsonObject) -> None:
    """Whether every entry can be looked for, and read where it stands. Raises InvalidParams: what can never be read would never
    be found, and the line would pass everything."""
    check_words(params)
    if any(_UNREAD.search(word) for word in params["words"]):
        raise InvalidParams("params.words", "words in Latin, Chinese or Japanese letters")


@dataclass(frozen=True)
class Shown:
    """Text that stands together in a picture, row by row: when it is seen (milliseconds; None in a still), how it is spelt, and
    the phrases that are allowed."""

    at_ms: int | None
    rows: str
    spelt: str
    phrases: tuple[str, ...]

    @cached_property
    def taken(self) -> tuple[Reading, ...]:
        """The ways to take it."""
        return readings(self.spelt)

    @cached_property
    def allowed(self) -> Slices:
        """Where allowed phrases stand in it."""
        return Slices(self.phrases, self.spelt)


@rule(
    code="media.forbidden_words",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media", "reading", "country", "ad_group"),
    params={"words": [], "allowed": [], **NARROWED},
    schema={"words": WORDS, "allowed": WORDS, **NARROWING},
    codes=(
        "media.forbidden_word", "media.forbidden_word_at", "text.no_words_configured", "text.for_others", *READING_CODES,
    ),
    source="R-54 (forbidden words and claims per brand, market, language), also inside the picture",
    check=check_readable,
)  # fmt: skip
def forbidden_words(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """No forbidden word is to be read in a still or in the pictures of a film, as `text.forbidden_words` finds them in texts;
    nor one that is broken at the end of a row. Each word is told once a file, where it is seen first.

    Where text in pictures cannot be read, nothing passes (R-03).
    """
    if not params["words"]:
        yield not_applicable("text.no_words_configured")
        return
    if elsewhere(subject, params, context):
        yield not_applicable("text.for_others")
        return
    media = [medium for medium in media_of(subject, context) if medium.kind in KINDS]
    if not media:
        yield not_applicable("check.not_for_media", kinds=", ".join(KINDS))
    for medium in media:
        try:
            yield from _judged(medium, params)
        except CannotJudge as reason:  # the next file may hold a word all the same
            yield undecided(reason.code, **reason.params)


def _judged(medium: Medium, params: JsonObject) -> Iterator[Verdict]:
    found = reading_of(medium)
    texts = list(_texts(medium, found, tuple(params["allowed"])))
    evidence = {"sha256": medium.sha256, "pictures": whole(medium, found, "pictures", 1)}
    everything = readings(_APART.join(each.spelt for each in texts))
    clean = True
    for word in params["words"]:
        if find_entry(word, everything) is None:  # once over it all is quicker than text by text
            continue
        hits = ((each, hit) for each in texts if (hit := find_entry(word, each.taken, each.allowed)) is not None)
        first = next(hits, None)
        if first is not None:
            clean = False
            yield _hit(medium, evidence, *first)
    if clean:
        yield passed(evidence={**evidence, "words": len(params["words"])})


def _hit(medium: Medium, evidence: JsonObject, seen: Shown, hit: Hit) -> Verdict:
    named: dict[str, Any] = {"position": medium.position, "word": shown(hit.form), "found": shown(_in_a_row(hit.written))}
    told = {**evidence, **named, "read": shown(_in_a_row(seen.rows), 300), "at_ms": seen.at_ms}
    if seen.at_ms is None:
        return failed("media.forbidden_word", told, **named)
    return failed("media.forbidden_word_at", told, **named, second=tenths(seen.at_ms // 100))


def _in_a_row(rows: str) -> str:
    return " / ".join(rows.splitlines())


def _texts(medium: Medium, found: JsonObject, phrases: tuple[str, ...]) -> Iterator[Shown]:
    """What was read, in the order of the pictures; the same text once. Raises CannotJudge."""
    known: set[str] = set()
    for each in listed(medium, found, "texts"):
        at_ms, blocks = (each.get("at_ms"), each.get("blocks")) if isinstance(each, Mapping) else (None, None)
        if not isinstance(blocks, list) or not all(isinstance(block, str) for block in blocks):
            raise CannotJudge("media.fact_unknown", position=medium.position, fact="texts")
        if at_ms is not None:
            at_ms = whole(medium, each, "at_ms")
        for block in blocks:
            if block not in known:
                known.add(block)
                yield from (Shown(at_ms, block, *spelt) for spelt in _spellings(block, phrases))


def _spellings(block: str, allowed: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text as it stands there, with the blanks that reading may have missed, and each two rows as if a word went on from
    the one to the other; each with the allowed phrases as they look in it."""
    yield block, allowed
    parted = _MISSED.sub(" ", block)
    if parted != block:
        yield parted, (*allowed, *(_MISSED.sub(" ", each) for each in allowed))
    joined = (*allowed, *("".join(each.split()) for each in allowed))
    for row, following in pairwise(block.splitlines()):
        yield row.rstrip(_HYPHENS) + following.lstrip(), joined
