"""Passwords of people: active, may open the workplace, no machine. To everybody else every password is wrong."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


def may_have_session(user: User) -> bool:
    """People who may open the workplace; machines use the API (R-33)."""
    return user.is_active and user.is_staff and not user.is_service_account


class PasswordBackend(AuthenticationBackend):
    """Takes as long for an address that nobody has; says nothing of one that may not enter."""

    def user_can_authenticate(self, user: User) -> bool:
        return may_have_session(user)

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        if settings.OIDC_ONLY:
            return None
        address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        user = User.objects.filter(email=address).first()
        if user is None or not may_have_session(user):
            return None
        self._did_check_password = True
        return user if user.check_password(str(credentials.get("password"))) else None
