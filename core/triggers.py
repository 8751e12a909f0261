"""Guards in the database, for PostgreSQL and SQLite alike (docs/guards.md).

A guard is a trigger (or a view or function that triggers read), as SQL text per vendor, applied by a migration through
`install`. Both vendors refuse with a message that begins with `imprimatur:` and the name of the check, so that a refusal
can be recognised (`refusal`) wherever it surfaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from core.dialects import POSTGRESQL, SQLITE, Dialect
from core.transitions import Table


@dataclass(frozen=True, slots=True)
class VendorSQL:
    """Statements that create and drop one guard on each vendor. `name` is the trigger's, view's or function's on both."""

    name: str
    postgresql: Sequence[str]
    sqlite: Sequence[str]
    postgresql_drop: Sequence[str]
    sqlite_drop: Sequence[str]


# --- in migrations -----------------------------------------------------------------------------------------------------


class _Statements(Operation):
    """Statements on the vendor at hand. Unlike RunPython it asks for no models, so none are rendered for it: with a
    hundred guards that was half the time of `migrate`."""

    reduces_to_sql = True

    def __init__(self, guards: Sequence[VendorSQL], forwards: str, backwards: str) -> None:
        self.guards, self.forwards, self.backwards = guards, forwards, backwards

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Guards are no part of the models."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._run(schema_editor, self.guards, self.forwards)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._run(schema_editor, self.guards[::-1], self.backwards)

    def describe(self) -> str:
        return f"{'Drop' if self.forwards else 'Create'} {len(self.guards)} guards"

    @staticmethod
    def _run(editor: BaseDatabaseSchemaEditor, guards: Sequence[VendorSQL], suffix: str) -> None:
        for guard in guards:
            for statement in getattr(guard, editor.connection.vendor + suffix):
                editor.execute(statement, params=None)


def install(*guards: VendorSQL) -> Operation:
    """The migration operation for guards, in their order; reversible."""
    return _Statements(guards, "", "_drop")


def remove(*guards: VendorSQL) -> Operation:
    """The opposite of `install`: take guards away before their table is altered (SQLite rebuilds tables without their
    triggers), and `install` them again in the same migration. Named in the order in which they were installed."""
    return _Statements(guards[::-1], "_drop", "")


class _Forget(_Statements):
    """Drops whatever stands under a name, of which the text is not kept any more."""

    def __init__(self, prefix: str) -> None:
        super().__init__((), "", "")
        self.prefix = prefix

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(_STANDING[schema_editor.connection.vendor], [f"{self.prefix}%"])
            statements = [statement for (statement,) in cursor.fetchall()]
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Drop the guards and views of {self.prefix}"


_STANDING: Final = {
    "postgresql": """
        SELECT drop FROM (
            SELECT 1 AS turn, format('DROP TRIGGER %%I ON %%I', t.tgname, c.relname) AS drop, t.tgname AS name
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
            UNION ALL SELECT 2, format('DROP FUNCTION %%s', p.oid::regprocedure), p.proname FROM pg_proc p
            WHERE p.pronamespace = current_schema()::regnamespace
            UNION ALL SELECT 3, format('DROP VIEW %%I', viewname), viewname FROM pg_views
            WHERE schemaname = current_schema() AND viewname = 'accounts_ad_account_permission'
            UNION ALL SELECT 4, format('DROP VIEW %%I', viewname), viewname FROM pg_views
            WHERE schemaname = current_schema() AND viewname <> 'accounts_ad_account_permission'
        ) AS standing WHERE name LIKE %s ORDER BY turn""",
    "sqlite": """
        SELECT 'DROP ' || type || ' "' || name || '"' FROM sqlite_master
        WHERE type IN ('trigger', 'view') AND name LIKE %s ORDER BY type""",
}


def forget(prefix: str) -> Operation:
    """Drop the triggers, their functions and the views whose names begin so: before a migration that alters tables whose
    guards have another text today. There is no way back but a dump."""
    return _Forget(prefix)


class _RebuildBesideViews(_Statements):
    """Statements for one vendor alone."""

    def __init__(self, begin: bool) -> None:
        switch = [f"PRAGMA legacy_alter_table = {'ON' if begin else 'OFF'}"]
        super().__init__([VendorSQL("legacy_alter_table", [], switch, [], [])], "", "_drop")


def rebuild_beside_views(begin: bool = True) -> Operation:
    """Let SQLite rename a rebuilt table while views of other packages name what is away for the moment; and not any more."""
    return _RebuildBesideViews(begin)


class _TriggersAside(_Statements):
    """Takes every trigger of an SQLite database away and keeps its text, or puts back what was taken."""

    def __init__(self, begin: bool) -> None:
        super().__init__((), "begin" if begin else "end", "end" if begin else "begin")

    def _run(self, editor: BaseDatabaseSchemaEditor, guards: Sequence[VendorSQL], suffix: str) -> None:  # type: ignore[override]
        if editor.connection.vendor != "sqlite":
            return
        if suffix == "end":
            for _name, text in _aside.pop(editor):
                editor.execute(text, params=None)
            return
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
            _aside[editor] = list(cursor.fetchall())
        for name, _text in _aside[editor]:
            editor.execute(f'DROP TRIGGER "{name}"', params=None)

    def describe(self) -> str:
        return f"{'Set the triggers aside' if self.forwards == 'begin' else 'Put the triggers back'} (SQLite)"


_aside: Final[WeakKeyDictionary[BaseDatabaseSchemaEditor, list[tuple[str, str]]]] = WeakKeyDictionary()


def set_triggers_aside(begin: bool = True) -> Operation:
    """Before a migration that alters tables on which other packages have triggers: SQLite rebuilds a table without them, and
    does not rename one that they name. With `begin` false, at its end, the same triggers are put back. PostgreSQL needs none
    of it."""
    return _TriggersAside(begin)


# --- at run time -------------------------------------------------------------------------------------------------------

_CATALOGUE: Final = {
    "postgresql": """
        SELECT t.tgname, '$$' || p.prosrc || '$$' FROM pg_trigger t
        JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace
        UNION ALL SELECT proname, '$$' || prosrc || '$$' FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
        UNION ALL SELECT viewname, '' FROM pg_views WHERE schemaname = current_schema()""",
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')",
}


def missing(guards: Sequence[VendorSQL], connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the guards that this database should have and has not: dropped, disabled, or with another text.

    A trigger of PostgreSQL that fires in replication sessions only (ENABLE REPLICA TRIGGER) counts as disabled. (A table
    rebuilt on SQLite loses its triggers. Of a view on PostgreSQL only its presence is seen.)
    """
    with connection.cursor() as cursor:
        cursor.execute(_CATALOGUE[connection.vendor])
        present: dict[str, str] = dict(cursor.fetchall())

    def stands(guard: VendorSQL, statements: Sequence[str]) -> bool:
        return not statements or any(present.get(guard.name, "?") in statement for statement in statements)

    return [guard.name for guard in guards if not stands(guard, getattr(guard, connection.vendor))]


_SHADOWING: Final = """
    SELECT 'operator ' || o.oid::regoperator FROM pg_operator o WHERE o.oprnamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')
    UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
    AND EXISTS (SELECT 1 FROM pg_proc c WHERE c.proname = p.proname AND c.pronamespace = 'pg_catalog'::regnamespace)
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1"""


def shadowing(connection: BaseDatabaseWrapper) -> list[str]:
    """What stands in our schema and is asked instead of PostgreSQL's own: operators, and functions of a known name.

    An operator for exactly the types of a column is preferred to the built-in one, wherever it stands in the search path;
    with a `<>` that is never true the guards would never refuse. What an extension brought is its own affair.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SHADOWING)
        return [name for (name,) in cursor.fetchall()]


class Refusal(NamedTuple):
    """What a guard said: the name of the check that failed, and words to act on."""

    guard: str
    words: str


_MESSAGE: Final = re.compile(r"imprimatur:([a-z0-9_]+): ([^\n]+)")


def refusal(error: DatabaseError) -> Refusal | None:
    """The refusal that an error of either vendor carries, or None when no guard raised it."""
    found = _MESSAGE.match(str(error))
    return Refusal(found[1], found[2]) if found else None


# --- building guards ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """One reason to refuse. `condition` is SQL over NEW and OLD, true when to refuse; `words` go to whoever tried."""

    name: str
    condition: str
    words: str

    @property
    def message(self) -> str:
        """The message as an SQL literal."""
        return "'{}'".format(f"imprimatur:{self.name}: {self.words}".replace("'", "''"))


def guard(name: str, table: str, event: str, checks: Callable[[Dialect], Sequence[Check]]) -> VendorSQL:
    """A row trigger BEFORE `event` (`INSERT`, `UPDATE`, `DELETE`) that refuses by the first check whose condition holds.

    One trigger for all checks of an event, in their order: later ones may rely on earlier ones.
    """
    called = f"{name}_guard"
    returned = "OLD" if event == "DELETE" else "NEW"
    raised = " ELSIF ".join(f"({check.condition}) THEN {_raise(check)}" for check in checks(POSTGRESQL))
    cases = " ".join(f"WHEN ({check.condition}) THEN RAISE(ABORT, {check.message})" for check in checks(SQLITE))
    return VendorSQL(
        name=name,
        postgresql=[
            *function(called, "", "trigger", f"IF {raised} END IF; RETURN {returned};"),
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {called}()",
        ],
        sqlite=[f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW BEGIN SELECT CASE {cases} END; END"],
        postgresql_drop=[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {called}()"],
        sqlite_drop=[f"DROP TRIGGER {name}"],
    )


def _raise(check: Check) -> str:
    return f"RAISE EXCEPTION '%', {check.message} USING ERRCODE = 'integrity_constraint_violation';"


def function(name: str, arguments: str, returned: str, body: str) -> list[str]:
    """Statements that create a function on PostgreSQL.

    It has a search path of its own, because a temporary table of the same name must not stand in for ours; and it plans
    each question once a session, since all of them are by key.
    """
    path = f"format('ALTER FUNCTION {name} SET search_path = pg_catalog, %I, pg_temp', current_schema())"
    return [
        f"CREATE FUNCTION {name}({arguments}) RETURNS {returned} LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
        f"DO $do$ BEGIN EXECUTE {path}; END $do$",
        f"ALTER FUNCTION {name} SET plan_cache_mode = force_generic_plan",
    ]


def follow(name: str, table: str, event: str, statement: Callable[[Dialect], str]) -> VendorSQL:
    """A row trigger AFTER `event` (`INSERT`, `UPDATE OF column`) that keeps another table in step, by one statement over
    NEW: for what is stored twice so that it can be listed."""
    called = f"{name}_follow"
    body = statement(POSTGRESQL)
    return VendorSQL(
        name=name,
        postgresql=[
            *function(called, "", "trigger", f"{body}; RETURN NULL;"),
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {called}()",
        ],
        sqlite=[f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW BEGIN {statement(SQLITE)}; END"],
        postgresql_drop=[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {called}()"],
        sqlite_drop=[f"DROP TRIGGER {name}"],
    )


def refuse(name: str, table: str, event: str, condition_pg: str, condition_sqlite: str, words: str) -> VendorSQL:
    """A guard with one check, its condition written out for each vendor."""
    conditions = {POSTGRESQL.vendor: condition_pg, SQLITE.vendor: condition_sqlite}
    return guard(name, table, event, lambda dialect: [Check(name, conditions[dialect.vendor], words)])


def view(name: str, query: Callable[[Dialect], str]) -> VendorSQL:
    """A view that guards read, so that what they ask is written once."""
    create = f"CREATE VIEW {name} AS "
    drop = [f"DROP VIEW {name}"]
    return VendorSQL(name, [create + query(POSTGRESQL)], [create + query(SQLITE)], drop, drop)


def fixed(name: str, dialect: Dialect, words: str, *columns: str) -> Check:
    """These columns keep their first value. On SQLite so does the hidden `rowid`: moving a row onto another's with
    UPDATE OR REPLACE would remove that one without a word."""
    moved = " OR NEW.rowid <> OLD.rowid" if dialect is SQLITE else ""
    return Check(name, dialect.changed(*columns) + moved, words)


def along(name: str, table: Table, words: str) -> Check:
    """`state` moves only along a transition table."""
    steps = sorted({f"'{source}>{step.target}'" for step in table.values() for source in step.sources})
    return Check(name, f"NEW.state <> OLD.state AND (OLD.state || '>' || NEW.state) NOT IN ({', '.join(steps)})", words)


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique key: its columns and, when it holds for some rows only, the condition."""

    columns: Sequence[str]
    where: str = "TRUE"


def stays(name: str, table: str, words: str, *unique: Unique, primary: str = "id") -> list[VendorSQL]:
    """Rows are never removed: not by DELETE, not by TRUNCATE (PostgreSQL), not by REPLACE (SQLite).

    SQLite's INSERT OR REPLACE removes whatever row is in the way of a unique key, by default without firing DELETE
    triggers; so a row in the way of `unique` (the `primary` key and the hidden rowid are always among them) refuses it.
    A plain duplicate is refused here too, before SQLite's own words about it.
    """
    called = f"{name}_no_truncate_guard"
    message = Check(f"{name}_no_truncate", "TRUE", words)
    keys = [Unique(["rowid"]), Unique([primary]), *unique]
    replaced = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} held WHERE {' AND '.join(f'held.{column} = NEW.{column}' for column in key.columns)}"
        f" AND {key.where})"
        for key in keys
    )
    taken = Check(f"{name}_no_replace", replaced, f"{words}; a row with this key exists")
    return [
        refuse(f"{name}_no_delete", table, "DELETE", "TRUE", "TRUE", words),
        VendorSQL(
            name=f"{name}_no_truncate",
            postgresql=[
                *function(called, "", "trigger", _raise(message)),
                f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {called}()",
            ],
            sqlite=[],
            postgresql_drop=[f"DROP TRIGGER {name}_no_truncate ON {table}", f"DROP FUNCTION {called}()"],
            sqlite_drop=[],
        ),
        VendorSQL(
            name=taken.name,
            postgresql=[],
            sqlite=guard(taken.name, table, "INSERT", lambda _: [taken]).sqlite,
            postgresql_drop=[],
            sqlite_drop=[f"DROP TRIGGER {taken.name}"],
        ),
    ]


def insert_only(name: str, table: str, *unique: Unique) -> list[VendorSQL]:
    """Evidence: rows are added, and never changed or removed."""
    words = f"rows of {table} are evidence and are never changed or removed"
    return [refuse(f"{name}_no_update", table, "UPDATE", "TRUE", "TRUE", words), *stays(name, table, words, *unique)]
