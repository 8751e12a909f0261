"""Base models."""

from __future__ import annotations

from django.db import models

from core.ids import uuid7


class UUIDModel(models.Model):
    """Keys are UUIDv7: never reused, so a grant or a decision cannot re-attach to another row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True
