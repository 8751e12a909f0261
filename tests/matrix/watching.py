"""That nothing happened: every table before and after, and which statements tried to write in between."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from audit.models import AuditEvent

FREE = {
    "audit_auditevent": None,  # judged by itself: only refusals, and only in the log of whoever asked
    "api_idempotencykey": None,
    "django_session": None,
    "axes_accessattempt": None,  # log-ins that failed are counted
    "accounts_apitoken": ("last_used_at",),
    "accounts_user": ("last_login",),
}
"""Tables that asking may change: wholly, or in these columns."""

_WRITE = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?(?:\s+SET\s+"?(\w+)"?)?', re.I)


class Watch:
    """The tables that statements wrote to, also where the work was undone afterwards."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found and not self._free(found[1], found[2]):
            self.tables.add(found[1])
        elif found and found[1] == AuditEvent._meta.db_table:
            self.logged = True
        return execute(sql, params, many, context)

    logged = False

    @staticmethod
    def _free(table: str, column: str | None) -> bool:
        return table in FREE and (FREE[table] is None or column in (FREE[table] or ()))


@contextmanager
def watching() -> Iterator[Watch]:
    """Everything that this connection sends, looked at."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back. Services may begin their transactions in it, as in a test case of Django's."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def digest() -> dict[str, str]:
    """Table → SHA-256 of its rows, of every table that the database has (views left out)."""
    with connection.cursor() as cursor:
        named = [each.name for each in connection.introspection.get_table_list(cursor) if each.type in ("t", "p")]
        return {name: _of_table(cursor, name) for name in sorted(named) if FREE.get(name, ()) is not None}


def _of_table(cursor: Any, name: str) -> str:
    cursor.execute(f'SELECT * FROM "{name}"')
    columns = [each[0] for each in cursor.description]
    left = [index for index, column in enumerate(columns) if column not in (FREE.get(name) or ())]
    rows = sorted(repr([row[index] for index in left]) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
