"""Second factors of people, over the rows of the log-in library."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User

_LAST = "last_counter"


def factors_of(user: User) -> QuerySet[Authenticator]:
    """Authenticator app and passkeys. Recovery codes stand in for them and are none of their own."""
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user.pk)
    return rows.exclude(type=Authenticator.Type.RECOVERY_CODES)


def has_second_factor(user: User) -> bool:
    return factors_of(user).exists()


def use_code(user: User, code: str) -> Authenticator | None:
    """The factor whose code this is, the code spent; None for a wrong one and for one that was used before.

    What was used stands in the database, under a row lock: not in a cache that each process has for itself.
    """
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user_id=user.pk)
        for factor in rows.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):
            if _spend(factor, code):
                factor.user = user
                return factor
    return None


def _spend(factor: Authenticator, code: str) -> bool:
    if factor.type == Authenticator.Type.RECOVERY_CODES:
        return bool(factor.wrap().validate_code(code))
    secret = decrypt(factor.data["secret"])
    last = int(factor.data.get(_LAST, 0))
    for counter in yield_hotp_counters_from_time():
        if counter > last and compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            _remember(factor, counter)
            return True
    return False


def _remember(factor: Authenticator, counter: int) -> None:
    factor.data[_LAST] = counter
    factor.save(update_fields=["data"])


def spend_first_code(factor: Authenticator) -> None:
    """The code with which an authenticator app was set up, and those before it, do not count again."""
    if factor.type == Authenticator.Type.TOTP:
        _remember(factor, int(time.time()) // app_settings.TOTP_PERIOD)


def cipher() -> MultiFernet:
    """What secrets of second factors are kept under: IMPRIMATUR_SECOND_FACTOR_KEYS, else a key made from SECRET_KEY.

    The first key writes, all of them read, so that keys can be changed.
    """
    keys: list[Any] = [*settings.SECOND_FACTOR_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(each))) for each in keys])


def _derived(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"imprimatur second factor\x00" + text.encode()).digest())
