"""The text in a still. Runs in the child only."""

from __future__ import annotations

from typing import IO

from PIL import Image

from campaigns.media.analysis_image import upright
from campaigns.media.blocks import blocks
from campaigns.media.ocr import NAME, SIDE, lines, read_size
from campaigns.media.probe_image import decoded


def reading(file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """What is to be read in the picture as seen. Raises Refused."""
    _, picture = decoded(file, head, limits, _picture)
    found = blocks(lines(picture))
    return {"reader": NAME, "pictures": 1, "read": 1, "texts": [{"at_ms": None, "blocks": found}] if found else []}


def _picture(image: Image.Image) -> Image.Image:
    return upright(image, SIDE, read_size, Image.Resampling.LANCZOS)
