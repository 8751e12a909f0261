"""What all model pages share: they look, they never write, and they show what the person's grants cover."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.id_sets import among
from workplace import theme
from workplace.access import grants, holds
from workplace.paging import CappedPaginator

TONES = {
    "approved": "good", "satisfied": "good", "passed": "good", "published": "good", "completed": "good", "recorded": "good",
    "in_review": "busy", "awaiting_checks": "busy", "open": "busy", "queued": "busy", "running": "busy", "dispatching": "busy",
    "warned": "warn", "changes_requested": "warn", "unconfirmed": "warn", "pending": "quiet",
    "blocked": "bad", "rejected": "bad", "revoked": "bad", "refused": "bad", "failed": "bad", "errored": "bad",
}  # fmt: skip


def chip(value: str, words: str) -> SafeString:
    """A state as a coloured label."""
    return format_html('<span class="wp-chip wp-chip--{}">{}</span>', TONES.get(value, "quiet"), words)


def pretty(value: Any) -> SafeString:
    """JSON for reading."""
    return format_html('<pre class="wp-json">{}</pre>', json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True))


def column(description: Any, order: str = "") -> Callable[[Any], Any]:
    """A method as a column, in the theme and without it."""

    def mark(method: Any) -> Any:
        method.short_description = description
        if order:
            method.admin_order_field = order
        return method

    return mark


def _lookups(model: type[Model], name: str) -> set[str]:
    """What Django's filters ask of one field: equal, empty, between two days, or which one for a relation."""
    asked = {name, *(f"{name}__{lookup}" for lookup in ("exact", "isnull", "isempty", "gte", "lt"))}
    field = model._meta.get_field(name)
    if field.is_relation and field.related_model is not None:
        asked.add(f"{name}__{field.related_model._meta.pk.name}__exact")
    return asked


class ReadOnlyAdmin(theme.ModelAdmin):
    """Rows of the ad accounts that the person may see. No adding, changing or deleting; no count of a whole table."""

    permission = "view"
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    ordering = ("-id",)
    change_list_template = "workplace/model_list.html"
    change_form_template = "workplace/model_row.html"
    list_fullwidth = True
    actions = None
    show_facets = theme.NO_FACETS
    lookups: ClassVar[tuple[str, ...]] = ()
    """What an address may ask for beside the filters of the list."""

    class Media:
        css = {"all": ("workplace/workplace.css",)}

    def rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The visible part: ids first, then a plain filter (never a grant a row)."""
        return queryset.filter(among("ad_account_id", grants(request).ad_account_ids(self.permission)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.rows(request, super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A closed list. Django's own takes any lookup on any field of the model, so that whoever may see a row could guess
        at what no column shows, a password's hash for one, by whether the row is found. Everything else is answered 400."""
        return lookup in self.lookups or lookup in self._filtered(request)

    def _filtered(self, request: HttpRequest) -> set[str]:
        """What the filters of the list put into the address."""
        found: set[str] = set()
        for each in self.get_list_filter(request):
            if isinstance(each, type) and issubclass(each, SimpleListFilter):
                found.add(str(each.parameter_name))
            else:
                found |= _lookups(self.model, str(each[0] if isinstance(each, (tuple, list)) else each))
        return found

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The number of all rows is never asked for, so no page offers to show them all."""
        found = super().get_changelist_instance(request)
        found.full_result_count = found.result_count
        return found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return holds(request, self.permission)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Objects come through `get_queryset`, so one in hand is a visible one."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Missing and invisible are one answer, and it is 404 (R-57)."""
        raise Http404

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What happened is in the log, not in Django's own history."""
        return HttpResponseRedirect(f"{reverse('admin:audit_auditevent_changelist')}?subject_id={object_id}")
