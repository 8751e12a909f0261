"""Rules about how a file looks: black bars, brand colours, likeness to what people rejected (docs/media.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from governance.contract import (
    CannotJudge,
    Context,
    InvalidParams,
    JsonObject,
    Subject,
    Verdict,
    failed,
    passed,
    undecided,
)
from governance.registry import rule, shown
from governance.rules.analysed import CODES, analysis_of, listed, tenths, whole
from governance.rules.colours import Lab, distance, lab
from governance.rules.media import KINDS, SECTIONS, each_medium
from governance.rules.reading import Medium, unreadable

_HEX: Final = re.compile("#[0-9a-fA-F]{6}")
_HASH: Final = re.compile("[0-9a-f]{16}")
_SIDES: Final = ("top", "bottom", "left", "right")


@rule(
    code="media.black_bars",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media", "analysis"),
    params={"most_permille": 30},
    codes=("media.has_black_bars", *CODES),
    source="TikTok Help:Common reasons (black bars are a reason for rejection); the share: project",
)
def black_bars(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Black bars take no more of the picture than allowed (thousandths)."""
    most = params["most_permille"]

    def judge(medium: Medium) -> Verdict:
        bars = analysis_of(medium).get("bars")
        if not isinstance(bars, Mapping):
            raise CannotJudge("media.fact_unknown", position=medium.position, fact="bars")
        share = whole(medium, bars, "share")
        sides = {side: whole(medium, bars, side) for side in _SIDES}
        evidence = {"sha256": medium.sha256, "share_permille": share, **sides, "max_permille": most}
        if most is None or share <= most:
            return passed(evidence=evidence)
        return failed("media.has_black_bars", evidence, position=medium.position, percent=tenths(share), max=tenths(most))

    yield from each_medium(subject, context, KINDS, judge)


def _wanted(params: JsonObject) -> list[Lab]:
    """The brand's colours. Raises InvalidParams for what is no colour."""
    for number, name in enumerate(params["colours"]):
        if not _HEX.fullmatch(name):
            raise InvalidParams(f"params.colours[{number}]", "a colour as #rrggbb")
    return [lab(name) for name in params["colours"]]


@rule(
    code="media.brand_colours",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media", "analysis"),
    params={"colours": [], "tolerance": 20, "least_permille": 50},
    codes=("media.colours_missing", "media.no_colours_configured", *CODES),
    source="R-54 (brand rules); CIE 15 (CIELAB, difference of 1976)",
    check=_wanted,
)
def brand_colours(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """So much of the picture (thousandths) is in one of the brand's colours, up to a difference in CIELAB of `tolerance`.

    No colours configured is not "any colour will do" (R-03).
    """
    wanted, least, tolerance = _wanted(params), params["least_permille"] or 0, params["tolerance"] or 0

    def judge(medium: Medium) -> Verdict:
        if not wanted:
            return failed("media.no_colours_configured", position=medium.position)
        colours = [_colour(medium, each) for each in listed(medium, analysis_of(medium), "colours")]
        near = [name for name, _ in colours if any(distance(lab(name), each) <= tolerance for each in wanted)]
        share = min(1000, sum(permille for name, permille in colours if name in near))
        evidence = {"sha256": medium.sha256, "permille": share, "min_permille": least, "near": near[:8]}
        if share >= least:
            return passed(evidence=evidence)
        named = {"colours": shown(", ".join(params["colours"])), "percent": tenths(share), "min": tenths(least)}
        return failed("media.colours_missing", evidence, position=medium.position, **named)

    yield from each_medium(subject, context, KINDS, judge)


def _colour(medium: Medium, value: Any) -> tuple[str, int]:
    name = value.get("hex") if isinstance(value, Mapping) else None
    if not isinstance(name, str) or not _HEX.fullmatch(name):
        raise CannotJudge("media.fact_unknown", position=medium.position, fact="colours")
    return name, whole(medium, value, "permille")


@rule(
    code="media.duplicate_of_rejected",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media", "analysis", "rejected_media"),
    params={"bits": 8},
    codes=("media.rejected_before", "media.looks_rejected", "media.rejected_not_compared", *CODES),
    source="project (64-bit difference hash, 8 bits apart)",
)
def duplicate_of_rejected(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """No file is one that people of the organisation rejected in an ad, nor looks like it.

    Two files look alike when half of the key pictures of the one that has fewer have a partner in the other whose hash
    differs by at most so many bits. A file that shows nothing but flat pictures is compared by its bytes alone.
    """
    rejected = _rejected(context)

    def judge(medium: Medium) -> Verdict:
        evidence = {"sha256": medium.sha256, "compared": len(rejected), "bits": params["bits"]}
        if medium.sha256 in rejected:
            return failed("media.rejected_before", evidence, position=medium.position)
        mine = _hashes(listed(medium, analysis_of(medium), "difference_hashes"))
        like = next((sha256 for sha256, theirs in rejected.items() if theirs and _alike(mine, theirs, params["bits"] or 0)), None)
        if like is not None:
            return failed("media.looks_rejected", {**evidence, "like": like}, position=medium.position)
        unseen = sum(theirs is None for theirs in rejected.values())
        if unseen:
            return undecided("media.rejected_not_compared", evidence, position=medium.position, count=unseen)
        return passed(evidence=evidence)

    yield from each_medium(subject, context, KINDS, judge)


def _rejected(context: Context) -> dict[str, list[int] | None]:
    """By hash of the bytes, how rejected files look; None for those that nobody has looked at yet. Raises CannotJudge."""
    if context.rejected_media is None:
        raise CannotJudge("check.context_missing", what="rejected_media")
    found: dict[str, list[int] | None] = {}
    entries: Sequence[Any] = context.rejected_media
    for each in entries:
        sha256, hashes = (each.get("sha256"), each.get("difference_hashes")) if isinstance(each, Mapping) else (None, None)
        if not isinstance(sha256, str) or not (hashes is None or isinstance(hashes, list)):
            raise unreadable("rejected_media", "list")
        found[sha256] = None if hashes is None else _hashes(hashes)
    return found


def _hashes(texts: Sequence[Any]) -> list[int]:
    if not all(isinstance(each, str) and _HASH.fullmatch(each) for each in texts):
        raise unreadable("difference_hashes", "list of texts")
    return [int(each, 16) for each in texts]


def _alike(mine: Sequence[int], theirs: Sequence[int], bits: int) -> bool:
    fewer, more = sorted((mine, theirs), key=len)
    partners = sum(any((one ^ other).bit_count() <= bits for other in more) for one in fewer)
    return partners > 0 and partners * 2 >= len(fewer)
