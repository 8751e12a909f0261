"""Media on TikTok: verified, named after their bytes, uploaded, and waited for."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publishing.channels.base import (
    ChannelAccount,
    ChannelDuplicate,
    ChannelInvalid,
    ChannelNotReady,
    ChannelUnconfirmed,
    MediaChanged,
    MediaKind,
    UploadedMedia,
)
from publishing.channels.cover import first_frame_jpeg
from publishing.channels.tiktok_client import TikTokClient
from publishing.channels.tiktok_errors import DUPLICATE_NAME

NAME_LENGTH = 32
SEARCH_PAGES = 20
NAMES = 5
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _File:
    """A private copy whose bytes were hashed while it was written, so that what is sent is what was checked."""

    path: Path
    sha256: str
    md5: str


@dataclass(frozen=True, slots=True)
class MediaUploads:
    """`sleep` waits between looks at a video that is being transcoded: at most `looks` looks, `pause` seconds apart."""

    client: TikTokClient
    sleep: Callable[[float], None]
    looks: int = 10
    pause: float = 3.0

    def upload(self, account: ChannelAccount, sha256: str, kind: MediaKind, path: Path, name: str) -> UploadedMedia:
        """See base.Channel.upload_media."""
        with _private_copy(path, Path(name).suffix.lower()) as file:
            if file.sha256 != sha256:
                raise MediaChanged("The file on disk is not the one that was approved.")
            if kind == "image":
                return UploadedMedia(self._image(account, file))
            cover = first_frame_jpeg(file.path)
            video_id = self._video(account, file)
        self._wait(account, video_id, file.md5)
        with _private_bytes(cover, ".jpg") as cover_file:
            return UploadedMedia(video_id, self._image(account, cover_file))

    def confirm(
        self, account: ChannelAccount, sha256: str, kind: MediaKind, path: Path, uploaded: UploadedMedia
    ) -> None:
        """See base.Channel.confirm_media. The cover must be the one that this video gives."""
        cover = None
        with _private_copy(path, path.suffix.lower()) as file:
            if file.sha256 != sha256:
                raise MediaChanged("The file on disk is not the one that was approved.")
            if kind == "video":
                cover = first_frame_jpeg(file.path)
        if cover is None:
            return self._require_image(account, uploaded.external_id, file.md5)
        self._require_video(account, uploaded.external_id, file.md5)
        cover_md5 = hashlib.md5(cover, usedforsecurity=False).hexdigest()
        return self._require_image(account, uploaded.cover_external_id, cover_md5)

    def _require_video(self, account: ChannelAccount, video_id: str, md5: str) -> None:
        arguments = (account.advertiser_id, [video_id], account.access_token)
        info = _of_id(self.client.call("FileApi", "ad_video_info", *arguments), "video_id", video_id)
        if info and not info.get("signature") and not info.get("displayable"):
            raise _not_ready()
        _require_signature(info, md5)

    def _require_image(self, account: ChannelAccount, image_id: str | None, md5: str) -> None:
        arguments = (account.advertiser_id, [image_id], account.access_token)
        found = self.client.call("FileApi", "file_image_ad_info", *arguments) if image_id else None
        _require_signature(_of_id(found, "image_id", image_id), md5)

    def _video(self, account: ChannelAccount, file: _File) -> str:
        for name in _names(file):
            try:
                data = self._send_video(account, file, name)
            except ChannelDuplicate as error:
                if error.channel_code != DUPLICATE_NAME:
                    raise
                found = self._search(account, name, file.md5)
                if found:
                    return found
            else:
                return _only_id(data, "video_id")
        raise ChannelDuplicate("Other files carry this video's names on TikTok.", channel_code=DUPLICATE_NAME)

    def _send_video(self, account: ChannelAccount, file: _File, name: str) -> Any:
        return self.client.call(
            "FileApi",
            "ad_video_upload",
            account.access_token,
            advertiser_id=account.advertiser_id,
            upload_type="UPLOAD_BY_FILE",
            file_name=name,
            video_file=str(file.path),
            video_signature=file.md5,
        )

    def _search(self, account: ChannelAccount, name: str, md5: str) -> str | None:
        """The video of this name: an earlier upload whose answer was lost. TikTok's search cannot filter by name.

        Raises ChannelNotReady while a video has no name yet: it may be the one.
        """
        nameless = False
        for page in range(1, SEARCH_PAGES + 1):
            data = self.client.call(
                *("FileApi", "ad_video_search", account.advertiser_id, account.access_token),
                page=page,
                page_size=100,
            )
            for item in data.get("list") or []:
                nameless = nameless or not item.get("file_name")
                if item.get("file_name") == name and item.get("signature") in (md5, None, ""):
                    return str(item["video_id"])
            if page >= int((data.get("page_info") or {}).get("total_page") or 0):
                break
        if nameless:
            raise _not_ready()
        return None

    def _wait(self, account: ChannelAccount, video_id: str, md5: str) -> None:
        for look in range(self.looks):
            if look:
                self.sleep(self.pause)
            info = self._info(account, video_id)
            if info is not None and info.get("signature") not in (md5, None, ""):
                raise ChannelInvalid("TikTok holds other bytes for this video than were approved.")
            if info is not None and info.get("displayable", bool(info.get("width"))):
                return
        raise _not_ready()

    def _info(self, account: ChannelAccount, video_id: str) -> dict[str, Any] | None:
        try:
            data = self.client.call("FileApi", "ad_video_info", account.advertiser_id, [video_id], account.access_token)
        except ChannelNotReady:
            return None
        items = data.get("list") or []
        return items[0] if items else None

    def _image(self, account: ChannelAccount, file: _File) -> str:
        """Images cannot be searched through the SDK; a name that is taken (an answer was lost) is counted up."""
        for name in _names(file):
            try:
                data = self.client.call(
                    *("FileApi", "ad_image_upload", account.access_token),
                    advertiser_id=account.advertiser_id,
                    upload_type="UPLOAD_BY_FILE",
                    file_name=name,
                    image_file=str(file.path),
                    image_signature=file.md5,
                )
            except ChannelDuplicate as error:
                if error.channel_code != DUPLICATE_NAME:
                    raise
            else:
                return _only_id(data, "image_id")
        raise ChannelDuplicate("This image's names are taken on TikTok.", channel_code=DUPLICATE_NAME)


def _of_id(data: Any, field: str, identifier: str | None) -> dict[str, Any]:
    """The item of this id in a list of media; empty when there is none."""
    items: list[dict[str, Any]] = (data or {}).get("list") or []
    return next((item for item in items if item.get(field) == identifier), {})


def _require_signature(info: dict[str, Any], md5: str) -> None:
    if info.get("signature") != md5:
        raise MediaChanged("What TikTok holds for this file is not what was approved; a person has to look.")


def _not_ready() -> ChannelNotReady:
    return ChannelNotReady("TikTok is still preparing the video.", retryable=True, retry_after=30)


def _names(file: _File) -> list[str]:
    """Names on TikTok (unique an advertiser) that follow from the bytes: the same file always tries the same names."""
    stem, suffix = file.sha256[:NAME_LENGTH], file.path.suffix
    return [f"{stem}{suffix}", *(f"{stem}-{number}{suffix}" for number in range(2, NAMES + 1))]


def _only_id(data: Any, field: str) -> str:
    """The id in an upload's answer: videos come as a list of one, images as an object."""
    item = data[0] if isinstance(data, list) and data else data
    value = item.get(field) if isinstance(item, dict) else None
    if not value:
        raise ChannelUnconfirmed("TikTok took the file and named no id for it.", ambiguous=True)
    return str(value)


@contextmanager
def _private_copy(path: Path, suffix: str) -> Iterator[_File]:
    """Copy and hash in one pass; the directory is readable by this process's user alone and goes away afterwards."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with tempfile.TemporaryDirectory(prefix="imprimatur-upload-") as folder:
        copy = Path(folder) / f"media{suffix}"
        with path.open("rb") as source, copy.open("wb") as target:
            while chunk := source.read(_CHUNK):
                sha256.update(chunk)
                md5.update(chunk)
                target.write(chunk)
        yield _File(copy, sha256.hexdigest(), md5.hexdigest())


@contextmanager
def _private_bytes(content: bytes, suffix: str) -> Iterator[_File]:
    with tempfile.TemporaryDirectory(prefix="imprimatur-upload-") as folder:
        copy = Path(folder) / f"media{suffix}"
        copy.write_bytes(content)
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        yield _File(copy, hashlib.sha256(content).hexdigest(), md5)
