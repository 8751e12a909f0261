"""Emptying the test database although its guards forbid exactly that.

A transactional test ends with Django's `flush`: TRUNCATE on PostgreSQL, DELETE on SQLite. The guards refuse both, as
they must. Here the rows are deleted in one transaction in which the guards are set aside, in the test process alone;
they are there again for the next test, also when the emptying fails (tests/core/test_flushing.py). What migrations
wrote about the models themselves stays, so nothing has to be made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
BUILT_IN = {
    "accounts_role": "organisation_id IS NULL",
    "governance_budgetminimum": "recorded_by = 'migration'",
    "accounts_rolepermission": "role_id IN (SELECT id FROM accounts_role WHERE organisation_id IS NULL)",
}
"""Rows that a migration wrote and services never change."""


def empty(connection: BaseDatabaseWrapper) -> None:
    """Delete every row but those of KEPT and BUILT_IN."""
    tables = sorted(set(connection.introspection.table_names()) - KEPT, reverse=True)  # permissions before their roles
    with without_guards(connection), connection.cursor() as cursor:
        for table in tables:
            stays = f" WHERE NOT ({BUILT_IN[table]})" if table in BUILT_IN else ""
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}{stays}")


@contextmanager
def without_guards(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One transaction in which no trigger fires; its end, either way, brings them back."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            return
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)


@contextmanager
def flush_replaced() -> Iterator[None]:
    """Every transactional test ends with `empty` where Django would flush."""
    case: Any = TransactionTestCase
    original = case._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        empty(connections["default"])

    case._fixture_teardown = teardown
    try:
        yield
    finally:
        case._fixture_teardown = original
