"""Pages that stay cheap at a million rows: by key, and without counting everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

M = TypeVar("M", bound=Model)
CAP = 1000


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page; `after` is the cursor of the next one, empty at the end; `is_first` says where we are."""

    rows: Sequence[M]
    after: str
    is_first: bool


def by_key(rows: QuerySet[M], cursor: str, size: int, *, oldest_first: bool) -> Page[M]:
    """One page of `rows` in the order of their keys (UUIDv7: the order of time). A cursor that is no key starts anew."""
    key = _key(cursor)
    if key is not None:
        rows = rows.filter(pk__gt=key) if oldest_first else rows.filter(pk__lt=key)
    found = list(rows.order_by("pk" if oldest_first else "-pk")[: size + 1])
    after = str(found[size - 1].pk) if len(found) > size else ""
    return Page(found[:size], after, key is None)


def _key(cursor: str) -> UUID | None:
    try:
        return UUID(cursor) if cursor else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Leaf(Generic[M]):
    """Rows of one page in an order for people; `next` is the number of the next page, 0 at the end."""

    rows: Sequence[M]
    next: int
    is_first: bool


def leaf(rows: QuerySet[M], page: str, size: int) -> Leaf[M]:
    """One page of a short list in its own order (names); a page that is no number, or beyond CAP rows, is the first."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 and 1 <= int(page) <= CAP // size else 1
    found = list(rows[(number - 1) * size : number * size + 1])
    return Leaf(found[:size], number + 1 if len(found) > size else 0, number == 1)


def capped_count(rows: QuerySet[Any], cap: int) -> int:
    """How many rows there are, but never more than `cap`: the database stops there."""
    return rows.order_by()[:cap].count()


class CappedPaginator(_Paginator):
    """Counts to CAP and stops. What lies beyond is found with the filters, not by leafing."""

    @cached_property
    def count(self) -> int:
        """Rows that can be leafed through."""
        rows = self.object_list
        return capped_count(rows, CAP) if isinstance(rows, QuerySet) else len(rows)
