"""Why a media file is refused, in words the uploader can act on.

The probing child names a *reason*; this module gives each reason its permanent code and its words. All
refusals are about the field `file`. Damage to the store and a broken probe are not the uploader's fault and
are errors of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, FieldError, ImprimaturError, Invalid, Kind, PreconditionUnmet, Words, say

FIELD = "file"


class MediaRefused(Invalid):
    """The file cannot be taken. `code` says why for machines, `reason` more finely, `extra` with which values."""

    code = "media_refused"

    def __init__(self, reason: str, params: Mapping[str, object] | None = None) -> None:
        self.reason = reason
        words = say(_WORDS[reason][1], **(params or {}))
        super().__init__([FieldError(FIELD, self.code, words)], words)
        self.extra = {**(params or {}), "reason": reason}

    def __reduce__(self) -> tuple[object, ...]:
        return refusal, (self.reason, {k: v for k, v in self.extra.items() if k != "reason"})


class MediaEmpty(MediaRefused):
    """The file has no bytes."""

    code = "media_empty"


class MediaNotRecognised(MediaRefused):
    """Neither a video nor a picture can be read from the bytes, whatever the name says."""

    code = "media_not_recognised"


class MediaTruncated(MediaRefused):
    """The file ends, or its content stops, before the end that it announces."""

    code = "media_truncated"


class MediaTooLarge(MediaRefused):
    """Too many bytes, pixels, seconds, or too much memory to read it."""

    code = "media_too_large"


class MediaTimeout(MediaRefused):
    """Reading the file took longer than allowed."""

    code = "media_timeout"


class MediaUnsupported(MediaRefused):
    """The file was recognised, but it is not a kind that can be an ad's video or picture."""

    code = "media_unsupported"


class MediaAltered(Conflict):
    """The bytes in the store are not those that were stored under this id. They must not be used."""

    code = "media_altered"

    def __init__(self, sha256: str, found: str) -> None:
        words = _("The stored file was changed after it was uploaded. It cannot be used; restore it from a backup.")
        super().__init__(words, sha256=sha256, found=found)


class MediaMissing(ImprimaturError):
    """The store has no file with this id."""

    code = "media_missing"
    kind = Kind.NOT_FOUND

    def __init__(self, sha256: str) -> None:
        words = _("The store has no file with this id. Upload it again, or restore it from a backup.")
        super().__init__(words, sha256=sha256)


class MediaProbeFailed(PreconditionUnmet):
    """The probe itself could not run. This says nothing about the file; nothing may be concluded from it."""

    code = "media_probe_failed"

    def __init__(self, cause: str) -> None:
        words = _("The media check could not run on this machine. Try again; if it persists, tell the operator.")
        super().__init__(words, cause=cause)


_WORDS: dict[str, tuple[type[MediaRefused], Words]] = {
    "empty": (MediaEmpty, _("The file is empty (0 bytes). Upload it again.")),
    "not_a_file": (MediaNotRecognised, _("This is not a regular file.")),
    "not_media": (
        MediaNotRecognised,
        _("This is no video or picture, whatever its name says. Upload an MP4 or MOV video, a JPG or PNG."),
    ),
    "undecodable": (
        MediaNotRecognised,
        _("The file cannot be read: its content is damaged. Export it again and upload that."),
    ),
    "picture_tracks": (
        MediaNotRecognised,
        _("The file has more than one picture track. Export it with one."),
    ),
    "crashed": (
        MediaNotRecognised,
        _("The file is so damaged that reading it fails. Export it again and upload that."),
    ),
    "cut_off": (
        MediaTruncated,
        _("The file is incomplete. Check that it plays to the end, then upload it again."),
    ),
    "shorter_than_declared": (
        MediaTruncated,
        _("The file says {declared_ms} ms, but its content stops at {found_ms} ms. Export it again."),
    ),
    "bytes": (MediaTooLarge, _("The file has more than {limit} bytes. Compress or shorten it.")),
    "pixels": (
        MediaTooLarge,
        _("The picture is {width} x {height}; at most {limit} pixels are read. Make it smaller."),
    ),
    "too_many_pixels": (
        MediaTooLarge,
        _("The picture unpacks to more pixels than are read here. Make it smaller."),
    ),
    "seconds": (
        MediaTooLarge,
        _("The video lasts {found_ms} ms; at most {limit_ms} ms are read. Shorten it."),
    ),
    "memory": (
        MediaTooLarge,
        _("Reading the file takes more memory than allowed. Make it smaller or export it again."),
    ),
    "timeout": (
        MediaTimeout,
        _("Reading the file took more than {seconds} seconds. Export it again, shorter or smaller."),
    ),
    "no_video": (
        MediaUnsupported,
        _("The file has no picture: it holds no video track. Upload a video."),
    ),
    "codec": (
        MediaUnsupported,
        _("The video's coding ({codec}) cannot be read. Export it again as MP4 (H.264)."),
    ),
    "still_format": (
        MediaUnsupported,
        _("Pictures of the type {format} are not supported. Export it as JPG or PNG."),
    ),
    "file_format": (
        MediaUnsupported,
        _("Files of the type {format} are not supported. Export the ad as MP4, or as JPG or PNG."),
    ),
}

REASONS = frozenset(_WORDS)


def refusal(reason: str, params: Mapping[str, object] | None = None) -> MediaRefused:
    """The refusal for a reason named by the probe or the store (KeyError for an unknown reason)."""
    return _WORDS[reason][0](reason, params)
