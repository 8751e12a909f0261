"""Publications with their attempts, and differences found on the channel."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from publishing.models import DriftFinding, Publication, PublicationAttempt
from workplace import theme, words
from workplace.admins.base import ReadOnlyAdmin, chip, column
from workplace.site import site


class AttemptInline(theme.TabularInline):
    """The tries of one publication."""

    model = PublicationAttempt
    extra = 0
    can_delete = False
    fields = ("number", "started_at", "finished_at", "outcome", "code", "message", "channel_request_id")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever sees the publication sees its tries."""
        return True


@admin.register(Publication, site=site)
class PublicationAdmin(ReadOnlyAdmin):
    list_display = ("revision", "operation", "state_chip", "ad_account", "queued_at", "finished_at", "reason")
    list_filter = ("state", "operation", "entity_type", "queued_at")
    list_select_related = ("revision", "ad_account")
    search_fields = ("=digest", "=entity_id", "=id")
    fields = (
        "request", "clearance", "revision", "digest", "ad_account", "entity_type", "entity_id", "operation", "amount",
        "position", "state_chip", "reason", "requested_by", "queued_at", "not_before", "finished_at",
    )  # fmt: skip
    readonly_fields = ("amount", "state_chip")
    inlines = (AttemptInline,)

    @column(_("state"), "state")
    def state_chip(self, row: Publication) -> str:
        return chip(row.state, row.get_state_display())

    @column(_("amount"))
    def amount(self, row: Publication) -> str:
        return words.money(row.amount_minor, row.ad_account.currency)


@admin.register(DriftFinding, site=site)
class DriftFindingAdmin(ReadOnlyAdmin):
    list_display = ("field", "entity_type", "cleared_text", "live_text", "ad_account", "found_at")
    list_filter = ("entity_type", "found_at")
    list_select_related = ("ad_account",)
    search_fields = ("=entity_id", "field")
    fields = ("ad_account", "publication", "entity_type", "entity_id", "field", "cleared", "live", "found_at")

    @column(_("cleared"))
    def cleared_text(self, row: DriftFinding) -> str:
        return row.cleared[:80]

    @column(_("live"))
    def live_text(self, row: DriftFinding) -> str:
        return row.live[:80]
