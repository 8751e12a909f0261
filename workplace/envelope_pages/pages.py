"""Envelopes: what there is, one of them with its months and who holds what, and its amounts: set, confirmed, declined."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AdAccount, Brand
from approvals import outlook, services
from approvals.amounts import amount_in
from approvals.books import Standing, months_of
from approvals.models import Envelope, EnvelopeAmount
from approvals.queries import visible_envelopes
from approvals.states import AmountState
from core import clock
from core.errors import Forbidden, ImprimaturError, NotFound
from governance.authority import check_second_person
from workplace import pages
from workplace.access import actor_of, holds, user_of
from workplace.access_pages import places
from workplace.access_pages.base import act, page
from workplace.access_pages.forms import Nothing
from workplace.amounts import read_amount
from workplace.envelope_pages.forms import NewAmount, NewEnvelope
from workplace.envelope_pages.standing import (
    AmountView,
    MonthView,
    amount_views,
    beside,
    month_of,
    month_view,
    month_words,
)
from workplace.paging import leaf
from workplace.rule_pages.base import check_may, may, tabs
from workplace.words import money

TAB: Final = "envelopes"
PAGE_SIZE: Final = 50
CAMPAIGNS_A_PAGE: Final = 50


def _render(
    request: HttpRequest, template: str, title: str, *, problem: str = "", status: int = 200, **more: Any
) -> HttpResponseBase:
    context = pages.context(request, title, tab=TAB, tabs=tabs(), problem=problem, now=clock.now(), **more)
    return TemplateResponse(request, f"workplace/envelopes/{template}.html", context, status=status)


def _seen(request: HttpRequest, identifier: UUID) -> Envelope:
    """One of those that the reader sees. Raises NotFound."""
    row = visible_envelopes(actor_of(request)).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    return row


# --- the list ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summary:
    """One envelope in a line: how it stands in the month that is looked at, by which amount, and what awaits a second person."""

    row: Envelope
    month: MonthView
    amount: EnvelopeAmount | None
    awaited: list[AmountView]


@page()
def listing(request: HttpRequest) -> HttpResponseBase:
    """All envelopes in a month (`?month=2026-11`), by title."""
    now = clock.now()
    month = month_of(request.GET.get("month", ""), now)
    rows = visible_envelopes(actor_of(request)).order_by("title", "currency", "pk")
    found = leaf(rows, request.GET.get("page", ""), PAGE_SIZE)
    stands = Standing(found.rows)
    summaries = [_summary(row, stands, month, now) for row in found.rows]
    return _render(
        request, "envelopes", _("Envelopes"), listing=found, rows=summaries, month=month, month_title=month_words(month),
        earlier=beside(month, -1), later=beside(month, 1), is_now=month == month_of("", now),
        may_begin=holds(request, "manage_policy"),
    )  # fmt: skip


def _summary(row: Envelope, stands: Standing, month: date, now: datetime) -> Summary:
    awaited = [each for each in amount_views(row, now) if each.state is AmountState.AWAITED]
    counts = amount_in((each for each in row.amounts.all() if each.is_in_force), month)
    return Summary(row, month_view(row, stands.of(row.pk, month)), counts, awaited)


# --- one envelope ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """What one request changed; without a request what stood before the envelope was made, or the days it `goes_on`."""

    request: UUID | None
    title: str
    goes_on: bool
    by: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What a campaign holds of a month, in words, and what made it so; `before` are the (request, title) by which it was
    approved before the envelope was made."""

    campaign: UUID
    name: str
    account: str
    held: str
    committed: str
    lines: list[Line]
    before: list[tuple[UUID, str]]


@page()
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Its months, who holds what of one of them (`?month=2026-11`), and its amounts."""
    return _show(request, identifier, "", 200)


def _show(request: HttpRequest, identifier: UUID, problem: str, status: int) -> HttpResponseBase:
    row, now = _seen(request, identifier), clock.now()
    actor, month, manages = actor_of(request), month_of(request.GET.get("month", ""), now), may(request, "manage_policy", row.scope)
    holding = leaf(outlook.held_by_campaign(actor, row, month), request.GET.get("page", ""), CAMPAIGNS_A_PAGE)
    unseen = outlook.held_unseen(actor, row, month)
    amounts = amount_views(row, now)
    return _render(
        request, "envelope", row.title, problem=problem, status=status, row=row, manages=manages, amounts=amounts,
        months=[month_view(row, each) for each in months_of(row)], month=month, month_title=month_words(month), holding=holding,
        holdings=_holdings(row, month, holding.rows), unseen=money(unseen, row.currency) if unseen else "",
        awaited=[(each, _why_not(request, each.row) if manages else "") for each in amounts if each.state is AmountState.AWAITED],
        own=user_of(request).pk, this_month=month_of("", now),
    )  # fmt: skip


def _holdings(envelope: Envelope, month: date, rows: Any) -> list[Holding]:
    lines: dict[UUID, list[Line]] = {row["campaign"]: [] for row in rows}
    before: dict[UUID, list[tuple[UUID, str]]] = {row["campaign"]: [] for row in rows}
    for each in outlook.held_by_request(envelope, month, lines):
        by = signed(each["by"], envelope.currency)
        lines[each["campaign"]].append(Line(each["request"], each["title"] or "", each["goes_on"], by))
    for each in outlook.counting_requests(before):
        found = lines[each["campaign"]]
        if any(line.request is None for line in found) and not any(line.request == each["request"] for line in found):
            before[each["campaign"]].append((each["request"], each["title"]))
    return [
        Holding(
            row["campaign"], row["name"], row["account"], money(row["held"], envelope.currency),
            money(row["committed"], envelope.currency) if row["committed"] else "", lines[row["campaign"]], before[row["campaign"]],
        )
        for row in rows
    ]  # fmt: skip


def signed(minor: int, currency: str) -> str:
    """An amount with its sign: what a step changed."""
    return f"{'+' if minor > 0 else '−'}{money(abs(minor), currency)}"


def _why_not(request: HttpRequest, row: EnvelopeAmount) -> str:
    """Why this policy manager is not the one who confirms it; empty when they are."""
    try:
        check_second_person(actor_of(request), row.author_id)
    except ImprimaturError as error:
        return error.detail
    return ""


def _decide(
    request: HttpRequest, identifier: UUID, amount: UUID, work: Callable[..., EnvelopeAmount], thanks: str
) -> HttpResponseBase:
    if not _seen(request, identifier).amounts.filter(pk=amount).exists():
        raise NotFound()
    return act(
        request, Nothing(request.POST), lambda form, problem, status: _show(request, identifier, problem, status),
        lambda typed: work(actor=actor_of(request), amount=amount), thanks, _to(identifier),
    )  # fmt: skip


@page("POST")
def confirm(request: HttpRequest, identifier: UUID, amount: UUID) -> HttpResponseBase:
    """The second policy manager's word for a higher amount (R-55)."""
    return _decide(request, identifier, amount, services.confirm_envelope, _("Confirmed. This amount counts."))


@page("POST")
def decline(request: HttpRequest, identifier: UUID, amount: UUID) -> HttpResponseBase:
    """A word against it; whoever asked for it takes it back so."""
    return _decide(request, identifier, amount, services.decline_envelope, _("Declined. This amount never counts."))


def _to(identifier: UUID) -> str:
    return reverse("admin:envelope", args=[identifier])


# --- setting -----------------------------------------------------------------------------------------------------------------


@page("GET", "POST")
def new(request: HttpRequest) -> HttpResponseBase:
    """The form of an envelope (`?scope=brand:…` chooses for what); POST sets it."""
    if not holds(request, "manage_policy"):
        raise Forbidden(_("This is for policy managers."))
    actor = actor_of(request)
    again = _form(request, "envelope_new", _("Set an envelope"))
    if request.method != "POST":
        return again(NewEnvelope(actor, initial=_initial(request)), "", 200)

    def work(typed: dict[str, Any]) -> EnvelopeAmount:
        return _set(request, typed["scope"], typed["title"], typed["currency"], typed)

    return act(request, NewEnvelope(actor, request.POST), again, work, _thanks, lambda row: _to(row.envelope_id))


def _initial(request: HttpRequest) -> dict[str, str]:
    """What the form begins with: this month; the place that the address names, and its currency."""
    found = {"scope": request.GET.get("scope", ""), "first_month": f"{clock.now():%Y-%m}"}
    try:
        scope = places.named(actor_of(request), found["scope"])
    except NotFound:
        return found
    return found | ({"currency": scope.currency} if isinstance(scope, AdAccount) else {})


@page("GET", "POST")
def change(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The form of another amount of an envelope; POST sets it."""
    row = _seen(request, identifier)
    check_may(request, "manage_policy", row.scope)
    again = _form(request, "envelope_change", _("Another amount"), row=row)
    if request.method != "POST":
        return again(NewAmount(initial={"first_month": f"{clock.now():%Y-%m}"}), "", 200)
    return act(
        request, NewAmount(request.POST), again, lambda typed: _set(request, row.scope, row.title, row.currency, typed), _thanks,
        _to(identifier),
    )  # fmt: skip


def _form(request: HttpRequest, template: str, title: str, **more: Any) -> Callable[[forms.Form, str, int], HttpResponseBase]:
    return lambda form, problem, status: _render(request, template, title, form=form, problem=problem, status=status, **more)


def _set(request: HttpRequest, scope: Brand | AdAccount, title: str, currency: str, typed: dict[str, Any]) -> EnvelopeAmount:
    return services.set_envelope(
        actor=actor_of(request), scope=scope, title=title, amount=read_amount(typed["amount"], currency),
        first_month=typed["first_month"], reason=typed["reason"],
    )  # fmt: skip


def _thanks(row: EnvelopeAmount) -> str:
    if row.needs_second:
        return _("Proposed. It counts as soon as another policy manager confirms it.")
    return _("Set. It counts from %(month)s on.") % {"month": month_words(row.first_month)}
