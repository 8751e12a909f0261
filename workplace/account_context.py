"""What the templates of one's account ask beside what the log-in library tells them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import access_policy, second_factor
from core import clock
from workplace.access import may_enter, user_of


def account(request: HttpRequest) -> dict[str, Any]:
    """Cheap values, and one question that is only asked by the page that wants to know."""
    return {
        "sso_name": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
        "passwords_used": not settings.OIDC_ONLY,
        "passkeys_possible": _has_name(request),
        "second_factor_owed": lambda: _owed(request),
    }


def _owed(request: HttpRequest) -> bool:
    if not may_enter(request):
        return False
    user = user_of(request)
    return access_policy.second_factor_required(user, clock.now()) and not second_factor.has_second_factor(user)


def _has_name(request: HttpRequest) -> bool:
    """Browsers keep passkeys by host name, never by address."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return True
    return False
