"""What the person at the door is told, and why; and of what they want mail. Their own alone."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from notices import marks, queries, timing
from notices.kinds import Delivery, Kind
from notices.services import set_preference
from workplace import pages
from workplace.access import View, actor_of
from workplace.access_pages.base import act, done, page
from workplace.access_pages.forms import Form
from workplace.paging import by_key

PAGE_SIZE: Final = 25


class Preferences(Form):
    """Of each kind when a mail is sent."""

    key = "notices"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in Kind:
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Delivery.choices)


def _tabs() -> list[tuple[str, str, str]]:
    """(key, title, address)."""
    return [
        ("notices", _("Notices"), reverse("admin:notices")),
        ("preferences", _("Notifications"), reverse("admin:notice_preferences")),
    ]


def _render(request: HttpRequest, template: str, title: str, tab: str, status: int = 200, **more: Any) -> HttpResponseBase:
    context = pages.context(request, title, tab=tab, tabs=_tabs(), now=clock.now(), **more)
    return TemplateResponse(request, f"workplace/notices/{template}.html", context, status=status)


@page()
def listing(request: HttpRequest) -> HttpResponseBase:
    """The newest first, a page at a time; `?show=unread` leaves out what was read."""
    actor, which = actor_of(request), request.GET.get("show", "")
    rows = queries.unread(actor) if which == "unread" else queries.own_notices(actor)
    rows = rows.select_related("request", "ad_account__brand")
    found = by_key(rows, request.GET.get("after", ""), PAGE_SIZE, oldest_first=False)
    return _render(request, "notices", _("Notices"), "notices", listing=found, which=which)


@page("POST")
def read(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Mark one as read."""
    marks.mark_read(actor_of(request), identifier)
    return done(request, _("Marked as read."), reverse("admin:notices"))


@page("POST")
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Mark all as read that there were when the page was shown (`until`); without it all."""
    try:
        until = UUID(request.POST["until"]) if request.POST.get("until") else None
    except ValueError:
        until = None
    marks.mark_all_read(actor_of(request), until)
    return done(request, _("All are marked as read."), reverse("admin:notices"))


@page("GET", "POST")
def preferences(request: HttpRequest) -> HttpResponseBase:
    """Of what one wants mail, and when; POST sets what was changed."""
    actor = actor_of(request)
    before = queries.preferences(actor)

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        zone, at = str(timing.time_zone()), f"{timing.DIGEST_AT:%H:%M}"
        return _render(
            request, "preferences", _("Notifications"), "preferences", status, form=form, problem=problem, zone=zone, at=at
        )

    def work(typed: dict[str, Any]) -> None:
        for kind, delivery in typed.items():
            if delivery != before[kind]:
                set_preference(actor=actor, kind=kind, delivery=delivery)

    if request.method != "POST":
        return again(Preferences(initial=before), "", 200)
    return act(request, Preferences(request.POST), again, work, _("Saved."), reverse("admin:notice_preferences"))


ROUTES: list[tuple[str, View, str]] = [
    ("notices/", listing, "notices"),
    ("notices/read/", read_all, "notices_read"),
    ("notices/preferences/", preferences, "notice_preferences"),
    ("notices/<uuid:identifier>/read/", read, "notice_read"),
]
