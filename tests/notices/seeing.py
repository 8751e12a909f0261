"""Looking at who is told what, as tests say it."""

from __future__ import annotations

from django.core import mail

from notices import mailing, reading
from notices.models import Notice
from tests.builders import World

Told = set[tuple[str, str, str]]


def told(world: World) -> Told:
    """Read on; who (short name) was told what by it, and why."""
    before = set(Notice.objects.values_list("pk", flat=True))
    reading.read_on()
    names = {user.pk: name for name, user in world.people.items()} | {world.machine.pk: "machine"}
    rows = Notice.objects.exclude(pk__in=before)
    return {(names[row.person_id], row.kind, row.reason) for row in rows}


def sent() -> list[mail.EmailMultiAlternatives]:
    """Send what is owed; the mails that went out by it."""
    before = len(mail.outbox)
    mailing.send_owed()
    return mail.outbox[before:]  # type: ignore[return-value]
