"""Waivers: that a soft rule does not count on a place until a day, proposed by one person and confirmed by another (R-53)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import Forbidden, ImprimaturError, NotFound
from governance import queries, services
from governance.authority import check_second_person
from governance.models import Waiver
from governance.states import WaiverState
from workplace.access import actor_of, holds
from workplace.access_pages.base import act, page
from workplace.access_pages.forms import Nothing
from workplace.paging import by_key
from workplace.rule_pages import words
from workplace.rule_pages.base import WITH_PLACE, may, render
from workplace.rule_pages.forms import NewWaiver

TAB: Final = "waivers"
PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class WaiverView:
    """One waiver; `why_not` says why this exception approver is not the one who confirms it."""

    row: Waiver
    title: str
    scope: str
    state: WaiverState
    may_confirm: bool
    may_end: bool
    why_not: str


def _view(request: HttpRequest, row: Waiver, now: datetime) -> WaiverView:
    state, holds_it = queries.waiver_state(row, now), may(request, "override", row.scope)
    awaited = holds_it and state is WaiverState.PROPOSED
    why_not = _why_not(request, row) if awaited else ""
    return WaiverView(
        row, words.title(row.rule), words.scope(row.scope), state, awaited and not why_not,
        holds_it and state is not WaiverState.ENDED, why_not,
    )  # fmt: skip


def _why_not(request: HttpRequest, row: Waiver) -> str:
    try:
        check_second_person(actor_of(request), row.author_id)
    except ImprimaturError as error:
        return error.detail
    return ""


@page()
def listing(request: HttpRequest) -> HttpResponseBase:
    """The waivers that stand, the newest first; `?show=all`: also those that ended."""
    return _listing(request, "", 200)


def _listing(request: HttpRequest, problem: str, status: int) -> HttpResponseBase:
    now, which = clock.now(), request.GET.get("show", "")
    rows = queries.visible_waivers(actor_of(request)).select_related("organisation", *WITH_PLACE)
    if which != "all":
        rows = queries.standing_waivers(rows, now)
    found = by_key(rows, request.GET.get("after", ""), PAGE_SIZE, oldest_first=False)
    return render(
        request, "waivers", _("Waivers"), TAB, problem=problem, status=status, listing=found, which=which,
        waivers=[_view(request, row, now) for row in found.rows], may_propose=holds(request, "override"),
    )  # fmt: skip


@page("GET", "POST")
def new(request: HttpRequest) -> HttpResponseBase:
    """The form of a proposal; POST proposes."""
    if not holds(request, "override"):
        raise Forbidden(_("This is for exception approvers."))
    actor = actor_of(request)

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        return render(request, "waiver_new", _("Propose a waiver"), TAB, form=form, problem=problem, status=status)

    if request.method != "POST":
        asked = {name: request.GET.get(name, "") for name in ("rule", "scope")}
        return again(NewWaiver(actor, initial=asked), "", 200)
    return act(
        request, NewWaiver(actor, request.POST), again, lambda typed: services.propose_waiver(actor=actor, **typed),
        _("Proposed. It holds as soon as another person confirms it."), reverse("admin:waivers"),
    )  # fmt: skip


def _decide(request: HttpRequest, identifier: UUID, work: Callable[..., Waiver], thanks: str) -> HttpResponseBase:
    actor = actor_of(request)
    if not queries.visible_waivers(actor).filter(pk=identifier).exists():
        raise NotFound()

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        return _listing(request, problem, status)

    return act(
        request, Nothing(request.POST), again, lambda typed: work(actor=actor, waiver=identifier), thanks, reverse("admin:waivers")
    )


@page("POST")
def confirm(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Put a waiver in force, as another person than proposed it."""
    return _decide(request, identifier, services.confirm_waiver, _("Confirmed. The waiver is in force."))


@page("POST")
def end(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """End a waiver at once, or decline one that is proposed."""
    return _decide(request, identifier, services.end_waiver, _("Ended. The rule counts again."))
