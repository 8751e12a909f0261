"""A browser without a session, and the ways of logging in with it."""

from __future__ import annotations

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import tasks
from accounts.models import User
from audit.models import AuditEvent
from tests.builders import PASSWORD

WRONG = "not the right password"


def browser(address: str = "192.0.2.7", **options: Any) -> Client:
    return Client(REMOTE_ADDR=address, **options)


def log_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": password, **more})


def inside(client: Client) -> bool:
    """Whether the queue is shown."""
    return client.get(reverse("admin:index")).status_code == 200


def text(answer: Any) -> str:
    return answer.content.decode()


def events(action: str, user: User | None = None) -> list[AuditEvent]:
    rows = AuditEvent.objects.filter(action=action).order_by("pk")
    return list(rows if user is None else rows.filter(subject_id=str(user.pk)))


def totp(user: User) -> str:
    """An authenticator app for a person; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def recovery_codes(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def log_in_with_code(client: Client, user: User, secret: str, steps: int = 0) -> Any:
    log_in(client, user)
    return client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps)})


def factors(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def mailed_link(user: User) -> str:
    """The link that a worker sends to a person, without its host."""
    tasks.send_link(str(user.pk))
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]
