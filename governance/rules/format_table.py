"""Format specifications of the nine formats as data: one row per format, each with its source.

Sources: `seed` (the seed article, which is authoritative); `TikTok <page>` where the seed is silent (facts
3.1, 3.2); `project` where neither speaks. An empty row means that there is no limit. Sizes are in pixels
after rotation, times in milliseconds, files in bytes, bit rates in bits per second. A rule set may override
any value of a row by its format.
"""

from __future__ import annotations

from typing import Any

from governance.rules.vocabulary import FORMATS

Table = dict[str, dict[str, Any]]

VIDEO_TYPES = ["mp4", "mov", "mpeg", "3gp", "avi"]
IMAGE_TYPES = ["jpg", "png"]
RATIOS = ["9:16", "1:1", "16:9"]
RESOLUTIONS = ["540x960", "640x640", "960x540"]
DISPLAY_SIZES = ["720x1280", "1200x628", "640x640"]

AS_IN_FEED = "seed (as In-Feed; TikTok facts 3.2)"


def _table(empty: dict[str, Any], rows: Table) -> Table:
    """One full row per format, so that a rule set can set a limit where there is none."""
    return {name: {**empty, "source": "none", **rows.get(name, {})} for name in FORMATS}


# How many files of each kind an ad takes. In video formats an image is the cover (at most one, facts 1.6).
_ONE_VIDEO = {"video_min": 1, "video_max": 1, "image_min": 0, "image_max": 1, "total_min": 1, "total_max": 2}
COUNTS = _table(
    {
        "video_min": 0,
        "video_max": None,
        "image_min": 0,
        "image_max": None,
        "total_min": 0,
        "total_max": None,
    },
    {
        "in_feed": {**_ONE_VIDEO, "source": "seed (video); TikTok Go (one cover)"},
        "brand_takeover": {
            "video_max": 1,
            "image_max": 1,
            "total_min": 1,
            "total_max": 1,
            "source": "seed (static or video)",
        },
        "top_view": {**_ONE_VIDEO, "source": "seed (video first)"},
        "branded_hashtag_challenge": {**_ONE_VIDEO, "source": "seed (video)"},
        "branded_effect": {"total_min": 1, "source": "project (reviewers must see something)"},
        "spark_ad": {"source": "seed (no limits)"},
        "single_image": {
            "video_max": 0,
            "image_min": 1,
            "image_max": 1,
            "total_min": 1,
            "total_max": 1,
            "source": "TikTok Doc:single image",
        },
        "carousel": {
            "video_max": 0,
            "image_min": 2,
            "image_max": 35,
            "total_min": 2,
            "total_max": 35,
            "source": "TikTok Help:Carousel spec (the API takes 1 to 35)",
        },
        "video_shopping": {**_ONE_VIDEO, "source": AS_IN_FEED},
    },
)

_VIDEO_SEED = {"video": VIDEO_TYPES, "image": IMAGE_TYPES, "source": "seed"}
CONTAINERS = _table(
    {"video": [], "image": []},
    {
        "in_feed": _VIDEO_SEED,
        "brand_takeover": _VIDEO_SEED,
        "top_view": _VIDEO_SEED,
        "branded_hashtag_challenge": _VIDEO_SEED,
        "single_image": {"image": IMAGE_TYPES, "source": "TikTok Doc:Upload an image"},
        "carousel": {"image": IMAGE_TYPES, "source": "TikTok Doc:Upload an image"},
        "video_shopping": {**_VIDEO_SEED, "source": AS_IN_FEED},
    },
)

# What players and platforms read in these containers, by libavcodec's names: TikTok names file types and no codings. An
# empty list of `video` means that the container is not taken.
CODED_FORMATS = ["in_feed", "brand_takeover", "top_view", "branded_hashtag_challenge", "video_shopping"]
CODINGS: dict[str, dict[str, list[str]]] = {
    "mp4": {"video": ["h264", "hevc", "mpeg4"], "sound": ["aac", "mp3"]},
    "mov": {"video": ["h264", "hevc", "mpeg4", "prores"], "sound": ["aac", "mp3", "alac", "pcm_s16le", "pcm_s24le"]},
    "mpeg": {"video": ["mpeg1video", "mpeg2video", "h264"], "sound": ["mp2", "mp3", "ac3", "aac"]},
    "3gp": {"video": ["h264", "h263", "mpeg4"], "sound": ["aac", "amr_nb", "amr_wb"]},
    "avi": {"video": ["h264", "mpeg4", "mjpeg"], "sound": ["mp3", "aac", "ac3", "pcm_s16le"]},
    "ts": {"video": [], "sound": []},
    "webm": {"video": [], "sound": []},
    "mkv": {"video": [], "sound": []},
}

# `kinds`: the files the row is about; a cover is judged beside its video instead (media.cover_ratio).
_RATIO_SEED = {"kinds": ["video"], "ratios": RATIOS, "source": "seed"}
ASPECT_RATIOS = _table(
    {"kinds": ["video", "image"], "ratios": [], "narrowest": "", "widest": ""},
    {
        "in_feed": _RATIO_SEED,
        "brand_takeover": {"ratios": RATIOS, "source": "seed"},
        "top_view": _RATIO_SEED,
        "branded_hashtag_challenge": _RATIO_SEED,
        "single_image": {
            "kinds": ["image"],
            "ratios": ["9:16", "1200:628", "1:1"],
            "source": "TikTok Doc:single image",
        },
        "carousel": {
            "kinds": ["image"],
            "narrowest": "9:20",
            "widest": "20:9",
            "source": "TikTok Doc:Carousel",
        },
        "video_shopping": {**_RATIO_SEED, "source": AS_IN_FEED},
    },
)

_SIZE_SEED = {"kinds": ["video"], "at_least": RESOLUTIONS, "source": "seed"}
RESOLUTIONS_MIN = _table(
    {"kinds": ["video", "image"], "at_least": []},
    {
        "in_feed": _SIZE_SEED,
        "top_view": _SIZE_SEED,
        "single_image": {"kinds": ["image"], "at_least": DISPLAY_SIZES, "source": "TikTok Doc:single image"},
        "video_shopping": {**_SIZE_SEED, "source": AS_IN_FEED},
    },
)

# 3,686,400 = 1440 x 2560: the image upload of the Marketing API refuses more.
_UPLOAD = {"kinds": ["image"], "max_pixels": 3_686_400, "source": "TikTok Doc:Upload an image"}
RESOLUTIONS_MAX = _table(
    {"kinds": ["video", "image"], "boxes": [], "max_pixels": None},
    {
        "in_feed": _UPLOAD,
        "single_image": _UPLOAD,
        "carousel": {**_UPLOAD, "boxes": ["1242x2340", "2340x1242"], "source": "TikTok Doc:Carousel"},
        "video_shopping": _UPLOAD,
    },
)

DURATIONS = _table(
    {"min_ms": None, "max_ms": None},
    {
        "in_feed": {"min_ms": 5_000, "max_ms": 60_000, "source": "seed"},
        "brand_takeover": {"min_ms": 3_000, "max_ms": 5_000, "source": "seed"},
        "top_view": {"max_ms": 60_000, "source": "seed"},
        "branded_hashtag_challenge": {"min_ms": 12_000, "max_ms": 15_000, "source": "seed"},
        "video_shopping": {"min_ms": 5_000, "max_ms": 60_000, "source": AS_IN_FEED},
    },
)

# TikTok's help of 2024-10 recommends 21 to 34 s for In-Feed instead; the seed decides.
IDEAL_DURATIONS = _table(
    {"min_ms": None, "max_ms": None},
    {
        "in_feed": {"min_ms": 9_000, "max_ms": 15_000, "source": "seed"},
        "video_shopping": {"min_ms": 9_000, "max_ms": 15_000, "source": AS_IN_FEED},
    },
)

# TikTok writes MB without saying which; decimal megabytes never accept what the channel refuses.
_VIDEO_BYTES = {"video_max": 500_000_000, "image_max": 50_000_000, "source": "TikTok Help:In-Feed"}
SIZES = _table(
    {"video_max": None, "image_max": None},
    {
        "in_feed": _VIDEO_BYTES,
        "single_image": {"image_max": 50_000_000, "source": "TikTok Doc:Upload an image"},
        "carousel": {"image_max": 50_000_000, "source": "TikTok Doc:Carousel"},
        "video_shopping": _VIDEO_BYTES,
    },
)

BIT_RATES = _table(
    {"min_bits": None},
    {
        "in_feed": {"min_bits": 516_000, "source": "TikTok Help:In-Feed"},
        "video_shopping": {"min_bits": 516_000, "source": "TikTok Help:In-Feed"},
    },
)

# Weighted characters of the caption (a wide character counts 2).
CAPTIONS = _table(
    {"min": None, "max": None},
    {
        name: {"min": 1, "max": 100, "source": "TikTok Help:In-Feed"}
        for name in ("in_feed", "single_image", "carousel", "video_shopping")
    },
)
