"""Authority limits: up to how much money people approve, given and ended by access managers (R-25)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries, services
from accounts.models import AuthorityLimit, Page, State
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION
from core import clock
from core.actor import Actor
from core.errors import Invalid, NotFound
from core.money import known_currencies
from workplace.access import actor_of
from workplace.access_pages import places
from workplace.access_pages.base import act, governing, manages, page, render, thanks_for
from workplace.access_pages.forms import Nothing, Period, Place, Who, suggestions
from workplace.access_pages.rows import MOST
from workplace.amounts import read_amount
from workplace.words import money

_CHIPS = {State.IN_FORCE: "in_force", State.AWAITED: "awaited", State.UPCOMING: "later"}
Line = tuple[AuthorityLimit, str, str, str]
"""A limit, its state as chips call it, the amount and the place in words."""


class NewLimit(Period):
    """Who approves up to how much, where, and until when."""

    key = "limit"

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"] = Who(actor, groups=False, label=gettext_lazy("Who"), help_text=gettext_lazy("E-mail address."))
        offered = places.choices(actor, ("manage_access",), kinds=(ORGANISATION, BRAND, AD_ACCOUNT))
        self.fields["scope"] = Place(
            actor, offered, label=gettext_lazy("Where"), help_text=gettext_lazy("It holds there and on all below.")
        )
        self.fields["amount"] = forms.CharField(
            label=gettext_lazy("Up to"), max_length=40, help_text=gettext_lazy("The most that a request may be able to spend."),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )  # fmt: skip
        currencies = [("", "–"), *((each, each) for each in sorted(known_currencies()))]
        self.fields["currency"] = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currencies)
        self.fields["reason"] = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=300)
        self.order_fields(("user", "scope", "amount", "currency", "starts_at", "expires_at", "reason"))

    def clean_scope(self) -> Any:
        if isinstance(scope := self.cleaned_data["scope"], Page):
            raise forms.ValidationError(_("Nobody decides on a page alone."))
        return scope

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        text, currency = found.get("amount", ""), found.pop("currency", "")
        if text and currency:
            try:
                found["amount"] = read_amount(text, currency)
            except Invalid as error:
                self.add_error("amount", str(error.errors[0].detail))
        return found


def lines(rows: Iterable[AuthorityLimit]) -> list[Line]:
    """Limits as pages show them."""
    now = clock.now()
    return [
        (row, _CHIPS.get(row.state_at(now), "ended"), money(row.amount_minor, row.currency), places.label(row.scope))
        for row in rows
    ]


def _show(request: HttpRequest, typed: forms.Form | None, problem: str, status: int) -> HttpResponseBase:
    actor = actor_of(request)
    found = lines(queries.visible_limits(actor)[:MOST])
    return render(
        request, "limits", _("Limits"), "access_limits", problem=problem, status=status,
        standing=[line for line in found if line[1] != "ended"], ended=[line for line in found if line[1] == "ended"],
        form=typed or (NewLimit(actor) if manages(request) else None),
        suggestions=suggestions(actor, groups=False) if manages(request) else [],
    )  # fmt: skip


@page("GET", "POST")
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """Who approves up to how much; POST gives a limit."""
    if request.method != "POST":
        return _show(request, None, "", 200)
    actor = actor_of(request)

    def thanks(row: AuthorityLimit) -> str:
        told = {"who": row.user, "limit": money(row.amount_minor, row.currency), "where": places.label(row.scope)}
        return thanks_for(
            row, _("%(who)s approves up to %(limit)s on %(where)s, where a stage asks for authority.") % told,
            _("It is proposed that %(who)s approves up to %(limit)s on %(where)s.") % told,
        )  # fmt: skip

    return act(
        request, NewLimit(actor, request.POST), lambda typed, problem, status: _show(request, typed, problem, status),
        lambda typed: services.give_limit(actor=actor, **typed), thanks, reverse("admin:access_limits"),
    )  # fmt: skip


@page("GET", "POST")
def end(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Show a limit and end it."""
    actor = actor_of(request)
    row = queries.visible_limits(actor).filter(pk=identifier).first()
    if row is None:
        raise NotFound()

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        return render(
            request, "limit_end", _("End this?"), "access_limits", problem=problem, status=status, line=lines([row])[0]
        )

    if request.method != "POST":
        return again(Nothing(), "", 200)
    return act(
        request, Nothing(request.POST), again, lambda typed: services.end_limit(actor=actor, limit=identifier),
        _("Ended. What was approved by it counts no more on requests that are not cleared yet."), reverse("admin:access_limits"),
    )  # fmt: skip
