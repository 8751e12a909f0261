"""Taking in a file: store it by its hash, find out what is in it, register it. No transaction is open meanwhile."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.conf import settings

from accounts import permissions
from accounts.models import AdAccount
from campaigns.media.probe import MediaFacts, probe
from campaigns.media.storage import MediaStore, Readable
from campaigns.models import MediaAsset
from campaigns.services import register_media
from core.actor import Actor


def store() -> MediaStore:
    """The media store of this installation."""
    return MediaStore(settings.MEDIA_STORE, max_bytes=settings.MEDIA_MAX_BYTES)


def receive_media(*, actor: Actor, ad_account: UUID, stream: Readable, name: str) -> MediaAsset:
    """Store, probe and register one file. Raises MediaRefused (by what is in it), NotFound, Forbidden.

    Strangers are turned away before a byte is stored or decoded.
    """
    account = AdAccount.objects.select_related("brand__organisation").filter(pk=ad_account).first()
    if account is None or not permissions.can(actor, "submit", account):
        return register_media(actor=actor, ad_account=ad_account, facts=None, name=name)
    stored = store().put(stream)
    return register_media(actor=actor, ad_account=ad_account, facts=facts_of(stored.sha256), name=name)


@lru_cache(maxsize=4096)
def facts_of(sha256: str) -> MediaFacts:
    """What is in the stored bytes. Facts follow from the bytes, so that the same film is decoded once a process, however
    often it is uploaded. Raises MediaRefused, MediaAltered, MediaMissing; what was refused is decoded again."""
    with store().open_verified(sha256) as file:
        return probe(file, sha256=sha256)
