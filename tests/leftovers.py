"""Test databases on PostgreSQL that runs of this checkout left behind when they were killed."""

from __future__ import annotations

import contextlib
import os
import re

import psycopg
from psycopg import sql

from tests import settings

OURS = re.compile(rf"test_imprimatur_{settings.CHECKOUT}_(\d+)(_\w+)?")


def drop() -> None:
    """Drop the databases named after a process of this machine that is gone; one in use stays."""
    with psycopg.connect(settings.POSTGRES_URL, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_imprimatur_%'").fetchall():
            found = OURS.fullmatch(name)
            if found and not _lives(int(found[1])):
                with contextlib.suppress(psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
                    connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
