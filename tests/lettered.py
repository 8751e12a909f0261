"""Pictures and films with words in them, for the tests of reading: drawn with DejaVu, which .ci/run sees to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw, ImageFont

SIZE = (720, 1280)
FPS = 10
_X264 = {"threads": "1", "sc_threshold": "0"}  # key pictures at even distances

Caption = tuple[str, int, int]
"""Words, how far down they begin, and how high the letters are (pixels)."""


def font(height: int, bold: bool = True) -> Any:
    return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", height)


def lettered(*captions: Caption, size: tuple[int, int] = SIZE, ground: str = "#0f766e", ink: str = "white") -> Image.Image:
    """A picture with these captions."""
    picture = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(picture)
    for words, top, height in captions:
        pen.text((size[0] // 12, top), words, font=font(height), fill=ink)
    return picture


def tilted(words: str, degrees: float, height: int = 44) -> Image.Image:
    """A picture with words that are turned counter-clockwise."""
    mask = Image.new("L", (500, 80))
    ImageDraw.Draw(mask).text((10, 10), words, font=font(height), fill=255)
    mask = mask.rotate(degrees, expand=True, resample=Image.Resampling.BICUBIC)
    picture = Image.new("RGB", SIZE, "#203060")
    picture.paste("white", (90, 300), mask)
    return picture


def filmed(
    path: Path, look: Callable[[float], Image.Image], seconds: float, encoder: str = "libx264", muxer: str = "mp4", keys: int = 250
) -> Path:
    """A film of what is seen at each second, with a key picture every so many."""
    with av.open(str(path), "w", format=muxer) as out:
        video: Any = out.add_stream(encoder, rate=FPS, options=_X264 if encoder == "libx264" else {})
        video.width, video.height = look(0).size
        video.pix_fmt = "yuvj420p" if encoder == "mjpeg" else "yuv420p"
        video.codec_context.gop_size = keys
        for number in range(round(seconds * FPS)):
            frame: Any = av.VideoFrame.from_image(look(number / FPS))  # type: ignore[no-untyped-call]
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def captioned(captions: Sequence[tuple[float, str]], size: tuple[int, int] = SIZE) -> Callable[[float], Image.Image]:
    """What is seen at a second: the latest caption that has begun, over the same ground."""

    def look(at: float) -> Image.Image:
        words = [words for begins, words in captions if begins <= at]
        return lettered((words[-1] if words else "", size[1] // 3, size[1] // 20), size=size)

    return look
