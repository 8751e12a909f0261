"""Which media an ad needs, and that they exist and fit together (facts 1.6, 3.2)."""

from datetime import datetime
from typing import Any

from simulator import checks
from simulator.envelope import (
    NOT_EXIST,
    VIDEO_ID_INVALID,
    VIDEO_TRANSCODING,
    ApiError,
    invalid,
)
from simulator.files import is_transcoding
from simulator.media import is_carousel_usable
from simulator.model import Medium
from simulator.store import Store

_MAX_CAROUSEL_IMAGES = 35
_RATIO_TOLERANCE = 0.01  # "the same aspect ratio": one per cent is rounding, more is not


def check_media(store: Store, advertiser_id: str, fields: dict[str, Any], now: datetime) -> None:
    """The media rules of the ad's format; 40053, 40901 and 40007 for bad references."""
    ad_format = fields["ad_format"]
    if ad_format == "SINGLE_VIDEO":
        _check_video_ad(store, advertiser_id, fields, now)
    elif ad_format == "SINGLE_IMAGE":
        if len(checks.required(fields, "image_ids")) != 1:
            raise invalid("image_ids", "Exactly one image is required.")
        _image(store, advertiser_id, fields["image_ids"][0])
    elif ad_format == "CAROUSEL_ADS" and not fields.get("tiktok_item_id"):
        _check_carousel(store, advertiser_id, fields)


def _check_video_ad(store: Store, advertiser_id: str, fields: dict[str, Any], now: datetime) -> None:
    if fields.get("tiktok_item_id"):
        if fields.get("video_id"):
            raise invalid("video_id", "Cannot be combined with tiktok_item_id.")
        return
    video = _video(store, advertiser_id, checks.required(fields, "video_id"), now)
    if len(checks.required(fields, "image_ids")) != 1:
        raise invalid("image_ids", "Exactly one cover image is required.")
    cover = _image(store, advertiser_id, fields["image_ids"][0])
    video_ratio = video.fields["width"] / video.fields["height"]
    cover_ratio = cover.fields["width"] / cover.fields["height"]
    if abs(video_ratio / cover_ratio - 1) > _RATIO_TOLERANCE:
        raise invalid("image_ids", "The cover must have the aspect ratio of the video.")


def _video(store: Store, advertiser_id: str, video_id: str, now: datetime) -> Medium:
    medium = store.medium(video_id)
    if medium is None or medium.kind != "video" or medium.advertiser_id != advertiser_id:
        raise ApiError(VIDEO_ID_INVALID, f"video_id: video {video_id} is invalid.")
    if is_transcoding(store, medium, now):
        raise ApiError(VIDEO_TRANSCODING, f"video_id: video {video_id} is still transcoding.")
    return medium


def _image(store: Store, advertiser_id: str, image_id: str) -> Medium:
    medium = store.medium(image_id)
    if medium is None or medium.kind != "image" or medium.advertiser_id != advertiser_id:
        raise ApiError(NOT_EXIST, f"image_ids: image {image_id} does not exist.")
    return medium


def _check_carousel(store: Store, advertiser_id: str, fields: dict[str, Any]) -> None:
    image_ids = checks.required(fields, "image_ids")
    if len(image_ids) > _MAX_CAROUSEL_IMAGES:
        raise invalid("image_ids", f"Up to {_MAX_CAROUSEL_IMAGES} images.")
    checks.required(fields, "music_id")
    for image_id in image_ids:
        facts = _image(store, advertiser_id, image_id).fields
        if not is_carousel_usable(facts["width"], facts["height"]):
            raise invalid("image_ids", f"Image {image_id} is not usable in a carousel.")
