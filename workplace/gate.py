"""Between the log-in and the workplace: a second factor where a role demands one, and when somebody was last here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode

from accounts import access_policy, authentication, second_factor, sessions
from accounts.addresses import client_address
from accounts.models import User
from core import clock
from workplace.access import may_enter, user_of
from workplace.language import speak

ACCOUNT_PAGES: Final = "/account/"
OPEN: Final = {"admin:login", "admin:logout", "admin:jsi18n", "account_login", "account_logout", "account_reauthenticate"}
"""What a person who lacks a second factor still reaches, beside setting one up (`mfa_…`) and single sign-on."""
SETTING_UP: Final = ("mfa_", "openid_connect_", "account_reset_password")
SHOWING: Final = {"mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_login_webauthn"}
"""Where a second factor is shown; the other `mfa_…` pages change what there is, or hand out codes that stand for it."""
TOUCH_SECONDS: Final = 60


class Gate:
    """Asked before every page of the workplace and of one's account; tokens never come by here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path.startswith(ACCOUNT_PAGES):  # secrets are shown there
            add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        of_account = request.path.startswith(ACCOUNT_PAGES)
        if match is None or not (of_account or "admin" in match.app_names):
            return None
        if not may_enter(request):
            return None
        if of_account:
            speak(request)
        _touch(request)
        name = f"admin:{match.url_name}" if match.app_names else str(match.url_name)
        if name.startswith("mfa_") and name not in SHOWING:
            return _show_before_changing(request)
        if name in OPEN or name.startswith(SETTING_UP):
            return None
        return _demand_second_factor(request)


def _demand_second_factor(request: HttpRequest) -> HttpResponseBase | None:
    """No statement for who showed a second factor in this session, one where the organisation marks no role, else two."""
    if authentication.second_factor_shown(request):
        return None
    user = user_of(request)
    if not access_policy.second_factor_required(user, clock.now()):
        return None
    return _to(request, _page_that_asks(user) or "mfa_index")


def _show_before_changing(request: HttpRequest) -> HttpResponseBase | None:
    """A session from before the second factor was set up would otherwise give itself another, or recovery codes."""
    if authentication.second_factor_shown(request):
        return None
    name = _page_that_asks(user_of(request))
    return _to(request, name) if name else None


def _page_that_asks(user: User) -> str:
    """Where this person shows their second factor; empty where they have none."""
    kinds = set(second_factor.factors_of(user).values_list("type", flat=True))
    return "" if not kinds else "mfa_reauthenticate" if "totp" in kinds else "mfa_reauthenticate_webauthn"


def _to(request: HttpRequest, name: str) -> HttpResponseBase:
    seen = request.get_full_path() if request.method == "GET" else reverse("admin:index")
    response = HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': seen})}")
    response.status_code = 303 if request.method != "GET" else 302
    return response


def _touch(request: HttpRequest) -> None:
    """Note that the session was used, at most once a minute: no write a page."""
    key = request.session.session_key
    if key and authentication.of_session(request) is not None and cache.add(f"seen-{key}", 1, TOUCH_SECONDS):
        sessions.touch(key, client_address(request), clock.now())
