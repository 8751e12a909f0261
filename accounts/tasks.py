"""Tasks of `accounts`: sending mail. Ids only; the link in it is made here and nowhere kept."""

from __future__ import annotations

import logging
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.backends import may_have_session
from accounts.models import User

logger = logging.getLogger(__name__)


@shared_task(name="accounts.tasks.send_link", autoretry_for=(OSError,), retry_backoff=5, max_retries=4)
def send_link(user: str) -> None:
    """Send a person the link with which they set their password: an invitation where they have none yet.

    Nobody of that id, or nobody who may log in: nothing is sent (whoever asked was told nothing either). A mail server that
    is away is tried again; what is lost after that is asked for again, by the person or with `invite_person`.
    """
    row = User.objects.select_related("organisation").filter(pk=UUID(user)).first()
    if row is None or not may_have_session(row) or settings.OIDC_ONLY:
        return
    kind = "reset" if row.has_usable_password() else "invitation"
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
    words = {"person": row, "url": link(row), "address": settings.PUBLIC_URL, "days": days}
    with translation.override(row.language):
        subject = render_to_string(f"accounts/mail/{kind}_subject.txt", words).strip()
        body = render_to_string(f"accounts/mail/{kind}.txt", words)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [row.email])
    logger.info("%s sent to %s", kind, row.pk)


def link(user: User) -> str:
    """The address under which a person sets their password; it ends with its use, a log-in, or PASSWORD_RESET_TIMEOUT.

    It begins with IMPRIMATUR_PUBLIC_URL, never with what a request called itself.
    """
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=key)
