"""Statements whose SQL is made once, for what every approval and every check does.

Most of what the ORM costs is building a query and putting it into words, the same words each time. `prepared` keeps the words of
a queryset, or of an update of one, and puts values into them; `insert` and `update` do so for rows in hand. Each does what the
ORM does with the same, which a test asks of every one (tests/core/test_statements.py).
"""

from __future__ import annotations

import functools
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from inspect import signature
from typing import Any, Final, Generic, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql import UpdateQuery
from django.db.transaction import TransactionManagementError, mark_for_rollback_on_error

P = ParamSpec("P")
M = TypeVar("M", bound=models.Model)
FEW = 20
"""So many rows are written out as VALUES, and lists of so many have words of their own; with more, the ORM does it."""


class NotPreparable(TypeError):
    """What was given has no fixed words. A programming error."""


@dataclass(frozen=True, slots=True)
class Change(Generic[M]):
    """An update of whatever `rows` are, by values or expressions."""

    rows: models.QuerySet[M]
    values: Mapping[str, Any]

    def by_orm(self) -> int:
        """By the ORM, without keeping its words. Returns how many rows there were."""
        return self.rows.update(**self.values)


@dataclass(frozen=True, slots=True)
class _Words:
    """SQL with its parameters, and which of them (index) is which argument (index)."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]

    @property
    def fixed(self) -> tuple[Any, ...]:
        """All but the values of arguments."""
        varying = {place for place, _ in self.places}
        return self.sql, self.places, [each for place, each in enumerate(self.parameters) if place not in varying]

    def bound(self, arguments: Sequence[Any]) -> list[Any]:
        parameters = list(self.parameters)
        for place, argument in self.places:
            parameters[place] = _adapted(arguments[argument])
        return parameters


@dataclass(frozen=True, slots=True, eq=False)
class _Values:
    """How rows that were read become tuples."""

    columns: Sequence[Any]

    def objects(self, rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
        return map(tuple, _converted(rows, self))


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """How rows that were read become objects."""

    columns: Sequence[Any]
    model: type[models.Model]
    names: Sequence[str]
    own: slice
    populators: Sequence[Any]
    annotations: Mapping[str, int]

    def objects(self, rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
        for row in _converted(rows, self):
            found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.own])
            for populator in self.populators:
                populator.populate(row, found)
            for name, column in self.annotations.items():
                setattr(found, name, row[column])
            yield found


_Shape = _Values | _Reading


def _converted(rows: Iterable[Sequence[Any]], shape: _Shape) -> Iterable[Sequence[Any]]:
    """As SQLCompiler.apply_converters does. What converts belongs to a connection and is kept with it: kept with the words it
    would hold on to the connection of a thread that has ended."""
    to: Any = connections[DEFAULT_DB_ALIAS]
    kept = to.__dict__.setdefault("_converters_of_kept_words", {})
    converters = kept.get(shape)
    if converters is None:
        converters = kept[shape] = tuple(_converters(shape.columns, to))
    return _apply(rows, converters, to) if converters else rows


def _converters(columns: Sequence[Any], to: Any) -> Iterator[tuple[int, Sequence[Any], Any]]:
    for index, expression in enumerate(columns):
        functions = [*to.ops.get_db_converters(expression), *expression.get_db_converters(to)]
        if functions:
            yield index, functions, expression


def _apply(rows: Iterable[Sequence[Any]], converters: Any, to: Any) -> Iterator[Sequence[Any]]:
    for row in map(list, rows):
        for column, functions, expression in converters:
            value = row[column]
            for convert in functions:
                value = convert(value, expression, to)
            row[column] = value
        yield row


def _cursor() -> Any:
    """A cursor; on PostgreSQL one of those whose statements the server keeps prepared, unless the settings say that it does not
    (`prepare_threshold`). The ORM's own are not fit for that: its words differ from one time to the next. Whoever logs
    statements sees them with their values, which such a cursor does not tell."""
    to: Any = connections[DEFAULT_DB_ALIAS]
    if to.vendor != "postgresql" or to.queries_logged or not to.settings_dict["OPTIONS"].get("prepare_threshold"):
        return to.cursor()
    to.close_if_health_check_failed()
    to.ensure_connection()
    with to.wrap_database_errors:
        return to._prepare_cursor(ServerBindingCursor(to.connection))  # type: ignore[call-arg]


def _adapted(value: Any) -> Any:
    """An argument as the ORM gives it to the driver."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _stand_in(value: Any) -> Any:
    """Something of the kind of an argument that nothing else is equal to."""
    if isinstance(value, UUID):
        return uuid4()
    if isinstance(value, datetime):
        return datetime(1, 1, 2, tzinfo=UTC) + timedelta(microseconds=secrets.randbelow(10**15))
    if isinstance(value, date):
        return date.fromordinal(2 + secrets.randbelow(10**5))
    if isinstance(value, str):
        return secrets.token_hex(12)
    raise NotPreparable(f"{type(value).__name__} cannot be an argument of prepared words")


def _kind(value: Any) -> Any:
    return (len(value), *map(type, value)) if isinstance(value, list | tuple) else type(value)


def _many(arguments: Sequence[Any]) -> bool:
    """Whether a list is so long that words of its own are not worth keeping."""
    return any(isinstance(each, list | tuple) and len(each) > FEW for each in arguments)


def _none(named: Mapping[str, Any]) -> None:
    if named:
        raise NotPreparable("all that varies is given by position")


def _flat(arguments: Sequence[Any]) -> list[Any]:
    return [one for each in arguments for one in (each if isinstance(each, list | tuple) else (each,))]


PREPARED: Final[list[Prepared[Any, Any]]] = []
"""All of them, for the test that asks each and the ORM the same."""


class Prepared(Generic[P, M]):
    """A function that builds a queryset, asked once for each kind of arguments; then only its words are sent again."""

    def __init__(self, build: Callable[P, models.QuerySet[M] | Change[M]]) -> None:
        if any(each.default is not each.empty or each.kind is each.KEYWORD_ONLY for each in signature(build).parameters.values()):
            raise NotPreparable("all that varies is given by position")
        self.build = build
        PREPARED.append(self)
        self._known: dict[Any, tuple[_Words, _Shape | None, bool] | None] = {}
        functools.update_wrapper(self, build)

    def _plan(self, arguments: Sequence[Any]) -> tuple[_Words, _Shape | None, bool] | None:
        kind = (connection.vendor, *map(_kind, arguments))
        try:
            return self._known[kind]
        except KeyError:
            plan = self._known[kind] = self._made(arguments)
            return plan

    def _made(self, arguments: Sequence[Any]) -> tuple[_Words, _Shape | None, bool] | None:
        try:
            (built, query, compiler, words), again = self._built(arguments), self._built(arguments)
        except EmptyResultSet:
            return None
        if words.fixed != again[-1].fixed:
            raise NotPreparable("something that varies stands in the statement otherwise than as an argument")
        return words, None if isinstance(built, Change) else _reading(built, compiler), query.select_for_update

    def _built(self, arguments: Sequence[Any]) -> tuple[Any, Any, Any, _Words]:
        """With stand-ins of the kinds of these arguments."""
        stand_ins = [list(map(_stand_in, each)) if isinstance(each, list | tuple) else _stand_in(each) for each in arguments]
        built: Any = self.build(*stand_ins)  # type: ignore[call-arg, arg-type]
        query = _update_of(built) if isinstance(built, Change) else built.query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return built, query, compiler, _Words(sql, tuple(parameters), _places(parameters, _flat(stand_ins)))

    def _run(self, arguments: Sequence[Any]) -> tuple[Any, _Shape | None]:
        plan = self._plan(arguments)
        if plan is None:
            return None, None
        words, reading, locks = plan
        if locks and not connection.in_atomic_block:
            raise TransactionManagementError("a lock is taken in a transaction")
        cursor = _cursor()
        with mark_for_rollback_on_error(DEFAULT_DB_ALIAS):
            cursor.execute(words.sql, words.bound(_flat(arguments)))
        return cursor, reading

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> list[M]:
        """The rows."""
        _none(named)
        if _many(arguments):
            built: Any = self.build(*arguments, **named)
            return list(built)
        cursor, reading = self._run(arguments)
        if cursor is None:
            return []
        with cursor:
            if reading is None:
                raise NotPreparable("this is an update; call count()")
            return list(reading.objects(cursor.fetchall()))

    def one(self, *arguments: P.args, **named: P.kwargs) -> M | None:
        """The first row."""
        rows = self(*arguments, **named)
        return rows[0] if rows else None

    def count(self, *arguments: P.args, **named: P.kwargs) -> int:
        """Of an update: how many rows it changed."""
        _none(named)
        if _many(arguments):
            change: Any = self.build(*arguments, **named)
            return int(change.by_orm())
        cursor, _reading = self._run(arguments)
        if cursor is None:
            return 0
        with cursor:
            return int(cursor.rowcount)


def prepared(build: Callable[P, models.QuerySet[M] | Change[M]]) -> Prepared[P, M]:
    """Make a function that builds a queryset (of models, or a `values_list`), or a Change, one that answers from words made once.
    Whatever varies is an argument: ids, times, days, texts, and lists of these. Raises NotPreparable."""
    return Prepared(build)


def _update_of(change: Change[Any]) -> Any:
    query: Any = change.rows.order_by().query.chain(UpdateQuery)
    query.add_update_values(change.values)
    return query


def _places(parameters: Sequence[Any], stand_ins: Sequence[Any]) -> tuple[tuple[int, int], ...]:
    adapted = [_adapted(each) for each in stand_ins]
    places = [(place, adapted.index(each)) for place, each in enumerate(parameters) if each in adapted]
    if {argument for _, argument in places} != set(range(len(adapted))):
        raise NotPreparable("an argument does not stand in the statement as it is")
    return tuple(places)


def _reading(rows: Any, compiler: Any) -> _Shape:
    if rows._iterable_class is ValuesListIterable and rows._fields == tuple(_named(rows.query)):
        return _Values([each[0] for each in compiler.select])
    if rows._iterable_class is not ModelIterable or rows._prefetch_related_lookups:
        raise NotPreparable("only whole objects, or lists of values in the order of their columns, are read by prepared words")
    own = compiler.klass_info["select_fields"]
    return _Reading(
        [each[0] for each in compiler.select],
        compiler.klass_info["model"],
        [each[0].target.attname for each in compiler.select[own[0] : own[-1] + 1]],
        slice(own[0], own[-1] + 1),
        get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]  # of Django 6
        compiler.annotation_col_map or {},
    )


def _named(query: Any) -> list[str]:
    return [*query.extra_select, *query.values_select, *query.annotation_select]


# --- rows in hand --------------------------------------------------------------------------------------------------------


def insert(rows: Sequence[models.Model]) -> None:
    """Write new rows of one kind in one statement, as bulk_create does."""
    if not rows:
        return
    model = type(rows[0])
    if len(rows) > FEW:
        model._default_manager.bulk_create(rows)
        return
    to = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insert_words(model, len(rows), to.vendor)
    parameters = [_saved(field, field.pre_save(row, True), to) for row in rows for field in fields]
    with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), _cursor() as cursor:
        cursor.execute(sql, parameters)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@functools.lru_cache(maxsize=512)
def _insert_words(model: type[models.Model], number: int, _vendor: str) -> tuple[str, list[Any]]:
    fields: list[Any] = [field for field in model._meta.local_concrete_fields if not field.generated]
    if model._meta.parents or model._meta.auto_field or any(hasattr(field, "get_placeholder") for field in fields):
        raise NotPreparable(f"{model.__name__} is not written by prepared words")
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {', '.join([row] * number)}", fields  # noqa: S608


def update(model: type[models.Model], where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
    """Set `values` on the rows whose fields are what `where` says (a value, or a list of which one). Returns how many there
    were. Expressions and long lists go through the ORM."""
    if any(hasattr(value, "resolve_expression") for value in values.values()) or _many(list(where.values())):
        asked = {f"{name}__in" if isinstance(value, list) else name: value for name, value in where.items()}
        return model._default_manager.filter(**asked).update(**values)
    shape = tuple((name, len(value) if isinstance(value, list) else None) for name, value in where.items())
    if any(length == 0 for _, length in shape):
        return 0
    to = connections[DEFAULT_DB_ALIAS]
    if None in where.values():
        raise NotPreparable("what is nothing is not found by being equal to it")
    sql, fields, wanted = _update_words(model, shape, tuple(values), to.vendor)
    parameters = [_saved(field, value, to) for field, value in zip(fields, values.values(), strict=True)]
    for field, value in zip(wanted, where.values(), strict=True):
        parameters += [_saved(field, each, to) for each in (value if isinstance(value, list) else [value])]
    with mark_for_rollback_on_error(DEFAULT_DB_ALIAS), _cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


@functools.lru_cache(maxsize=512)
def _update_words(
    model: type[models.Model], where: tuple[tuple[str, int | None], ...], names: tuple[str, ...], _vendor: str
) -> tuple[str, list[Any], list[Any]]:
    quote = connection.ops.quote_name
    fields, wanted = [_field(model, name) for name in names], [_field(model, name) for name, _ in where]
    told = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    asked = " AND ".join(
        f"{quote(field.column)} " + ("= %s" if length is None else f"IN ({', '.join(['%s'] * length)})")
        for field, (_, length) in zip(wanted, where, strict=True)
    )
    return f"UPDATE {quote(model._meta.db_table)} SET {told} WHERE {asked}", fields, wanted  # noqa: S608


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _saved(field: Any, value: Any, to: BaseDatabaseWrapper) -> Any:
    """A value as the ORM gives it to the driver when it saves it in a field."""
    if hasattr(value, "resolve_expression"):
        raise NotPreparable(f"{field.name} is an expression, and no value")
    if hasattr(value, "prepare_database_save"):
        value = value.prepare_database_save(field)
    return field.get_db_prep_save(value, to)
