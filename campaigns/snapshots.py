"""Taking revisions of drafts. The caller holds the locks of the drafts and an open transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from campaigns.content import ad_content, ad_group_content, campaign_content, seal, section_digests
from campaigns.models import Ad, AdGroup, AdMedia, Campaign, MediaAsset, Revision
from core.statements import insert, prepared


@dataclass(frozen=True, slots=True)
class Head:
    """What a draft says now: the draft, its content, and the canonical text and digest of that. `media`: every file in it."""

    draft: Campaign | AdGroup | Ad
    content: dict[str, Any]
    canonical: str
    digest: str
    sections: dict[str, str]
    media: tuple[MediaAsset, ...] = ()

    @property
    def key(self) -> UUID:
        return self.draft.pk

    @property
    def type(self) -> str:
        return self.draft.entity_type.value


@prepared
def _links(ads: Sequence[UUID]) -> QuerySet[AdMedia]:
    return AdMedia.objects.filter(ad_id__in=ads).select_related("media__uploaded_by").order_by("ad_id", "position")


def media_of(ads: Iterable[Ad]) -> dict[UUID, list[MediaAsset]]:
    """Media of ads in order, with who uploaded them: one statement."""
    found: dict[UUID, list[MediaAsset]] = {ad.pk: [] for ad in ads}
    for link in _links(list(found)) if found else ():
        found[link.ad_id].append(link.media)
    return found


def head_of(draft: Campaign | AdGroup | Ad, media: Sequence[MediaAsset] = ()) -> Head:
    """The head of one draft, saved or not; `media`: those of an ad, in order. Raises NotCanonical."""
    if isinstance(draft, Campaign):
        content = campaign_content(draft)
    elif isinstance(draft, AdGroup):
        content = ad_group_content(draft)
    else:
        content, media = ad_content(draft, media), [*media, *_icon(draft)]
    canonical, digest = seal(content)
    return Head(draft, content, canonical, digest, section_digests(content), tuple(media))


def with_content(draft: Campaign | AdGroup, content: dict[str, Any]) -> Head:
    """A head of the draft's entity that says something else than the draft. Raises NotCanonical."""
    canonical, digest = seal(content)
    return Head(draft, content, canonical, digest, section_digests(content))


def head_again(draft: Campaign | AdGroup | Ad, revision: Revision) -> Head:
    """The head that a revision was taken of, whatever its draft says by now. Its media are not read."""
    return Head(draft, revision.content, revision.canonical, revision.digest, revision.sections)


def heads(campaign: Campaign | None, groups: Sequence[AdGroup], ads: Sequence[Ad]) -> list[Head]:
    """The heads of the drafts, parents first; one statement for the media of all ads."""
    media = media_of(ads)
    found = [] if campaign is None else [head_of(campaign)]
    found += [head_of(group) for group in groups]
    return found + [head_of(ad, media[ad.pk]) for ad in ads]


def _icon(ad: Ad) -> list[MediaAsset]:
    """The icon of the ad's effect: a file of the ad, though not one of its media."""
    return [] if ad.effect_icon is None else [ad.effect_icon]


def take(wanted: Sequence[Head], known: Mapping[UUID, Sequence[Revision]], author: User, now: datetime) -> dict[UUID, Revision]:
    """The revision of each head: the known one of the same content, else a new row. At most one INSERT."""
    result, fresh = {}, []
    for head in wanted:
        earlier = known.get(head.key, ())
        same = next((revision for revision in earlier if revision.digest == head.digest), None)
        if same is None:
            same = _new(head, 1 + max((revision.number for revision in earlier), default=0), author, now)
            fresh.append(same)
        result[head.key] = same
    if fresh:
        insert(fresh)
    return result


def _new(head: Head, number: int, author: User, now: datetime) -> Revision:
    return Revision(
        entity_type=head.type, entity_id=head.key, ad_account=head.draft.ad_account, number=number,
        name=head.draft.name, canonical=head.canonical, digest=head.digest, sections=head.sections,
        created_by=author, created_at=now, **{head.type: head.draft},
    )  # fmt: skip
