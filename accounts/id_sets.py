"""Sets of ids as the database lists them, given back to it without being taken apart.

Somebody with grants on a thousand ad accounts has a thousand ids. Made into UUID objects and then into a thousand
parameters of `IN (…)` they cost more than the page that is asked for (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from typing import Any, Final
from uuid import UUID

from django.db.models import Aggregate, BooleanField, F, Func, Q, TextField


class IdSet(Set[UUID]):
    """Ids in one text, separated by commas, as `Listed` answers them. Read only where somebody looks inside."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text: Final = text

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> Any:  # what `|` and `&` make
        return frozenset(it)

    def __contains__(self, item: object) -> bool:
        return isinstance(item, UUID) and (str(item) in self._text or item.hex in self._text)

    def __iter__(self) -> Iterator[UUID]:
        return map(UUID, self._text.split(",")) if self._text else iter(())

    def __len__(self) -> int:
        return self._text.count(",") + 1 if self._text else 0

    def __repr__(self) -> str:
        return f"IdSet({self._text!r})"

    @property
    def array(self) -> str:
        """All of them as an array literal of PostgreSQL."""
        return f"{{{self._text}}}"


def _array(ids: Collection[UUID]) -> str:
    return ids.array if isinstance(ids, IdSet) else f"{{{','.join(map(str, ids))}}}"


class _Among(Func):
    """Whether a column of UUIDs is one of many: `= ANY` of one parameter on PostgreSQL, `IN` of many on SQLite."""

    output_field = BooleanField()

    def __init__(self, path: str, ids: Collection[UUID]) -> None:
        super().__init__(F(path))
        self.ids = ids

    @property
    def identity(self) -> Any:
        """What Django compares conditions by; without it the ids were taken apart for that."""
        return type(self), tuple(self.source_expressions), _array(self.ids)

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **context: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        if not self.ids:
            return "1 = 0", ()
        marks = ", ".join(["%s"] * len(self.ids))
        return f"{column} IN ({marks})", (*params, *(each.hex for each in self.ids))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s::uuid[])", (*params, _array(self.ids))


def among(path: str, ids: Collection[UUID]) -> Q:
    """The condition that a foreign key or key (`path`) is one of `ids`, however many these are."""
    return Q(_Among(path, ids))


class Listed(Aggregate):
    """Distinct ids of a column in one text: a row instead of a thousand. NULL where there are none."""

    function = "GROUP_CONCAT"
    template = "%(function)s(DISTINCT %(expressions)s)"
    output_field = TextField()

    def __init__(self, column: str) -> None:
        super().__init__(_AsStored(column))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Told apart as UUIDs, since as texts that costs threefold; and without sorting a thousand NULLs."""
        some = "FILTER (WHERE %(expressions)s IS NOT NULL)"
        template = f"ARRAY_TO_STRING(ARRAY_AGG(DISTINCT %(expressions)s) {some}, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


class _AsStored(Func):
    """A UUID column as it is: without Django's conversion of the aggregate's result."""

    template = "%(expressions)s"
    output_field = TextField()
