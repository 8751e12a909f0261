"""Tables for the rules about files: the specifications of the nine formats (seed table, R-54)."""

from __future__ import annotations

from typing import Any

from tests.governance.builders import (
    ERROR,
    FAIL,
    NA,
    PASS,
    Case,
    ad,
    ad_group,
    case,
    context,
    formatted,
    image,
    video,
)

SEED_VIDEO_FORMATS = ("in_feed", "brand_takeover", "top_view", "branded_hashtag_challenge")
FREE = ("branded_effect", "spark_ad")


def images(count: int) -> list[dict[str, Any]]:
    """Facts of the images i1, i2 ..."""
    return [image(sha256=f"i{number}") for number in range(1, count + 1)]


def carousel(count: int):
    """A carousel of so many images, and its context."""
    names = [f"i{number}" for number in range(1, count + 1)]
    subject = formatted("carousel", *names)
    return subject if names else formatted("carousel", creative={"media": []})


def bare(name: str):
    """An ad of this format without files."""
    return formatted(name, creative={"media": []})


TWO = context(*images(2), video(sha256="v2"))
MANY = context(*images(36))

REQUIRED = [
    case("media.required", ad("v1"), PASS),
    case("media.required", ad("v1", "i1"), PASS, note="with cover"),
    case("media.required", bare("in_feed"), FAIL, "media.kind_missing"),
    case("media.required", ad("v1", "v2"), FAIL, "media.kind_too_many", TWO),
    case("media.required", ad("v1", "i1", "i2"), FAIL, "media.kind_too_many", TWO),
    case("media.required", ad("i1"), FAIL, "media.kind_missing"),
    case("media.required", formatted("brand_takeover", "v1"), PASS),
    case("media.required", formatted("brand_takeover", "i1"), PASS),
    case("media.required", formatted("brand_takeover", "v1", "i1"), FAIL, "media.too_many"),
    case("media.required", bare("brand_takeover"), FAIL, "media.too_few"),
    case("media.required", formatted("top_view", "v1"), PASS),
    case("media.required", formatted("top_view", "i1"), FAIL, "media.kind_missing"),
    case("media.required", formatted("branded_hashtag_challenge", "v1"), PASS),
    case("media.required", bare("branded_hashtag_challenge"), FAIL, "media.kind_missing"),
    case("media.required", formatted("branded_effect", "i1"), PASS),
    case("media.required", bare("branded_effect"), FAIL, "media.too_few"),
    case("media.required", bare("spark_ad"), PASS),
    case("media.required", formatted("spark_ad", "v1", "i1"), PASS),
    case("media.required", formatted("single_image", "i1"), PASS),
    case("media.required", formatted("single_image", "i1", "i2"), FAIL, "media.kind_too_many", TWO),
    Case(
        "media.required", formatted("single_image", "v1"),
        ((FAIL, "media.kind_not_allowed"), (FAIL, "media.kind_missing")),
    ),
    case("media.required", carousel(1), FAIL, "media.kind_missing", MANY),
    case("media.required", carousel(2), PASS, around=MANY),
    case("media.required", carousel(35), PASS, around=MANY),
    case("media.required", carousel(36), FAIL, "media.kind_too_many", MANY),
    case(
        "media.required", carousel(1), PASS, around=MANY,
        params={"limits": {"carousel": {"image_min": 1, "total_min": 1}}}, note="as TikTok's API",
    ),
    case("media.required", formatted("video_shopping", "v1"), PASS),
    case("media.required", formatted("video_shopping", "i1"), FAIL, "media.kind_missing"),
    Case(
        "media.required", ad("v1"), ((FAIL, "media.kind_differs"), (FAIL, "media.kind_missing")),
        context(image(sha256="v1")), note="a picture that claims to be a video",
    ),
    case("media.required", ad(creative={"media": None}), FAIL, "media.kind_missing"),
    case("media.required", ad("v9"), ERROR, "media.unprobed"),
    case("media.required", ad("v1"), ERROR, "media.fact_unknown", context(video(kind=None))),
    case("media.required", formatted("story", "v1"), ERROR, "ad.format_unknown"),
    case("media.required", ad(creative={"media": "v1"}), ERROR, "check.unreadable"),
    case("media.required", ad(creative={"media": ["v1"]}), ERROR, "check.unreadable"),
]  # fmt: skip

CONTAINERS = [
    case("media.container", formatted(name, "v1"), PASS, around=context(video(container=found)), note=f"{name} {found}")
    for name in (*SEED_VIDEO_FORMATS, "video_shopping")
    for found in ("mp4", "mov", "mpeg", "3gp", "avi")
] + [
    case("media.container", formatted("brand_takeover", "i1"), PASS, around=context(image(container="png"))),
    case("media.container", formatted("brand_takeover", "i1"), PASS, around=context(image(container="jpg"))),
    case("media.container", formatted("brand_takeover", "i1"), PASS, around=context(image(container="JPEG"))),
    case(
        "media.container", formatted("brand_takeover", "i1"), FAIL, "media.container_not_allowed",
        context(image(container="gif")),
    ),
    case("media.container", ad("v1"), FAIL, "media.container_not_allowed", context(video(container="webm"))),
    case("media.container", ad("v1"), FAIL, "media.container_not_allowed", context(video(container="mkv"))),
    case("media.container", ad("v1"), ERROR, "media.fact_unknown", context(video(container=None))),
    case(
        "media.container", formatted("carousel", "i1"), FAIL, "media.container_not_allowed", context(image(container="webp")),
    ),
    case("media.container", formatted("single_image", "i1"), PASS),
    *(
        case("media.container", formatted(name, "v1"), NA, "check.not_for_format", context(video(container="webm")))
        for name in FREE
    ),
    case("media.container", bare("in_feed"), NA, "check.not_for_media"),
    case("media.upload_type", ad("v1"), PASS),
    case("media.upload_type", ad("v1"), FAIL, "media.type_not_uploadable", context(video(container="3gp"))),
    case("media.upload_type", formatted("spark_ad", "v1"), NA, "check.not_for_format"),
    case("media.upload_type", ad("v9"), ERROR, "media.unprobed"),
]  # fmt: skip


def sized(width: Any, height: Any):
    """A context whose video and image have this size."""
    return context(video(width=width, height=height), image(width=width, height=height))


RATIOS = [
    case("media.aspect_ratio", formatted(name, "v1"), PASS, around=sized(*size), note=f"{name} {size}")
    for name in (*SEED_VIDEO_FORMATS, "video_shopping")
    for size in ((540, 960), (640, 640), (960, 540))
] + [
    case("media.aspect_ratio", formatted(name, "v1"), FAIL, "media.ratio_not_allowed", sized(640, 480), note=name)
    for name in (*SEED_VIDEO_FORMATS, "video_shopping")
] + [
    case("media.aspect_ratio", ad("v1"), PASS, around=sized(854, 480), note="16:9 up to a pixel"),
    case("media.aspect_ratio", ad("v1"), PASS, around=sized(1010, 1000), note="exactly 1 % off"),
    case("media.aspect_ratio", ad("v1"), FAIL, "media.ratio_not_allowed", sized(1011, 1000), note="just over 1 % off"),
    case(
        "media.aspect_ratio", ad("v1"), FAIL, "media.ratio_not_allowed", sized(1010, 1000),
        params={"tolerance_permille": 0},
    ),
    case("media.aspect_ratio", formatted("brand_takeover", "i1"), FAIL, "media.ratio_not_allowed", sized(3, 2)),
    case("media.aspect_ratio", ad("v1"), ERROR, "media.fact_unknown", sized(0, 960)),
    case("media.aspect_ratio", ad("v1"), ERROR, "media.fact_unknown", sized(None, None)),
    case("media.aspect_ratio", ad("v1"), ERROR, "check.params_invalid", params={"limits": {"in_feed": {"ratios": ["wide"]}}}),
    case("media.aspect_ratio", ad("v1"), ERROR, "check.params_invalid", params={"limits": {"in_feed": {"ratios": ["0:1"]}}}),
    case("media.aspect_ratio", formatted("single_image", "i1"), PASS, around=sized(1200, 628)),
    case("media.aspect_ratio", formatted("single_image", "i1"), FAIL, "media.ratio_not_allowed", sized(1600, 900)),
    case("media.aspect_ratio", formatted("carousel", "i1"), PASS, around=sized(900, 2000)),
    case("media.aspect_ratio", formatted("carousel", "i1"), FAIL, "media.ratio_out_of_range", sized(899, 2000)),
    case("media.aspect_ratio", formatted("carousel", "i1"), PASS, around=sized(2000, 900)),
    case("media.aspect_ratio", formatted("carousel", "i1"), FAIL, "media.ratio_out_of_range", sized(2001, 900)),
    case("media.aspect_ratio", bare("in_feed"), NA, "check.not_for_media"),
    *(case("media.aspect_ratio", formatted(name, "v1"), NA, "check.not_for_format", sized(640, 480)) for name in FREE),
    case(
        "media.aspect_ratio",
        formatted("spark_ad", "v1"),
        FAIL,
        "media.ratio_out_of_range",
        sized(2, 1),
        params={"limits": {"spark_ad": {"widest": "1:1"}}},
        note="one bound alone",
    ),
    case("media.cover_ratio", ad("v1", "i1"), PASS),
    case("media.cover_ratio", ad("v1", "i1"), FAIL, "media.cover_ratio_differs", context(image(width=1280, height=720))),
    case("media.cover_ratio", ad("v1"), NA, "check.not_for_media"),
    case("media.cover_ratio", ad("i1"), NA, "check.not_for_media"),
    case("media.cover_ratio", formatted("spark_ad", "v1", "i1"), NA, "check.not_for_format"),
    case("media.cover_ratio", ad("v1", "i1"), ERROR, "media.fact_unknown", context(image(width=None))),
]  # fmt: skip

RESOLUTION = [
    case("media.resolution", formatted(name, "v1"), PASS, around=sized(*size), note=f"{name} {size}")
    for name in ("in_feed", "top_view", "video_shopping")
    for size in ((540, 960), (640, 640), (960, 540), (1080, 1920))
] + [
    case("media.resolution", formatted(name, "v1"), FAIL, "media.resolution_too_low", sized(*size), note=f"{name} {size}")
    for name in ("in_feed", "top_view", "video_shopping")
    for size in ((539, 960), (540, 959), (639, 640), (640, 639), (959, 540), (960, 539))
] + [
    case("media.resolution", formatted("single_image", "i1"), PASS, around=sized(720, 1280)),
    case("media.resolution", formatted("single_image", "i1"), FAIL, "media.resolution_too_low", sized(719, 1280)),
    case("media.resolution", formatted("single_image", "i1"), FAIL, "media.resolution_too_low", sized(1200, 627)),
    case("media.resolution", ad("v1"), ERROR, "media.fact_unknown", sized(-5, 5)),
    case("media.resolution", bare("in_feed"), NA, "check.not_for_media"),
    *(
        case("media.resolution", formatted(name, "v1"), NA, "check.not_for_format", sized(10, 10))
        for name in ("brand_takeover", "branded_hashtag_challenge", *FREE)
    ),
    case("media.resolution_max", formatted("single_image", "i1"), PASS, around=sized(1440, 2560), note="3,686,400 pixels"),
    case("media.resolution_max", formatted("single_image", "i1"), FAIL, "media.resolution_too_high", sized(1441, 2560)),
    case("media.resolution_max", formatted("carousel", "i1"), PASS, around=sized(1242, 2340)),
    case("media.resolution_max", formatted("carousel", "i1"), PASS, around=sized(2340, 1242)),
    case("media.resolution_max", formatted("carousel", "i1"), FAIL, "media.resolution_too_high", sized(1243, 2340)),
    case("media.resolution_max", ad("v1"), NA, "check.not_for_media"),
    case("media.resolution_max", formatted("spark_ad", "i1"), NA, "check.not_for_format"),
    case("media.resolution_max", formatted("carousel", "i1"), ERROR, "media.fact_unknown", sized(1, "2")),
]  # fmt: skip


def lasting(milliseconds: Any):
    """A context whose video lasts so long."""
    return context(video(duration_ms=milliseconds))


DURATION_LIMITS = {
    "in_feed": (5_000, 60_000),
    "brand_takeover": (3_000, 5_000),
    "branded_hashtag_challenge": (12_000, 15_000),
    "video_shopping": (5_000, 60_000),
}
DURATION = [
    case(
        "media.duration", formatted(name, "v1"), result, "check.passed" if result is PASS else "media.duration_outside",
        lasting(length), note=f"{name} {length}",
    )
    for name, (least, most) in DURATION_LIMITS.items()
    for length, result in ((least - 1, FAIL), (least, PASS), (most, PASS), (most + 1, FAIL))
] + [
    case("media.duration", formatted("top_view", "v1"), PASS, around=lasting(60_000)),
    case("media.duration", formatted("top_view", "v1"), PASS, around=lasting(1)),
    case("media.duration", formatted("top_view", "v1"), FAIL, "media.duration_above", lasting(60_001)),
    case(
        "media.duration", formatted("top_view", "v1"), FAIL, "media.duration_below", lasting(999),
        params={"limits": {"top_view": {"min_ms": 1_000, "max_ms": None}}},
    ),
    case("media.duration", ad("v1"), ERROR, "media.fact_unknown", lasting(None)),
    case("media.duration", ad("v1"), ERROR, "media.fact_unknown", lasting(True)),
    case("media.duration", formatted("brand_takeover", "i1"), NA, "check.not_for_media"),
    *(
        case("media.duration", formatted(name, "v1"), NA, "check.not_for_format", lasting(10**9))
        for name in (*FREE, "single_image", "carousel")
    ),
    *(
        case("media.duration_ideal", ad("v1"), result, code, lasting(length))
        for length, result, code in (
            (8_999, FAIL, "media.duration_ideal_outside"),
            (9_000, PASS, "check.passed"),
            (15_000, PASS, "check.passed"),
            (15_001, FAIL, "media.duration_ideal_outside"),
        )
    ),
    case(
        "media.duration_ideal", ad("v1"), FAIL, "media.duration_ideal_above", lasting(9),
        params={"limits": {"in_feed": {"min_ms": None, "max_ms": 8}}},
    ),
    case(
        "media.duration_ideal", ad("v1"), FAIL, "media.duration_ideal_below", lasting(7),
        params={"limits": {"in_feed": {"min_ms": 8, "max_ms": None}}},
    ),
    case("media.duration_ideal", formatted("top_view", "v1"), NA, "check.not_for_format"),
    case("media.duration_ideal", ad("v1"), ERROR, "media.fact_unknown", lasting(None)),
]  # fmt: skip

QUALITY = [
    case("media.size", ad("v1"), PASS, around=context(video(size_bytes=500_000_000))),
    case("media.size", ad("v1"), FAIL, "media.file_too_large", context(video(size_bytes=500_000_001))),
    case(
        "media.size", formatted("carousel", "i1"), FAIL, "media.file_too_large", context(image(size_bytes=50_000_001))
    ),
    case("media.size", formatted("spark_ad", "v1"), NA, "check.not_for_format", context(video(size_bytes=10**12))),
    case("media.size", ad("v1"), ERROR, "media.fact_unknown", context(video(size_bytes=None))),
    case("media.bit_rate", ad("v1"), PASS, around=context(video(bit_rate=516_000))),
    case("media.bit_rate", ad("v1"), FAIL, "media.bit_rate_too_low", context(video(bit_rate=515_999))),
    case("media.bit_rate", formatted("spark_ad", "v1"), NA, "check.not_for_format"),
    case("media.bit_rate", ad("v1"), ERROR, "media.fact_unknown", context(video(bit_rate=None))),
    case("media.sound", ad("v1"), PASS),
    case("media.sound", ad("v1"), FAIL, "media.silent", context(video(has_audio=False))),
    case("media.sound", formatted("top_view", "v1"), NA, "check.not_for_format"),
    case("media.sound", ad("v1"), ERROR, "media.fact_unknown", context(video(has_audio=None))),
]

SPARK = [
    case("media.spark_post", formatted("spark_ad", "v1", creative={"spark_post": "7301"}), PASS),
    case("media.spark_post", formatted("spark_ad", "v1"), FAIL, "spark_post.missing"),
    case("media.spark_post", formatted("spark_ad", "v1", creative={"spark_post": "  "}), FAIL, "spark_post.missing"),
    case("media.spark_post", ad("v1"), NA, "check.not_for_format"),
    case("media.spark_post", formatted("spark_ad", creative={"spark_post": 5}), ERROR, "check.unreadable"),
]


def scheduled(start: str | None, end: str | None):
    """A context whose ad group runs from start to end."""
    return context(ad_group=ad_group(schedule={"start": start, "end": end}).sections)


EFFECT = formatted("branded_effect", "v1")
LIVE_TIME = [
    case("format.live_time", EFFECT, PASS, around=scheduled("2026-12-01T00:00:00Z", "2026-12-11T00:00:00Z")),
    case(
        "format.live_time", EFFECT, FAIL, "format.live_time_too_long",
        scheduled("2026-12-01T00:00:00Z", "2026-12-11T00:00:01Z"),
    ),
    case("format.live_time", EFFECT, FAIL, "format.live_time_open", scheduled("2026-12-01T00:00:00Z", None)),
    case("format.live_time", EFFECT, FAIL, "format.live_time_open", scheduled(None, "2026-12-01T00:00:00Z")),
    case(
        "format.live_time", EFFECT, FAIL, "format.live_time_unordered",
        scheduled("2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z"),
    ),
    case("format.live_time", EFFECT, ERROR, "check.context_missing", context(ad_group=None)),
    case("format.live_time", ad("v1"), NA, "check.not_for_format", scheduled("2026-12-01T00:00:00Z", None)),
    *(
        case("format.publishable", formatted(name, "v1"), FAIL, "format.not_publishable")
        for name in ("brand_takeover", "top_view", "branded_hashtag_challenge", "branded_effect")
    ),
    *(
        case("format.publishable", formatted(name, "v1"), PASS)
        for name in ("in_feed", "spark_ad", "single_image", "carousel", "video_shopping")
    ),
    case("format.publishable", formatted("", "v1"), ERROR, "ad.format_unknown"),
]  # fmt: skip

PANGLE = context(ad_group=ad_group(targeting={"placement": {"type": "selected", "apps": ["pangle"]}}).sections)
AUTOMATIC = context(ad_group=ad_group(targeting={"placement": {"type": "automatic", "apps": []}}).sections)
PLACEMENT = [
    case("format.placement", formatted("single_image", "i1"), FAIL, "format.not_on_tiktok"),
    case("format.placement", formatted("single_image", "i1"), FAIL, "format.not_on_tiktok", AUTOMATIC),
    case("format.placement", formatted("single_image", "i1"), PASS, around=PANGLE),
    case("format.placement", ad("v1"), NA, "check.not_for_format"),
    case("format.placement", formatted("single_image", "i1"), ERROR, "check.context_missing", context(ad_group=None)),
    case("identity.present", ad(), PASS),
    case("identity.present", ad(identity={"page": None}), FAIL, "identity.page_missing"),
    case("identity.present", ad(identity={"page": None}), NA, "identity.not_needed", PANGLE),
    case(
        "identity.present", ad(identity={"page": {"identity_type": "CUSTOMIZED_USER"}}), FAIL, "identity.custom_not_allowed",
    ),
    case("identity.present", ad(), ERROR, "check.context_missing", context(ad_group=None)),
]  # fmt: skip

CHANNEL_IDEAL = [
    *(
        case("media.duration_ideal_channel", ad("v1"), result, code, lasting(length))
        for length, result, code in (
            (20_999, FAIL, "media.duration_ideal_outside"),
            (21_000, PASS, "check.passed"),
            (34_000, PASS, "check.passed"),
            (34_001, FAIL, "media.duration_ideal_outside"),
        )
    ),
    case("media.duration_ideal_channel", formatted("top_view", "v1"), NA, "check.not_for_format"),
    case(
        "media.duration_ideal_channel", ad("v1"), FAIL, "media.duration_ideal_above", lasting(9_000),
        {"limits": {"in_feed": {"min_ms": None, "max_ms": 8_999}}},
    ),
    case(
        "media.duration_ideal_channel", ad("v1"), FAIL, "media.duration_ideal_below", lasting(9_000),
        {"limits": {"in_feed": {"min_ms": 9_001, "max_ms": None}}},
    ),
    case("media.duration_ideal_channel", ad("gone"), ERROR, "media.unprobed"),
]  # fmt: skip

CASES = [*CHANNEL_IDEAL,
    *REQUIRED,
    *CONTAINERS,
    *RATIOS,
    *RESOLUTION,
    *DURATION,
    *QUALITY,
    *SPARK,
    *LIVE_TIME,
    *PLACEMENT,
]
