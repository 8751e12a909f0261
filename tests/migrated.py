"""A migrated database of each kind, made once for a state of the source and copied by whoever needs one: migrating takes as long
as two hundred tests."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from tests import settings

FOLDER = settings.ROOT / ".pytest_cache" / "migrated"
PREFIX = f"imprimatur_migrated_{settings.CHECKOUT}_"


def copy_sqlite(to: Path) -> None:
    """The migrated file, copied there."""
    file = FOLDER / f"{_state()}.sqlite3"
    with _alone("sqlite"):
        if not file.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            making = file.with_suffix(".making")
            making.unlink(missing_ok=True)
            _migrate(f"sqlite:///{making}", "sqlite")
            making.rename(file)
        shutil.copy(file, to)


def postgresql() -> str:
    """The database to name as a template."""
    name, making = f"{PREFIX}{_state()}", f"{PREFIX}making"
    with _alone("postgresql"), psycopg.connect(settings.POSTGRES_URL, autocommit=True) as connection:
        there = {row for (row,) in connection.execute("SELECT datname FROM pg_database") if row.startswith(PREFIX)}
        if name not in there:
            for old in there:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            _migrate(settings.POSTGRES_URL.rpartition("/")[0] + f"/{making}", "postgresql")
            connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (making, name))))
    return name


@contextmanager
def _alone(kind: str) -> Iterator[None]:
    """Of several runs side by side, one makes it and the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def _state() -> str:
    """The source of the product and what it is installed with, as a few letters."""
    found = hashlib.sha256((settings.ROOT / "requirements" / "base.txt").read_bytes())
    packages = (each.parent for each in settings.ROOT.glob("*/__init__.py") if each.parent.name not in ("tests", "bench"))
    for file in sorted(file for package in packages for file in package.rglob("*.py")):
        found.update(str(file.relative_to(settings.ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _migrate(url: str, kind: str) -> None:
    """As an installation does, with nothing of the tests around."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("IMPRIMATUR_", "DJANGO_"))}
    env = kept | {"IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_VAR_DIR": str(FOLDER / kind), "IMPRIMATUR_DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    done = subprocess.run(command, cwd=settings.ROOT, env=env, capture_output=True, text=True, timeout=600, check=False)
    shutil.rmtree(FOLDER / kind, ignore_errors=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
