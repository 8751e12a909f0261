"""Files that are not what they seem: each is refused with its own code, and none harms or holds up the
prober.
"""

from __future__ import annotations

import functools
import io
import os
import pickle
import random
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from campaigns.media import demo
from campaigns.media.errors import REASONS, MediaProbeFailed, MediaRefused, refusal
from campaigns.media.probe import Limits, MediaFacts, probe

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
VIDEOS = ["mp4", "mp4-index-last", "mov", "3gp", "avi", "matroska", "webm"]
ENCODERS = {"webm": "libvpx", "avi": "mpeg4", "mpegts": "mpeg2video"}
CUTS = [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, pixels: bytes, colours: int = 0) -> bytes:
    """A PNG of 8 bits a channel; `colours` 0 is grey, 6 is RGBA."""
    header = struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0)
    data = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def zip_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ad.mp4", "x" * 1000)
    return out.getvalue()


@functools.cache
def picture(kind: str, size: tuple[int, int] = (320, 200)) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, format=kind)
    return out.getvalue()


def sound_only() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        audio: Any = container.add_stream("aac", rate=44_100, layout="mono")
        for start in range(0, 44_100, 1024):
            frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
            frame.planes[0].update(bytes(4096))
            frame.sample_rate, frame.pts = 44_100, start
            container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    return out.getvalue()


def remuxed(source: bytes, muxer: str) -> bytes:
    """The same pictures in another container, encoded anew where the container needs it."""
    out = io.BytesIO()
    name = muxer.removesuffix("-index-last")
    with av.open(io.BytesIO(source), "r") as old, av.open(out, "w", format=name) as new:
        video: Any = old.streams.video[0]
        if name in ENCODERS:
            track: Any = new.add_stream(ENCODERS[name], rate=demo.FPS)
            track.width, track.height = video.width, video.height
            for frame in old.decode(video):
                new.mux(track.encode(frame))
            new.mux(track.encode(None))
        else:
            copy_packets(old, new, video)
    return out.getvalue()


def copy_packets(old: Any, new: Any, video: Any) -> None:
    track = new.add_stream_from_template(video)
    for packet in old.demux(video):
        if packet.dts is not None:
            packet.stream = track
            new.mux(packet)


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("media") / "whole.mp4"
    demo.make_video(path, 90, 160, seconds=6)
    return path.read_bytes()


@pytest.fixture(scope="module")
def videos(video: bytes) -> dict[str, bytes]:
    return {"mp4": video, **{name: remuxed(video, name) for name in VIDEOS[1:]}}


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    """Write bytes under a name and return the refusal's code and reason, or the facts."""

    def judge(
        data: bytes, name: str = "ad.mp4", limits: Limits | None = None
    ) -> tuple[str, object] | MediaFacts:
        path = tmp_path / name
        path.write_bytes(data)
        try:
            return probe(path, limits=limits or Limits())
        except MediaRefused as refused:
            return refused.code, refused.reason

    return judge


NOT_MEDIA = {
    "text": b"This is an ad, honestly.\n" * 200,
    "one byte": b"\x00",
    "html": b"<!doctype html><html><body><video src=a.mp4></video></body></html>",
    "random": random.Random(7).randbytes(50_000),
    "zeros": bytes(100_000),
    "zip": zip_file(),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="540" height="960"/>',
    "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "subtitles": b"1\n00:00:00,000 --> 00:00:09,000\nBuy now\n",
    "program": b"\x7fELF\x02\x01\x01" + bytes(500),
}
UNSUPPORTED = {
    "pdf": b"%PDF-1.7\n" + bytes(100),
    "mp3": b"ID3\x03\x00" + bytes(500),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100),
    "avif": b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + bytes(100),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "sound": sound_only(),
}
TOO_LARGE = {
    "png bomb": png(30_000, 30_000, zlib.compress(bytes(30_001 * 300), 9)),
    "png bomb of the greatest size": png(2**31 - 1, 2**31 - 1, zlib.compress(b"\0")),
    "png a little too large": png(10_000, 5_001, zlib.compress(bytes(10_001 * 5_001), 1)),
    "gif bomb": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + picture("GIF")[10:],
}


@pytest.mark.parametrize("name", NOT_MEDIA)
def test_what_is_no_medium_is_not_recognised(name: str, judged: Any) -> None:
    assert judged(NOT_MEDIA[name])[0] == "media_not_recognised"


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_media_of_other_kinds_are_unsupported(name: str, judged: Any) -> None:
    assert judged(UNSUPPORTED[name])[0] == "media_unsupported"


@pytest.mark.parametrize("name", TOO_LARGE)
def test_pictures_that_unpack_to_too_much_are_too_large(name: str, judged: Any) -> None:
    assert judged(TOO_LARGE[name])[0] == "media_too_large"


def test_a_jpeg_that_claims_the_greatest_size_is_too_large(judged: Any) -> None:
    data = bytearray(picture("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = b"\xff\xff\xff\xff"
    assert judged(bytes(data))[0] == "media_too_large"


def test_an_empty_file_is_empty(judged: Any) -> None:
    assert judged(b"") == ("media_empty", "empty")


@pytest.mark.parametrize("muxer", VIDEOS)
def test_the_whole_video_is_taken(muxer: str, videos: dict[str, bytes], judged: Any) -> None:
    facts = judged(videos[muxer])
    assert isinstance(facts, MediaFacts)
    assert facts.duration_ms == pytest.approx(6000, abs=60)


@pytest.mark.parametrize("muxer", VIDEOS)
@pytest.mark.parametrize("cut", CUTS)
def test_a_video_cut_off_anywhere_is_truncated(
    muxer: str, cut: float, videos: dict[str, bytes], judged: Any
) -> None:
    whole = videos[muxer]
    assert judged(whole[: int(len(whole) * cut)])[0] == "media_truncated"


@pytest.mark.parametrize("muxer", ["mp4", "mp4-index-last", "mov", "3gp", "avi"])
@pytest.mark.parametrize("missing", [1, 2, 7, 100])
def test_the_last_bytes_are_missed(muxer: str, missing: int, videos: dict[str, bytes], judged: Any) -> None:
    assert judged(videos[muxer][:-missing])[0] == "media_truncated"


@pytest.mark.parametrize("kept", [8, 12, 20, 31, 32, 40])
def test_a_few_first_bytes_of_an_mp4_are_truncated(kept: int, video: bytes, judged: Any) -> None:
    assert judged(video[:kept])[0] == "media_truncated"


@pytest.mark.parametrize("muxer", ["mp4", "mov", "avi"])
def test_a_download_that_was_allotted_but_not_filled_is_truncated(
    muxer: str, videos: dict[str, bytes], judged: Any
) -> None:
    whole = videos[muxer]
    kept = len(whole) * 2 // 5
    assert judged(whole[:kept] + bytes(len(whole) - kept))[0] in {"media_truncated", "media_not_recognised"}


def test_an_mpeg_stream_has_no_end_to_miss_and_counts_as_long_as_it_is(video: bytes, judged: Any) -> None:
    whole = remuxed(video, "mpegts")
    facts = judged(whole[: len(whole) // 188 // 2 * 188])
    assert facts[0] == "media_truncated" if isinstance(facts, tuple) else 1500 < facts.duration_ms < 4500


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_the_whole_picture_is_taken(kind: str, judged: Any) -> None:
    assert isinstance(judged(picture(kind)), MediaFacts)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("cut", [0.01, *CUTS, 0.999])
def test_a_picture_cut_off_anywhere_is_truncated(kind: str, cut: float, judged: Any) -> None:
    whole = picture(kind)
    assert judged(whole[: int(len(whole) * cut)])[0] == "media_truncated"


def forge(data: bytes, box: bytes, offset: int, value: int) -> bytes:
    """Set a 32-bit number in the first box of that type, `offset` bytes after its type."""
    at = data.index(box) + 4 + offset
    return data[:at] + value.to_bytes(4, "big") + data[at + 4 :]


def test_a_length_that_no_pictures_back_is_truncated(video: bytes, judged: Any) -> None:
    """The file announces a minute (mvhd, in milliseconds; ISO 14496-12, 8.2.2) and holds six seconds."""
    forged = forge(video, b"mvhd", 16, 60_000)
    assert judged(forged) == ("media_truncated", "shorter_than_declared")


def test_an_absurd_length_is_too_large(judged: Any) -> None:
    """Three pictures, four hours apart: small, whole, and longer than any ad."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        track: Any = container.add_stream("mpeg4", rate=1)
        track.width, track.height, track.pix_fmt = 64, 64, "yuv420p"
        track.codec_context.time_base = Fraction(1, 1)
        for second in (0, 4 * 3600, 8 * 3600):
            frame: Any = av.VideoFrame.from_image(Image.new("RGB", (64, 64)))  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = second, Fraction(1, 1)
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    assert judged(out.getvalue()) == ("media_too_large", "seconds")


def test_absurd_durations_of_samples_are_refused(video: bytes, judged: Any) -> None:
    """Each picture stands for hours: the table of durations says so (stts, 8.6.1.2), and the end is not
    there.
    """
    assert judged(forge(video, b"stts", 12, 2**31 - 1))[0] in {"media_too_large", "media_truncated"}


def test_limits_on_bytes_pixels_and_play(video: bytes, judged: Any) -> None:
    assert judged(video, limits=Limits(max_bytes=len(video) - 1)) == ("media_too_large", "bytes")
    assert judged(video, limits=Limits(max_video_pixels=90 * 160 - 1)) == ("media_too_large", "pixels")
    assert judged(video, limits=Limits(max_duration_ms=5999)) == ("media_too_large", "seconds")


def test_no_time_ends_in_a_timeout(video: bytes, judged: Any) -> None:
    assert judged(video, limits=Limits(wall_seconds=0.0))[0] == "media_timeout"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit a process's address space")
def test_too_little_memory_is_too_large(judged: Any) -> None:
    data = png(6000, 6000, zlib.compress(bytes(24_001 * 6000), 1), colours=6)
    assert judged(data, limits=Limits(memory_bytes=120 * 1024 * 1024)) == ("media_too_large", "memory")


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(MediaRefused) as caught:
            probe(path)
        assert (caught.value.code, caught.value.reason) == ("media_not_recognised", "not_a_file")
    with pytest.raises(FileNotFoundError):
        probe(tmp_path / "nothing")


def limited(code: str) -> subprocess.CompletedProcess[str]:
    start = "from campaigns.media.probe_child import limit_self; limit_self(1, 1 << 30);"
    return subprocess.run(
        [sys.executable, "-c", start + code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_child_can_neither_write_nor_go_on_for_ever(tmp_path: Path) -> None:
    written = limited(
        f"import os; os.write(os.open({str(tmp_path / 'out')!r}, os.O_CREAT | os.O_WRONLY), b'x')"
    )
    assert "File too large" in written.stderr
    assert limited("exec('while True: pass')").returncode == -signal.SIGXCPU


@pytest.mark.parametrize("interpreter", ["/bin/false", "/nowhere/python"])
def test_a_probe_that_cannot_run_accuses_no_file(
    interpreter: str, video: bytes, judged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", interpreter)
    with pytest.raises(MediaProbeFailed):
        judged(video)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_refusal_has_words_a_code_and_survives_pickling(reason: str) -> None:
    params = dict.fromkeys(
        ["limit", "width", "height", "declared_ms", "found_ms", "limit_ms", "seconds", "codec", "format"], 1
    )
    error = refusal(reason, params)
    copy = pickle.loads(pickle.dumps(error))
    assert error.code.startswith("media_")
    assert [(e.field, e.code, e.detail) for e in error.errors] == [("file", error.code, error.detail)]
    assert not set("%{}") & set(error.detail)
    assert (copy.code, copy.detail, copy.reason) == (error.code, error.detail, reason)
