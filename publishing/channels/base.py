"""What every channel offers (R-40), in our own vocabulary, and the one hierarchy of errors it may raise.

A channel adapter knows neither the database nor approvals. It gets revision contents (plain mappings, the canonical
form that was hashed and cleared) and gives back what it created or found. Ids from the channel are text.
Nothing here is retried: the caller decides, and `ChannelError.ambiguous` and `.retryable` say what is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Protocol

from django.utils.functional import lazy

from core.errors import ImprimaturError, Kind, Words

Content = Mapping[str, Any]
"""A revision's content: {"format", "type", "id", "sections"}."""

EntityType = Literal["campaign", "ad_group", "ad"]
MediaKind = Literal["video", "image"]


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """One advertiser on a channel and the credential for it. The token never shows in a repr."""

    advertiser_id: str
    access_token: str = field(repr=False)
    currency: str


@dataclass(frozen=True, slots=True)
class Parent:
    """An ancestor as it was cleared, and its id on the channel (empty while it does not exist there yet)."""

    external_id: str
    content: Content


Parents = Mapping[str, Parent]
"""Ancestors by our own id (the UUID that the child's `structure` names). An ad needs its ad group and its campaign."""


@dataclass(frozen=True, slots=True)
class UploadedMedia:
    """A media file on the channel. `cover_external_id` is the cover image made for a video, None for an image."""

    external_id: str
    cover_external_id: str | None = None


MediaIds = Mapping[str, UploadedMedia]
"""Uploaded media by the SHA-256 (lower-case hex) of their bytes."""


@dataclass(frozen=True, slots=True)
class RemoteObject:
    """What the channel has, in our words.

    `comparable` maps dotted paths ("budget.amount") to values of our vocabulary; a value that has no counterpart in it
    is kept as the channel spelled it, so that it never compares equal by accident. `enabled` is None when the channel
    does not say. `raw` is the answer as it came (no credentials in it).
    """

    type: EntityType
    external_id: str
    name: str
    parent_external_id: str | None
    enabled: bool | None
    comparable: Mapping[str, Any]
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RemoteIdentity:
    """An identity that ads of this account may speak as. `available` is False when the channel would refuse it."""

    external_id: str
    identity_type: str
    display_name: str
    available: bool
    authorized_bc_id: str | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a content cannot be put on this channel: dotted path in the content, permanent code, words to act on."""

    field: str
    code: str
    words: Words

    @property
    def detail(self) -> str:
        """What a person reads, in the language of whoever reads now."""
        return str(self.words)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which the channel is not what was cleared. Values are JSON-able; None means absent."""

    field: str
    cleared: Any
    live: Any


class Category(StrEnum):
    """What sort of fault; also the tail of the error's permanent code `channel_<category>`."""

    NOT_BOOKABLE = "not_bookable"
    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    CREDENTIALS = "credentials"
    NOT_FOUND = "not_found"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    NOT_READY = "not_ready"
    UNAVAILABLE = "unavailable"
    UNCONFIRMED = "unconfirmed"
    PARTIAL = "partial"
    MISCONFIGURED = "misconfigured"


class ChannelError(ImprimaturError):
    """Any fault of a channel call. Subclasses fix the category.

    `ambiguous`: a write that may have happened; look it up before anything else (R-37), never resend blindly.
    `retryable`: the same call may be sent again, after `retry_after` seconds where that is known. Never both.
    `channel_code` and `request_id` are the platform's own (its support asks for them); `data` is what it said beside.
    """

    code = "channel_error"
    kind = Kind.PRECONDITION
    category = Category.INVALID

    def __init__(
        self,
        message: Words,
        *,
        channel_code: int | None = None,
        request_id: str | None = None,
        retryable: bool = False,
        ambiguous: bool = False,
        retry_after: int | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, channel_code=channel_code, request_id=request_id)
        self.message = message
        self.channel_code = channel_code
        self.request_id = request_id
        self.ambiguous = ambiguous
        self.retryable = retryable and not ambiguous
        self.retry_after = retry_after
        self.data: Mapping[str, Any] = data or {}


def _join(problems: Sequence[Problem]) -> str:
    return "; ".join(f"{each.field}: {each.detail}" for each in problems)


_listed: Callable[[Sequence[Problem]], Words] = lazy(_join, str)  # spoken when it is read, like what it is made of


class NotBookable(ChannelError):
    """The channel's API cannot express this content; nothing was sent. `problems` says why, field by field."""

    code = "channel_not_bookable"
    category = Category.NOT_BOOKABLE

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(_listed(tuple(problems)))
        self.problems = tuple(problems)


class ChannelInvalid(ChannelError):
    """The channel refused the values. Repair is a new request."""

    code = "channel_invalid"
    category = Category.INVALID


class ChannelForbidden(ChannelError):
    """Our credential may not do this."""

    code = "channel_forbidden"
    category = Category.FORBIDDEN


class ChannelCredentials(ChannelError):
    """The token is missing, invalid, expired or revoked: the account must be connected anew."""

    code = "channel_credentials"
    category = Category.CREDENTIALS


class ChannelNotFound(ChannelError):
    """The object does not exist on the channel (or was deleted there)."""

    code = "channel_not_found"
    category = Category.NOT_FOUND


class ChannelDuplicate(ChannelError):
    """The channel says it has this already."""

    code = "channel_duplicate"
    category = Category.DUPLICATE


class ChannelConflict(ChannelError):
    """Somebody writes the same object at this moment."""

    code = "channel_conflict"
    category = Category.CONFLICT


class ChannelRateLimited(ChannelError):
    """Too many calls; nothing happened."""

    code = "channel_rate_limited"
    category = Category.RATE_LIMITED


class ChannelNotReady(ChannelError):
    """Something on the channel needs time (a video is being transcoded)."""

    code = "channel_not_ready"
    category = Category.NOT_READY


class ChannelUnavailable(ChannelError):
    """The channel was not reached, or failed while reading: nothing was written."""

    code = "channel_unavailable"
    category = Category.UNAVAILABLE


class ChannelUnconfirmed(ChannelError):
    """A write was sent and its outcome is not known. Always ambiguous."""

    code = "channel_unconfirmed"
    category = Category.UNCONFIRMED


class ChannelPartial(ChannelError):
    """Some objects of one call succeeded, some did not; `data` names them."""

    code = "channel_partial"
    category = Category.PARTIAL


class ChannelMisconfigured(ChannelError):
    """Our settings are wrong: host, version, certificate."""

    code = "channel_misconfigured"
    category = Category.MISCONFIGURED


class Channel(Protocol):
    """One advertising channel. Every method but `validate` and `remote_name` talks to it and may raise ChannelError."""

    def validate(self, account: ChannelAccount, content: Content, parents: Parents) -> list[Problem]:
        """Why this content cannot be booked here; empty when it can. Pure. Parents not known are not judged."""

    def remote_name(self, content: Content) -> str:
        """The name the object carries on the channel: what was approved plus a tag of our own id, for `find`. Pure."""

    def upload_media(
        self, account: ChannelAccount, sha256: str, kind: MediaKind, path: Path, name: str
    ) -> UploadedMedia:
        """Put the bytes on the channel (a video also with its cover) and wait until they are usable.

        Refuses with MediaChanged when the file's bytes are not `sha256`. Sending again is always safe: names on the
        channel follow from the bytes. Of `name` only the suffix is used.
        """

    def confirm_media(
        self, account: ChannelAccount, sha256: str, kind: MediaKind, path: Path, uploaded: UploadedMedia
    ) -> None:
        """Make sure that the channel holds exactly these bytes under the ids of `uploaded`, a video's cover included.

        Refuses with MediaChanged when it does not, or when the file's bytes are not `sha256`. Writes nothing.
        """

    def create_disabled(
        self, account: ChannelAccount, content: Content, parents: Parents, media_ids: MediaIds, correlation: str
    ) -> str:
        """Create, explicitly switched off (R-36); gives the channel's id. Raises NotBookable before anything is sent.

        `correlation` is the caller's key of this attempt's intent: the channel drops a quick repetition of it.
        """

    def read(self, account: ChannelAccount, type: EntityType, external_id: str) -> RemoteObject:
        """The object as it is now. Raises ChannelNotFound."""

    def find(
        self, account: ChannelAccount, type: EntityType, parent_external_id: str | None, name: str
    ) -> list[RemoteObject]:
        """Objects of exactly this name under this parent: the look-up before any retry (R-37)."""

    def enable(self, account: ChannelAccount, type: EntityType, external_id: str) -> None:
        """Switch on. Read back to be sure."""

    def pause(self, account: ChannelAccount, type: EntityType, external_id: str) -> None:
        """Switch off (R-04)."""

    def update(
        self, account: ChannelAccount, content: Content, external_id: str, parents: Parents, media_ids: MediaIds
    ) -> None:
        """Make an existing object what `content` says; its switch is left alone.

        Reads first. Raises NotBookable when a field differs that the channel never lets change.
        """

    def compare(
        self,
        account: ChannelAccount,
        content: Content,
        remote: RemoteObject,
        parents: Parents,
        media_ids: MediaIds,
        enabled: bool | None,
    ) -> list[Difference]:
        """Field by field, what was cleared against what is there. `enabled` None leaves the switch out. Pure."""

    def identities(self, account: ChannelAccount) -> list[RemoteIdentity]:
        """Identities this account may use."""


class MediaChanged(ChannelError):
    """A file, here or on the channel, is not the bytes that were cleared; nothing was sent."""

    code = "channel_media_changed"
    category = Category.INVALID
