"""The few places where the SQL of the guards differs between PostgreSQL and SQLite.

A guard is written once, over a `Dialect`, so that it means the same on both. Django stores on SQLite: UUIDs as 32 hex
digits, times as UTC text `YYYY-MM-DD HH:MM:SS[.ffffff]`, JSON as text, booleans as 0 and 1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Final


class Dialect(ABC):
    """SQL fragments. Every argument is an SQL expression unless it says otherwise."""

    vendor: ClassVar[str]
    distinct: ClassVar[str]
    """The operator “differs from”, for which NULL is a value like others."""
    same: ClassVar[str]
    """Its opposite."""
    holding: ClassVar[str]
    """Ends a SELECT whose rows cannot be locked for update until the transaction ends; SQLite's transaction is the lock."""
    id_type: ClassVar[str]
    """The type of a column that holds an id: SQLite looks through a UNION only when the columns are of one affinity."""

    def changed(self, *columns: str) -> str:
        """Whether an UPDATE changes one of these columns (names)."""
        return self.differ("NEW", "OLD", *columns)

    def differ(self, one: str, other: str, *columns: str) -> str:
        """Whether two rows (names) differ in one of these columns (names)."""
        left, right = (", ".join(f"{row}.{column}" for column in columns) for row in (one, other))
        return f"({left}) {self.distinct} ({right})"

    @abstractmethod
    def now(self, seconds: int = 0) -> str:
        """The database's clock now, moved by `seconds` (a number)."""

    @abstractmethod
    def present(self) -> str:
        """The database's clock, to the end of its smallest step: what begins or ends in this step has done so."""

    @abstractmethod
    def later(self, moment: str, days: int) -> str:
        """A moment moved by `days` (a number)."""

    @abstractmethod
    def ago(self, minutes: str) -> str:
        """The database's clock, so many minutes (an integer) ago."""

    @abstractmethod
    def earliest(self, *moments: str) -> str:
        """The earliest of several moments, of which any may be NULL (never); NULL when all are."""

    @abstractmethod
    def latest(self, *moments: str) -> str:
        """The latest of several moments, none of which is NULL."""

    @abstractmethod
    def is_moment(self, column: str) -> str:
        """Whether a column holds a time at all; SQLite would store anything, and compare it as text."""

    @abstractmethod
    def is_list(self, column: str) -> str:
        """Whether a JSON column holds a list."""

    @abstractmethod
    def is_id(self, text: str, identifier: str) -> str:
        """Whether a text, however written, is this id."""

    @abstractmethod
    def as_id(self, text: str) -> str:
        """An id that is written as a text, as columns hold it; no id at all may be an error."""

    @abstractmethod
    def lists(self, column: str, identifier: str) -> str:
        """Whether a JSON list of ids (text, however written) names this id."""

    @abstractmethod
    def members(self, column: str, name: str) -> str:
        """The texts in a JSON list as a table `name`, in its column `value`."""

    @abstractmethod
    def empty(self, column: str) -> str:
        """Whether a JSON list has no member."""

    @abstractmethod
    def text_of(self, column: str, key: str) -> str:
        """The text under a key (an SQL expression: a plain word) in a JSON column; NULL when there is none."""

    @abstractmethod
    def sha256(self, text: str) -> str:
        """The SHA-256 of a text, in lower-case hex. SQLite has none; Django gives its connections one of this name."""

    @abstractmethod
    def text_at(self, document: str, *path: str) -> str:
        """The text at a path (keys) in a text column that holds JSON; NULL when there is none."""

    @abstractmethod
    def integer_at(self, document: str, *path: str) -> str:
        """The integer at a path (keys) in a text column that holds JSON; NULL when there is none."""


class _PostgreSQL(Dialect):
    vendor = "postgresql"
    distinct = "IS DISTINCT FROM"
    same = "IS NOT DISTINCT FROM"
    holding = "FOR KEY SHARE"
    id_type = "uuid"

    def now(self, seconds: int = 0) -> str:
        return f"clock_timestamp() + interval '{seconds} seconds'" if seconds else "clock_timestamp()"

    def present(self) -> str:
        return self.now()

    def later(self, moment: str, days: int) -> str:
        return f"{moment} + interval '{days} days'"

    def ago(self, minutes: str) -> str:
        return f"{self.now()} - {minutes} * interval '1 minute'"

    def earliest(self, *moments: str) -> str:
        return f"LEAST({', '.join(moments)})"  # leaves NULLs out

    def latest(self, *moments: str) -> str:
        return f"GREATEST({', '.join(moments)})"

    def is_moment(self, column: str) -> str:
        return f"isfinite({column})"

    def is_list(self, column: str) -> str:
        return f"jsonb_typeof({column}) = 'array'"

    def is_id(self, text: str, identifier: str) -> str:
        return f"replace(lower({text}), '-', '') = replace({identifier}::text, '-', '')"

    def as_id(self, text: str) -> str:
        return f"({text})::uuid"

    def lists(self, column: str, identifier: str) -> str:
        named = self.is_id("named.id", identifier)
        return f"EXISTS (SELECT 1 FROM jsonb_array_elements_text({column}) AS named(id) WHERE {named})"

    def members(self, column: str, name: str) -> str:
        return f"jsonb_array_elements_text({column}) AS {name}(value)"

    def empty(self, column: str) -> str:
        return f"{column} = '[]'"

    def text_of(self, column: str, key: str) -> str:
        return f"({column} ->> {key})"

    def sha256(self, text: str) -> str:
        return f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')"

    def text_at(self, document: str, *path: str) -> str:
        return f"({document}::jsonb #>> '{{{','.join(path)}}}')"

    def integer_at(self, document: str, *path: str) -> str:
        return f"({self.text_at(document, *path)})::bigint"


class _SQLite(Dialect):
    vendor = "sqlite"
    distinct = "IS NOT"
    same = "IS"
    holding = ""
    id_type = "char(32)"

    def now(self, seconds: int = 0) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%f', 'now', '{seconds:+d} seconds')"

    def present(self) -> str:
        return f"({self.now()} || '999')"  # it knows milliseconds, rows have microseconds

    def ago(self, minutes: str) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || {minutes} || ' minutes')"

    def later(self, moment: str, days: int) -> str:
        return f"strftime('%Y-%m-%d %H:%M:%f', {moment}, '{days:+d} days')"

    def earliest(self, *moments: str) -> str:
        never = "'9999-12-31 23:59:59'"
        return f"NULLIF(min({', '.join(f'COALESCE({each}, {never})' for each in moments)}), {never})"

    def latest(self, *moments: str) -> str:
        return f"max({', '.join(moments)})"

    def is_moment(self, column: str) -> str:
        return f"(typeof({column}) = 'text' AND strftime('%Y-%m-%d %H:%M:%S', {column}) IS substr({column}, 1, 19))"

    def is_list(self, column: str) -> str:
        return f"json_type({column}) IS 'array'"

    def is_id(self, text: str, identifier: str) -> str:
        return f"replace(lower({text}), '-', '') = {identifier}"

    def as_id(self, text: str) -> str:
        return f"replace(lower({text}), '-', '')"

    def lists(self, column: str, identifier: str) -> str:
        return f"EXISTS (SELECT 1 FROM json_each({column}) AS named WHERE {self.is_id('named.value', identifier)})"

    def members(self, column: str, name: str) -> str:
        return f"json_each({column}) AS {name}"

    def empty(self, column: str) -> str:
        return f"json_array_length({column}) = 0"

    def text_of(self, column: str, key: str) -> str:
        return f"json_extract({column}, '$.' || {key})"

    def sha256(self, text: str) -> str:
        return f"SHA256({text})"

    def text_at(self, document: str, *path: str) -> str:
        return f"json_extract({document}, '$.{'.'.join(path)}')"

    def integer_at(self, document: str, *path: str) -> str:
        return self.text_at(document, *path)


POSTGRESQL: Final[Dialect] = _PostgreSQL()
SQLITE: Final[Dialect] = _SQLite()
