"""Drafts, media and revisions."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns import queries
from campaigns.models import Ad, AdGroup, Campaign, MediaAsset, Revision
from campaigns.vocabulary import EntityType
from workplace import words
from workplace.access import grants
from workplace.admins.base import ReadOnlyAdmin, column, pretty
from workplace.measured import facts
from workplace.site import site

_COMMON = ("version", "created_by", "created_at", "updated_at")


class DraftAdmin(ReadOnlyAdmin):
    """What the three levels share."""

    search_fields = ("name", "=id")
    list_filter: ClassVar[tuple[Any, ...]] = ("updated_at",)
    kind: ClassVar[EntityType]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may submit it is led to what would come of that."""
        offered = obj is not None and grants(request).allows("submit", obj.ad_account)
        return (*(("before_submitting",) if offered else ()), *super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("before_submitting", *super().get_readonly_fields(request, obj))

    @column(_("before submitting"))
    def before_submitting(self, row: Any) -> str:
        to = reverse("admin:route_preview", args=[self.kind, row.pk])
        return format_html('<a href="{}">{}</a>', to, _("What would happen if this were submitted now?"))

    @column(_("budget"))
    def budget(self, row: Any) -> str:
        amount = "" if row.budget_minor is None else words.money(row.budget_minor, row.ad_account.currency)
        return f"{row.get_budget_mode_display()} {amount}".strip()


@admin.register(Campaign, site=site)
class CampaignAdmin(DraftAdmin):
    kind = EntityType.CAMPAIGN
    list_display = ("name", "ad_account", "objective", "budget", "updated_at")
    list_filter = ("objective", "updated_at")
    list_select_related = ("ad_account",)
    fields = ("name", "ad_account", "objective", "budget", "budget_optimization", "industries", "starts_at", "ends_at", *_COMMON)
    readonly_fields = ("budget", "industries")

    @column(_("special industries"))
    def industries(self, row: Campaign) -> str:
        return words.text("structure", "special_industries", row.special_industries, words.Names())


@admin.register(AdGroup, site=site)
class AdGroupAdmin(DraftAdmin):
    kind = EntityType.AD_GROUP
    list_display = ("name", "campaign", "ad_account", "budget", "start", "end")
    list_select_related = ("ad_account", "campaign")
    fields = (
        "name", "campaign", "ad_account", "placement_text", "targeting_text", "budget", "start", "end", "bid_strategy",
        "pacing", "optimization_goal", *_COMMON,
    )  # fmt: skip
    readonly_fields = ("budget", "placement_text", "targeting_text")

    @column(_("placement"))
    def placement_text(self, row: AdGroup) -> str:
        return pretty(row.placement)

    @column(_("targeting"))
    def targeting_text(self, row: AdGroup) -> str:
        return pretty(row.targeting)


@admin.register(Ad, site=site)
class AdAdmin(DraftAdmin):
    kind = EntityType.AD
    list_display = ("name", "ad_group", "ad_account", "format", "updated_at")
    list_filter = ("format", "updated_at")
    list_select_related = ("ad_account", "ad_group")
    fields = (
        "name", "ad_group", "ad_account", "format", "media_text", "text", "call_to_action", "landing_page_text", "display_name",
        "hashtags_text", "page", "spark_post", "spark_proof", "spark_expires_at", "effect_name", "effect_icon", "ai_generated",
        "disclaimer", "payer", "beneficiary", *_COMMON,
    )  # fmt: skip
    readonly_fields = ("media_text", "landing_page_text", "hashtags_text")

    @column(_("media"))
    def media_text(self, row: Ad) -> str:
        return ", ".join(str(link.media) for link in row.media_links.select_related("media")) or "–"

    @column(_("landing page"))
    def landing_page_text(self, row: Ad) -> str:
        """As text: an unapproved address is not a link."""
        return row.landing_page_url

    @column(_("hashtags"))
    def hashtags_text(self, row: Ad) -> str:
        return ", ".join(str(tag) for tag in row.hashtags) or "–"


@admin.register(MediaAsset, site=site)
class MediaAssetAdmin(ReadOnlyAdmin):
    list_display = ("thumbnail", "original_name", "kind", "container", "pixels", "size", "ad_account", "created_at")
    list_display_links = ("original_name",)
    list_filter = ("kind", "container", "created_at")
    list_select_related = ("ad_account",)
    search_fields = ("original_name", "=sha256", "=id")
    fields = (
        "thumbnail", "original_name", "sha256", "kind", "container", "codec", "pixels", "duration_ms", "size", "has_audio",
        "bit_rate", "seen_and_heard", "ad_account", "uploaded_by", "created_at",
    )  # fmt: skip
    readonly_fields = ("thumbnail", "pixels", "size", "seen_and_heard")

    @column(_("preview"))
    def thumbnail(self, row: MediaAsset) -> str:
        whole, small = (reverse(f"admin:{name}", args=[row.pk]) for name in ("media", "poster"))
        return format_html('<a href="{}"><img class="wp-thumb" src="{}" alt="" loading="lazy"></a>', whole, small)

    @column(_("pixels"))
    def pixels(self, row: MediaAsset) -> str:
        return f"{row.width} × {row.height}"

    @column(_("seen and heard"))
    def seen_and_heard(self, row: MediaAsset) -> str:
        """Nothing where no rule that is in force asked for it."""
        found_in = queries.found_in([row.sha256])
        found = facts(row, found_in["analysis"].get(row.sha256), found_in["reading"].get(row.sha256))
        return render_to_string("workplace/measured.html", {"facts": found}) if found else "–"

    @column(_("size"), "size_bytes")
    def size(self, row: MediaAsset) -> str:
        return filesizeformat(row.size_bytes)


@admin.register(Revision, site=site)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ("name", "entity_type", "number", "short_digest", "ad_account", "created_by", "created_at")
    list_filter = ("entity_type", "created_at")
    list_select_related = ("ad_account", "created_by")
    search_fields = ("name", "=digest", "=entity_id")
    fields = (
        "name", "entity_type", "entity_id", "number", "digest", "ad_account", "created_by", "created_at", "sections_text",
        "content_text",
    )  # fmt: skip
    readonly_fields = ("sections_text", "content_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("ad_account", "created_by")

    @column(_("digest"))
    def short_digest(self, row: Revision) -> str:
        return row.digest[:12]

    @column(_("digests of the sections"))
    def sections_text(self, row: Revision) -> str:
        return pretty(row.sections)

    @column(_("content as it was hashed"))
    def content_text(self, row: Revision) -> str:
        return pretty(json.loads(row.canonical))
