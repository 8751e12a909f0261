"""Media for the eyes of people at the door: permission first, bytes checked against their hash on every reading.

The type comes from what a decoder found in the bytes, never from a name. Ranges are answered, so that a player can
seek. Every answer is sandboxed and says `nosniff`: these are other people's files.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe
from PIL import Image

from campaigns import queries
from campaigns.intake import store
from campaigns.media.errors import MediaAltered, MediaMissing
from campaigns.models import MediaAsset
from publishing.channels.base import ChannelInvalid
from publishing.channels.cover import first_frame_jpeg
from workplace.access import actor_of, in_http

logger = logging.getLogger(__name__)

TYPES: Final = {
    "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska", "avi": "video/x-msvideo",
    "mpeg": "video/mpeg", "3gp": "video/3gpp", "jpg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp",
}  # fmt: skip
POSTER_SIZE: Final = (480, 854)
POSTER_SECONDS: Final = 24 * 3600
_CHUNK: Final = 1 << 18
_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)\Z", re.ASCII)


@require_safe
@in_http
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The bytes of one visible file, whole or a range. 404 when invisible, 409 when the bytes are not the approved ones."""
    asset = queries.get(queries.visible_media(actor_of(request)), identifier)
    if request.headers.get("If-None-Match") == f'"{asset.sha256}"':
        return _guarded(HttpResponse(status=304), asset, asset.sha256)
    try:
        file = store().open_verified(asset.sha256)
    except (MediaAltered, MediaMissing) as error:
        return _damaged(asset, error)
    return _guarded(_answer(request, asset, file), asset, asset.sha256)


@require_safe
@in_http
def poster(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A small JPEG of one visible file: the picture, or the video's first frame."""
    asset = queries.get(queries.visible_media(actor_of(request)), identifier)
    tag = f"poster-{asset.sha256}"
    if request.headers.get("If-None-Match") == f'"{tag}"':
        return _guarded(HttpResponse(status=304), asset, tag)
    try:
        small = cache.get(tag) or _draw(asset)
    except (MediaAltered, MediaMissing) as error:
        return _damaged(asset, error)
    except (ChannelInvalid, OSError) as error:
        logger.warning("no poster for %s: %s", asset.sha256, error)
        return HttpResponse(status=404)
    cache.set(tag, small, POSTER_SECONDS)
    return _guarded(HttpResponse(small, content_type="image/jpeg"), asset, tag)


def _draw(asset: MediaAsset) -> bytes:
    with store().open_verified(asset.sha256) as file:
        source = file if asset.kind == "image" else io.BytesIO(first_frame_jpeg(Path(f"/dev/fd/{file.fileno()}")))
        with Image.open(source) as picture:
            picture.thumbnail(POSTER_SIZE)
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


def _damaged(asset: MediaAsset, error: Exception) -> HttpResponse:
    """Somebody changed the store behind our back: show nothing, and say so."""
    logger.error("media %s cannot be shown: %s", asset.sha256, error)
    return HttpResponse("The stored bytes are not the ones that were uploaded.", status=409, content_type="text/plain")


def _guarded(response: HttpResponseBase, asset: MediaAsset, tag: str) -> HttpResponseBase:
    if response.status_code == 304:
        del response["Content-Type"]
    else:
        kind = "inline" if asset.container in TYPES else "attachment"
        response["Content-Disposition"] = (
            f'{kind}; filename="{asset.sha256[:12]}.{re.sub("[^a-z0-9]", "", asset.container)}"'
        )
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, no-cache"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _answer(request: HttpRequest, asset: MediaAsset, file: IO[bytes]) -> HttpResponseBase:
    content_type = TYPES.get(asset.container, "application/octet-stream")
    wanted = _RANGE.match(request.headers.get("Range", ""))
    if wanted is None or wanted.groups() == ("", ""):
        return FileResponse(file, content_type=content_type)
    size = asset.size_bytes
    start, end = _bounds(wanted.group(1), wanted.group(2), size)
    if start >= size or end < start:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_part(file, start, end), status=206, content_type=content_type)
    response["Content-Range"] = f"bytes {start}-{end}/{size}"
    response["Content-Length"] = str(end - start + 1)
    # Closed with the answer even when nobody reads it (HEAD, a client that went away).
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return response


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last[:18])), size - 1
    return int(first[:18]), min(size - 1, int(last[:18])) if last else size - 1


def _part(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    left = end - start + 1
    while left > 0 and (chunk := file.read(min(_CHUNK, left))):
        left -= len(chunk)
        yield chunk
