"""Drafting ads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import permissions
from accounts.models import Page
from accounts.placing import speaking_pages
from audit.recording import concerning, event, record, service
from campaigns import locks, subjects
from campaigns.inputs import AdInput, DisclosureInput, EffectInput, SparkAuthorizationInput
from campaigns.models import Ad, AdGroup, AdMedia, MediaAsset
from campaigns.services import drafting
from core import clock
from core.actor import Actor
from core.errors import FieldError, Invalid, NotFound, say
from core.statements import insert, prepared

_TEXTS = ("format", "text", "call_to_action", "landing_page_url", "display_name", "spark_post")


@prepared
def _speaking(ad_account: UUID, brand: UUID, page: UUID) -> QuerySet[Page]:
    return speaking_pages(ad_account, brand).filter(pk=page)


@prepared
def _assets(ad_account: UUID, identifiers: Sequence[UUID]) -> QuerySet[MediaAsset]:
    return MediaAsset.objects.filter(ad_account=ad_account, pk__in=identifiers)


@prepared
def _parent(ad_group: UUID) -> QuerySet[AdGroup]:
    return locks.ad_groups().filter(pk=ad_group)


def _page(ad: Ad, page: UUID | None) -> Page | None:
    """A page of the ad's brand, linked to its account. Raises Invalid; foreign and missing are one answer."""
    if page is None:
        return None
    row = _speaking.one(ad.ad_account_id, ad.ad_account.brand_id, page)
    if row is None:
        raise Invalid.field("page", "unknown", _("There is no such page linked to this ad account."))
    return row


def _media(ad: Ad, ids: Sequence[UUID]) -> list[MediaAsset]:
    """The media in the order given, all of the ad's account. Raises Invalid by position."""
    found = {asset.pk: asset for asset in _assets(ad.ad_account_id, list(ids))}
    missing = [index for index, identifier in enumerate(ids) if identifier not in found]
    if missing:
        words = _("There is no such media in this ad account; upload it first.")
        raise Invalid([FieldError(f"media.{index}", "unknown", words) for index in missing])
    return [found[identifier] for identifier in ids]


def _apply_disclosure(ad: Ad, disclosure: DisclosureInput) -> None:
    ad.ai_generated = disclosure.get("ai_generated", ad.ai_generated)
    for name in ("disclaimer", "payer", "beneficiary"):
        if name in disclosure:
            setattr(ad, name, drafting.check_text(f"disclosure.{name}", disclosure[name]))


def _apply_effect(ad: Ad, effect: EffectInput) -> None:
    """Raises Invalid for an icon that is not a picture of the ad's account."""
    ad.effect_name = drafting.check_text("effect.name", effect.get("name", ad.effect_name))
    if "icon" in effect:
        wanted = effect["icon"]
        rows = MediaAsset.objects.filter(ad_account=ad.ad_account_id, kind="image")
        ad.effect_icon = None if wanted is None else rows.filter(pk=wanted).first()
        if wanted is not None and ad.effect_icon is None:
            raise Invalid.field("effect.icon", "unknown", _("There is no such picture in this ad account; upload it first."))


def _apply_authorization(ad: Ad, given: SparkAuthorizationInput) -> None:
    ad.spark_proof = drafting.check_text("spark_authorization.proof", given.get("proof", ad.spark_proof))
    expires_at = given.get("expires_at", ad.spark_expires_at)
    ad.spark_expires_at = expires_at and expires_at.replace(microsecond=0)


def _apply(ad: Ad, values: AdInput) -> None:
    if "name" in values:
        ad.name = drafting.check_name(values["name"])
    for name in _TEXTS:
        if name in values:
            setattr(ad, name, drafting.check_text(name, values[name]))  # type: ignore[literal-required]
    if "hashtags" in values:
        ad.hashtags = drafting.check_texts("hashtags", list(values["hashtags"]))
    if "page" in values:
        ad.page = _page(ad, values["page"])
    if "disclosure" in values:
        _apply_disclosure(ad, values["disclosure"])
    if "effect" in values:
        _apply_effect(ad, values["effect"] or {"name": "", "icon": None})
    if "spark_authorization" in values:
        _apply_authorization(ad, values["spark_authorization"] or {"proof": "", "expires_at": None})


def _link_media(ad: Ad, media: list[MediaAsset], *, replace: bool) -> None:
    if replace:
        ad.media_links.all().delete()
    AdMedia.objects.bulk_create(AdMedia(ad=ad, media=asset, position=index) for index, asset in enumerate(media))


def _check_room(parent: AdGroup) -> None:
    """An ad group holds so many ads and no more (seed, step 7); the caller holds its lock. Raises Invalid."""
    most = settings.ADS_PER_AD_GROUP
    if parent.ads.count() >= most:
        full = say(_("An ad group holds at most {most} ads; change one of them, or make another ad group."), most=most)
        raise Invalid.field("ad_group", "full", full)


def sketched(actor: Actor, parent: AdGroup, values: AdInput, now: datetime) -> tuple[Ad, list[MediaAsset]]:
    """An ad draft below an ad group, itself saved or not, that nobody has saved, and its media in order. Raises Invalid."""
    ad = drafting.begin(Ad(ad_group=parent, campaign_id=parent.campaign_id), actor, parent.ad_account, now)
    _apply(ad, values)
    return ad, _media(ad, values.get("media", ()))


@service("campaigns.ad.drafted")
def draft_ad(*, actor: Actor, ad_group: UUID, values: AdInput) -> Ad:
    """A new ad draft below an ad group that has room for it. Raises Invalid, NotFound, Forbidden."""
    now = clock.now()
    parent = _parent.one(ad_group)
    if parent is None:
        raise NotFound()
    concerning(subjects.of_draft(parent))
    permissions.check(actor, "submit", parent.ad_account)
    _check_room(parent)
    ad, media = sketched(actor, parent, values, now)
    insert([ad])
    _link_media(ad, media, replace=False)
    record(event(actor, "campaigns.ad.drafted", subjects.of_draft(ad), now))
    return ad


@service("campaigns.ad.edited")
def edit_ad(*, actor: Actor, ad: UUID, version: int | None, values: AdInput) -> Ad:
    """Change a draft at `version` (If-Match), if given. Raises Invalid, NotFound, Forbidden, StaleVersion."""

    def apply(row: Ad) -> None:
        _apply(row, values)
        if "media" in values:
            _link_media(row, _media(row, values["media"]), replace=True)

    return drafting.edit(
        actor=actor, rows=locks.ads(), identifier=ad, version=version, apply=apply, action="campaigns.ad.edited"
    )
