"""What every test folder shares: which database a test needs, and how the guards survive the flush between tests."""

from __future__ import annotations

import gc
import os
import signal
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.db import connection
from django.utils import translation
from psycopg import sql

from tests import flushing, leftovers, migrated, settings

NEEDS_DATABASE = {
    "db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server", "admin_client",
}  # fmt: skip
BOTH = frozenset({"guards", "concurrency", "flows"})
"""Folders of tests that are about the database itself, or the whole way: asked on both. Of the others each is asked on one of
the two in `make test`; `make test-both` asks all on both."""
VENDOR_ONLY = {"postgresql_only": not settings.ON_POSTGRESQL, "sqlite_only": settings.ON_POSTGRESQL}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches the database, and leave out what is for the other vendor (deselected, never skipped)."""
    kept: list[pytest.Item] = []
    other: list[pytest.Item] = []
    side_by_side = os.environ.get("IMPRIMATUR_TEST_SIDE_BY_SIDE") == "1"
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & NEEDS_DATABASE:
            item.add_marker("database")
        wrong = any(absent and item.get_closest_marker(name) for name, absent in VENDOR_ONLY.items())
        elsewhere = side_by_side and _is_shared_out(item) and not _belongs(item)
        (other if wrong or elsewhere else kept).append(item)
    if other:
        config.hook.pytest_deselected(items=other)
        items[:] = kept


def _is_shared_out(item: pytest.Item) -> bool:
    if not item.get_closest_marker("database") or any(item.get_closest_marker(name) for name in ("both", *VENDOR_ONLY)):
        return False
    return item.path.relative_to(settings.ROOT / "tests").parts[0] not in BOTH


def _belongs(item: pytest.Item) -> bool:
    """Whether a test that is shared out between the databases of `make test` is asked on this one."""
    return zlib.crc32(item.name.encode()) % 2 == int(settings.ON_POSTGRESQL)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Under CI=true nothing may be skipped: what did not run was not shown to work."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if os.environ.get("CI") == "true" and skipped and exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"CI=true: {skipped} skipped, and a skipped test is a failure", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# A short form of what is made up; no deadline, since how fast the machine is says nothing about the code.
hypothesis.settings.register_profile("short", max_examples=settings.EXAMPLES or 30, deadline=None)
hypothesis.settings.load_profile("short")


def pytest_configure(config: pytest.Config) -> None:
    """Being told to end is like Ctrl-C: fixtures end the processes and remove the databases that they made."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What imports and collecting made stays to the end: the collector need not walk it again for every test."""
    gc.collect()
    gc.freeze()


def pytest_report_header() -> str:
    return f"database: {'PostgreSQL, broker: Redis' if settings.ON_POSTGRESQL else 'SQLite, broker: files'}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Before the test database is made: drop those of runs from this checkout that were killed, and have one to copy."""
    wanted = connection.settings_dict["TEST"]
    if settings.ON_POSTGRESQL:
        leftovers.drop()
        wanted["TEMPLATE"] = migrated.postgresql()
    else:
        migrated.copy_sqlite(Path(wanted["NAME"]))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the copy is the test database; its folder is removed at the end."""
    return not settings.ON_POSTGRESQL


@pytest.fixture(autouse=True)
def _the_language_of_nobody() -> None:
    """A request leaves its language behind in the thread; the next test is not to find it."""
    translation.deactivate()


@pytest.fixture(scope="session", autouse=True)
def _evidence_can_be_flushed_between_tests() -> Iterator[None]:
    with flushing.flush_replaced():
        yield


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database that nobody else uses: a file, or a database on the server, which is dropped at the end."""
    if not settings.ON_POSTGRESQL:
        yield f"sqlite:///{tmp_path / 'old.sqlite3'}"
        return
    name = f"test_imprimatur_{settings.SUFFIX}_upgrade"
    with psycopg.connect(settings.POSTGRES_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{settings.POSTGRES_URL.rpartition('/')[0]}/{name}"
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
