"""Check runs and their findings."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.id_sets import among
from governance import messages
from governance.models import CheckRun, Finding
from governance.states import CheckState
from workplace import words
from workplace.access import grants
from workplace.admins.base import ReadOnlyAdmin, chip, column, pretty
from workplace.site import site

OUTCOMES = {"passed": _("passed"), "warned": _("warned"), "blocked": _("blocked")}
RESULTS = {"pass": _("passed"), "fail": _("failed"), "not_applicable": _("not applicable"), "error": _("error")}


@admin.register(CheckRun, site=site)
class CheckRunAdmin(ReadOnlyAdmin):
    list_display = ("revision", "state_text", "outcome_chip", "queued_at", "finished_at", "attempts")
    list_filter = ("state", "outcome", "queued_at")
    list_select_related = ("revision",)
    search_fields = ("=revision__id", "=revision__digest")
    fields = (
        "revision", "state_text", "outcome_chip", "attempts", "queued_at", "finished_at", "rule_sets_text",
        "passed_text", "context_digest", "context_text",
    )  # fmt: skip
    readonly_fields = ("state_text", "outcome_chip", "rule_sets_text", "passed_text", "context_text")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(among("revision__ad_account_id", grants(request).ad_account_ids("view")))

    @column(_("state"), "state")
    def state_text(self, row: CheckRun) -> str:
        return str(CheckState(row.state).label)

    @column(_("outcome"), "outcome")
    def outcome_chip(self, row: CheckRun) -> str:
        return chip(row.outcome, str(OUTCOMES[row.outcome])) if row.outcome else "–"

    @column(_("rule sets"))
    def rule_sets_text(self, row: CheckRun) -> str:
        return ", ".join(f"{each['key']} v{each['version']}" for each in row.rule_sets)

    @column(_("passed"))
    def passed_text(self, row: CheckRun) -> str:
        """What each rule said, in words; what did not pass has findings."""
        lang = words.language()
        said = ((messages.title(each["rule"], lang), each) for each in row.passed or ())
        return pretty([f"{title}: {messages.message(each['code'], each['params'], lang)}" for title, each in said])

    @column(_("what the rules saw"))
    def context_text(self, row: CheckRun) -> str:
        return pretty(json.loads(row.context))


@admin.register(Finding, site=site)
class FindingAdmin(ReadOnlyAdmin):
    list_display = ("title", "result_chip", "mode", "message", "check_run")
    list_filter = ("result", "mode")
    list_select_related = ("check_run",)
    search_fields = ("=code", "=rule", "=check_run__id")
    fields = ("check_run", "title", "rule_version", "mode", "result_chip", "code", "message", "evidence_text")
    readonly_fields = ("title", "result_chip", "message", "evidence_text")

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(among("check_run__revision__ad_account_id", grants(request).ad_account_ids("view")))

    @column(_("rule"))
    def title(self, row: Finding) -> str:
        return messages.title(row.rule, words.language())

    @column(_("result"), "result")
    def result_chip(self, row: Finding) -> str:
        tone = {"pass": "passed", "fail": "failed", "error": "errored"}.get(row.result, "pending")
        return chip(tone, str(RESULTS.get(row.result, row.result)))

    @column(_("message"))
    def message(self, row: Finding) -> str:
        return messages.message(row.code, row.params, words.language())

    @column(_("evidence"))
    def evidence_text(self, row: Finding) -> str:
        return pretty(row.evidence)
