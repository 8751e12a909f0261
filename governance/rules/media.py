"""Rules about the number and kind of an ad's files, by what is in them (R-54)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from governance.contract import Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.parameters import some_texts, whole
from governance.registry import rule, shown
from governance.rules import format_table
from governance.rules.declared import NOTE, SOME_FORMATS
from governance.rules.reading import Medium, format_of, media_of, section, text

KINDS = ("video", "image")
SECTIONS = ("structure", "creative")
_FILES: Final = whole("files", 0, 1_000, optional=True)
_COUNTS: Final = ("video_min", "video_max", "image_min", "image_max", "total_min", "total_max")
COUNTED: Final = {**dict.fromkeys(_COUNTS, _FILES), "source": NOTE}


def each_medium(
    subject: Subject,
    context: Context,
    kinds: Sequence[str],
    judge: Callable[[Medium], Verdict],
) -> Iterator[Verdict]:
    """One verdict per file of these kinds; not applicable when there is none."""
    media = [medium for medium in media_of(subject, context) if medium.kind in kinds]
    if not media:
        yield not_applicable("check.not_for_media", kinds=", ".join(kinds))
    for medium in media:
        yield judge(medium)


def no_limit(subject: Subject) -> Verdict:
    """The verdict for a format that the rule sets no limit for."""
    return not_applicable("check.not_for_format", format=format_of(subject))


@rule(
    code="media.required",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.COUNTS},
    schema=COUNTED,
    codes=(
        "media.too_few",
        "media.too_many",
        "media.kind_missing",
        "media.kind_not_allowed",
        "media.kind_too_many",
        "media.kind_differs",
        "ad.format_unknown",
        "media.unprobed",
        "media.fact_unknown",
    ),
    source="seed (formats); TikTok facts 1.6, 3.2",
)
def required(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The ad has the number and kinds of files that its format takes, and each is what it claims to be."""
    name = format_of(subject)
    row = params["limits"][name]
    media = media_of(subject, context)
    findings = list(_misnamed(media))
    counts = Counter(medium.kind for medium in media)
    for kind in KINDS:
        findings.extend(_kind_count(name, kind, counts[kind], row))
    if not findings:
        findings.extend(_total_count(name, len(media), row))
    evidence = {"videos": counts["video"], "images": counts["image"], "source": row["source"]}
    yield from findings or [passed(evidence=evidence)]


def _misnamed(media: Sequence[Medium]) -> Iterator[Verdict]:
    for medium in media:
        if medium.claimed_kind != medium.kind or medium.kind not in KINDS:
            evidence = {"sha256": medium.sha256, "claimed": shown(medium.claimed_kind), "found": medium.kind}
            yield failed("media.kind_differs", evidence, position=medium.position, kind=medium.kind)


def _kind_count(name: str, kind: str, count: int, row: JsonObject) -> Iterator[Verdict]:
    least, most = row[f"{kind}_min"] or 0, row[f"{kind}_max"]
    evidence = {"count": count, "min": least, "max": most, "source": row["source"]}
    named = {"format": name, "kind": kind, "count": count, "min": least, "max": most}
    if count < least:
        yield failed("media.kind_missing", evidence, **named)
    elif most == 0 and count:
        yield failed("media.kind_not_allowed", evidence, **named)
    elif most is not None and count > most:
        yield failed("media.kind_too_many", evidence, **named)


def _total_count(name: str, count: int, row: JsonObject) -> Iterator[Verdict]:
    least, most = row["total_min"] or 0, row["total_max"]
    evidence = {"count": count, "min": least, "max": most, "source": row["source"]}
    if count < least:
        yield failed("media.too_few", evidence, format=name, count=count, min=least)
    elif most is not None and count > most:
        yield failed("media.too_many", evidence, format=name, count=count, max=most)


@rule(
    code="media.container",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.CONTAINERS},
    schema={"video": some_texts(20, 20), "image": some_texts(20, 20), "source": NOTE},
    codes=("media.container_not_allowed", "ad.format_unknown", "media.unprobed", "media.fact_unknown"),
    source="seed (file types); TikTok Doc:Upload an image",
)
def container(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Every file is of a type that the format takes, by its bytes and not by its name."""
    name = format_of(subject)
    row = params["limits"][name]
    kinds = [kind for kind in KINDS if row[kind]]

    def judge(medium: Medium) -> Verdict:
        found, allowed = shown(medium.text("container").lower()), row[medium.kind]
        evidence = {
            "sha256": medium.sha256,
            "container": found,
            "allowed": list(allowed),
            "source": row["source"],
        }
        if found in allowed or (found == "jpeg" and "jpg" in allowed):
            return passed(evidence=evidence)
        named = {"position": medium.position, "container": found, "format": name}
        return failed("media.container_not_allowed", evidence, allowed=", ".join(allowed), **named)

    yield from each_medium(subject, context, kinds, judge) if kinds else [no_limit(subject)]


@rule(
    code="media.upload_type",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"formats": ["in_feed", "video_shopping"], "uploadable": ["mp4", "mov", "mpeg", "avi"]},
    schema={"formats": SOME_FORMATS, "uploadable": some_texts(20, 20)},
    codes=("media.type_not_uploadable", "ad.format_unknown", "media.unprobed", "media.fact_unknown"),
    source="TikTok Doc:Upload a video (names no .3gp, which the seed allows)",
)
def upload_type(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The video is of a type that TikTok's upload names. Meant to be bound as a warning."""

    def judge(medium: Medium) -> Verdict:
        found = shown(medium.text("container").lower())
        evidence = {"sha256": medium.sha256, "container": found}
        if found in params["uploadable"]:
            return passed(evidence=evidence)
        uploadable = ", ".join(params["uploadable"])
        named = {"position": medium.position, "container": found, "allowed": uploadable}
        return failed("media.type_not_uploadable", evidence, **named)

    wanted = format_of(subject) in params["formats"]
    yield from each_medium(subject, context, ("video",), judge) if wanted else [no_limit(subject)]


@rule(
    code="media.size",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media",),
    params={"limits": format_table.SIZES},
    schema={"video_max": whole("bytes", optional=True), "image_max": whole("bytes", optional=True), "source": NOTE},
    codes=("media.file_too_large", "ad.format_unknown", "media.unprobed", "media.fact_unknown"),
    source="TikTok Help:In-Feed (500 MB), Doc:Upload an image and Doc:Carousel (50 MB)",
)
def size(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """No file is larger than the channel takes."""
    row = params["limits"][format_of(subject)]
    kinds = [kind for kind in KINDS if row[f"{kind}_max"] is not None]

    def judge(medium: Medium) -> Verdict:
        found, most = medium.number("size_bytes"), row[f"{medium.kind}_max"]
        evidence = {"sha256": medium.sha256, "size_bytes": found, "max_bytes": most, "source": row["source"]}
        if found <= most:
            return passed(evidence=evidence)
        # Rounded up, so that a file a byte too large never reads as just fitting.
        megabytes = -(-found // 1_000_000)
        named = {"position": medium.position, "megabytes": megabytes, "max_megabytes": most // 1_000_000}
        return failed("media.file_too_large", evidence, **named)

    yield from each_medium(subject, context, kinds, judge) if kinds else [no_limit(subject)]


@rule(
    code="media.spark_post",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    codes=("spark_post.missing", "ad.format_unknown"),
    source="R-54 (proof of creator permission); seed sets no media limits for Spark Ads",
)
def spark_post(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """A Spark Ad names the post that its creator has released for advertising."""
    if format_of(subject) != "spark_ad":
        yield no_limit(subject)
    elif text(section(subject.sections, "creative"), "spark_post", "creative.spark_post").strip():
        yield passed()
    else:
        yield failed("spark_post.missing")
