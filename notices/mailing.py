"""Sending what is owed: claimed, composed, handed to the mail server, recorded; each outside the transaction of the other.

Whoever dies between the mail server's yes and the record leaves a lease that runs out, and the mail is sent again, under the
same Message-ID: twice is possible, never is not.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from core import clock, transitions
from core.errors import IllegalTransition
from notices import letters
from notices.models import Mail
from notices.states import MailState
from notices.transitions import MAIL

logger = logging.getLogger(__name__)

PAGE: Final = 100
MOST_TRIES: Final = 30
LONGEST_DELAY: Final = timedelta(hours=1)
"""With it the thirtieth try comes about a day after the first."""


def owed(now: datetime) -> QuerySet[Mail]:
    """Mails that are due, and that no worker holds."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    return Mail.objects.filter(free, state=MailState.QUEUED, not_before__lte=now)


def send_owed() -> int:
    """Send a page of what is owed, the longest due first; end with the first that the mail server does not take: the others wait
    for it as well. Returns how many were ended."""
    ended = 0
    for identifier in list(owed(clock.now()).order_by("not_before", "pk").values_list("pk", flat=True)[:PAGE]):
        if not deliver(identifier):
            break
        ended += 1
    return ended


def deliver(identifier: UUID) -> bool:
    """Send one mail, unless another worker has it. False when it has to be tried again."""
    mail = claim(identifier)
    if mail is None:
        return True
    try:
        letter = letters.letter_of(mail, clock.now())
        if letter is not None:
            letter.send()
    except Exception as fault:
        # Whatever it was (the mail server away, a text that cannot be composed), it is tried again, later each time.
        logger.exception("mail %s was not sent (%s)", mail.pk, type(fault).__name__)
        _put_off(mail, fault)
        return False
    _end(mail, "send" if letter is not None else "drop")
    return True


def claim(identifier: UUID) -> Mail | None:
    """Take a mail for this worker, until its lease ends; None when it is not owed (any more)."""
    with transaction.atomic():
        now = clock.now()
        mail = owed(now).select_for_update(of=("self",), no_key=True).filter(pk=identifier).first()
        if mail is None:
            return None
        if mail.attempts >= MOST_TRIES:  # its last worker died with it
            transitions.move(MAIL, "give_up", mail, ended_at=now)
            return None
        _lease(mail, now)
        return mail


def _lease(mail: Mail, now: datetime) -> None:
    mail.attempts, mail.leased_until = mail.attempts + 1, now + timedelta(seconds=settings.LEASE_SECONDS)
    mail.save(update_fields=["attempts", "leased_until"])


def _end(mail: Mail, step: str) -> None:
    try:
        transitions.move(MAIL, step, mail, ended_at=clock.now(), leased_until=None)
    except IllegalTransition:
        logger.warning("mail %s was ended by another worker", mail.pk)


def _put_off(mail: Mail, fault: Exception) -> None:
    """After a fault: free again, later with each try; after the last one it has failed. The lease of another worker, who took it
    over meanwhile, stays."""
    now, words = clock.now(), f"{type(fault).__name__}: {fault}"[:500].replace("\x00", "")
    mine = Mail.objects.filter(pk=mail.pk, state=MailState.QUEUED, leased_until=mail.leased_until)
    if mail.attempts >= MOST_TRIES:
        transitions.claim(MAIL, "give_up", mine, ended_at=now, fault=words)
        return
    mine.update(not_before=now + delay(mail.attempts), leased_until=None, fault=words)


def delay(tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, at most an hour."""
    return min(LONGEST_DELAY, timedelta(seconds=settings.MAIL_BACKOFF_SECONDS * 2 ** (tries - 1)))
