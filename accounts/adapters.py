"""What the log-in library asks us: who may come in, how they are told, and where secrets of second factors are kept."""

from __future__ import annotations

import logging
from typing import Any, Final, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts import access_policy, authentication, directory, lockout, second_factor
from accounts.actors import actor_for, nobody
from accounts.addresses import client_address
from accounts.backends import may_have_session
from accounts.models import User
from accounts.services.signing_in import note_failed_log_in, note_log_in
from core import clock
from core.actor import Actor, Channel
from core.errors import say

logger = logging.getLogger(__name__)

SILENT: Final = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
"""Messages that say what the page says anyway."""


def person_at(request: HttpRequest, user: User) -> Actor:
    """The person of a session as an actor."""
    shown = authentication.of_session(request)
    return actor_for(user, Channel.ADMIN, address=client_address(request), authentication=shown)


def note_failure(request: HttpRequest, user: User, method: str, reason: str) -> None:
    """Into the log of the person's organisation: somebody tried to be them."""
    actor = nobody(Channel.ADMIN, client_address(request))
    note_failed_log_in(actor=actor, user=user, method=method, reason=reason)


def fresh(request: HttpRequest) -> bool:
    """Whether the person of the session showed who they are so recently that they need not do so again."""
    shown = authentication.of_session(request)
    return shown is not None and shown.younger_than(settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60, clock.now())


class AccountAdapter(DefaultAccountAdapter):
    """People log in by e-mail address and password; nobody signs up."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("That is not the right e-mail address and password."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your password."),
        "incorrect_code": _("That code is wrong or was used before. Wait for the next one."),
        "locked_out": say(
            _(
                "There were too many wrong tries. Wait {minutes} minutes, set a new password by e-mail, or ask whoever looks "
                "after access to lift the lock."
            ),
            minutes=int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
        ),
        "too_many_login_attempts": _("There were too many tries. Please wait a few minutes."),
        "no_passwords": _("Passwords are not used here. Log in with your organisation's single sign-on."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, request: HttpRequest, level: int, message_template: str = "", *args: Any, **kwargs: Any) -> None:
        if message_template not in SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)

    def set_password(self, user: User, password: str) -> None:
        """That column alone: the row may have changed since it was read."""
        user.set_password(password)
        user.save(update_fields=("password",))

    # --- passwords -----------------------------------------------------------------------------------------------------

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if settings.OIDC_ONLY:
            raise self.validation_error("no_passwords")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, if the password is theirs. Raises ValidationError when they are locked out: it was not looked at."""
        user = cast("User | None", super().authenticate(request, **credentials))
        if getattr(request, "axes_locked_out", False):
            raise self.validation_error("locked_out")
        if user is not None:
            lockout.release(user.email)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """An address that nobody has is no organisation's matter, and anybody can invent some: the process log has it."""
        if getattr(request, "axes_locked_out", False):
            return
        address = lockout.username_of(request, credentials)
        user = User.objects.filter(email=address).first()
        if user is None:
            logger.warning("failed log-in for an unknown address from %s", client_address(request))
        else:
            note_failure(request, user, "password", "wrong_password" if may_have_session(user) else "may_not_log_in")

    def reauthenticate(self, user: User, password: str) -> bool:
        again = self.authenticate(self.request, email=user.email, password=password)
        return again is not None and again.pk == user.pk

    # --- coming in -----------------------------------------------------------------------------------------------------

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Whatever was shown (a passkey, another's word): only people who may open the workplace get a session."""
        if may_have_session(user):
            return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))
        note_failure(request, user, "session", "may_not_log_in")
        return self.respond_user_inactive(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("This account may not open the workplace. Ask whoever looks after access."))
        return HttpResponseRedirect(reverse("account_login"))

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        note_log_in(actor=person_at(request, user), user=user)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Where passwords are not used, an old one is not asked for."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method for method in found if not settings.OIDC_ONLY or method["id"] != "reauthenticate"]

    # --- showing it again ------------------------------------------------------------------------------------------------

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A log-in of a moment ago is as good as showing it again. Who has nothing to show here goes to their provider."""
        if fresh(self.request):
            return False
        if not self.get_reauthentication_methods(self.request.user):
            raise ImmediateHttpResponse(HttpResponseRedirect(again_at_provider(self.request)))
        return True


def again_at_provider(request: HttpRequest) -> str:
    """Where a person without password and second factor shows again who they are."""
    name = "openid_connect_login" if settings.OIDC_ISSUER else "account_login"
    where = reverse(name, kwargs={"provider_id": "sso"} if settings.OIDC_ISSUER else {})
    return f"{where}?{urlencode({'next': request.path, 'again': '1'})}"


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: secrets enciphered, and none removed that a role demands."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": _(
            "One of your roles demands a second factor. Add another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return second_factor.cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = cast(User, authenticator.user)
        others = second_factor.factors_of(user).exclude(pk=authenticator.pk)
        return others.exists() or not access_policy.second_factor_required(user, clock.now())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Passkey {number}"

    def _get_site_name(self) -> str:
        return "Imprimatur"


class SocialAdapter(DefaultSocialAccountAdapter):
    """Single sign-on: one provider, from the environment; accounts.directory says who somebody is."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """No row of a table adds a provider."""
        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Put our person into the log-in, or refuse it with words."""
        try:
            sociallogin.account, sociallogin.user = directory.admit(request, sociallogin)
        except directory.NotAdmitted as refused:
            if refused.user is not None:
                note_failure(request, refused.user, "sso", refused.reason)
            logger.warning("single sign-on refused: %s", refused.reason)
            raise self._back_to_log_in(request, refused.words) from refused

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        logger.warning("single sign-on failed: %s %s", kwargs.get("error"), kwargs.get("exception"))
        raise self._back_to_log_in(request, _("Single sign-on did not work. Please try again."))

    def _back_to_log_in(self, request: HttpRequest, words: Any) -> ImmediateHttpResponse:
        messages.error(request, words)
        return ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
