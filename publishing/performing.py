"""Carrying out one publication on the channel: no transaction is open, no row is written here.

The content that is sent is the canonical text of the cleared revision, hashed once more; media are read from the store
as private, verified copies. What came of it is an Outcome that `services.conclude` writes down.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.intake import store
from campaigns.models import MediaAsset, Revision
from core.canonical import digest_of_text
from publishing.channels.base import (
    ChannelAccount,
    ChannelError,
    ChannelInvalid,
    ChannelUnconfirmed,
    Content,
    Difference,
    EntityType,
    MediaKind,
    Parent,
    RemoteObject,
    UploadedMedia,
)
from publishing.channels.registry import channel
from publishing.errors import DigestMismatch
from publishing.models import ChannelMedia, ChannelObject, Publication
from publishing.states import Operation


@dataclass(slots=True)
class Outcome:
    """What was found true on the channel after a publication was carried out."""

    external_id: str
    enabled: bool
    differences: list[Difference] = field(default_factory=list)
    above: list[Above] = field(default_factory=list)
    """Where something above differs from its clearance, and nothing was created or switched on; `external_id` may be
    empty then."""
    compared: bool = True
    """Whether the content was looked at: what is only paused is not thereby confirmed."""


@dataclass(frozen=True, slots=True)
class Above:
    """One field in which an ancestor on the channel is not what was cleared."""

    entity_type: EntityType
    entity_id: UUID
    difference: Difference


@dataclass(slots=True)
class Work:
    """One publication with all that is needed to carry it out, read before anything is sent."""

    publication: Publication
    account: ChannelAccount
    content: Content
    parents: dict[str, Parent]
    known: ChannelObject | None
    media: dict[str, UploadedMedia] = field(default_factory=dict)
    just_uploaded: dict[str, UploadedMedia] = field(default_factory=dict)
    """By hash, what this very try put on the channel, from verified bytes."""

    @property
    def type(self) -> EntityType:
        return cast(EntityType, self.publication.entity_type)

    @property
    def parent_external_id(self) -> str | None:
        structure = self.content["sections"]["structure"]
        parent = structure.get("ad_group") or structure.get("campaign")
        return self.parents[parent].external_id if parent else None


def prepare(publication: Publication) -> Work:
    """Read what a publication needs. Raises DigestMismatch when the text is not what its digest says.

    Pausing asks for nothing but the object (R-04).
    """
    revision = publication.revision
    pausing = publication.operation == Operation.PAUSE
    if not pausing and digest_of_text(revision.canonical) != publication.digest:
        raise DigestMismatch(_("The content is not the one that was cleared."))
    row = publication.ad_account
    account = ChannelAccount(row.external_id, settings.TIKTOK_ACCESS_TOKEN, row.currency)
    known = ChannelObject.objects.filter(entity_id=publication.entity_id).first()
    return Work(publication, account, revision.content, {} if pausing else _parents(revision.content), known)


def _parents(content: Mapping[str, Any]) -> dict[str, Parent]:
    """The ancestors as they were last published, by our id, nearest first; their clearance stands still (R-27)."""
    found: dict[str, Parent] = {}
    structure = content["sections"]["structure"]
    parent = structure.get("ad_group") or structure.get("campaign")
    while parent:
        live = ChannelObject.objects.filter(entity_id=parent).first()
        if live is None:
            raise ChannelInvalid("What this belongs to is not on the channel.")
        cleared = Revision.objects.filter(clearances__isnull=False, clearances__revocation__isnull=True)
        revision = cleared.filter(entity_id=parent, digest=live.live_digest).first()
        if revision is None:
            raise ChannelInvalid("What this belongs to is not on the channel as it was cleared.")
        if digest_of_text(revision.canonical) != revision.digest:
            raise DigestMismatch(_("What this belongs to is not the content that was cleared."))
        found[parent] = Parent(live.external_id, revision.content)
        parent = revision.content["sections"]["structure"].get("campaign")
    return found


def upload_missing(work: Work) -> dict[UUID, UploadedMedia]:
    """Put what the channel does not have yet of an ad's media there, from verified copies; what was uploaded.

    Also what was uploaded before must still lie in the store as it was approved. The caller writes down what came of it
    before the ad is created: a later try has to name the same files. Raises ChannelError, MediaAltered, MediaMissing.
    """
    uploaded: dict[UUID, UploadedMedia] = {}
    if work.publication.operation == Operation.PAUSE:
        return uploaded
    if work.publication.position == 0:
        _check_all_media(work.publication)
    held = _held(work)
    for sha256 in _media_in(work.content):
        if sha256 in held:
            _check_stored(sha256)
            continue
        asset = _asset(work, sha256)
        uploaded[asset.pk] = work.just_uploaded[sha256] = _upload(work, asset)
    return uploaded


def _media_in(content: Content) -> list[str]:
    creative = content["sections"].get("creative") or {"media": []}
    return [entry["sha256"] for entry in creative["media"]]


def _asset(work: Work, sha256: str) -> MediaAsset:
    return MediaAsset.objects.get(ad_account=work.publication.ad_account, sha256=sha256)


def _held(work: Work) -> dict[str, UploadedMedia]:
    """The ad's media that are said to be on the channel, by hash. Nothing but an ad has any."""
    if work.type != "ad":
        return {}
    rows = ChannelMedia.objects.filter(ad_account=work.publication.ad_account, media__sha256__in=_media_in(work.content))
    return {row.media.sha256: UploadedMedia(row.external_id, row.cover_external_id or None) for row in rows.select_related("media")}


def _confirm_held(work: Work) -> None:
    """A row that says which file of the channel some bytes are is believed only when the channel itself says so (R-02):
    else the wrong film would go live, and the read-back would find what it expects. Raises MediaChanged."""
    for sha256, uploaded in work.media.items():
        if work.just_uploaded.get(sha256) != uploaded:
            asset = _asset(work, sha256)
            with _copy_of(asset) as path:
                channel().confirm_media(work.account, sha256, cast(MediaKind, asset.kind), path, uploaded)


def _check_stored(sha256: str) -> None:
    with store().open_verified(sha256):
        pass


def _check_all_media(publication: Publication) -> None:
    """Before the first step of a request: the approved bytes of all its ads are in the store, so that a swapped file is
    found out before half of the tree exists on the channel. Raises MediaAltered, MediaMissing."""
    ads = Revision.objects.filter(publications__request=publication.request_id, entity_type="ad").distinct()
    for sha256 in {sha256 for ad in ads for sha256 in _media_in(ad.content)}:
        _check_stored(sha256)


@contextmanager
def _copy_of(asset: MediaAsset) -> Iterator[Path]:
    """A private, verified copy. Raises MediaAltered, MediaMissing."""
    with tempfile.TemporaryDirectory(prefix="imprimatur-") as folder:
        path = Path(folder, f"{asset.sha256}.{asset.container}")
        with store().open_snapshot(asset.sha256) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        yield path


def _upload(work: Work, asset: MediaAsset) -> UploadedMedia:
    with _copy_of(asset) as path:
        return channel().upload_media(work.account, asset.sha256, cast(MediaKind, asset.kind), path, path.name)


def carry_out(work: Work, *, look_first: bool) -> Outcome:
    """Do it, read it back, compare (R-36). `look_first`: an earlier try may have created it (R-37).

    Its media are there (`upload_missing`). Raises ChannelError.
    """
    operation = work.publication.operation
    if operation == Operation.PAUSE:
        return _pause(work)
    work.media = _held(work)
    _confirm_held(work)
    above = _differences_above(work)
    if above:
        return _stopped(work, above)
    match operation:
        case Operation.CREATE:
            external_id = _create(work, look_first)
        case Operation.UPDATE:
            external_id = _external_id(work)
            channel().update(work.account, work.content, external_id, work.parents, work.media)
        case Operation.ENABLE:
            return _enable(work, _external_id(work))
        case _:
            raise ChannelInvalid(f"Nobody knows how to {operation}.")
    remote = channel().read(work.account, work.type, external_id)
    return _kept_safe(work, _compared(work, remote, False if operation == Operation.CREATE else None))


def _differences_above(work: Work) -> list[Above]:
    """What is above on the channel must be what was cleared there: which object it is stands in a row of ours, and
    anybody may have edited it natively (R-27, R-36). The highest ancestor that differs says it all."""
    for entity, parent in reversed(work.parents.items()):
        remote = channel().read(work.account, parent.content["type"], parent.external_id)
        differences = channel().compare(work.account, parent.content, remote, work.parents, {}, None)
        if differences:
            return [Above(remote.type, UUID(entity), difference) for difference in differences]
    return []


def _stopped(work: Work, above: list[Above]) -> Outcome:
    """Nothing is done below what differs. A switch that an earlier try may have put on is put off again."""
    if work.publication.operation != Operation.ENABLE:
        return Outcome("", False, above=above, compared=False)
    remote = channel().read(work.account, work.type, _external_id(work))
    return _kept_safe(work, Outcome(remote.external_id, bool(remote.enabled), above=above, compared=False))


def _pause(work: Work) -> Outcome:
    """Switch off and read it back, whatever else is true of it (R-04)."""
    external_id = _external_id(work)
    channel().pause(work.account, work.type, external_id)
    if channel().read(work.account, work.type, external_id).enabled is not False:
        raise ChannelUnconfirmed("The channel took the switch but does not show it yet.", ambiguous=True)
    return Outcome(external_id, False, compared=False)


def _kept_safe(work: Work, outcome: Outcome) -> Outcome:
    """What differs from its clearance does not run (R-36, R-04): switch it off before anything else is said.

    Where the channel refuses that for good, the finding says that it runs. Raises ChannelError for what passes.
    """
    if not ((outcome.differences or outcome.above) and outcome.enabled):
        return outcome
    try:
        channel().pause(work.account, work.type, outcome.external_id)
    except ChannelError as error:
        if error.retryable or error.ambiguous:
            raise
        if all(difference.field != "enabled" for difference in outcome.differences):
            outcome.differences.append(Difference("enabled", False, True))
        return outcome
    outcome.enabled = False
    return outcome


def _external_id(work: Work) -> str:
    if work.known is None:
        raise ChannelInvalid("This was never created on the channel.")
    return work.known.external_id


def _create(work: Work, look_first: bool) -> str:
    if look_first:
        found = channel().find(work.account, work.type, work.parent_external_id, channel().remote_name(work.content))
        if len(found) > 1:
            words = f"The channel has {len(found)} objects of this name; a person has to look."
            raise ChannelInvalid(words)
        if found:
            return found[0].external_id
    correlation = str(work.publication.pk)
    return channel().create_disabled(work.account, work.content, work.parents, work.media, correlation)


def _enable(work: Work, external_id: str) -> Outcome:
    """Enabling is allowed only if what is live is exactly what was cleared (R-05, R-36)."""
    before = _compared(work, channel().read(work.account, work.type, external_id), None)
    if before.differences or before.enabled:
        return _kept_safe(work, before)
    channel().enable(work.account, work.type, external_id)
    after = _compared(work, channel().read(work.account, work.type, external_id), True)
    if any(difference.field == "enabled" for difference in after.differences):
        raise ChannelUnconfirmed("The channel took the switch but does not show it yet.", ambiguous=True)
    return _kept_safe(work, after)


def _compared(work: Work, remote: RemoteObject, enabled: bool | None) -> Outcome:
    differences = channel().compare(work.account, work.content, remote, work.parents, work.media, enabled)
    return Outcome(remote.external_id, bool(remote.enabled), differences)
