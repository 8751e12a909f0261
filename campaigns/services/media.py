"""Registering uploaded media. The bytes are stored and probed before, outside any transaction: `campaigns.intake`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import AdAccount
from accounts.subjects import of_scope
from audit.recording import concerning, event, record, service
from campaigns import subjects
from campaigns.media.analysis import VERSIONS, Kind
from campaigns.media.probe import MediaFacts
from campaigns.models import MediaAnalysis, MediaAsset
from campaigns.services.drafting import check_text
from core import clock
from core.actor import Actor, ActorKind
from core.errors import Forbidden, NotFound

JsonObject = Mapping[str, Any]


@service("campaigns.media_asset.analysed")
def record_analysis(
    *, actor: Actor, media: UUID, result: JsonObject | None, fault: str, kind: Kind = "analysis"
) -> MediaAnalysis:
    """Keep what today's analyser of this kind found in the bytes of a media asset, or why it found nothing. What is kept
    already stays.

    Raises NotFound, Forbidden to all but the service itself.
    """
    asset = MediaAsset.objects.select_related("ad_account__brand__organisation").filter(pk=media).first()
    if asset is None:
        raise NotFound()
    subject = concerning(subjects.of_media(asset))
    if actor.kind is not ActorKind.SYSTEM:
        raise Forbidden(_("Media are analysed by the service itself."))
    now = clock.now()
    analyser: dict[str, Any] = {"kind": kind, "analyser": VERSIONS[kind]}
    fields = {"result": result, "fault": fault, "analysed_at": now}
    row, created = MediaAnalysis.objects.get_or_create(sha256=asset.sha256, **analyser, defaults=fields)
    record(event(actor, "campaigns.media_asset.analysed", subject, now, **analyser, fault=row.fault, new=created))
    return row


@service("campaigns.media_asset.uploaded")
def register_media(*, actor: Actor, ad_account: UUID, facts: MediaFacts | None, name: str) -> MediaAsset:
    """The media asset of these bytes in this account; the same bytes again are the same asset.

    `facts` is None only when the caller already knows that the actor may not: then this refuses. Raises NotFound,
    Forbidden, Invalid (the name is no text).
    """
    now = clock.now()
    account = AdAccount.objects.select_related("brand__organisation").filter(pk=ad_account).first()
    if account is None:
        raise NotFound()
    concerning(of_scope(account))
    permissions.check(actor, "submit", account)
    if facts is None:
        raise NotFound()
    user = permissions.principal_of(actor)
    fields = {**facts.as_dict(), "original_name": check_text("file", name)[:255], "uploaded_by": user, "created_at": now}
    media, created = MediaAsset.objects.get_or_create(ad_account=account, sha256=facts.sha256, defaults=fields)
    media.ad_account = account
    record(event(actor, "campaigns.media_asset.uploaded", subjects.of_media(media), now, sha256=facts.sha256, new=created))
    return media
