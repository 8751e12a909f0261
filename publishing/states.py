"""The states of `publishing` (product.md)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PublicationState(TextChoices):
    QUEUED = "queued", _("queued")
    DISPATCHING = "dispatching", _("being sent")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("refused by the channel")
    FAILED = "failed", _("given up")
    UNCONFIRMED = "unconfirmed", _("sent, no answer")
    CANCELLED = "cancelled", _("cancelled")


class Operation(TextChoices):
    CREATE = "create", _("create, switched off")
    UPDATE = "update", _("update")
    ENABLE = "enable", _("enable")
    PAUSE = "pause", _("pause")
