"""Versioned definitions (rule sets, approval policies): every change is a new row; exactly one row a key is current."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid
from core.models import UUIDModel


class VersionedDefinition(UUIDModel):
    """`key` names the definition, `version` counts from 1. Rows are immutable but for `is_current` going off.

    `bound_by` are the columns that say what a definition governs: all versions of one key govern the same, so that
    nobody retires what governs others by taking its key.
    """

    bound_by: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(_("key"), max_length=100)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    is_current = models.BooleanField(_("current"), default=True)
    created_at = models.DateTimeField(_("since"))
    created_by = models.CharField(_("by"), max_length=254)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @classmethod
    def supersede(cls, key: str, now: datetime, build: Callable[[int], Self]) -> Self:
        """Make `build(next version)` the current row of `key`; the caller is in a transaction.

        Raises Invalid when the key names a definition that governs something else.
        """
        manager: Any = cls._default_manager
        # Lock first, read afterwards: a statement that waited for the lock would still see the rows of before.
        list(manager.select_for_update().filter(key=key).values_list("pk"))
        last = manager.filter(key=key).order_by("-version").first()
        row = build(1 if last is None else last.version + 1)
        if last is not None:
            if any(getattr(row, column) != getattr(last, column) for column in cls.bound_by):
                raise Invalid.field("key", "taken", _("This key names a definition of another scope; choose another key."))
            manager.filter(pk=last.pk).update(is_current=False)
        row.created_at = now
        row.save(force_insert=True)
        return row
