"""`make test`: the suite on SQLite, and everything that touches the database once more on PostgreSQL with Redis.

The two runs go side by side, each with a database of its own. SQLite's output is shown as it comes, PostgreSQL's after
it. Where PostgreSQL or Redis does not answer, that is said in the summary; with CI=true it is a failure.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests import settings

NOTHING_COLLECTED = 5
PYTEST = [sys.executable, "-m", "pytest"]


def unreachable() -> list[str]:
    """What of PostgreSQL and Redis does not answer, in words."""
    missing = []
    try:
        psycopg.connect(settings.POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        missing.append(f"PostgreSQL ({settings.POSTGRES_URL}): {str(error).splitlines()[0]}")
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        missing.append(f"Redis ({settings.REDIS_URL}): {error}")
    return missing


def start(database: str, arguments: list[str], *, alone: bool, **streams: Any) -> subprocess.Popen[bytes]:
    """pytest on one database, with a directory of its own; `alone` when there is no second half (tests/matrix)."""
    environment = {**os.environ, "IMPRIMATUR_TEST_DATABASE": database, "IMPRIMATUR_TEST_SIDE_BY_SIDE": "0" if alone else "1"}
    for mine in ("IMPRIMATUR_TEST_VAR_DIR", "DJANGO_SETTINGS_MODULE"):
        environment.pop(mine, None)
    return subprocess.Popen([*PYTEST, *arguments], env=environment, **streams)


@contextmanager
def ended_together() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Whoever ends this run, by Ctrl-C or otherwise, ends both of its halves."""
    started: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield started
    finally:
        for process in started:
            if process.poll() is None:
                process.terminate()
        for process in started:
            process.wait()


def main(arguments: list[str]) -> int:
    missing = unreachable()
    with tempfile.TemporaryDirectory(prefix="imprimatur-tests-") as folder:
        shown = Path(folder, "postgresql.txt")
        with shown.open("wb") as stream, ended_together() as started:
            if not missing:
                extra = ["-m", "database", "-p", "no:cacheprovider", *arguments]
                started.append(start("postgresql", extra, alone=False, stdout=stream, stderr=subprocess.STDOUT))
            started.append(start("sqlite", arguments, alone=bool(missing)))
            codes = [process.wait() for process in started]
        if missing:
            return _without_second(codes[-1], missing)
        output = shown.read_text(encoding="utf-8", errors="replace")
    print("\nPostgreSQL and Redis:\n" + output, flush=True)
    second_code, first_code = codes
    return first_code or (0 if arguments and second_code == NOTHING_COLLECTED else second_code)


def _without_second(first_code: int, missing: list[str]) -> int:
    print("\nNot run on PostgreSQL and Redis, because these do not answer:")
    for line in missing:
        print(f"  {line}")
    if os.environ.get("CI") == "true":
        print("CI=true: that is a failure.")
        return first_code or 1
    return first_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
