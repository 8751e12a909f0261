"""What is to be seen in a few pictures: black bars, dominant colours, a hash of the look. Pure; runs in the child only.

Pictures are small RGB images (`small`), all of one film or the one of a still. Shares are thousandths.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Final

from PIL import Image, ImageChops

SIDE: Final = 256
"""Pixels of the longer side of a small picture."""

_BLACK: Final = 24
"""The lightest of 256 greys that counts as black: encoders leave noise in bars."""
_STRAIGHT: Final = 0.5
"""A bar ends along a line: so much of the picture's first two rows beside it is lit in some picture."""
_FLAT: Final = 8
"""Pictures whose nine by eight greys differ by less show nothing that a hash could tell apart."""
_COLOURS: Final = 32
_MOSAIC: Final = 64

Sides = tuple[int, int, int, int]


def small_size(width: int, height: int) -> tuple[int, int]:
    """The size of a small picture of the same shape."""
    longer = max(width, height)
    scale = min(1.0, SIDE / longer)
    return max(1, round(width * scale)), max(1, round(height * scale))


def black_bars(pictures: Sequence[Image.Image]) -> dict[str, int]:
    """How thick the black bars on each side are, in thousandths of height or width, and what share of the picture they take.

    A bar is black in all pictures and ends along a straight line, so that a night sky or a product before black is none.
    Where everything is black, all is bar.
    """
    lit = _lit(pictures)
    width, height = lit.size
    box = lit.getbbox()
    if box is None:
        return {"top": 1000, "bottom": 0, "left": 0, "right": 0, "share": 1000}
    left, top, right, bottom = _straight(lit, box)
    seen = (right - left) * (bottom - top)
    return {
        "top": _permille(top, height), "bottom": _permille(height - bottom, height),
        "left": _permille(left, width), "right": _permille(width - right, width),
        "share": _permille(width * height - seen, width * height),
    }  # fmt: skip


def _lit(pictures: Sequence[Image.Image]) -> Image.Image:
    """Where any of the pictures is not black: 255, else 0."""
    greys = [picture.convert("L") for picture in pictures if picture.size == pictures[0].size]
    return reduce(ImageChops.lighter, greys).point([0 if grey <= _BLACK else 255 for grey in range(256)])


def _straight(lit: Image.Image, box: Sides) -> Sides:
    """The box without the sides on which no straight line ends the black."""
    left, top, right, bottom = box
    width, height = lit.size
    strips = {
        "left": (left, top, min(left + 2, right), bottom), "top": (left, top, right, min(top + 2, bottom)),
        "right": (max(right - 2, left), top, right, bottom), "bottom": (left, max(bottom - 2, top), right, bottom),
    }  # fmt: skip
    ends = {side: _share_lit(lit.crop(strip)) >= _STRAIGHT for side, strip in strips.items()}
    return (
        left if ends["left"] else 0, top if ends["top"] else 0,
        right if ends["right"] else width, bottom if ends["bottom"] else height,
    )  # fmt: skip


def _share_lit(strip: Image.Image) -> float:
    return strip.histogram()[255] / (strip.width * strip.height)


def _permille(part: int, whole: int) -> int:
    return (part * 1000 + whole // 2) // whole


def dominant_colours(pictures: Sequence[Image.Image]) -> list[dict[str, object]]:
    """The colours that most of all pictures together is made of, the most frequent first: `{hex, permille}` each."""
    mosaic = Image.new("RGB", (_MOSAIC, _MOSAIC * len(pictures)))
    for row, picture in enumerate(pictures):
        mosaic.paste(picture.resize((_MOSAIC, _MOSAIC), Image.Resampling.BOX), (0, _MOSAIC * row))
    reduced = mosaic.quantize(_COLOURS, Image.Quantize.MEDIANCUT, kmeans=3)
    palette = reduced.getpalette() or []
    counted: dict[str, int] = {}
    for index, count in enumerate(reduced.histogram()[: len(palette) // 3]):
        name = "#" + bytes(palette[3 * index : 3 * index + 3]).hex()
        counted[name] = counted.get(name, 0) + count
    ordered = sorted(((name, count) for name, count in counted.items() if count), key=lambda each: (-each[1], each[0]))
    shares = ((name, _permille(count, mosaic.width * mosaic.height)) for name, count in ordered)
    return [{"hex": name, "permille": permille} for name, permille in shares if permille]


def difference_hash(picture: Image.Image) -> str | None:
    """Sixty-four bits in hex, the first row's first: whether a cell of eight by eight is darker than its right neighbour.

    Changes of size, coding and brightness change few bits. None for a picture that is flat, which looks like any other.
    """
    grey = picture.convert("L").resize((9, 8), Image.Resampling.BOX)
    cells = grey.tobytes()
    if max(cells) - min(cells) < _FLAT:
        return None
    darker = (cells[row * 9 + column] < cells[row * 9 + column + 1] for row in range(8) for column in range(8))
    return f"{reduce(lambda bits, bit: bits << 1 | bit, darker, 0):016x}"


def seen(pictures: Sequence[Image.Image]) -> dict[str, object]:
    """All of it: what a file's pictures show."""
    hashes = [each for each in map(difference_hash, pictures) if each is not None]
    return {
        "pictures": len(pictures),
        "bars": black_bars(pictures),
        "colours": dominant_colours(pictures),
        "difference_hashes": list(dict.fromkeys(hashes)),
    }
