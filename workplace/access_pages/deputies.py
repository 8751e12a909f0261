"""Standing in: who decides for me, for whom I decide, and when I am away (R-15)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.models import Absence, Delegation, State, User
from accounts.permissions import AD_ACCOUNT, BRAND, ORGANISATION
from accounts.roles import APPROVING
from core import clock
from core.actor import Actor
from core.errors import NotFound
from workplace.access import actor_of, user_of
from workplace.access_pages import places
from workplace.access_pages.base import act, governs, manages, page, render, thanks_for
from workplace.access_pages.forms import Nothing, suggestions
from workplace.access_pages.forms_deputies import NewAbsence, NewDelegation
from workplace.access_pages.rows import MOST
from workplace.words import money

MOST_PLACES = 10
_CHIPS = {State.IN_FORCE: "in_force", State.AWAITED: "awaited", State.UPCOMING: "later"}


def _state(fact: Delegation | Absence) -> str:
    """As the chip of the access pages calls it."""
    return _CHIPS.get(fact.state_at(clock.now()), "ended")


def _limit(row: Delegation) -> str:
    return "" if row.limit_minor is None else money(row.limit_minor, row.currency)


def _suggested(actor: Actor, request: HttpRequest) -> list[tuple[str, str]]:
    """Whom the reader may name: everybody, for those who govern; to others, who decides anything where they do."""
    if governs(request):
        return suggestions(actor, groups=False)
    found: dict[str, str] = {}
    offered = [value for _kind, options in _places(actor) for value, _label in options]
    for value in offered[:MOST_PLACES]:
        people = queries.possible_deputies(actor, places.named(actor, value), clock.now())
        found |= {user.email: user.name for user in people if user.pk != user_of(request).pk and not user.is_service_account}
    return sorted(found.items(), key=lambda each: each[1])


def _places(actor: Actor) -> places.Groups:
    """Where the reader decides, and where they manage access."""
    return places.choices(actor, (*sorted(APPROVING), "manage_access"), kinds=(ORGANISATION, BRAND, AD_ACCOUNT))


def _forms(request: HttpRequest, typed: forms.Form | None) -> dict[str, forms.Form]:
    actor = actor_of(request)
    governing = manages(request)
    made: list[Any] = [NewDelegation(actor, _places(actor), manages=governing), NewAbsence(actor, manages=governing)]
    shown = {form.key: form for form in made}
    if typed is not None:
        shown[typed.key] = typed  # type: ignore[attr-defined]
    return shown


def _show(request: HttpRequest, typed: forms.Form | None, problem: str, status: int) -> HttpResponseBase:
    actor, user = actor_of(request), user_of(request)
    which = request.GET.get("show", "") if governs(request) else ""
    seen, away = queries.visible_delegations(actor), queries.visible_absences(actor)
    if which != "all":
        seen, away = seen.filter(delegator=user) | seen.filter(delegate=user), away.filter(user=user)
    lines = [(row, _state(row), _limit(row), user.pk in (row.delegator_id, row.delegate_id)) for row in seen[:MOST]]
    return render(
        request, "deputies", _("Standing in"), "own", problem=problem, status=status, forms=_forms(request, typed), which=which,
        lines=lines, away=[(row, _state(row)) for row in away[:MOST]], everybody=governs(request), reader=user,
        suggestions=_suggested(actor, request),
    )  # fmt: skip


@page("GET", "POST")
def show(request: HttpRequest) -> HttpResponseBase:
    """Who stands in for whom; POST lets somebody decide for somebody."""
    if request.method != "POST":
        return _show(request, None, "", 200)
    actor, own = actor_of(request), user_of(request)
    form = NewDelegation(actor, _places(actor), request.POST, manages=manages(request))

    def work(typed: dict[str, Any]) -> Delegation:
        whose: User = typed.pop("delegator", None) or own
        return services.delegate(actor=actor, delegator=whose, **typed)

    def thanks(row: Delegation) -> str:
        names = {"who": row.delegate, "whom": row.delegator}
        return thanks_for(
            row, _("%(who)s decides for %(whom)s. Together they hold one vote.") % names,
            _("It is proposed that %(who)s decides for %(whom)s.") % names,
        )  # fmt: skip

    return act(request, form, lambda typed, problem, status: _show(request, typed, problem, status), work, thanks, _here())


def _here() -> str:
    return reverse("admin:deputies")


@page("POST")
def away(request: HttpRequest) -> HttpResponseBase:
    """Say that somebody is away."""
    actor, own = actor_of(request), user_of(request)
    form = NewAbsence(actor, request.POST, manages=manages(request))

    def work(typed: dict[str, Any]) -> Absence:
        return services.record_absence(actor=actor, user=typed.pop("user", None) or own, **typed)

    said = _("Noted. Until then nobody waits for them, unless somebody stands in.")
    return act(request, form, lambda typed, problem, status: _show(request, typed, problem, status), work, said, _here())


@page("GET", "POST")
def end(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Show a delegation and end it."""
    actor = actor_of(request)
    row = queries.visible_delegations(actor).filter(pk=identifier).first()
    if row is None:
        raise NotFound()

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        told: dict[str, Any] = {"row": row, "state": _state(row), "limit": _limit(row)}
        return render(request, "deputy_end", _("End this?"), "own", problem=problem, status=status, **told)

    if request.method != "POST":
        return again(Nothing(), "", 200)
    return act(
        request, Nothing(request.POST), again, lambda typed: services.end_delegation(actor=actor, delegation=identifier),
        _("Ended. What was decided by it counts no more on stages that are open."), _here(),
    )  # fmt: skip


@page("POST")
def back(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Somebody is back."""
    actor = actor_of(request)
    if not queries.visible_absences(actor).filter(pk=identifier).exists():
        raise NotFound()
    return act(
        request, Nothing(request.POST), lambda form, problem, status: _show(request, None, problem, status),
        lambda typed: services.end_absence(actor=actor, absence=identifier), _("Noted. They are waited for again."), _here(),
    )  # fmt: skip
