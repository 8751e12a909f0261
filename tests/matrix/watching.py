"""That nothing happened: every table before and after, which statements tried to write in between, and what went out: mail,
tasks handed over, work left for after the commit, files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery.signals import before_task_publish
from django.conf import settings
from django.core import mail
from django.db import connection, transaction

from audit.models import AuditEvent

FREE = {
    "audit_auditevent": None,  # judged by itself: only refusals, and only in the log of whoever asked
    "api_idempotencykey": None,
    "django_session": None,
    "axes_accessattempt": None,  # log-ins that failed are counted
    "accounts_apitoken": ("last_used_at",),
    "accounts_user": ("last_login",),
    "notices_notice": ("read_at",),  # one's own mark; whose is marked stands in tests/notices/test_marks.py
}
"""Tables that asking may change: wholly, or in these columns."""

_WRITE = re.compile(r'\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?(?:\s+SET\s+"?(\w+)"?)?', re.I)


class Watch:
    """The tables that statements wrote to, also where the work was undone afterwards."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.outside: list[str] = []
        """What happened that no rolling back undoes."""

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
    """Everything that this connection sends, looked at, and what else goes out."""
    watch = Watch()
    left, mails, files = list(connection.run_on_commit), len(mail.outbox), _files()

    def handed(sender: Any = None, **_: Any) -> None:
        watch.outside.append(f"handed over {sender}")

    before_task_publish.connect(handed, weak=False)
    try:
        with connection.execute_wrapper(watch):
            yield watch
    finally:
        before_task_publish.disconnect(handed)
    watch.outside += [f"sent “{each.subject}”" for each in mail.outbox[mails:]]
    watch.outside += [f"left {each[1]} for after the commit" for each in connection.run_on_commit if each not in left]
    watch.outside += [f"stored or removed {each}" for each in sorted(files ^ _files())]


def _files() -> frozenset[Path]:
    """All files of the media store, those being received included."""
    return frozenset(each for each in Path(settings.MEDIA_STORE).rglob("*") if each.is_file())


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
