"""What the log-in library says happened, into the log. Connected by the app; our own packages send each other no signals."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import authentication_step_completed, password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from accounts import second_factor, sessions
from accounts.adapters import person_at
from accounts.models import User
from accounts.services import signing_in


def logged_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if request is not None and isinstance(user, User):
        signing_in.note_log_out(actor=person_at(request, user), user=user)


def shown_again(request: HttpRequest, user: User, **extra: Any) -> None:
    if extra.get("reauthenticated"):
        signing_in.note_confirmation(actor=person_at(request, user), user=user)


def changed(request: HttpRequest, user: User, **_: Any) -> None:
    signing_in.note_password_change(actor=person_at(request, user), user=user, how="changed")


def set_by_link(request: HttpRequest, user: User, **_: Any) -> None:
    signing_in.note_password_change(actor=person_at(request, user), user=user, how="by_link")


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Setting one up shows it: the session need not show it again."""
    kind = str(authenticator.type)
    if kind != Authenticator.Type.RECOVERY_CODES:
        second_factor.spend_first_code(authenticator)
        if get_authentication_records(request, user):
            record_authentication(request, user, "mfa", type=kind, id=authenticator.pk)
    signing_in.note_second_factor_added(actor=person_at(request, user), user=user, kind=kind)


def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    signing_in.note_second_factor_removed(actor=person_at(request, user), user=user, kind=str(authenticator.type))
    if not second_factor.has_second_factor(user):
        _forget_that_it_was_shown(request, user)


def _forget_that_it_was_shown(request: HttpRequest, user: User) -> None:
    """What is gone was never shown, should a role demand it later: neither here nor in other sessions, which end."""
    records = get_authentication_records(request, user)
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [each for each in records if each["method"] != "mfa"]
    others = [row.pk for row in sessions.sessions_of(user) if row.session_key != request.session.session_key]
    if others:
        signing_in.end_own_sessions(actor=person_at(request, user), chosen=others)


def connect() -> None:
    """Once, when the app is ready."""
    user_logged_out.connect(logged_out)
    authentication_step_completed.connect(shown_again)
    password_changed.connect(changed)
    password_set.connect(changed)
    password_reset.connect(set_by_link)
    authenticator_added.connect(factor_added)
    authenticator_reset.connect(factor_added)
    authenticator_removed.connect(factor_removed)
