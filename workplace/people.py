"""How one person gets in, for access managers: invitation, lock-out, sessions, second factor. Acts are services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import lockout, second_factor, services, sessions
from accounts.adapters import again_at_provider, fresh
from accounts.models import User
from accounts.permissions import check
from core import clock
from core.errors import ImprimaturError, Kind, NotFound
from workplace import refusals, theme
from workplace.access import actor_of, in_http

ACTS: Final[Mapping[str, tuple[Callable[..., Any], Promise, Promise]]] = {
    "invite": (services.invite_person, _("Send the invitation again"), _("The link is on its way.")),
    "unlock": (services.unlock_user, _("Lift the lock-out"), _("They may try again.")),
    "end-sessions": (services.end_sessions, _("End all sessions"), _("All sessions are ended.")),
    "reset-second-factor": (
        services.reset_second_factor, _("Reset the second factor"),
        _("The second factor is gone, and all sessions with it. Only somebody you know well should get to this point."),
    ),
}  # fmt: skip
FACTORS: Final[Mapping[str, Promise]] = {"totp": _("Authenticator app"), "webauthn": _("Passkey")}


def _person(request: HttpRequest, identifier: UUID) -> User:
    """Raises NotFound, Forbidden."""
    user = User.objects.select_related("organisation").filter(pk=identifier).first()
    if user is None or user.organisation is None:
        raise NotFound()
    check(actor_of(request), "manage_access", user.organisation)
    return user


@require_safe
@in_http
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What an access manager needs to know when somebody cannot get in."""
    from workplace.site import site

    user, now = _person(request, identifier), clock.now()
    context = {
        **site.each_context(request), "title": user.name, "is_themed": theme.IS_THEMED, "person": user,
        "is_locked": lockout.is_locked(user.email, now), "sessions": sessions.sessions_of(user),
        "factors": [FACTORS.get(factor.type, factor.type) for factor in second_factor.factors_of(user)],
        "acts": [(key, words) for key, (_service, words, _thanks) in ACTS.items()],
    }  # fmt: skip
    return TemplateResponse(request, "workplace/person.html", context)


@require_POST
@in_http
def carry_out(request: HttpRequest, identifier: UUID, act: str) -> HttpResponseBase:
    """One of ACTS; whoever showed who they are a while ago does so again first (R-56)."""
    if act not in ACTS:
        raise Http404
    page = reverse("admin:person", args=[identifier])
    if not fresh(request):
        messages.info(request, _("Please show again who you are; then press the button once more."))
        return HttpResponseRedirect(_again(request, page), status=303)
    service, _words, thanks = ACTS[act]
    try:
        service(actor=actor_of(request), user=identifier)
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND or "permission" in error.extra:
            raise
        messages.error(request, str(error.detail) if error.kind is Kind.CONFLICT else refusals.words(error))
    else:
        messages.success(request, str(thanks))
    return HttpResponseRedirect(page, status=303)


def _again(request: HttpRequest, page: str) -> str:
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        return again_at_provider(request)
    return f"{methods[0]['url']}?{urlencode({'next': page})}"
