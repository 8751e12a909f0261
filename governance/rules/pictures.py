"""Rules about what a viewer sees and hears: aspect ratio, resolution, duration, bit rate, sound (R-54)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from governance.contract import (
    Context,
    InvalidParams,
    JsonObject,
    Subject,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from governance.parameters import a_text, some_texts, whole
from governance.registry import rule
from governance.rules import format_table
from governance.rules.declared import KINDS_OF_MEDIA, NOTE, SOME_FORMATS, THOUSANDTHS
from governance.rules.media import SECTIONS, each_medium, no_limit
from governance.rules.reading import Medium, format_of, media_of

_MILLISECONDS: Final = whole("milliseconds", optional=True)
DURATION: Final = {"min_ms": _MILLISECONDS, "max_ms": _MILLISECONDS, "source": NOTE}
MEDIA_CODES = ("ad.format_unknown", "media.unprobed", "media.fact_unknown")
IDEAL_CODES = ("media.duration_ideal_outside", "media.duration_ideal_above", "media.duration_ideal_below", *MEDIA_CODES)


def pair(text: str, mark: str, path: str) -> tuple[int, int]:
    """`9:16` or `540x960` as two whole numbers above zero. Raises InvalidParams."""
    first, _, second = text.partition(mark)
    if not (first.isascii() and first.isdecimal() and second.isascii() and second.isdecimal()):
        raise InvalidParams(path, f"two whole numbers with {mark!r} between")
    width, height = int(first), int(second)
    if not (width and height):
        raise InvalidParams(path, "numbers above zero")
    return width, height


def pairs(texts: Iterable[str], mark: str, path: str) -> list[tuple[int, int]]:
    """All of them; see pair."""
    return [pair(text, mark, path) for text in texts]


def _check_pairs(params: JsonObject, names: Sequence[str], mark: str) -> None:
    for found, row in params["limits"].items():
        for name in names:
            values = [row[name]] if isinstance(row[name], str) else row[name]
            pairs([value for value in values if value], mark, f"params.limits.{found}.{name}")


def _some_between(params: JsonObject) -> None:
    """Whether some ratio lies between the narrowest and the widest. Raises InvalidParams."""
    for found, row in params["limits"].items():
        if row["narrowest"] and row["widest"] and not _between(pair(row["narrowest"], ":", ""), {**row, "narrowest": ""}):
            raise InvalidParams(f"params.limits.{found}.narrowest", f"at most {row['widest']}")


def near(size: tuple[int, int], ratio: tuple[int, int], permille: int) -> bool:
    """Whether width to height is the ratio, up to so many thousandths. Integers only."""
    found, wanted = size[0] * ratio[1], size[1] * ratio[0]
    return abs(found - wanted) * 1000 <= permille * wanted


def size_text(size: tuple[int, int]) -> str:
    """`540x960`."""
    return f"{size[0]}x{size[1]}"


@rule(
    code="media.aspect_ratio",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.ASPECT_RATIOS, "tolerance_permille": 10},
    schema={
        "kinds": KINDS_OF_MEDIA,
        "ratios": some_texts(50, 20),
        "narrowest": a_text(20),
        "widest": a_text(20),
        "source": NOTE,
        "tolerance_permille": THOUSANDTHS,
    },
    codes=("media.ratio_not_allowed", "media.ratio_out_of_range", *MEDIA_CODES),
    source="seed (9:16, 1:1, 16:9); TikTok Doc:single image, Doc:Carousel",
    check=lambda params: _check_pairs(params, ("ratios", "narrowest", "widest"), ":"),
    doubt=_some_between,
)
def aspect_ratio(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The picture has one of the format's aspect ratios, up to the tolerance that encoders need (1 %)."""
    row, permille = params["limits"][format_of(subject)], params["tolerance_permille"] or 0
    ratios = pairs(row["ratios"], ":", "params.limits.ratios")
    bounded = bool(row["narrowest"] or row["widest"])

    def judge(medium: Medium) -> Verdict:
        size = medium.size()
        evidence = {"sha256": medium.sha256, "size": size_text(size), "source": row["source"]}
        named = {"position": medium.position, "size": size_text(size)}
        if ratios and not any(near(size, ratio, permille) for ratio in ratios):
            allowed = ", ".join(row["ratios"])
            return failed("media.ratio_not_allowed", {**evidence, "allowed": allowed}, allowed=allowed, **named)
        if bounded and not _between(size, row):
            named |= {"narrowest": row["narrowest"] or "-", "widest": row["widest"] or "-"}
            return failed("media.ratio_out_of_range", evidence, **named)
        return passed(evidence=evidence)

    limited = ratios or bounded
    yield from each_medium(subject, context, row["kinds"], judge) if limited else [no_limit(subject)]


def _between(size: tuple[int, int], row: JsonObject) -> bool:
    narrow = pairs(filter(None, [row["narrowest"]]), ":", "params.limits.narrowest")
    wide = pairs(filter(None, [row["widest"]]), ":", "params.limits.widest")
    not_too_narrow = all(size[0] * each[1] >= size[1] * each[0] for each in narrow)
    return not_too_narrow and all(size[0] * each[1] <= size[1] * each[0] for each in wide)


@rule(
    code="media.cover_ratio",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"formats": ["in_feed", "video_shopping"], "tolerance_permille": 10},
    schema={"formats": SOME_FORMATS, "tolerance_permille": THOUSANDTHS},
    codes=("media.cover_ratio_differs", *MEDIA_CODES),
    source="TikTok Go (a cover has the aspect ratio of its video)",
)
def cover_ratio(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The cover image has the aspect ratio of the video."""
    if format_of(subject) not in params["formats"]:
        yield no_limit(subject)
        return
    media = media_of(subject, context)
    video = next((medium for medium in media if medium.kind == "video"), None)
    if video is None:
        yield not_applicable("check.not_for_media", kinds="video")
        return

    def judge(medium: Medium) -> Verdict:
        cover, shape = medium.size(), video.size()
        evidence = {"sha256": medium.sha256, "cover": size_text(cover), "video": size_text(shape)}
        if near(cover, shape, params["tolerance_permille"] or 0):
            return passed(evidence=evidence)
        named = {"position": medium.position, "size": size_text(cover), "video": size_text(shape)}
        return failed("media.cover_ratio_differs", evidence, **named)

    yield from each_medium(subject, context, ("image",), judge)


@rule(
    code="media.resolution",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.RESOLUTIONS_MIN},
    schema={"kinds": KINDS_OF_MEDIA, "at_least": some_texts(50, 20), "source": NOTE},
    codes=("media.resolution_too_low", *MEDIA_CODES),
    source="seed (540x960, 640x640, 960x540); TikTok Doc:single image",
    check=lambda params: _check_pairs(params, ("at_least",), "x"),
)
def resolution(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The picture has at least the pixels asked of its shape; the shape is the nearest of those listed."""
    row = params["limits"][format_of(subject)]
    least = pairs(row["at_least"], "x", "params.limits.at_least")

    def judge(medium: Medium) -> Verdict:
        size = medium.size()
        wanted = min(least, key=lambda each: _distance(size, each))
        evidence = {
            "sha256": medium.sha256,
            "size": size_text(size),
            "min": size_text(wanted),
            "source": row["source"],
        }
        if size[0] >= wanted[0] and size[1] >= wanted[1]:
            return passed(evidence=evidence)
        named = {"position": medium.position, "size": size_text(size), "min": size_text(wanted)}
        return failed("media.resolution_too_low", evidence, **named)

    yield from each_medium(subject, context, row["kinds"], judge) if least else [no_limit(subject)]


def _distance(size: tuple[int, int], wanted: tuple[int, int]) -> int:
    """How far the shapes are apart: the larger of the two aspect ratios in millionths of the smaller."""
    one, other = size[0] * wanted[1], size[1] * wanted[0]
    return max(one, other) * 1_000_000 // min(one, other)


@rule(
    code="media.resolution_max",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.RESOLUTIONS_MAX},
    schema={
        "kinds": KINDS_OF_MEDIA,
        "boxes": some_texts(50, 20),
        "max_pixels": whole("pixels", 1, optional=True),
        "source": NOTE,
    },
    codes=("media.resolution_too_high", *MEDIA_CODES),
    source="TikTok Doc:Upload an image (3,686,400 pixels), Doc:Carousel (1242x2340)",
    check=lambda params: _check_pairs(params, ("boxes",), "x"),
)
def resolution_max(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The image has no more pixels than the channel's upload takes."""
    row = params["limits"][format_of(subject)]
    boxes, most = pairs(row["boxes"], "x", "params.limits.boxes"), row["max_pixels"]

    def judge(medium: Medium) -> Verdict:
        size = medium.size()
        evidence = {
            "sha256": medium.sha256,
            "size": size_text(size),
            "max_pixels": most,
            "source": row["source"],
        }
        fits = not boxes or any(size[0] <= box[0] and size[1] <= box[1] for box in boxes)
        if fits and (most is None or size[0] * size[1] <= most):
            return passed(evidence=evidence)
        allowed = " / ".join(row["boxes"]) or f"{most} px"
        named = {"position": medium.position, "size": size_text(size), "max": allowed}
        return failed("media.resolution_too_high", evidence, **named)

    limited = boxes or most is not None
    yield from each_medium(subject, context, row["kinds"], judge) if limited else [no_limit(subject)]


def seconds_text(milliseconds: int) -> str:
    """Milliseconds as seconds, without float and without superfluous zeros: `60`, `60.001`."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def _judge_duration(code: str, medium: Medium, row: JsonObject) -> Verdict:
    found, least, most = medium.number("duration_ms"), row["min_ms"], row["max_ms"]
    evidence = {
        "sha256": medium.sha256,
        "duration_ms": found,
        "min_ms": least,
        "max_ms": most,
        "source": row["source"],
    }
    if (least is None or found >= least) and (most is None or found <= most):
        return passed(evidence=evidence)
    named = {"position": medium.position, "seconds": seconds_text(found)}
    if least is None:
        return failed(f"{code}_above", evidence, max=seconds_text(most), **named)
    if most is None:
        return failed(f"{code}_below", evidence, min=seconds_text(least), **named)
    return failed(f"{code}_outside", evidence, min=seconds_text(least), max=seconds_text(most), **named)


def _durations(code: str, subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    row = params["limits"][format_of(subject)]
    if row["min_ms"] is None and row["max_ms"] is None:
        yield no_limit(subject)
    else:
        yield from each_medium(subject, context, ("video",), lambda each: _judge_duration(code, each, row))


@rule(
    code="media.duration",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.DURATIONS},
    schema=DURATION,
    codes=("media.duration_outside", "media.duration_above", "media.duration_below", *MEDIA_CODES),
    source="seed (In-Feed 5-60 s, Takeover 3-5 s, TopView up to 60 s, Hashtag Challenge 12-15 s)",
)
def duration(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The video is as long as its format asks, to the millisecond."""
    return _durations("media.duration", subject, params, context)


@rule(
    code="media.duration_ideal",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.IDEAL_DURATIONS},
    schema=DURATION,
    codes=IDEAL_CODES,
    source="seed (In-Feed ideally 9-15 s); what TikTok recommends is media.duration_ideal_channel",
)
def duration_ideal(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The video has the length that works best. Meant to be bound as a warning."""
    return _durations("media.duration_ideal", subject, params, context)


@rule(
    code="media.duration_ideal_channel",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.CHANNEL_IDEAL_DURATIONS},
    schema=DURATION,
    codes=IDEAL_CODES,
    source="TikTok Help:In-Feed (2024-10: 21-34 s), against the 9-15 s of the seed",
)
def duration_ideal_channel(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The video has the length that the channel recommends, which excludes the seed's: bind the one or the other. Meant to be
    bound as a warning.
    """
    return _durations("media.duration_ideal", subject, params, context)


@rule(
    code="media.bit_rate",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.BIT_RATES},
    schema={"min_bits": whole("bits per second", optional=True), "source": NOTE},
    codes=("media.bit_rate_too_low", *MEDIA_CODES),
    source="TikTok Help:In-Feed (at least 516 kbps)",
)
def bit_rate(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The video has the bit rate that TikTok asks for."""
    row = params["limits"][format_of(subject)]
    least = row["min_bits"]

    def judge(medium: Medium) -> Verdict:
        found = medium.number("bit_rate")
        evidence = {"sha256": medium.sha256, "bit_rate": found, "min": least, "source": row["source"]}
        if found >= least:
            return passed(evidence=evidence)
        named = {"position": medium.position, "kbps": found // 1000, "min_kbps": least // 1000}
        return failed("media.bit_rate_too_low", evidence, **named)

    if least is None:
        yield no_limit(subject)
    else:
        yield from each_medium(subject, context, ("video",), judge)


@rule(
    code="media.sound",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"formats": ["in_feed", "video_shopping"]},
    schema={"formats": SOME_FORMATS},
    codes=("media.silent", *MEDIA_CODES),
    source="TikTok Help:In-Feed (a silent video is a reason for rejection)",
)
def sound(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The video has a sound track. Meant to be bound as a warning: only a person hears whether it is good."""

    def judge(medium: Medium) -> Verdict:
        evidence = {"sha256": medium.sha256}
        if medium.flag("has_audio"):
            return passed(evidence=evidence)
        return failed("media.silent", evidence, position=medium.position)

    wanted = format_of(subject) in params["formats"]
    yield from each_medium(subject, context, ("video",), judge) if wanted else [no_limit(subject)]
