"""Tasks of `notices`: read the log on, and send what is owed. Called by beat alone; idempotent."""

from __future__ import annotations

from celery import shared_task

from notices import mailing, reading


@shared_task(name="notices.tasks.read_on")
def read_on() -> None:
    """Make the notices of what happened, and the daily mails that are due."""
    reading.read_on()
    reading.gather()


@shared_task(name="notices.tasks.send_owed")
def send_owed() -> None:
    """A task of its own, so that a mail server that does not answer keeps nobody from being told in the workplace."""
    mailing.send_owed()
