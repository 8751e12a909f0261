"""One's own account at this door: logging in and out, single sign-on, second factor, password, sessions.

The log-in library's views do the work; here stand the few that it lacks, and the conditions around the others.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.account import views as account
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import get_adapter as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.adapter import get_adapter as social
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from accounts import sessions
from accounts.oidc import PROVIDER, SingleSignOn
from accounts.services import end_own_sessions
from core.errors import NotFound
from workplace.access import actor_of, user_of

View = Callable[..., HttpResponseBase]


def with_passwords(view: View) -> View:
    """A page that is only there where passwords are."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.OIDC_ONLY:
            raise Http404
        return view(request, *args, **kwargs)

    return answer


def log_out(request: HttpRequest) -> HttpResponseBase:
    """End this session."""
    return cast(HttpResponseBase, account.logout(request))


@with_passwords
def set_password(request: HttpRequest) -> HttpResponseBase:
    """Who has no password gets one through their mailbox, like everybody."""
    return HttpResponseRedirect(reverse("account_reset_password"))


# --- single sign-on ---------------------------------------------------------------------------------------------------


@require_GET
@never_cache
def start_sso(request: HttpRequest, provider_id: str = PROVIDER) -> HttpResponseBase:
    """To the organisation's provider, with a nonce that its answer has to repeat. 404 where none is configured."""
    if not settings.OIDC_ISSUER:
        raise Http404
    provider = SingleSignOn(request).get_provider()
    nonce = secrets.token_urlsafe(24)
    asked = {"nonce": nonce, **({"prompt": "login"} if request.GET.get("again") else {})}
    try:
        return cast(
            HttpResponseBase,
            provider.redirect(
                request, process="login", next_url=get_next_redirect_url(request), auth_params=asked, nonce=nonce
            ),
        )
    except (RequestException, ValueError, KeyError) as error:
        return _sso_failed(request, provider, error)


def _sso_failed(request: HttpRequest, provider: Any, error: Exception) -> HttpResponseBase:
    try:
        social().on_authentication_error(request, provider, exception=error)
    except ImmediateHttpResponse as answer:
        return cast(HttpResponseBase, answer.response)
    raise error


@never_cache
def sso_callback(request: HttpRequest, provider_id: str = PROVIDER) -> HttpResponseBase:
    """The provider's answer."""
    if not settings.OIDC_ISSUER:
        raise Http404
    view = OAuth2CallbackView.adapter_view(SingleSignOn(request))
    return cast(HttpResponseBase, view(request))


# --- passkeys ---------------------------------------------------------------------------------------------------------


class RemovePasskey(passkeys.RemoveWebAuthnView):
    """The library asks for authenticator apps whether they may go, and forgets to for passkeys."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        authenticator: Authenticator = self.get_object()
        if not factors().can_delete_authenticator(authenticator):
            messages.error(self.request, factors().error_messages["cannot_delete_authenticator"])
            return HttpResponseRedirect(reverse("mfa_list_webauthn"))
        return cast(HttpResponseBase, super().form_valid(form))


# --- sessions ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@login_required
def own_sessions(request: HttpRequest) -> HttpResponseBase:
    """One's sessions; POST ends the one named, or all others."""
    rows = sessions.sessions_of(user_of(request))
    if request.method == "GET":
        current = request.session.session_key
        return TemplateResponse(request, "workplace/sessions.html", {"rows": rows, "current": current})
    others = [row.pk for row in rows if row.session_key != request.session.session_key]
    asked = request.POST.get("session", "")
    chosen = [row.pk for row in rows if str(row.pk) == asked] if asked else others
    try:
        end_own_sessions(actor=actor_of(request), chosen=chosen)
    except NotFound:
        messages.info(request, _("There was no such session any more."))
    else:
        messages.success(request, _("Ended. The next click there asks for the log-in."))
    return HttpResponseRedirect(reverse("own_sessions"), status=303)
