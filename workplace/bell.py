"""The bell in the header of every page: how many notices somebody has not read. One statement a page, however often it is asked."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from notices import queries
from workplace import theme
from workplace.access import actor_of, may_enter
from workplace.paging import capped_count

BADGE_CAP: Final = 100


def unread(request: HttpRequest) -> int:
    """How many there are, up to BADGE_CAP; asked once a request."""
    found: int | None = getattr(request, "workplace_unread", None)
    if found is None:
        found = capped_count(queries.unread(actor_of(request)), BADGE_CAP) if may_enter(request) else 0
        request.workplace_unread = found  # type: ignore[attr-defined]
    return found


def shown(request: HttpRequest) -> SafeString | str:
    """The bell; nothing for whoever may not enter."""
    if not may_enter(request):
        return ""
    number = unread(request)
    count = f"{number - 1}+" if number == BADGE_CAP else str(number)
    said = ngettext("%(count)s unread notice", "%(count)s unread notices", number) % {"count": count}
    badge = format_html("<b>{}</b>", count) if number else ""
    icon = format_html('<span class="material-symbols-outlined" aria-hidden="true">{}</span>', "notifications")
    return format_html(
        '<a class="wp-bell" href="{}" title="{}" aria-label="{}" data-testid="bell">{}{}</a>',
        reverse("admin:notices"), said, said, icon if theme.IS_THEMED else gettext("Notices"), badge,
    )  # fmt: skip
