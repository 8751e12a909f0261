"""The log, for those who hold `audit` on a scope (R-60).

Time is filtered, not leafed through by a date hierarchy: that one asks the database for every distinct day of the table.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.queries import audited
from audit import actions
from audit.models import AuditEvent
from workplace import outcomes
from workplace.access import grants
from workplace.admins.base import ReadOnlyAdmin, chip, column, pretty
from workplace.site import site

OUTCOMES = {"recorded": _("recorded"), "refused": _("refused")}
SHOWN = {**OUTCOMES, outcomes.SKIPPED: _("skipped")}


class ActionFilter(admin.SimpleListFilter):
    """By action, from the register: no statement to find out which there are."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(text)) for name, text in actions.ACTIONS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() in actions.ACTIONS else queryset


class OutcomeFilter(admin.SimpleListFilter):
    """Recorded or refused."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, str(text)) for name, text in OUTCOMES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(outcome=self.value()) if self.value() in OUTCOMES else queryset


@admin.register(AuditEvent, site=site)
class AuditEventAdmin(ReadOnlyAdmin):
    permission = "audit"
    list_display = ("at", "what", "outcome_chip", "subject_label", "actor_label", "channel")
    list_display_links = ("at", "what")
    list_filter = (OutcomeFilter, ActionFilter, "at")
    ordering = ("-id",)
    lookups = ("subject_id", "actor_id")
    search_fields = ("=id", "=subject_id", "=request_id", "subject_label", "actor_label")
    search_help_text = _("Subject, actor, or an exact id of an event, subject or request")
    fields = (
        "id", "at", "what", "action", "outcome_chip", "actor_label", "actor_kind", "channel", "request_id",
        "subject_type", "subject_label", "subject_id", "entry", "digest",
    )  # fmt: skip
    readonly_fields = ("id", "what", "outcome_chip", "entry")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(audited(grants(request)))

    @column(_("what happened"), "action")
    def what(self, row: AuditEvent) -> str:
        return actions.text(row.action)

    @column(_("outcome"), "outcome")
    def outcome_chip(self, row: AuditEvent) -> str:
        outcome = outcomes.shown(row)
        return chip(outcome, str(SHOWN[outcome]))

    @column(_("entry as it was hashed"))
    def entry(self, row: AuditEvent) -> str:
        return pretty(json.loads(row.canonical))
