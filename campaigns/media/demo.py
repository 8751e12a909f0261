"""Real, small media for demonstrations and tests, made on the spot: a short ad as H.264 video with sound, or
a JPEG.

The same arguments give the same bytes on the same version of the libraries (one encoder thread: with more,
they differ from run to run).
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageColor, ImageDraw, ImageFont

FPS = 20
SAMPLE_RATE = 44_100
_AAC_FRAME = 1024
_CHORD = (220, 278, 330)  # about A major, in hertz; even, so that the sound repeats every half second
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn: size in pixels, words and the brand's colour (any CSS colour)."""

    width: int
    height: int
    title: str
    subtitle: str
    colour: str


def make_video(
    path: Path | str,
    width: int = 540,
    height: int = 960,
    seconds: float = 9,
    title: str = "Autumn collection",
    subtitle: str = "Shop now",
    colour: str = "#0f766e",
    bit_rate: int | None = None,
) -> None:
    """Write an mp4 (H.264 yuv420p, AAC). Without `bit_rate` it is as small as it can be; with it (bits per
    second of the picture) it is padded to that constant rate, for channels that ask for a least rate.
    Width and height must be even.
    """
    look = Look(width, height, title, subtitle, colour)
    with av.open(
        str(path), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
    ) as out:
        video = _video_stream(out, look, bit_rate)
        audio = out.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        audio.bit_rate = 64_000
        for number, picture in enumerate(_pictures(look, round(seconds * FPS))):
            frame = _frame(picture)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        loop = _loop()
        for start in range(0, round(seconds * SAMPLE_RATE), _AAC_FRAME):
            out.mux(audio.encode(_sound(start, loop)))
        out.mux(audio.encode(None))


def make_image(
    path: Path | str,
    width: int = 1080,
    height: int = 1920,
    title: str = "Autumn collection",
    subtitle: str = "Shop now",
    colour: str = "#0f766e",
) -> None:
    """Write a JPEG with the same look."""
    look = Look(width, height, title, subtitle, colour)
    picture = _Scene(look).draw(0.6)
    picture.save(path, format="JPEG", quality=82, optimize=True)


def _video_stream(out: Any, look: Look, bit_rate: int | None) -> Any:
    options = {"preset": "superfast", "crf": "29", "threads": "1"}
    if bit_rate is not None:
        options = {"preset": "superfast", "threads": "1", "x264-params": "nal-hrd=cbr:force-cfr=1"}
    stream = out.add_stream("libx264", rate=FPS, options=options)
    stream.width, stream.height, stream.pix_fmt = look.width, look.height, "yuv420p"
    stream.codec_context.gop_size = FPS * 2
    if bit_rate is not None:
        stream.bit_rate = bit_rate
        kbps = max(1, bit_rate // 1000)
        stream.options["x264-params"] += f":vbv-maxrate={kbps}:vbv-bufsize={kbps}:bitrate={kbps}"
    return stream


def _frame(picture: Image.Image) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
    return frame


def _pictures(look: Look, count: int) -> Any:
    scene = _Scene(look)
    return (scene.draw(number / max(1, count - 1)) for number in range(count))


def _sound(start: int, loop: array[float]) -> av.AudioFrame:
    """One AAC frame of the looped sound, from sample `start` on."""
    frame = av.AudioFrame(format="fltp", layout="mono", samples=_AAC_FRAME)
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
    samples = array("f", (loop[(start + i) % len(loop)] for i in range(_AAC_FRAME)))
    frame.planes[0].update(samples.tobytes())
    return frame


def _loop() -> array[float]:
    """Half a second of a softly beating chord."""
    return array("f", (_sample(i / SAMPLE_RATE) for i in range(SAMPLE_RATE // 2)))


def _sample(second: float) -> float:
    beat = 0.35 + 0.65 * math.exp(-8.0 * second)
    return 0.1 * beat * sum(math.sin(2 * math.pi * tone * second) for tone in _CHORD)


class _Scene:
    """The picture at any moment from 0 to 1: a drifting gradient, moving shapes, a card with the words."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.base = ImageColor.getrgb(look.colour)[:3]
        self.background = _gradient(look.width, look.height * 2, self.base)
        self.card = _card(look, self.base)

    def draw(self, moment: float) -> Image.Image:
        """The picture at that moment."""
        width, height = self.look.width, self.look.height
        drift = round((height - 1) * moment)
        picture = self.background.crop((0, drift, width, drift + height))
        pen = ImageDraw.Draw(picture)
        self._shapes(pen, moment)
        rise = round(height * 0.06 * max(0.0, 1 - moment * 6) ** 2)
        picture.paste(self.card, (0, round(height * 0.56) + rise), self.card)
        pen.rectangle((0, height - max(3, height // 120), round(width * moment), height), fill=_WHITE)
        return picture

    def _shapes(self, pen: ImageDraw.ImageDraw, moment: float) -> None:
        width, height = self.look.width, self.look.height
        unit = min(width, height)
        for number in range(3):
            turn = 2 * math.pi * (moment + number / 3)
            x, y = width * (0.5 + 0.27 * math.cos(turn)), height * 0.3 + unit * 0.22 * math.sin(turn)
            radius = unit * (0.16 - 0.03 * number)
            pen.ellipse(
                (x - radius, y - radius, x + radius, y + radius),
                fill=_mix(self.base, _WHITE, 0.35 + 0.2 * number),
            )


def _mix(one: tuple[int, ...], two: tuple[int, ...], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, two, strict=True))
    return red, green, blue


def _gradient(width: int, height: int, base: tuple[int, ...]) -> Image.Image:
    dark, light = _mix(base, (0, 0, 0), 0.45), _mix(base, _WHITE, 0.14)
    column = Image.new("RGB", (1, height))
    for y in range(height):
        column.putpixel((0, y), _mix(dark, light, 0.5 - 0.5 * math.cos(2 * math.pi * y / height)))
    return column.resize((width, height))


def _card(look: Look, base: tuple[int, ...]) -> Image.Image:
    """The words on a transparent strip: title, and the subtitle as a button."""
    height = round(look.height * 0.36)
    card = Image.new("RGBA", (look.width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(card)
    margin = look.width * 0.08
    title = _font(pen, look.title, look.width - 2 * margin, height * 0.3)
    pen.text((margin, height * 0.12), look.title, font=title, fill=_WHITE)
    label = _font(pen, look.subtitle, (look.width - 2 * margin) * 0.5, height * 0.16)
    left, top, right, bottom = pen.textbbox((0, 0), look.subtitle, font=label)
    pad, y = height * 0.1, height * 0.55
    box = (margin, y, margin + right - left + 2 * pad, y + bottom - top + pad * 1.4)
    pen.rounded_rectangle(box, radius=(box[3] - box[1]) / 2, fill=_WHITE)
    pen.text(
        (margin + pad - left, y + pad * 0.7 - top),
        look.subtitle,
        font=label,
        fill=_mix(base, (0, 0, 0), 0.45),
    )
    return card


def _font(pen: ImageDraw.ImageDraw, text: str, width: float, height: float) -> Any:
    """The built-in font, as large as fits."""
    size = max(8.0, height)
    while size > 8 and pen.textlength(text, font=ImageFont.load_default(size)) > width:
        size *= 0.92
    return ImageFont.load_default(size)
