"""The PostgreSQL server that is measured: databases of our own, WAL written, pgbench."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

HERE = Path(__file__).resolve().parent
SERVER = os.environ.get("IMPRIMATUR_BENCH_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
TEMPLATE = os.environ.get("IMPRIMATUR_BENCH_TEMPLATE", "template1")
"""What fresh databases are copies of; one that is migrated saves migrating."""
_ONE_AT_A_TIME = 7_245_001


def url_of(database: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{database}"))


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """A fresh database of this name, dropped at the end; its URL."""
    drop(name)
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    try:
        yield url_of(name)
    finally:
        drop(name)


def drop(name: str) -> None:
    """Drop a database if it is there, whoever is connected."""
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Of several processes on one database, one at a time. What follows a `?` in the URL is for Django."""
    with psycopg.connect(url.partition("?")[0], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ONE_AT_A_TIME,))
        yield


def wal_position() -> int:
    """Bytes of WAL that the whole server has written so far."""
    with psycopg.connect(SERVER) as connection:
        row = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").fetchone()
    return int(row[0]) if row else 0


def server_settings() -> dict[str, str]:
    """What of the server decides how fast it is."""
    names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
    with psycopg.connect(SERVER) as connection:
        rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(names),)).fetchall()
    return dict(sorted(rows))


def pgbench() -> str | None:
    """Where pgbench is; None when it is not installed."""
    found = shutil.which("pgbench")
    if found is None:
        there = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
        found = str(there[-1]) if there else None
    return found


def lay_floor(url: str) -> None:
    """Make the tables of floor.sql."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((HERE / "floor.sql").read_bytes())


def run_floor(program: str, url: str, streams: int, seconds: int) -> float:
    """Cycles a second of floor_cycle.pgb, prepared, with so many clients. Raises RuntimeError with what pgbench said."""
    command = [program, "-n", "-M", "prepared", "-c", str(streams), "-j", str(streams), "-T", str(seconds)]
    done = subprocess.run([*command, "-f", str(HERE / "floor_cycle.pgb"), url], capture_output=True, text=True, check=False)
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or rate is None:
        raise RuntimeError(f"pgbench: {done.stderr or done.stdout}")
    return float(rate.group(1))
