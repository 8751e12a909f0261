"""The access review as one file: role grants and memberships of the chosen filter, a line each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from accounts import queries
from accounts.models import Membership, RoleGrant, State, User
from core import clock
from core.spreadsheets import inert
from workplace.access_pages import lately, places
from workplace.access_pages.base import governing, page
from workplace.access_pages.review import KINDS, asked, narrowed, told

AT_ONCE: Final = 500
_HOLDERS: Final[dict[str, Promise]] = {
    "person": gettext_lazy("person"), "service_account": gettext_lazy("service account"), "group": gettext_lazy("user group"),
}  # fmt: skip


class _Line:
    """A file of one line, for the writer."""

    def write(self, text: str) -> str:
        return text


@page()
@governing
def export(request: HttpRequest) -> HttpResponseBase:
    """Both kinds of the chosen filter as CSV, one line after the other. Texts in a cell are never run by a spreadsheet."""
    _kind, only = asked(request)
    answer = StreamingHttpResponse(_lines(request, only, get_language() or "en"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="access-review.csv"'
    return answer


def _lines(request: HttpRequest, only: str, language: str) -> Iterator[str]:
    """Sent after the page has ended, so that the language is said again."""
    writer: Any = csv.writer(_Line())
    now = clock.now()
    with override(language):
        yield writer.writerow(_titles())
        for model in KINDS.values():
            found = queries.last_reviewed(narrowed(request, model, only, now)).order_by("-pk")
            for batch in _batches(found.iterator(chunk_size=AT_ONCE)):
                clashing, here = told(request, batch, now), lately.last_here(batch, now)
                for fact in batch:
                    cells = [*_cells(fact, now), _time(here.get(fact.pk)), " ".join(clashing.get(fact.pk, []))]
                    yield writer.writerow([inert(str(each)) for each in cells])


def _batches(found: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(found)
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _titles() -> list[str]:
    return [
        _("id"), _("what"), _("who"), _("name"), _("e-mail address"), _("role"), _("user group"), _("where"), _("state"),
        _("since"), _("until"), _("granted by"), _("granted"), _("confirmed by"), _("reviewed"), _("last here"),
        _("duties that clash"),
    ]  # fmt: skip


def _cells(fact: RoleGrant | Membership, now: datetime) -> list[object]:
    holder = fact.user if isinstance(fact, Membership) else fact.principal
    is_grant = isinstance(fact, RoleGrant)
    return [
        fact.pk, _("role") if is_grant else _("membership"),
        _HOLDERS[holder.kind if isinstance(holder, User) else "group"], holder,
        holder.email if isinstance(holder, User) else "",
        fact.role if isinstance(fact, RoleGrant) else "", fact.group.title if fact.group else "",
        _where(fact), State(fact.state_at(now)).label, _time(fact.since or fact.starts_at), _time(fact.until),
        fact.granted_by, _time(fact.granted_at), fact.confirmed_by, _time(getattr(fact, "reviewed_at", None)),
    ]  # fmt: skip


def _where(fact: RoleGrant | Membership) -> str:
    scope = fact.scope if isinstance(fact, RoleGrant) else fact.group.organisation
    return f"{places.KINDS[places.kind(scope)]}: {places.label(scope)}"


def _time(moment: datetime | None) -> str:
    return clock.rfc3339(moment) if moment else ""
