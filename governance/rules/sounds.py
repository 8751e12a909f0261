"""Rules about how a film sounds: silence, loudness, clipping. They judge what was measured (docs/media.md)."""

from __future__ import annotations

from collections.abc import Iterator

from governance.contract import Context, JsonObject, Subject, Verdict, failed, not_applicable, passed
from governance.registry import rule
from governance.rules.analysed import SOUND_CODES, sound_of, tenths, whole
from governance.rules.media import SECTIONS, each_medium
from governance.rules.reading import Medium

_READS = ("media", "analysis")


def _nothing_heard(medium: Medium) -> Verdict:
    return not_applicable("media.no_sound", position=medium.position)


@rule(
    code="media.silent",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=_READS,
    params={"most_permille": 500},
    codes=("media.silent", "media.all_silent", "media.long_silence", *SOUND_CODES),
    source="TikTok Help:In-Feed, Help:Common reasons (silent video is rejected); the share: project",
)
def silent(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The film is heard, and is not silent for longer than allowed (thousandths of its sound track)."""
    most = 1000 if params["most_permille"] is None else params["most_permille"]

    def judge(medium: Medium) -> Verdict:
        sound = sound_of(medium)
        if sound is None:
            return failed("media.silent", {"sha256": medium.sha256}, position=medium.position)
        share = whole(medium, sound, "silent_permille")
        evidence = {"sha256": medium.sha256, "silent_permille": share, "max_permille": most}
        if share >= 1000:
            return failed("media.all_silent", evidence, position=medium.position)
        if share > most:
            named = {"position": medium.position, "percent": tenths(share), "max": tenths(most)}
            return failed("media.long_silence", evidence, **named)
        return passed(evidence=evidence)

    yield from each_medium(subject, context, ("video",), judge)


@rule(
    code="media.loudness",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=_READS,
    params={"most_below_full_scale": 30},
    codes=("media.too_quiet", "media.no_sound", *SOUND_CODES),
    source="EBU R 128, ITU-R BS.1770 (how it is measured); TikTok Help:Common reasons (poor audio); the limit: project",
)
def loudness(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """The film's sound is at most so many loudness units below full scale. Broadcast asks for 23, platforms aim at 14."""
    limit = params["most_below_full_scale"]

    def judge(medium: Medium) -> Verdict:
        sound = sound_of(medium)
        if sound is None or sound.get("loudness_tenths") is None:
            return _nothing_heard(medium)
        found = whole(medium, sound, "loudness_tenths", least=-1000)
        evidence = {"sha256": medium.sha256, "loudness_tenths": found, "most_below_full_scale": limit}
        if limit is None or found >= -10 * limit:
            return passed(evidence=evidence)
        return failed("media.too_quiet", evidence, position=medium.position, lufs=tenths(found), min=tenths(-10 * limit))

    yield from each_medium(subject, context, ("video",), judge)


@rule(
    code="media.clipping",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=_READS,
    params={"most_ppm": 1000},
    codes=("media.clipped", "media.no_sound", *SOUND_CODES),
    source="TikTok Help:Common reasons (poor audio); the limit: project",
)
def clipping(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """At most so many of a million samples stand at full scale with their neighbours: there the wave was cut off."""
    most = params["most_ppm"]

    def judge(medium: Medium) -> Verdict:
        sound = sound_of(medium)
        if sound is None:
            return _nothing_heard(medium)
        found = whole(medium, sound, "clipped_ppm")
        evidence = {"sha256": medium.sha256, "clipped_ppm": found, "max_ppm": most}
        if most is None or found <= most:
            return passed(evidence=evidence)
        # Rounded up, so that what is a little too much never reads as just fitting.
        named = {"position": medium.position, "percent": tenths(-(-found // 1000)), "max": tenths(most // 1000)}
        return failed("media.clipped", evidence, **named)

    yield from each_medium(subject, context, ("video",), judge)
