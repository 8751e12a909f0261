"""Facts of good media: containers, codecs, sizes, rotation, sound and length, by the bytes and never by the
name.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from campaigns.media import demo
from campaigns.media.probe import Limits, MediaFacts, probe

pytestmark = pytest.mark.slow
FPS = 20
ROOT = Path(__file__).resolve().parents[2]
# muxer, our word, picture encoder, picture codec, sound encoder
FORMATS = [
    ("mp4", "mp4", "libx264", "h264", "aac"),
    ("mp4", "mp4", "libx265", "hevc", "aac"),
    ("mov", "mov", "libx264", "h264", "aac"),
    ("mov", "mov", "mpeg4", "mpeg4", "pcm_s16le"),
    ("avi", "avi", "mpeg4", "mpeg4", "mp2"),
    ("avi", "avi", "libx264", "h264", "mp2"),
    ("mpeg", "mpeg", "mpeg2video", "mpeg2video", "mp2"),
    ("mpeg", "mpeg", "mpeg1video", "mpeg1video", "mp2"),
    ("3gp", "3gp", "libx264", "h264", "aac"),
    ("webm", "webm", "libvpx", "vp8", "libopus"),
    ("matroska", "mkv", "libx264", "h264", "aac"),
    ("mpegts", "ts", "libx264", "h264", "aac"),
]
SIZES = [(90, 160), (160, 160), (160, 90)]


@dataclass(frozen=True)
class Case:
    muxer: str
    container: str
    encoder: str
    codec: str
    sound: str | None
    width: int
    height: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.container}-{self.codec}-{self.sound}-{self.width}x{self.height}-{self.seconds}s"


def corpus() -> list[Case]:
    cases = []
    for (muxer, name, encoder, codec, sound), size in itertools.product(FORMATS, SIZES):
        seconds = {(90, 160): 1.0, (160, 160): 0.5, (160, 90): 2.5}[size]
        cases.append(Case(muxer, name, encoder, codec, None if size == (160, 160) else sound, *size, seconds))
    return cases


def encode(path: Path, case: Case) -> None:
    """Write what the case says with libav: a moving grey ramp, and silence or sound."""
    with av.open(str(path), "w", format=case.muxer) as out:
        rate = 25 if case.codec.startswith("mpeg1") or case.codec.startswith("mpeg2") else FPS
        video: Any = out.add_stream(case.encoder, rate=rate)
        video.width, video.height, video.pix_fmt = case.width, case.height, "yuv420p"
        audio: Any = out.add_stream(case.sound, rate=48_000, layout="mono") if case.sound else None
        for number in range(round(case.seconds * rate)):
            picture = (
                Image.linear_gradient("L").resize((case.width, case.height)).rotate(number * 3).convert("RGB")
            )
            frame: Any = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None:
            encode_sound(out, audio, round(case.seconds * 48_000))


def encode_sound(out: Any, audio: Any, samples: int) -> None:
    size = audio.codec_context.frame_size or 1024
    sample_format = audio.codec_context.format.name
    for start in range(0, samples, size):
        frame = av.AudioFrame(format=sample_format, layout="mono", samples=size)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        out.mux(audio.encode(frame))
    out.mux(audio.encode(None))


def rotate(path: Path, degrees: int) -> None:
    """Set the display matrix of the first track (ISO 14496-12, 8.3.2; 16.16 fixed point, counted clockwise)."""
    one = 1 << 16
    a, b, c, d = {90: (0, one, -one, 0), 180: (-one, 0, 0, -one), 270: (0, -one, one, 0)}[degrees]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    for offset, value in ((0, a), (4, b), (12, c), (16, d)):
        data[at + offset : at + offset + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)


@pytest.mark.parametrize("case", corpus(), ids=str)
def test_a_video_s_facts_are_what_was_encoded(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "clip.bin"
    encode(path, case)
    facts = probe(path)
    assert (facts.kind, facts.container, facts.codec) == ("video", case.container, case.codec)
    assert (facts.width, facts.height) == (case.width, case.height)
    assert facts.has_audio is (case.sound is not None)
    assert facts.duration_ms == pytest.approx(case.seconds * 1000, abs=80)
    assert facts.size_bytes == path.stat().st_size
    assert facts.bit_rate is not None
    assert 0 < facts.bit_rate <= facts.size_bytes * 8000 / (facts.duration_ms or 1)


@pytest.mark.parametrize(("degrees", "seen"), [(90, (160, 90)), (180, (90, 160)), (270, (160, 90))])
@pytest.mark.parametrize("muxer", ["mp4", "mov"])
def test_a_rotated_video_has_the_size_that_is_seen(
    muxer: str, degrees: int, seen: object, tmp_path: Path
) -> None:
    path = tmp_path / "turned"
    encode(path, Case(muxer, muxer, "libx264", "h264", None, 90, 160, 0.5))
    rotate(path, degrees)
    facts = probe(path)
    assert (facts.width, facts.height) == seen


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("size", [(640, 640), (1, 1), (1200, 628)])
def test_a_picture_s_facts(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", size, "orange").save(path, format=kind)
    facts = probe(path)
    container = {"JPEG": "jpg"}.get(kind, kind.lower())
    codec = {"JPEG": "mjpeg"}.get(kind, kind.lower())
    assert facts == MediaFacts(
        facts.sha256, "image", container, codec, *size, None, path.stat().st_size, None, None
    )


@pytest.mark.parametrize(
    ("orientation", "seen"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))]
)
def test_a_turned_photograph_has_the_size_that_is_seen(
    orientation: int, seen: object, tmp_path: Path
) -> None:
    path = tmp_path / "photo"
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 20)).save(path, format="JPEG", exif=exif)
    facts = probe(path)
    assert (facts.width, facts.height) == seen


@pytest.mark.parametrize("name", ["a.jpg", "a.txt", "a.m3u8", "concat:a.mp4", "a%03d.png", "-i", "日本.exe"])
def test_the_name_decides_nothing(name: str, short_video: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    shutil.copy(short_video, path)
    assert probe(path).container == "mp4"


def test_a_picture_called_mp4_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    demo.make_image(path, 90, 160)
    assert (probe(path).kind, probe(path).container) == ("image", "jpg")


def test_an_open_file_is_probed_from_its_start_and_keeps_the_given_hash(short_video: Path) -> None:
    with short_video.open("rb") as file:
        file.read(100)
        facts = probe(file, sha256="0" * 64)
    assert facts.sha256 == "0" * 64
    assert facts == MediaFacts(**{**probe(short_video).as_dict(), "sha256": "0" * 64})  # type: ignore[arg-type]


def test_sound_that_runs_on_counts_and_padding_does_not(tmp_path: Path) -> None:
    path = tmp_path / "long-sound"
    with av.open(str(path), "w", format="mp4") as out:
        video: Any = out.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        audio = out.add_stream("aac", rate=48_000, layout="mono")
        frame: Any = av.VideoFrame.from_image(Image.new("RGB", (64, 64)))  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = 0, Fraction(1, FPS)
        out.mux(video.encode(frame))
        out.mux(video.encode(None))
        encode_sound(out, audio, 3 * 48_000)
    assert probe(path).duration_ms == pytest.approx(3000, abs=60)


def test_demo_video_is_a_proper_small_ad_and_the_same_each_time(tmp_path: Path) -> None:
    one, two = tmp_path / "1", tmp_path / "2"
    for path in (one, two):
        demo.make_video(path, title="Größe zählt", subtitle="Nur 9,99 €", colour="#b91c1c")
    facts = probe(one)
    assert (facts.container, facts.codec, facts.width, facts.height) == ("mp4", "h264", 540, 960)
    assert facts.duration_ms == 9000
    assert facts.has_audio
    assert facts.size_bytes < 400_000
    assert one.read_bytes() == two.read_bytes()


def test_demo_video_reaches_a_wanted_bit_rate(tmp_path: Path) -> None:
    path = tmp_path / "rate"
    demo.make_video(path, seconds=5, bit_rate=560_000)
    assert (probe(path).bit_rate or 0) >= 516_000


def test_the_child_loads_no_framework() -> None:
    code = (
        "import sys, campaigns.media.probe_child as c, campaigns.media.probe_image, campaigns.media.probe_video;"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'django', 'celery', 'core', 'config'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_limits_bound_bytes_and_play(short_video: Path) -> None:
    assert probe(short_video, limits=Limits(max_duration_ms=2000)).duration_ms == 2000


@pytest.fixture(scope="module")
def short_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "short.mp4"
    demo.make_video(path, 90, 160, seconds=2)
    return path
