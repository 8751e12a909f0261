"""`make test`: the suite on SQLite, and everything that touches the database once more on PostgreSQL with Redis.

Guards, races, upgrades and whole ways through everything are asked on both; of the other tests that touch the database each is asked on one
of the two, shared out by their names. `make test-both` asks all on both.

Both are parted again, into tests that take long (they start processes, drive browsers) and the others. The parts go side by
side, each with a database of its own. The first one's output is shown as it comes, the others' after it. With arguments of
one's own there are no more parts than databases. Where PostgreSQL or Redis does not answer, that is said in the summary;
with CI=true it is a failure.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Part:
    """A run of pytest on one of the databases."""

    name: str
    database: str
    title: str
    arguments: tuple[str, ...] = ()


LONG = "(slow or browser)"
UNREMEMBERED = ("-p", "no:cacheprovider")
"""`--lf` asks for what failed in the first part."""
QUICKLY = Part("1", "sqlite", "SQLite", ("-m", f"not {LONG}"))
SLOWLY = Part("2", "sqlite", "SQLite, what takes long", ("-m", LONG, *UNREMEMBERED))
QUICKLY_AGAIN = Part("3", "postgresql", "PostgreSQL and Redis", ("-m", f"database and not {LONG}", *UNREMEMBERED))
SLOWLY_AGAIN = Part("4", "postgresql", "PostgreSQL and Redis, what takes long", ("-m", f"database and {LONG}", *UNREMEMBERED))


def parts(arguments: list[str], *, second: bool) -> list[Part]:
    """What runs side by side; `second`: PostgreSQL and Redis answer."""
    if not arguments:
        return [QUICKLY, SLOWLY, *([QUICKLY_AGAIN, SLOWLY_AGAIN] if second else [])]
    again = Part("3", "postgresql", QUICKLY_AGAIN.title, ("-m", "database", *UNREMEMBERED, *arguments))
    return [Part("1", "sqlite", QUICKLY.title, tuple(arguments)), *([again] if second else [])]


def start(part: Part, *, alone: bool, **streams: Any) -> subprocess.Popen[bytes]:
    """pytest, with a directory of its own; `alone` when all is asked on this database (tests/conftest.py)."""
    environment = {
        **os.environ, "IMPRIMATUR_TEST_DATABASE": part.database, "IMPRIMATUR_TEST_SIDE_BY_SIDE": "0" if alone else "1",
        "IMPRIMATUR_TEST_DB_SUFFIX": f"{settings.SUFFIX}_{part.name}",
    }  # fmt: skip
    # Hundreds of processes are started; each would compile all modules anew if it might not keep them.
    for mine in ("IMPRIMATUR_TEST_VAR_DIR", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE"):
        environment.pop(mine, None)
    return subprocess.Popen([*PYTEST, *part.arguments], env=environment, **streams)


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
            _wait_or_kill(process)


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    """What it was told may be lost: a library that catches everything catches an interrupt, too."""
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main(arguments: list[str]) -> int:
    missing = unreachable()
    alone = bool(missing) or settings.BOTH
    chosen = parts(arguments, second=not missing)
    with tempfile.TemporaryDirectory(prefix="imprimatur-tests-") as folder, ended_together() as started:
        files = [Path(folder, f"{number}.txt") for number in range(1, len(chosen))]
        started.append(start(chosen[0], alone=alone))
        for part, file in zip(chosen[1:], files, strict=True):
            with file.open("wb") as stream:
                started.append(start(part, alone=alone, stdout=stream, stderr=subprocess.STDOUT))
        codes = []
        for number, (process, part) in enumerate(zip(started, chosen, strict=True)):
            codes.append(process.wait())
            if number:
                file = files[number - 1]
                print(f"\n{part.title}:\n{file.read_text(encoding='utf-8', errors='replace')}", flush=True)
    return _verdict(codes, missing)


def _verdict(codes: list[int], missing: list[str]) -> int:
    """The first failure. A part in which nothing was chosen is none, unless nothing was chosen anywhere."""
    ran = [code for code in codes if code != NOTHING_COLLECTED]
    code = next((code for code in ran if code), 0 if ran else NOTHING_COLLECTED)
    if missing:
        print("\nNot run on PostgreSQL and Redis, because these do not answer:")
        for line in missing:
            print(f"  {line}")
        if os.environ.get("CI") == "true":
            print("CI=true: that is a failure.")
            return code or 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
