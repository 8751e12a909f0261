"""Settings of the tests: those of a debug installation, on a database and a directory of their own.

IMPRIMATUR_TEST_DATABASE  `sqlite` (default) or `postgresql`: tests/run.py runs the suite once on each.
IMPRIMATUR_TEST_POSTGRES_URL, IMPRIMATUR_TEST_REDIS_URL  where to look for them.
IMPRIMATUR_TEST_DB_SUFFIX  keeps two runs on one PostgreSQL server apart.
IMPRIMATUR_TEST_BOTH  `make test` asks everything on both databases; `make test-both` sets it.
IMPRIMATUR_TEST_EXAMPLES  how many made-up inputs each fuzzed thing gets; `make fuzz` sets it, the tests have a short form.
IMPRIMATUR_TEST_WHOLE_MATRIX  everybody asks at every address; `make matrix` sets it, in `make test` each row has some of them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ON_POSTGRESQL = os.environ.get("IMPRIMATUR_TEST_DATABASE", "sqlite") == "postgresql"
POSTGRES_URL = os.environ.get("IMPRIMATUR_TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS_URL = os.environ.get("IMPRIMATUR_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
CHECKOUT = f"{zlib.crc32(f'{socket.gethostname()}:{ROOT}'.encode()):08x}"
SUFFIX = os.environ.get("IMPRIMATUR_TEST_DB_SUFFIX") or f"{CHECKOUT}_{os.getpid()}"
os.environ["IMPRIMATUR_TEST_DB_SUFFIX"] = SUFFIX  # for the processes that tests start
EXAMPLES = int(os.environ.get("IMPRIMATUR_TEST_EXAMPLES") or 0)
BOTH = bool(os.environ.get("IMPRIMATUR_TEST_BOTH"))
WHOLE_MATRIX = bool(os.environ.get("IMPRIMATUR_TEST_WHOLE_MATRIX"))


def _directory() -> Path:
    """A fresh directory, removed at exit; the processes that tests start inherit it through the environment."""
    given, worker = os.environ.get("IMPRIMATUR_TEST_VAR_DIR"), os.environ.get("PYTEST_XDIST_WORKER", "")
    if given and (not worker or Path(given).name == worker):
        return Path(given)
    if given:  # of pytest -n, which all its workers inherit
        own = Path(given, worker)
        own.mkdir(exist_ok=True)
        os.environ["IMPRIMATUR_TEST_VAR_DIR"] = str(own)
        return own
    made = Path(tempfile.mkdtemp(prefix="imprimatur-tests-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    os.environ["IMPRIMATUR_TEST_VAR_DIR"] = str(made)
    return made


_var = _directory()
(_var / "static").mkdir(exist_ok=True)  # WhiteNoise warns without it
for _name in [name for name in os.environ if name.startswith("IMPRIMATUR_") and not name.startswith("IMPRIMATUR_TEST_")]:
    del os.environ[_name]  # a developer's own settings must not decide whether a test passes
os.environ |= {
    "IMPRIMATUR_DEBUG": "1",
    "IMPRIMATUR_VAR_DIR": str(_var),
    "IMPRIMATUR_DATABASE_URL": POSTGRES_URL if ON_POSTGRESQL else f"sqlite:///{_var / 'unused.sqlite3'}",
    "IMPRIMATUR_LOG_LEVEL": "WARNING",
}
if ON_POSTGRESQL:
    os.environ |= {
        "IMPRIMATUR_BROKER_URL": REDIS_URL,
        "IMPRIMATUR_BROKER_PREFIX": f"imprimatur-tests-{SUFFIX}-{_var.name}-",
    }

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

WHITENOISE_AUTOREFRESH = True  # look a file up when it is asked for, not all of them for every client that a test makes
DEBUG = False  # as pytest-django would set it; everything else is as with IMPRIMATUR_DEBUG
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A file, not memory: tests with several threads or processes need connections of their own to one database.
DATABASES["default"]["TEST"] = {"NAME": f"test_imprimatur_{SUFFIX}" if ON_POSTGRESQL else str(_var / "test.sqlite3")}
if ON_POSTGRESQL:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"  # as on SQLite below
else:
    # A power cut during the tests loses nothing that anybody misses.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
