"""Tables for the rules about what is seen and heard in files (R-54)."""

from __future__ import annotations

from typing import Any

from governance.contract import Context
from tests.governance.builders import ERROR, FAIL, NA, PASS, Case, ad, case, context, formatted, image, merged, video

SOUND = {"codec": "aac", "milliseconds": 12_000, "silent_permille": 40, "loudness_tenths": -162, "clipped_ppm": 0}
ANALYSIS = {
    "pictures": 2,
    "bars": {"top": 0, "bottom": 0, "left": 0, "right": 0, "share": 0},
    "colours": [{"hex": "#ff0050", "permille": 300}, {"hex": "#202020", "permille": 700}],
    "difference_hashes": ["0f0f0f0f0f0f0f0f", "00ff00ff00ff00ff"],
    "sound": SOUND,
}
STILL = {**ANALYSIS, "pictures": 1, "difference_hashes": ["0f0f0f0f0f0f0f0f"], "sound": None}
BRAND = {"colours": ["#FE2C55", "#25f4ee"]}


def seen(facts: dict[str, Any] | None = None, rejected: Any = (), **changes: Any) -> Context:
    """A context in which the ad's video was analysed and is in order; `facts` are of the probe, `changes` of the analysis."""
    film = video(**(facts or {}), analysis=merged(ANALYSIS, changes))
    return context(film, image(analysis=STILL), rejected_media=rejected)


def heard(**changes: Any) -> Context:
    """As `seen`, with changes of what is heard."""
    return seen(sound=changes)


MUTE = seen({"has_audio": False}, sound=None)
DEAF = seen(sound=None)
FAULT = context(video(analysis={"fault": "cut_off"}), rejected_media=())
SLOW = context(video(analysis={"fault": "timeout"}), rejected_media=())
ODD = context(video(analysis={"fault": 5}), rejected_media=())

RULES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("media.black_bars", {}), ("media.silent", {}), ("media.loudness", {}), ("media.clipping", {}), ("media.codec", {}),
    ("media.brand_colours", BRAND), ("media.duplicate_of_rejected", {}),
)  # fmt: skip

# What every one of the seven answers alike: without an analysis nothing passes.
ALIKE = [
    case(rule, ad(), result, code, around, params)
    for rule, params in RULES
    for result, code, around in (
        (PASS, "check.passed", seen()),
        (ERROR, "media.not_analysed", context(rejected_media=())),
        (ERROR, "media.not_analysed", context(video(analysis=None), rejected_media=())),
        (ERROR, "media.analysis_failed", FAULT),
        (ERROR, "media.analysis_failed", SLOW),
        (ERROR, "media.analysis_failed", ODD),
        (ERROR, "media.unprobed", context(rejected_media=(), media={})),
    )
] + [
    case(rule, ad(creative={"media": []}), NA, "check.not_for_media", seen(), params)
    for rule, params in RULES
] + [
    case(rule, ad("i1"), NA, "check.not_for_media", seen(), note="a still makes no sound")
    for rule in ("media.silent", "media.loudness", "media.clipping", "media.codec")
]  # fmt: skip


def barred(share: Any, **sides: Any) -> Context:
    return seen(bars={"share": share, **sides})


BARS = [
    case("media.black_bars", ad(), PASS, around=barred(30, top=30)),
    case("media.black_bars", ad(), FAIL, "media.has_black_bars", barred(31, top=31)),
    case("media.black_bars", ad(), FAIL, "media.has_black_bars", barred(1000, top=1000), note="black all over"),
    case("media.black_bars", ad(), PASS, around=barred(313), params={"most_permille": 313}),
    case("media.black_bars", ad(), PASS, around=barred(313), params={"most_permille": None}),
    case("media.black_bars", ad(), FAIL, "media.has_black_bars", barred(1), params={"most_permille": 0}),
    case("media.black_bars", formatted("single_image", "i1"), PASS, around=seen()),
    Case("media.black_bars", ad("v1", "i1"), ((FAIL, "media.has_black_bars"), (PASS, "check.passed")), barred(500)),
    case("media.black_bars", ad(), ERROR, "media.fact_unknown", barred("much")),
    case("media.black_bars", ad(), ERROR, "media.fact_unknown", barred(5, left=None)),
    case("media.black_bars", ad(), ERROR, "media.fact_unknown", seen(bars=[])),
]

SILENCE = [
    case("media.silent", ad(), PASS, around=heard(silent_permille=500)),
    case("media.silent", ad(), FAIL, "media.long_silence", heard(silent_permille=501)),
    case("media.silent", ad(), FAIL, "media.all_silent", heard(silent_permille=1000, loudness_tenths=None)),
    case("media.silent", ad(), FAIL, "media.all_silent", heard(silent_permille=1000), {"most_permille": 1000}),
    case("media.silent", ad(), PASS, around=heard(silent_permille=999), params={"most_permille": None}),
    case("media.silent", ad(), FAIL, "media.long_silence", heard(silent_permille=1), {"most_permille": 0}),
    case("media.silent", ad(), FAIL, "media.silent", MUTE, note="no sound track"),
    case("media.silent", ad(), ERROR, "media.sound_unknown", DEAF),
    case("media.silent", ad(), ERROR, "media.fact_unknown", heard(silent_permille=True)),
    case("media.silent", ad(), ERROR, "media.fact_unknown", seen({"has_audio": None})),
]

LOUDNESS = [
    case("media.loudness", ad(), PASS, around=heard(loudness_tenths=-300)),
    case("media.loudness", ad(), FAIL, "media.too_quiet", heard(loudness_tenths=-301)),
    case("media.loudness", ad(), PASS, around=heard(loudness_tenths=5), note="above full scale"),
    case("media.loudness", ad(), FAIL, "media.too_quiet", heard(loudness_tenths=-162), {"most_below_full_scale": 16}),
    case("media.loudness", ad(), PASS, around=heard(loudness_tenths=-690), params={"most_below_full_scale": None}),
    case("media.loudness", ad(), NA, "media.no_sound", heard(loudness_tenths=None), note="silence has no loudness"),
    case("media.loudness", ad(), NA, "media.no_sound", MUTE),
    case("media.loudness", ad(), ERROR, "media.sound_unknown", DEAF),
    case("media.loudness", ad(), ERROR, "media.fact_unknown", heard(loudness_tenths="loud")),
]

CLIPPING = [
    case("media.clipping", ad(), PASS, around=heard(clipped_ppm=1000)),
    case("media.clipping", ad(), FAIL, "media.clipped", heard(clipped_ppm=1001)),
    case("media.clipping", ad(), FAIL, "media.clipped", heard(clipped_ppm=1), {"most_ppm": 0}),
    case("media.clipping", ad(), PASS, around=heard(clipped_ppm=10**6), params={"most_ppm": None}),
    case("media.clipping", ad(), NA, "media.no_sound", MUTE),
    case("media.clipping", ad(), ERROR, "media.sound_unknown", DEAF),
    case("media.clipping", ad(), ERROR, "media.fact_unknown", heard(clipped_ppm=None)),
]


def coloured(*colours: Any) -> Context:
    return seen(colours=[{"hex": name, "permille": permille} for name, permille in colours])


COLOURS = [
    case("media.brand_colours", ad(), PASS, around=coloured(("#fe2c55", 50)), params=BRAND),
    case("media.brand_colours", ad(), FAIL, "media.colours_missing", coloured(("#fe2c55", 49)), BRAND),
    case("media.brand_colours", ad(), PASS, around=coloured(("#fe2c55", 20), ("#25f4ee", 30)), params=BRAND, note="both together"),
    case("media.brand_colours", ad(), FAIL, "media.colours_missing", coloured(("#0000ff", 1000)), BRAND),
    # CIELAB of #ffffff is L* 100 and of #c6c6c6 79.8: 20.2 apart.
    case("media.brand_colours", ad(), FAIL, "media.colours_missing", coloured(("#c6c6c6", 900)), {"colours": ["#ffffff"]}),
    case("media.brand_colours", ad(), PASS, around=coloured(("#c6c6c6", 900)), params={"colours": ["#ffffff"], "tolerance": 21}),
    case("media.brand_colours", ad(), PASS, around=coloured(("#fe2c55", 9)), params={**BRAND, "tolerance": 0, "least_permille": 9}),
    case("media.brand_colours", ad(), PASS, around=coloured(), params={**BRAND, "least_permille": None}),
    case("media.brand_colours", ad(), FAIL, "media.no_colours_configured", seen()),
    case("media.brand_colours", ad(), ERROR, "check.params_invalid", seen(), {"colours": ["red"]}),
    case("media.brand_colours", ad(), ERROR, "check.params_invalid", seen(), {"colours": ["#12345"]}),
    case("media.brand_colours", ad(), ERROR, "media.fact_unknown", seen(colours=None), BRAND),
    case("media.brand_colours", ad(), ERROR, "media.fact_unknown", seen(colours=["#ffffff"]), BRAND),
    case("media.brand_colours", ad(), ERROR, "media.fact_unknown", coloured(("#fe2c55", "all")), BRAND),
]


def like(*hashes: str, sha256: str = "other") -> Context:
    """A context in which a file that looks so was rejected."""
    return seen(rejected=[{"sha256": sha256, "difference_hashes": list(hashes)}])


TWO_BITS = "0f0f0f0f0f0f0f0c"
NINE_BITS = "0f0f0f0f0f0f0ef0"
FAR = "aaaa5555aaaa5555"
DUPLICATES = [
    case("media.duplicate_of_rejected", ad(), FAIL, "media.rejected_before", seen(rejected=[{"sha256": "v1"}])),
    case(
        "media.duplicate_of_rejected", ad(), FAIL, "media.rejected_before", note="the same bytes, whatever was seen in them",
        around=context(rejected_media=[{"sha256": "v1", "difference_hashes": []}]),
    ),
    case("media.duplicate_of_rejected", ad(), FAIL, "media.looks_rejected", like(TWO_BITS)),
    case("media.duplicate_of_rejected", ad(), PASS, around=like(NINE_BITS)),
    case("media.duplicate_of_rejected", ad(), FAIL, "media.looks_rejected", like(NINE_BITS), {"bits": 9}),
    case("media.duplicate_of_rejected", ad(), PASS, around=like(TWO_BITS), params={"bits": 1}),
    case("media.duplicate_of_rejected", ad(), FAIL, "media.looks_rejected", like(TWO_BITS, FAR), note="half of two"),
    case(
        "media.duplicate_of_rejected", ad(), PASS, note="one of three is less than half",
        around=seen(
            difference_hashes=[TWO_BITS, "123456789abcdef0", "fedcba9876543210"],
            rejected=[{"sha256": "other", "difference_hashes": [TWO_BITS, FAR, "5555aaaa5555aaaa"]}],
        ),
    ),
    case("media.duplicate_of_rejected", ad(), PASS, around=like(), note="flat pictures are like no other"),
    case("media.duplicate_of_rejected", ad(), PASS, around=seen(difference_hashes=[], rejected=[{"sha256": "o", "difference_hashes": [FAR]}])),
    case("media.duplicate_of_rejected", formatted("single_image", "i1"), FAIL, "media.looks_rejected", like(TWO_BITS)),
    case("media.duplicate_of_rejected", ad(), ERROR, "media.rejected_not_compared", seen(rejected=[{"sha256": "other"}])),
    case("media.duplicate_of_rejected", ad(), ERROR, "check.context_missing", seen(rejected=None)),
    case("media.duplicate_of_rejected", ad(), ERROR, "check.unreadable", seen(rejected=["other"])),
    case("media.duplicate_of_rejected", ad(), ERROR, "check.unreadable", like("no hash")),
    case("media.duplicate_of_rejected", ad(), ERROR, "media.fact_unknown", seen(difference_hashes=None)),
]  # fmt: skip


def coded(container: Any, picture: Any, sound: Any = "aac") -> Context:
    return seen({"container": container, "codec": picture}, sound={"codec": sound})


CODINGS = [
    case("media.codec", ad(), PASS, around=coded(*each), note=" ".join(each))
    for each in (
        ("mp4", "hevc", "mp3"), ("mov", "prores", "pcm_s16le"), ("mpeg", "mpeg2video", "mp2"), ("3gp", "h263", "amr_nb"),
        ("avi", "mpeg4", "mp3"),
    )
] + [
    case("media.codec", ad(), FAIL, "media.coding_not_allowed", coded("mp4", "vp9")),
    case("media.codec", ad(), FAIL, "media.coding_not_allowed", coded("mp4", "prores")),
    case("media.codec", ad(), FAIL, "media.sound_coding_not_allowed", coded("mp4", "h264", "opus")),
    case("media.codec", ad(), FAIL, "media.container_not_allowed", coded("webm", "vp9", "opus")),
    case("media.codec", ad(), FAIL, "media.container_not_allowed", coded("flv", "h264")),
    case(
        "media.codec", ad(), PASS, around=coded("webm", "vp9", "opus"),
        params={"codings": {"webm": {"video": ["vp9"], "sound": ["opus"]}}},
    ),
    case("media.codec", ad(), PASS, around=MUTE),
    case("media.codec", ad(), ERROR, "media.sound_unknown", DEAF),
    case("media.codec", ad(), ERROR, "media.fact_unknown", coded("mp4", None)),
    case("media.codec", ad(), ERROR, "media.fact_unknown", coded("mp4", "h264", None)),
    case("media.codec", formatted("spark_ad", "v1"), NA, "check.not_for_format", coded("webm", "vp9")),
]  # fmt: skip

CASES = [*ALIKE, *BARS, *SILENCE, *LOUDNESS, *CLIPPING, *COLOURS, *DUPLICATES, *CODINGS]
