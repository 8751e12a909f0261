"""How the objects of `campaigns` are named in the log."""

from __future__ import annotations

from accounts.subjects import audit_scope
from audit.recording import Subject
from campaigns.models import Draft, MediaAsset


def of_draft(draft: Draft) -> Subject:
    return Subject(draft.entity_type.value, str(draft.pk), draft.name, audit_scope(draft.ad_account))


def of_media(media: MediaAsset) -> Subject:
    return Subject("media_asset", str(media.pk), str(media), audit_scope(media.ad_account))
