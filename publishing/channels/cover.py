"""The cover image of a video: its first frame, upright and with the video's own shape, as JPEG."""

from __future__ import annotations

import io
from pathlib import Path

import av
from av.error import FFmpegError
from PIL import Image

from publishing.channels.base import ChannelInvalid

MAX_PIXELS = 1440 * 2560
"""TikTok refuses larger images (upload page: width x height at most 3,686,400)."""

_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def first_frame_jpeg(path: Path) -> bytes:
    """JPEG bytes of the first frame as a player shows it. The same file gives the same bytes on the same libraries.

    Raises ChannelInvalid when nothing can be decoded.
    """
    image = _upright(path)
    image.thumbnail(_fitting(image.width, image.height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=92, subsampling=0, optimize=False, progressive=False)
    return out.getvalue()


def _upright(path: Path) -> Image.Image:
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            frame = next(container.decode(stream))
            ratio = stream.sample_aspect_ratio
            rotation = round(frame.rotation) % 360
            image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    except (FFmpegError, IndexError, StopIteration) as error:
        raise ChannelInvalid("The video has no frame that could be its cover.") from error
    if ratio and ratio != 1:
        image = image.resize((max(1, round(image.width * ratio)), image.height), Image.Resampling.LANCZOS)
    return image.transpose(_TURNS[rotation]) if rotation in _TURNS else image


def _fitting(width: int, height: int) -> tuple[int, int]:
    if width * height <= MAX_PIXELS:
        return width, height
    scale = (MAX_PIXELS / (width * height)) ** 0.5
    return max(1, int(width * scale)), max(1, int(height * scale))
