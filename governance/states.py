"""The states of `governance` (product.md)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CheckState(TextChoices):
    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    COMPLETED = "completed", _("completed")
    ERRORED = "errored", _("could not be checked")


class Word(TextChoices):
    """What is said of a proposed version or waiver."""

    CONFIRMED = "confirmed", _("confirmed")
    DECLINED = "declined", _("declined")
