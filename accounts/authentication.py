"""How and when the person of a session, or the bearer of a token, showed who they are (R-56)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from accounts.models import ApiToken
from core.actor import Actor, Authentication

_FIRST: Final = {"password": "password", "socialaccount": "sso"}
_FACTORS: Final = {"totp": "totp", "webauthn": "passkey", "recovery_codes": "recovery_code"}
SECOND: Final = frozenset(_FACTORS.values())


def of_session(request: HttpRequest) -> Authentication | None:
    """What the log-in library noted in the session; nothing where it noted nothing (a session it did not make).

    `method` names everything shown in this session, in order (`password+totp`); `at` is the latest time.
    """
    records = _records(request)
    if not records:
        return None
    shown = dict.fromkeys(filter(None, map(_name, records)))
    return Authentication("+".join(shown), datetime.fromtimestamp(records[-1]["at"], UTC))


def of_token(token: ApiToken) -> Authentication:
    """A token is shown with every request, but somebody only answered for it when it was made."""
    return Authentication("token", token.created)


def second(method: str) -> bool:
    """Whether what was shown (Authentication.method) has more in it than a password or another's word."""
    return not SECOND.isdisjoint(method.split("+"))


def made_with(actor: Actor) -> str:
    """How whoever makes a token has shown who they are; through another token, how that one's maker had."""
    if isinstance(actor.token, ApiToken):
        return actor.token.made_with
    return actor.authentication.method if actor.authentication else ""


def second_factor_shown(request: HttpRequest) -> bool:
    """Whether something beside a password or another's word was shown in this session. A passkey is enough alone."""
    return any(_name(record) in SECOND for record in _records(request))


def _records(request: HttpRequest) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = get_authentication_records(request, request.user)  # those of somebody else do not count
    return [record for record in found if _name(record)]


def _name(record: Mapping[str, Any]) -> str:
    if record.get("method") == "mfa":
        return _FACTORS.get(str(record.get("type")), "")
    return _FIRST.get(str(record.get("method")), "")
