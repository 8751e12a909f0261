"""“Who may?”: one person, or everybody, on one place, now or at a moment of the past, with reasons (R-58)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.explain import check_may_ask, explain, holders
from accounts.models import Scope
from accounts.queries import visible_role_grants
from core.errors import NotFound
from workplace.access import actor_of
from workplace.access_pages import places
from workplace.access_pages.base import governing, page, render
from workplace.access_pages.forms import Asked, suggestions


@page()
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """The question, and the answer to a complete one. Raises NotFound, Forbidden."""
    actor = actor_of(request)
    asked = {name: request.GET.get(name, "") for name in ("who", "permission", "scope", "at")}
    chosen = _chosen(request)
    form = Asked(actor, request.GET if asked["permission"] else None, initial=asked, chosen=chosen)
    answer: dict[str, Any] = {}
    status = 200
    if form.is_bound:
        status = 200 if form.is_valid() else 422
        answer = _answer(request, form.cleaned_data) if form.is_valid() else {}
    return render(
        request, "who", _("Who may?"), "access_who", form=form, status=status, suggestions=suggestions(actor, groups=False),
        **answer,
    )  # fmt: skip


def _chosen(request: HttpRequest) -> Scope | None:
    try:
        return places.named(actor_of(request), request.GET.get("scope", ""))
    except NotFound:
        return None


def _answer(request: HttpRequest, typed: dict[str, Any]) -> dict[str, Any]:
    who, scope, permission, at = (typed[name] for name in ("who", "scope", "permission", "at"))
    check_may_ask(actor_of(request), scope, who)
    asked = {"asked": typed}
    if who is not None:
        return {**asked, "explanation": explain(who, permission, scope, at, told=visible_role_grants(actor_of(request)))}
    return {**asked, "holders": holders(permission, scope, at)}
