"""What is seen and heard in media: the measures by themselves, and whole files through the confined child."""

from __future__ import annotations

import io
import math
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image, ImageDraw, ImageFilter

from campaigns.media import demo
from campaigns.media.analysis import ANALYSIS_LIMITS, analyse
from campaigns.media.confined import Limits
from campaigns.media.errors import MediaProbeFailed, MediaRefused
from campaigns.media.listening import clipped_samples, loudness_tenths, silent_permille
from campaigns.media.looking import black_bars, difference_hash, dominant_colours, small_size

RATE = 48_000


def scene(colour: str = "#808080", size: tuple[int, int] = (144, 256)) -> Image.Image:
    """Light all over, with a shape in it."""
    picture = Image.new("RGB", size, colour)
    pen = ImageDraw.Draw(picture)
    pen.polygon([(20, 200), (70, 60), (130, 220)], fill="#f0f0f0")
    pen.ellipse((80, 20, 130, 70), fill="#303030")
    return picture


def framed(top: int = 0, bottom: int = 0, left: int = 0, right: int = 0) -> Image.Image:
    """The scene with black bars of so many pixels."""
    picture = scene()
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    for box in ((0, 0, width, top), (0, height - bottom, width, height), (0, 0, left, height), (width - right, 0, width, height)):
        if box[0] < box[2] and box[1] < box[3]:
            pen.rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill="#050505")
    return picture


# --- bars ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (0, 0, 0, 0, 0)),
        ({"top": 32, "bottom": 32}, (125, 125, 0, 0, 250)),
        ({"left": 36, "right": 36}, (0, 0, 250, 250, 500)),
        ({"top": 64, "bottom": 64, "left": 36, "right": 36}, (250, 250, 250, 250, 750)),
        ({"bottom": 64}, (0, 250, 0, 0, 250)),
    ],
)
def test_bars_are_measured_on_each_side(given: dict[str, int], expected: tuple[int, ...]) -> None:
    found = black_bars([framed(**given)])
    assert tuple(found[side] for side in ("top", "bottom", "left", "right", "share")) == expected


def test_a_bar_has_to_be_black_in_every_picture() -> None:
    assert black_bars([framed(top=64), framed(top=32, bottom=10)])["top"] == 125
    assert black_bars([framed(top=64), Image.new("RGB", (144, 256))])["top"] == 250, "a fade to black says nothing"
    assert black_bars([Image.new("RGB", (144, 256))])["share"] == 1000


def test_what_stands_before_black_has_no_bars() -> None:
    picture = Image.new("RGB", (144, 256))
    ImageDraw.Draw(picture).ellipse((30, 80, 110, 160), fill="white")
    assert black_bars([picture])["share"] == 0


def test_pictures_of_another_size_are_left_out() -> None:
    assert black_bars([framed(top=32), scene(size=(256, 144))])["top"] == 125


# --- colours and hash ------------------------------------------------------------------------------------------------


def test_colours_come_with_their_share() -> None:
    picture = Image.new("RGB", (100, 100), "#101820")
    ImageDraw.Draw(picture).rectangle((0, 0, 99, 24), fill="#fe2c55")
    first, second = dominant_colours([picture, picture])[:2]
    assert (first["hex"], second["hex"]) == ("#101820", "#fe2c55")
    assert first["permille"] == pytest.approx(750, abs=10)
    assert second["permille"] == pytest.approx(250, abs=10)


def near(one: str | None, other: str | None) -> int:
    assert one is not None
    assert other is not None
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_hash_survives_what_channels_and_encoders_do_to_a_picture() -> None:
    picture = Image.merge("RGB", [Image.radial_gradient("L").rotate(turn).resize((540, 960)) for turn in (0, 20, 45)])
    picture.paste(scene(size=(300, 400)), (60, 90))
    original = difference_hash(picture)
    coded = io.BytesIO()
    picture.save(coded, "JPEG", quality=30)
    for changed in (
        Image.open(coded), picture.resize((180, 320)), picture.filter(ImageFilter.GaussianBlur(2)), picture.point(lambda v: v * 0.8),
    ):  # fmt: skip
        assert near(original, difference_hash(changed)) <= 8
    assert near(original, difference_hash(scene())) > 8
    assert near(original, difference_hash(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))) > 8


def test_a_hash_is_the_comparison_of_neighbours_and_flat_pictures_have_none() -> None:
    rising = Image.linear_gradient("L").rotate(90)
    assert {difference_hash(rising), difference_hash(rising.rotate(180))} == {"0" * 16, "f" * 16}
    assert difference_hash(Image.new("RGB", (64, 64), "#123456")) is None


def test_a_small_picture_keeps_its_shape_and_is_never_made_larger() -> None:
    assert small_size(1080, 1920) == (144, 256)
    assert small_size(16384, 2) == (256, 1)
    assert small_size(100, 50) == (100, 50)


# --- sound -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([0, 1000, -1000], 0),
        ([32767] * 2, 0),
        ([32767] * 3, 3),
        ([-32768] * 4, 4),
        ([32767, 0, 32767, 0, 32767], 0),
        ([32511] * 9, 0),
        ([32512] * 9, 9),
        ([-32513, -32600, -32768, 0, 32767, 32767, 32767], 6),
    ],
)
def test_clipping_is_three_samples_in_a_row_at_full_scale(samples: list[int], expected: int) -> None:
    assert clipped_samples(struct.pack(f"<{len(samples)}h", *samples)) == expected


def test_silence_is_the_share_of_moments_below_minus_sixty() -> None:
    assert silent_permille([-120.7] * 3 + [-20.0] * 3 + [-70.0]) == 250
    assert silent_permille([-120.7] * 3 + [-60.0, -59.9]) == 500
    assert silent_permille([-120.7] * 3 + [math.nan]) == 1000
    assert silent_permille([-20.0] * 3) is None


def test_silence_has_no_loudness() -> None:
    assert [loudness_tenths(each) for each in (-23.04, -70.0, None, math.nan, -math.inf)] == [-230, None, None, None, None]


# --- whole files -----------------------------------------------------------------------------------------------------


def film(path: Path, look: Callable[[float], Image.Image], sound: Callable[[float], float] | None = None, seconds: int = 6) -> Path:
    """An mp4 of what is seen and heard at each second; the sound is exact (PCM in mov)."""
    with av.open(str(path), "w", format="mov") as out:
        video: Any = out.add_stream("libx264", rate=10, options={"g": "10", "threads": "1"})
        video.width, video.height, video.pix_fmt = (*look(0).size, "yuv420p")
        audio: Any = None if sound is None else out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        for number in range(seconds * 10):
            out.mux(video.encode(av.VideoFrame.from_image(look(number / 10))))  # type: ignore[no-untyped-call]
        out.mux(video.encode(None))
        for second in range(seconds if sound else 0):
            frame = av.AudioFrame(format="s16", layout="mono", samples=RATE)
            values = (round(max(-1, min(1, sound(second + i / RATE))) * 32767) for i in range(RATE))  # type: ignore[misc]
            frame.planes[0].update(struct.pack(f"<{RATE}h", *values))
            frame.sample_rate, frame.pts = RATE, second * RATE
            out.mux(audio.encode(frame))
    return path


def tone(second: float, volume: float = 0.1) -> float:
    return volume * math.sin(2 * math.pi * 997 * second)


def test_a_film_is_analysed_as_it_is_seen_and_heard(tmp_path: Path) -> None:
    found = analyse(film(tmp_path / "film", lambda _: framed(top=32, bottom=32), lambda at: tone(at) if at < 3 else 0.0))
    assert found["bars"]["share"] == pytest.approx(250, abs=8)
    assert found["pictures"] == 6, "one a second is a key picture"
    assert len(found["difference_hashes"]) == 1
    sound = found["sound"]
    assert (sound["codec"], sound["milliseconds"], sound["clipped_ppm"]) == ("pcm_s16le", 6000, 0)
    # The sine of 997 Hz at full scale has -3.01 LUFS (BS.1770), so at a tenth -23.0.
    assert sound["loudness_tenths"] == pytest.approx(-230, abs=3)
    assert sound["silent_permille"] == pytest.approx(500, abs=60)


def test_loud_and_silent_sound_tracks(tmp_path: Path) -> None:
    loud = analyse(film(tmp_path / "loud", lambda _: scene(), lambda at: tone(at, 3.0), seconds=2))["sound"]
    assert loud["clipped_ppm"] > 500_000
    silent = analyse(film(tmp_path / "silent", lambda _: scene(), lambda _: 0.0, seconds=2))["sound"]
    assert (silent["silent_permille"], silent["loudness_tenths"], silent["clipped_ppm"]) == (1000, None, 0)
    assert analyse(film(tmp_path / "mute", lambda _: scene(), seconds=2))["sound"] is None


def test_few_pictures_are_taken_of_a_long_film(tmp_path: Path) -> None:
    assert analyse(film(tmp_path / "long", lambda at: framed(left=round(at)), seconds=40))["pictures"] == 12


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_stills_are_analysed(kind: str, tmp_path: Path) -> None:
    framed(top=64, bottom=64).resize((720, 1280)).save(tmp_path / "still", format=kind)
    found = analyse(tmp_path / "still")
    assert found["bars"]["share"] == pytest.approx(500, abs=10)
    assert (found["pictures"], found["sound"]) == (1, None)
    assert len(found["difference_hashes"]) == 1


@pytest.mark.parametrize(("orientation", "sides"), [(1, "top"), (3, "bottom"), (6, "right"), (8, "left")])
def test_a_still_is_analysed_as_it_is_seen(orientation: int, sides: str, tmp_path: Path) -> None:
    told = Image.Exif()
    told[274] = orientation
    framed(top=64).save(tmp_path / "still", format="JPEG", exif=told)
    assert analyse(tmp_path / "still")["bars"][sides] == pytest.approx(250, abs=10)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_analysed(mode: str, tmp_path: Path) -> None:
    picture = Image.new("I;16", (64, 64), 60_000) if mode == "I;16" else scene().convert(mode)
    picture.save(tmp_path / "still", format="PNG")
    assert analyse(tmp_path / "still")["bars"]["share"] == 0


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "still", format="PNG")
    assert analyse(tmp_path / "still")["colours"] == [{"hex": "#ffffff", "permille": 1000}]


# --- limits ----------------------------------------------------------------------------------------------------------


def test_the_child_may_use_half_a_gibibyte() -> None:
    assert ANALYSIS_LIMITS.memory_bytes == 512 * 1024 * 1024
    assert ANALYSIS_LIMITS.wall_seconds <= 20


def test_an_analysis_without_time_or_room_ends_in_a_refusal(tmp_path: Path) -> None:
    demo.make_video(tmp_path / "film", 90, 160, seconds=2)
    with pytest.raises(MediaRefused) as late:
        analyse(tmp_path / "film", limits=Limits(wall_seconds=0.0))
    assert late.value.reason == "timeout"
    if sys.platform != "darwin":
        Image.new("RGBA", (6000, 6000)).save(tmp_path / "still", format="PNG")
        with pytest.raises(MediaRefused) as large:
            analyse(tmp_path / "still", limits=Limits(memory_bytes=120 * 1024 * 1024))
        assert large.value.reason == "memory"


def test_an_analysis_that_cannot_run_accuses_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene().save(tmp_path / "still", format="PNG")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(MediaProbeFailed):
        analyse(tmp_path / "still")


@pytest.mark.parametrize("data", [b"an ad, honestly", b"%PDF-1.7", bytes(5000)])
def test_what_is_no_medium_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(MediaRefused):
        analyse(tmp_path / "file")
