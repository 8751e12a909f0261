"""Small real media files, made on the spot."""

from __future__ import annotations

import hashlib
import random
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image


def make_video(
    path: Path, size: tuple[int, int] = (180, 320), colour: str = "red", ratio: Fraction | None = None, seconds: int = 1
) -> Path:
    """An mp4 whose frames are one colour, with a white corner at the top left."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if ratio is not None:
            stream.codec_context.sample_aspect_ratio = ratio
        picture = Image.new("RGB", size, colour)
        picture.paste("white", (0, 0, size[0] // 3, size[1] // 6))
        for _ in range(10 * seconds):
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return path


def make_image(path: Path, size: tuple[int, int] = (180, 320), seed: int = 1) -> Path:
    """A JPEG of coloured noise: as large as a photograph of this size would be."""
    pixels = random.Random(seed).randbytes(size[0] * size[1] * 3)
    Image.frombytes("RGB", size, pixels).save(path, "JPEG")
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
