"""Reading `campaigns`: what an actor may see, and the numbers others need. Listings filter by ids, never by grant rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, cast
from uuid import UUID

from django.db.models import Count, Model, Prefetch, Q, QuerySet

from accounts.id_sets import among
from accounts.permissions import grants_of_actor
from campaigns.media.analysis import VERSIONS, Kind
from campaigns.models import Ad, AdGroup, AdMedia, Campaign, MediaAnalysis, MediaAsset, Revision
from core.actor import Actor
from core.errors import NotFound

M = TypeVar("M", bound=Model)


def _visible(actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    return rows.filter(among("ad_account_id", grants_of_actor(actor).ad_account_ids("view")))


def visible_campaigns(actor: Actor) -> QuerySet[Campaign]:
    return _visible(actor, Campaign.objects.select_related("ad_account"))


def visible_ad_groups(actor: Actor) -> QuerySet[AdGroup]:
    return _visible(actor, AdGroup.objects.select_related("ad_account"))


def visible_ads(actor: Actor) -> QuerySet[Ad]:
    return with_media(_visible(actor, Ad.objects.all()))


def analyses_of(hashes: Iterable[str], kind: Kind = "analysis") -> dict[str, MediaAnalysis]:
    """What today's analyser of this kind found before in bytes with these hashes: one statement."""
    rows = MediaAnalysis.objects.filter(sha256__in=list(hashes), kind=kind, analyser=VERSIONS[kind])
    return {row.sha256: row for row in rows}


def found_in(hashes: Iterable[str]) -> dict[Kind, dict[str, MediaAnalysis]]:
    """The same of every kind, by kind and hash: one statement."""
    found: dict[Kind, dict[str, MediaAnalysis]] = {kind: {} for kind in VERSIONS}
    today = Q(*(Q(kind=kind, analyser=version) for kind, version in VERSIONS.items()), _connector=Q.OR)
    for row in MediaAnalysis.objects.filter(today, sha256__in=list(hashes)):
        found[cast("Kind", row.kind)][row.sha256] = row
    return found


def with_media(rows: QuerySet[Ad]) -> QuerySet[Ad]:
    """Ads with what a page of them shows."""
    links = Prefetch("media_links", AdMedia.objects.order_by("position"))
    return rows.prefetch_related(links)


def visible_media(actor: Actor) -> QuerySet[MediaAsset]:
    return _visible(actor, MediaAsset.objects.all())


def visible_revisions(actor: Actor) -> QuerySet[Revision]:
    return _visible(actor, Revision.objects.all())


def get(rows: QuerySet[M], identifier: UUID) -> M:
    """One visible row. Raises NotFound; missing and invisible are one answer (R-57)."""
    row = rows.filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


def ads_by_group(groups: Iterable[UUID]) -> dict[UUID, int]:
    """How many ads each ad group has, drafts included: one statement."""
    rows = Ad.objects.filter(ad_group_id__in=list(groups)).order_by().values_list("ad_group_id")
    return dict(rows.annotate(number=Count("pk")))
