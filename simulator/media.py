"""What is in an uploaded file, judged by its bytes and never by its name.

Videos are read with PyAV, images with Pillow (facts 4.7 for the fields, 3.1 and 3.2 for
types and sizes; the upload page names .mp4 .mov .mpeg .avi, so 3GP is refused here).
"""

import hashlib
from pathlib import Path
from typing import Any

import av
import av.error
from PIL import Image, UnidentifiedImageError

from simulator.envelope import FILE_EMPTY, FILE_TOO_LARGE, FILE_TYPE_ERROR, ApiError, invalid

MAX_VIDEO_BYTES = 500 * 1024 * 1024
MAX_IMAGE_BYTES = 50 * 1024 * 1024
MAX_IMAGE_PIXELS = 3_686_400
CONTENT_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "avi": "video/x-msvideo",
    "mpeg": "video/mpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_CAROUSEL_LONG, _CAROUSEL_SHORT = 2340, 1242
_CHUNK = 1024 * 1024


def signature(path: Path) -> str:
    """The MD5 of the bytes in lower-case hex: TikTok's upload signature."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def probe(kind: str, path: Path) -> dict[str, Any]:
    """The facts of a video or image, or the refusal 40906, 40907 or 40908."""
    size = path.stat().st_size
    if size == 0:
        raise ApiError(FILE_EMPTY, f"{kind}_file: The file is empty.")
    if size > (MAX_VIDEO_BYTES if kind == "video" else MAX_IMAGE_BYTES):
        raise ApiError(FILE_TOO_LARGE, f"{kind}_file: The file is too large.")
    return _video(path, size) if kind == "video" else _image(path, size)


def _type_error(kind: str) -> ApiError:
    return ApiError(FILE_TYPE_ERROR, f"{kind}_file: The file type is not supported.")


def _video(path: Path, size: int) -> dict[str, Any]:
    try:
        with av.open(str(path)) as container:
            return _video_facts(container, size)
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        raise _type_error("video") from error


def _video_facts(container: av.container.InputContainer, size: int) -> dict[str, Any]:
    stream = container.streams.video[0]
    frame = next(container.decode(stream))  # a header without pictures is no video
    turned = frame.rotation % 180 != 0
    duration = _duration(container, stream)
    if not duration:
        raise ValueError("no duration")
    return {
        "width": frame.height if turned else frame.width,
        "height": frame.width if turned else frame.height,
        "duration": round(duration, 3),
        "bit_rate": container.bit_rate or int(size * 8 / duration),
        "fps": round(float(stream.average_rate or 0), 2),
        "size": size,
        "format": _container_name(container),
    }


def _duration(container: av.container.InputContainer, stream: av.video.stream.VideoStream) -> float:
    if container.duration is not None:
        return container.duration / 1_000_000
    if stream.duration is None or stream.time_base is None:
        return 0.0
    return float(stream.duration * stream.time_base)


def _container_name(container: av.container.InputContainer) -> str:
    names = container.format.name.split(",")
    brand = container.metadata.get("major_brand", "")
    if "mp4" in names and brand.startswith("qt"):
        return "mov"
    if "mp4" in names and not brand.startswith("3g"):
        return "mp4"
    if "avi" in names or "mpeg" in names:
        return names[0]
    raise ValueError("container")


def _image(path: Path, size: int) -> dict[str, Any]:
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
            if width * height > MAX_IMAGE_PIXELS:
                raise invalid("image_file", f"width x height must be <= {MAX_IMAGE_PIXELS}.")
            picture.load()  # a truncated picture is no picture
            name = str(picture.format).lower()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _type_error("image") from error
    return {"width": width, "height": height, "size": size, "format": name}


def is_carousel_usable(width: int, height: int) -> bool:
    """At most 1242x2340 or 2340x1242, and neither side more than 20/9 of the other."""
    long, short = max(width, height), min(width, height)
    return long <= _CAROUSEL_LONG and short <= _CAROUSEL_SHORT and long * 9 <= short * 20
