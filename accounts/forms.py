"""Forms of the log-in library where ours ask or answer differently."""

from __future__ import annotations

from typing import Any, cast
from uuid import uuid4

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as factor_forms
from django.http import HttpRequest

from accounts import lockout, second_factor
from accounts.backends import may_have_session
from accounts.models import User
from accounts.services.people import LINK_WANTED
from core.wake import announce


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """Asking for the old password is a password prompt: wrong ones count (axes), as everywhere."""

    def clean_oldpassword(self) -> str:
        old = str(self.cleaned_data.get("oldpassword", ""))
        if not get_adapter().reauthenticate(self.user, old):
            raise get_adapter().validation_error("enter_current_password")
        return old


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """Answers the same, and as quickly, whether somebody has the address or not: a worker looks, and writes."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address = str(self.cleaned_data["email"])
        user = User.objects.filter(email=address).first()
        announce(LINK_WANTED, user.pk if user is not None and may_have_session(user) else uuid4())
        return address


class _Code:
    """A code counts as a try before it is looked at, like a password, and is spent when it was right."""

    user: User
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        from accounts.adapters import note_failure

        code = str(self.cleaned_data["code"])
        if not lockout.reserve(self.user.email):
            raise get_adapter().validation_error("locked_out")
        factor = second_factor.use_code(self.user, code)
        if factor is None:
            note_failure(cast(HttpRequest, context.request), self.user, "second_factor", "wrong_code")
            raise get_adapter().validation_error("incorrect_code")
        lockout.release(self.user.email)
        self.authenticator = factor
        return code


class AuthenticateForm(_Code, factor_forms.AuthenticateForm):
    """The code after the password."""


class ReauthenticateForm(_Code, factor_forms.ReauthenticateForm):
    """The code again, for something that matters."""
