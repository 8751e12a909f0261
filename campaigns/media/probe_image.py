"""Facts about a picture, by decoding it with Pillow. Runs in the probing child only."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Callable
from typing import IO, TypeVar

from PIL import ExifTags, Image, UnidentifiedImageError

from campaigns.media.probe_shape import still_cut_off, still_format
from campaigns.media.refused import Refused

T = TypeVar("T")

# Pillow's own names. JPEGs of phones that hold further pictures behind the first are "MPO".
_READERS = {"jpg": ("JPEG", "MPO"), "png": ("PNG",), "gif": ("GIF",), "webp": ("WEBP",)}
_CODECS = {"jpg": "mjpeg", "png": "png", "gif": "gif", "webp": "webp"}
_QUARTER_TURNS = {5, 6, 7, 8}
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    EOFError,
    OverflowError,
    struct.error,
    zlib.error,
)


def facts(file: IO[bytes], head: bytes, limits: dict[str, int]) -> dict[str, object]:
    """Kind, container, codec and size in pixels as seen (EXIF orientation applied). Raises Refused."""
    still, (width, height) = decoded(file, head, limits, _size_as_seen)
    return {
        "kind": "image",
        "container": still,
        "codec": _CODECS[still],
        "width": width,
        "height": height,
        "duration_ms": None,
        "has_audio": None,
        "bit_rate": None,
    }


def decoded(
    file: IO[bytes], head: bytes, limits: dict[str, int], look: Callable[[Image.Image], T]
) -> tuple[str, T]:
    """The kind of still, and what `look` makes of the picture, whose size alone was read. Raises Refused."""
    still = still_format(head)
    if still is None:
        raise Refused("not_media")
    max_pixels = limits["max_image_pixels"]
    Image.MAX_IMAGE_PIXELS = max_pixels
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            found = _opened(file, still, max_pixels, look)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Refused("too_many_pixels") from error
        except _DAMAGE as error:
            raise Refused(_reason(file, still, error)) from error
    if still_cut_off(file, still):
        raise Refused("cut_off")
    return still, found


def _opened(file: IO[bytes], still: str, max_pixels: int, look: Callable[[Image.Image], T]) -> T:
    with Image.open(file, formats=_READERS[still]) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise Refused("pixels", width=width, height=height, limit=max_pixels)
        return look(image)


def _size_as_seen(image: Image.Image) -> tuple[int, int]:
    """Width and height after the whole first picture was decoded."""
    width, height = image.size
    image.load()
    turned = image.getexif().get(ExifTags.Base.Orientation) in _QUARTER_TURNS
    return (height, width) if turned else (width, height)


def _reason(file: IO[bytes], still: str, error: BaseException) -> str:
    if still_cut_off(file, still) or "truncated" in str(error):
        return "cut_off"
    return "not_media" if isinstance(error, UnidentifiedImageError) else "undecodable"
