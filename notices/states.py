"""The states of `notices`."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailState(TextChoices):
    QUEUED = "queued", _("queued")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("nothing left to tell")
    FAILED = "failed", _("failed")
