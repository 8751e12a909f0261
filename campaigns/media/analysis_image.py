"""What a still shows. Runs in the child only."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Final

from PIL import ExifTags, Image

from campaigns.media.looking import SIDE, seen, small_size
from campaigns.media.probe_image import decoded

_TURNS: Final = dict(
    zip(
        range(2, 9),
        (
            Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.ROTATE_180, Image.Transpose.FLIP_TOP_BOTTOM,
            Image.Transpose.TRANSPOSE, Image.Transpose.ROTATE_270, Image.Transpose.TRANSVERSE, Image.Transpose.ROTATE_90,
        ),
        strict=True,
    )
)  # fmt: skip
"""How to undo what EXIF says of a picture."""

Size = Callable[[int, int], tuple[int, int]]


def analysis(file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """Bars, colours and hash of the picture as seen; there is no sound. Raises Refused."""
    _, picture = decoded(file, head, limits, small)
    return {**seen([picture]), "sound": None}


def small(image: Image.Image) -> Image.Image:
    """The picture as seen, small, before white where it is transparent."""
    return upright(image, SIDE, small_size, Image.Resampling.BOX)


def upright(image: Image.Image, side: int, size: Size, filtered: Image.Resampling) -> Image.Image:
    """The picture as seen, before white where it is transparent, at the size that `size` says for its width and height; the
    longer side of that is at most `side`."""
    image.draft("RGB", (2 * side, 2 * side))  # a JPEG is decoded at a fraction of its size
    image.load()
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    picture = _plain(image)
    factor = max(picture.size) // (2 * side)
    if factor > 1:
        picture = picture.reduce(factor)
    picture = picture.resize(size(*picture.size), filtered)
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    picture = picture.convert("RGB")
    return picture if turn is None else picture.transpose(turn)


def _plain(image: Image.Image) -> Image.Image:
    """With eight bits a channel, with transparency where there is any."""
    if image.mode in ("RGB", "RGBA", "L", "CMYK"):
        return image.convert("RGBA") if "transparency" in image.info else image
    if image.mode == "I;16":
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
