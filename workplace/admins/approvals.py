"""Approval requests and clearances."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalRequest, Clearance
from workplace import words
from workplace.admins.base import ReadOnlyAdmin, chip, column
from workplace.site import site


@admin.register(ApprovalRequest, site=site)
class ApprovalRequestAdmin(ReadOnlyAdmin):
    list_display = ("title", "state_chip", "ad_account", "exposure", "submitted_by", "submitted_at")
    list_filter = ("state", "publish", "submitted_at")
    list_select_related = ("ad_account", "submitted_by")
    search_fields = ("title", "=id", "=digest")

    @column(_("state"), "state")
    def state_chip(self, row: ApprovalRequest) -> str:
        return chip(row.state, row.get_state_display())

    @column(_("exposure"))
    def exposure(self, row: ApprovalRequest) -> str:
        return words.money(row.exposure_minor, row.currency)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A request has a page of its own."""
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("admin:request", args=[found.pk]))


@admin.register(Clearance, site=site)
class ClearanceAdmin(ReadOnlyAdmin):
    list_display = ("revision", "entity_type", "ad_account", "limit", "valid_until", "state_chip")
    list_filter = ("entity_type", "issued_at")
    list_select_related = ("revision", "ad_account", "revocation")
    search_fields = ("=digest", "=request_digest", "=entity_id")
    fields = (
        "request", "revision", "digest", "request_digest", "ad_account", "entity_type", "entity_id", "limit",
        "valid_from", "valid_until", "issued_at", "state_chip", "ended",
    )  # fmt: skip
    readonly_fields = ("limit", "state_chip", "ended")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).select_related("request", "revision", "ad_account", "revocation__revoked_by")
        )

    @column(_("money limit"))
    def limit(self, row: Clearance) -> str:
        return words.money(row.limit_minor, row.currency)

    @column(_("state"))
    def state_chip(self, row: Clearance) -> str:
        ended = hasattr(row, "revocation")
        return chip("revoked" if ended else "passed", str(_("revoked") if ended else _("issued")))

    @column(_("revocation"))
    def ended(self, row: Clearance) -> str:
        if not hasattr(row, "revocation"):
            return "–"
        return f"{row.revocation.revoked_by}: {row.revocation.reason}"
