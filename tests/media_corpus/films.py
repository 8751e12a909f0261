"""Films of the corpus: what is seen and heard in them is drawn and computed, so that it is known beforehand."""

from __future__ import annotations

import math
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import av
from PIL import Image, ImageDraw

os.environ.setdefault("SVT_LOG", "0")  # the AV1 encoder tells its life otherwise
FPS: Final = 25
COLOUR: Final = "#b03060"
LOOKS: Final = ("plain", "barred", "black")
SOUNDS: Final = ("tone", "silence", "clipped")


@dataclass(frozen=True, slots=True)
class Coding:
    """A container with what is in it: names of libavformat and libavcodec, then those that the probe gives."""

    muxer: str
    container: str
    encoder: str
    codec: str
    sound_encoder: str = ""
    sound_codec: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.muxer, self.codec, self.sound_codec)))


@dataclass(frozen=True, slots=True)
class Film:
    """One film. `turn`: degrees by which its display matrix turns it clockwise."""

    coding: Coding
    width: int
    height: int
    seconds: int
    look: str
    sound: str
    turn: int = 0

    def __str__(self) -> str:
        parts = (self.coding, f"{self.width}x{self.height}", f"{self.seconds}s", self.look, self.sound)
        return "-".join(map(str, parts)) + (f"-turned{self.turn}" if self.turn else "")

    @property
    def heard(self) -> bool:
        """Whether there is a sound track."""
        return bool(self.coding.sound_encoder)


CODINGS: Final = (
    Coding("mp4", "mp4", "libx264", "h264", "aac", "aac"),
    Coding("mp4", "mp4", "libx265", "hevc", "libmp3lame", "mp3"),
    Coding("mp4", "mp4", "mpeg4", "mpeg4", "aac", "aac"),
    Coding("mp4", "mp4", "libx264", "h264"),
    Coding("mov", "mov", "libx264", "h264", "pcm_s16le", "pcm_s16le"),
    Coding("mov", "mov", "prores_ks", "prores", "alac", "alac"),
    Coding("mov", "mov", "mjpeg", "mjpeg", "aac", "aac"),
    Coding("3gp", "3gp", "libx264", "h264", "aac", "aac"),
    Coding("3gp", "3gp", "h263", "h263", "libopencore_amrnb", "amr_nb"),
    Coding("avi", "avi", "mpeg4", "mpeg4", "libmp3lame", "mp3"),
    Coding("avi", "avi", "mjpeg", "mjpeg", "pcm_s16le", "pcm_s16le"),
    Coding("avi", "avi", "libx264", "h264", "ac3", "ac3"),
    Coding("mpeg", "mpeg", "mpeg1video", "mpeg1video", "mp2", "mp2"),
    Coding("vob", "mpeg", "mpeg2video", "mpeg2video", "ac3", "ac3"),
    Coding("mpegts", "ts", "libx264", "h264", "aac", "aac"),
    Coding("mpegts", "ts", "mpeg2video", "mpeg2video", "mp2", "mp2"),
    Coding("webm", "webm", "libvpx", "vp8", "libopus", "opus"),
    Coding("webm", "webm", "libvpx-vp9", "vp9", "libopus", "opus"),
    Coding("matroska", "mkv", "libx264", "h264", "aac", "aac"),
    Coding("matroska", "mkv", "libsvtav1", "av1", "libopus", "opus"),
)
SIZES: Final = ((540, 960), (640, 640), (960, 540), (96, 160))
_H263: Final = ((176, 144), (352, 288))
_OPTIONS: Final = {
    "libx264": {"preset": "ultrafast", "threads": "1"}, "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"}, "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "13"},
}  # fmt: skip


def films() -> Iterator[Film]:
    """Every coding in every size, short and longer; looks and sounds take turns. Then the turned and the long ones."""
    number = 0
    for coding in CODINGS:
        for width, height in _H263 if coding.codec == "h263" else SIZES:
            for seconds in (1, 6):
                number += 1
                look = LOOKS[2] if number % 13 == 0 else LOOKS[number % 2]
                yield Film(coding, width, height, seconds, look, SOUNDS[number % 3])
    for coding in (CODINGS[0], CODINGS[4]):
        for turn in (90, 180, 270):
            yield Film(coding, 96, 160, 2, "barred", "tone", turn)
    for coding in (CODINGS[0], CODINGS[9], CODINGS[17]):
        yield Film(coding, 96, 160, 61, "plain", "tone")


def write(path: Path, film: Film) -> None:
    """The film as a file."""
    coding = film.coding
    with av.open(str(path), "w", format=coding.muxer) as out:
        video: Any = out.add_stream(coding.encoder, rate=FPS, options=_OPTIONS.get(coding.encoder, {}))
        video.width, video.height = film.width, film.height
        video.pix_fmt = {"prores": "yuv422p10le", "mjpeg": "yuvj420p"}.get(coding.codec, "yuv420p")
        video.codec_context.gop_size = FPS
        rate = 8000 if coding.sound_codec == "amr_nb" else 48_000
        audio: Any = out.add_stream(coding.sound_encoder, rate=rate, layout="mono") if film.heard else None
        for second in range(film.seconds):
            for number in range(second * FPS, (second + 1) * FPS):
                frame: Any = av.VideoFrame.from_image(picture(film, number / FPS))  # type: ignore[no-untyped-call]
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio is not None:
            _write_sound(out, audio, film, rate)
    if film.turn:
        _turn(path, film.turn)


def picture(film: Film, at: float) -> Image.Image:
    """What is seen at a second: a shape that moves over one colour, between black bars, or nothing."""
    if film.look == "black":
        return Image.new("RGB", (film.width, film.height))
    drawn = Image.new("RGB", (film.width, film.height), COLOUR)
    pen, height, width = ImageDraw.Draw(drawn), film.height, film.width
    shift = round(width * 0.4 * (at % 2) / 2)
    pen.rectangle((shift + width // 8, height // 4, shift + width // 2, height * 3 // 4), fill="#f0e0d0")
    if film.look == "barred":
        bar = height // 8
        pen.rectangle((0, 0, width, bar - 1), fill="black")
        pen.rectangle((0, height - bar, width, height), fill="black")
    return drawn


@cache
def _second(sound: str, rate: int) -> bytes:
    """A second of sound, 16 bits: repeated, it goes on without a break."""
    volume = {"tone": 0.2, "silence": 0.0, "clipped": 4.0}[sound]
    values = (volume * math.sin(2 * math.pi * 440 * number / rate) for number in range(rate))
    return array("h", (round(32767 * max(-1.0, min(1.0, value))) for value in values)).tobytes()


def _write_sound(out: Any, audio: Any, film: Film, rate: int) -> None:
    context = audio.codec_context
    context.open(strict=False)
    turned = av.AudioResampler(
        format=context.format.name, layout=context.layout.name, rate=context.sample_rate, frame_size=context.frame_size or None
    )
    for second in range(film.seconds):
        frame = av.AudioFrame(format="s16", layout="mono", samples=rate)
        frame.planes[0].update(_second(film.sound, rate))
        frame.sample_rate, frame.pts, frame.time_base = rate, second * rate, Fraction(1, rate)
        for each in turned.resample(frame):
            out.mux(audio.encode(each))
    for each in turned.resample(None):
        out.mux(audio.encode(each))
    out.mux(audio.encode(None))


def _turn(path: Path, degrees: int) -> None:
    """Set the display matrix of the first track (ISO 14496-12, 8.3.2; 16.16 fixed point, counted clockwise)."""
    one = 1 << 16
    a, b, c, d = {90: (0, one, -one, 0), 180: (-one, 0, 0, -one), 270: (0, -one, one, 0)}[degrees]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    for offset, value in ((0, a), (4, b), (12, c), (16, d)):
        data[at + offset : at + offset + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
