"""API tokens: one's own and those of one's machines; of everybody in the organisation for its access managers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.adapters import fresh
from accounts.models import ApiToken, User
from accounts.permissions import ORGANISATION
from core import clock
from core.errors import ImprimaturError, Kind, NotFound
from workplace import refusals
from workplace.access import actor_of, grants, user_of
from workplace.access_pages.base import act, explain_at, page, render
from workplace.access_pages.forms import NewToken, Nothing
from workplace.access_pages.rows import MOST
from workplace.again import ask_again


def _owners(user: User) -> list[User]:
    """Whom a person may make tokens for: themselves and their machines."""
    return [user, *User.objects.filter(owner=user, is_active=True).order_by("name", "pk")]


@page("GET", "POST")
def show(request: HttpRequest) -> HttpResponseBase:
    """The tokens; POST makes one, after a log-in of just now, and its text stands on the answer, once.

    A token outlives the session that made it, and every password: a session that somebody left open makes none.
    """
    user, actor = user_of(request), actor_of(request)
    if request.method != "POST":
        return _show(request, NewToken(actor, _owners(user), initial=_typed_before(request)), "", 200)
    form = NewToken(actor, _owners(user), request.POST)
    if not form.is_valid():
        return _show(request, form, "", 422)
    if not fresh(request):
        kept = {name: request.POST.getlist(name) for name in form.fields if request.POST.get(name)}
        return ask_again(request, f"{reverse('admin:tokens')}?{urlencode(kept, doseq=True)}")
    typed = dict(form.cleaned_data)
    try:
        token, text = services.create_api_token(actor=actor, user=typed.pop("owner"), **typed)
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        return _show(request, form, explain_at(form, error), refusals.STATUS[error.kind])
    # No redirect: the text is kept nowhere, so that it can stand on this answer alone. Sending the form again is refused,
    # because the name is taken then.
    return _show(request, NewToken(actor, _owners(user)), "", 201, made=token, text=text)


def _typed_before(request: HttpRequest) -> dict[str, Any]:
    """What stood in the form before its sender had to show who they are."""
    asked = {name: request.GET.get(name, "") for name in ("name", "owner", "scope", "expires_at")}
    return {**asked, "permissions": request.GET.getlist("permissions")}


def _show(request: HttpRequest, form: Any, problem: str, status: int, **made: Any) -> HttpResponseBase:
    actor, user = actor_of(request), user_of(request)
    everybody = bool(grants(request).ids("manage_access", ORGANISATION))
    which = request.GET.get("show", "") if everybody else ""
    found = queries.visible_tokens(actor).select_related("user__owner", "organisation", "brand", "ad_account__brand")
    if which != "all":
        found = found.filter(user=user) | found.filter(user__owner=user)
    tokens = [(each, _state(each)) for each in found.order_by("-created")[:MOST]]
    return render(
        request, "tokens", _("My tokens"), "own", form=form, problem=problem, status=status, tokens=tokens, which=which,
        everybody=everybody, **made,
    )  # fmt: skip


def _state(token: ApiToken) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expiry is not None and token.expiry <= clock.now() else "in_force"


@page("GET", "POST")
def revoke(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Show a token and end it."""
    actor = actor_of(request)
    token = queries.visible_tokens(actor).filter(public_id=identifier).first()
    if token is None:
        raise NotFound()

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        return render(request, "revoke", _("Revoke this token?"), "own", token=token, problem=problem, status=status)

    if request.method != "POST":
        return again(Nothing(), "", 200)
    whose = "" if token.user_id == user_of(request).pk else "?show=all"
    return act(
        request, Nothing(request.POST), again, lambda typed: services.revoke_api_token(actor=actor, token=identifier),
        _("Revoked. Whatever used it is out from now on."), f"{reverse('admin:tokens')}{whose}",
    )  # fmt: skip
