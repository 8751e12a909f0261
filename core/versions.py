"""Versioned definitions (rule sets, approval policies): every change is a new row, and the latest row of a key is current."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, Invalid
from core.models import UUIDModel

D = TypeVar("D", bound="VersionedDefinition")


class VersionedDefinition(UUIDModel):
    """`key` names the definition, `version` counts from 1, one by one. Rows are only ever inserted (R-12): what a
    definition says ends when the next version says otherwise, and in no other way.

    `bound_by` are the columns that say what a definition governs: all versions of one key govern the same, so that
    nobody replaces what governs others by taking its key.
    """

    bound_by: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(_("key"), max_length=100)
    version = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    created_at = models.DateTimeField(_("since"))
    created_by = models.CharField(_("by"), max_length=254)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @classmethod
    def current(cls) -> QuerySet[Self]:
        """Of each key the version that no later one follows."""
        rows = cls._default_manager
        later = rows.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
        return rows.filter(~Exists(later))

    @classmethod
    def lock(cls, key: str) -> None:
        """Keep others from changing a definition until the transaction ends. Its first version is the lock of a key: unlike
        the latest it is the same row for whoever comes. Lock first, read afterwards: a statement that waited for the lock
        would still see the rows of before."""
        list(cls._default_manager.select_for_update().filter(key=key, version=1).values_list("pk"))

    @classmethod
    def publish(cls, key: str, now: datetime, build: Callable[[int], Self]) -> Self:
        """Make `build(next version)` the current row of `key`; the caller is in a transaction.

        Raises Invalid when the key names a definition that governs something else, Conflict when two begin a key at once
        (there is no row to lock yet) and this one comes second.
        """
        cls.lock(key)
        row = _successor(cls._default_manager.filter(key=key).order_by("-version").first(), build)
        row.created_at = now
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as error:
            if cls._default_manager.filter(key=key, version=row.version).exists():
                raise Conflict(_("Another version came in between; compare with that one first.")) from error
            raise
        return row


class WordedDefinition(VersionedDefinition):
    """A version that governs by a word of its own (docs/adr/0018): the latest confirmed one of a key is current, and one of which
    nothing was said yet is a proposal."""

    class Meta(VersionedDefinition.Meta):
        abstract = True

    @classmethod
    def words(cls, *words: str) -> QuerySet[Any]:
        """What was said (these words; any without one) of the version that is asked about from outside (OuterRef `pk`)."""
        raise NotImplementedError

    @classmethod
    def current(cls) -> QuerySet[Self]:
        """Of each key the confirmed version that no later confirmed one follows."""
        later = cls._confirmed().filter(key=OuterRef("key"), version__gt=OuterRef("version"))
        return cls._confirmed().filter(~Exists(later))

    @classmethod
    def _confirmed(cls) -> QuerySet[Self]:
        return cls._default_manager.filter(Exists(cls.words("confirmed")))

    @classmethod
    def proposed(cls) -> QuerySet[Self]:
        """Of each key the latest version, where nobody has confirmed or declined it: only one of a key is awaited."""
        waits = cls._default_manager.filter(~Exists(cls.words()))
        later = cls._confirmed().filter(key=OuterRef("key"), version__gt=OuterRef("version"))
        newer = waits.filter(key=OuterRef("key"), version__gt=OuterRef("version"))
        return waits.filter(~Exists(later), ~Exists(newer))


def _successor(last: D | None, build: Callable[[int], D]) -> D:
    """The version after `last`, not yet saved. Raises Invalid when it would govern something else."""
    if last is None:
        return build(1)
    row = build(last.version + 1)
    if any(getattr(row, column) != getattr(last, column) for column in row.bound_by):
        raise Invalid.field("key", "taken", _("This key names a definition of another scope; choose another key."))
    return row
