"""/file/video/ad/… and /file/image/ad/… (facts 4.7, 3.2)."""

import os
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal

from simulator import checks, clock
from simulator.call import Call, Upload
from simulator.envelope import (
    DUPLICATED_NAME,
    FILE_NOT_EXIST,
    NOT_IMPLEMENTED,
    TOO_MANY_IDS,
    ApiError,
)
from simulator.media import is_carousel_usable
from simulator.model import Medium
from simulator.paging import page_of
from simulator.store import Store
from simulator.words import words

MAX_IDS = 100
_PREVIEW = {"video": timedelta(hours=6), "image": timedelta(hours=1)}
_UPLOAD_TYPES = words("UPLOAD_BY_FILE UPLOAD_BY_URL UPLOAD_BY_FILE_ID UPLOAD_BY_VIDEO_ID")
_PLACEMENTS = ["PLACEMENT_TIKTOK", "PLACEMENT_PANGLE", "PLACEMENT_GLOBAL_APP_BUNDLE"]


def check_form(kind: str, values: dict[str, str], has_file: bool) -> None:
    """The parameters of an upload, before anybody looks at the bytes."""
    upload_type = values.get("upload_type", "UPLOAD_BY_FILE")
    checks.one_of("upload_type", upload_type, _UPLOAD_TYPES)
    if upload_type != "UPLOAD_BY_FILE":
        raise ApiError(NOT_IMPLEMENTED, f"upload_type: {upload_type} is not simulated.")
    if not has_file:
        raise ApiError(FILE_NOT_EXIST, f"{kind}_file: {checks.MISSING}")
    checks.required(values, f"{kind}_signature")


def upload_video(call: Call) -> list[dict[str, Any]]:
    """Store a video. Every upload gets a new id, also for bytes seen before."""
    return [video_shown(call, _store_upload(call, "video"))]


def upload_image(call: Call) -> dict[str, Any]:
    """Store an image."""
    return image_shown(call, _store_upload(call, "image"))


def _store_upload(call: Call, kind: Literal["video", "image"]) -> Medium:
    upload = call.upload
    if upload is None:
        raise ApiError(FILE_NOT_EXIST, f"{kind}_file: {checks.MISSING}")
    name = call.params.get("file_name") or upload.name
    checks.text_length("file_name", name, 100)
    if call.store.has_medium_name(call.account, kind, name):
        raise ApiError(DUPLICATED_NAME, f"file_name: {name} is used by another material.")
    medium = Medium(
        kind, _new_medium_id(kind), call.account, name, upload.signature,
        _keep(call.store, upload), call.now, upload.facts,
    )  # fmt: skip
    call.store.put_medium(medium)
    call.store.record(
        f"{kind}.uploaded",
        level=kind,
        entity_id=medium.id,
        advertiser_id=call.account,
        request_id=call.request_id,
        details={"file_name": name, "signature": upload.signature, **upload.facts},
    )
    return medium


def _new_medium_id(kind: str) -> str:
    if kind == "video":
        return f"v10033g50000{secrets.token_hex(10)}"
    return f"ad-site-i18n-sg/{secrets.token_hex(16)}"


def _keep(store: Store, upload: Upload) -> str:
    """Move the bytes to their place, named by their hash, and make sure they are there."""
    target = store.media_folder / f"{upload.signature}-{secrets.token_hex(4)}"
    with upload.path.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(upload.path, target)
    return target.name


def is_transcoding(store: Store, medium: Medium, now: datetime) -> bool:
    """Whether the video is still being prepared (setting `transcoding_seconds`)."""
    if medium.kind != "video":
        return False
    wait = timedelta(seconds=int(store.setting("transcoding_seconds", 0)))
    return medium.created_at + wait > now


def _common(call: Call, medium: Medium) -> dict[str, Any]:
    return {
        "file_name": medium.file_name,
        "signature": medium.signature,
        "material_id": medium.id,
        "displayable": True,
        "create_time": clock.wire(medium.created_at),
        "modify_time": clock.wire(medium.created_at),
        **medium.fields,
    }


def preview_url(call: Call, medium: Medium) -> tuple[str, datetime]:
    """An address of the bytes, and when it stops working (facts 4.7)."""
    until = call.now + _PREVIEW[medium.kind]
    query = f"expires={int(until.timestamp())}"
    return f"{call.base_url}/_simulator/media/{medium.path}?{query}", until


def video_shown(call: Call, video: Medium) -> dict[str, Any]:
    """A video as the API shows it; only its id while it is transcoding."""
    if is_transcoding(call.store, video, call.now):
        return {"video_id": video.id}
    url, until = preview_url(call, video)
    return {
        "video_id": video.id,
        **_common(call, video),
        "preview_url": url,
        "preview_url_expire_time": clock.wire(until),
        "allowed_placements": _PLACEMENTS,
        "allow_download": True,
    }


def image_shown(call: Call, image: Medium) -> dict[str, Any]:
    """An image as the API shows it."""
    url, _ = preview_url(call, image)
    usable = is_carousel_usable(image.fields["width"], image.fields["height"])
    return {
        "image_id": image.id,
        **_common(call, image),
        "image_url": url,
        "is_carousel_usable": usable,
    }


def video_info(call: Call) -> dict[str, Any]:
    """Videos by id; ids the account does not have are left out of the list."""
    found = _by_ids(call, "video", "video_ids")
    return {"list": [video_shown(call, video) for video in found]}


def image_info(call: Call) -> dict[str, Any]:
    """Images by id; ids the account does not have are left out of the list."""
    found = _by_ids(call, "image", "image_ids")
    return {"list": [image_shown(call, image) for image in found]}


def _by_ids(call: Call, kind: str, name: str) -> list[Medium]:
    ids = checks.required(call.params, name)
    checks.kind(name, ids, "strings")
    if len(ids) > MAX_IDS:
        raise ApiError(TOO_MANY_IDS, f"{name}: At most {MAX_IDS} ids.")
    media = [call.store.medium(medium_id) for medium_id in ids]
    return [medium for medium in media if medium and medium.kind == kind and medium.advertiser_id == call.account]


def video_search(call: Call) -> dict[str, Any]:
    """The account's videos, filtered by id, material id, width or height."""
    filtering = call.params.get("filtering", {})
    checks.kind("filtering", filtering, "object")
    ids = filtering.get("video_ids") or filtering.get("material_ids") or []
    checks.kind("filtering.video_ids", ids, "strings")
    wanted = set(ids)
    found = [
        medium
        for medium in call.store.media(call.account)
        if medium.kind == "video"
        and (not wanted or medium.id in wanted)
        and all(filtering.get(side) in (None, medium.fields[side]) for side in ("width", "height"))
    ]
    return page_of(call.params, found, lambda video: video_shown(call, video))
