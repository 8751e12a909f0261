"""An installation from before access had intervals keeps its rights when it is brought to today (docs: upgrading)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests import settings

pytestmark = [pytest.mark.slow, pytest.mark.database]


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


def test_r57_an_upgrade_keeps_who_may_do_what(empty_database: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPRIMATUR_")}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.accounts.upgrading"],
        cwd=settings.ROOT, capture_output=True, text=True, timeout=300, check=False,
        env=kept | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_VAR_DIR": str(tmp_path),
            "IMPRIMATUR_DATABASE_URL": empty_database,
        },
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout.splitlines()[-1])
    assert found["missing"] == []
    assert found["rights"] == {
        "ann": {"view": {"brand": 1, "ad_account": 1}, "publish": {"brand": 1}, "operate": {"ad_account": 1}},
        "ben": {"view": {"ad_account": 1}, "submit": {"ad_account": 1}},
        "cat": {"view": {"page": 1}, "submit": {"page": 1}},
        "gone": {},
        "robot": {"view": {"ad_account": 1}, "submit": {"ad_account": 1}},
    }
    assert found["view"] == [
        ["ann", "operate", "1"], ["ann", "publish", "1"], ["ann", "publish", "2"],
        *[["ann", "view", name] for name in ("1", "1", "2")], ["ben", "submit", "2"], ["ben", "view", "2"],
    ]  # fmt: skip
    assert found["facts"] == [8, 3, 2], "grants, memberships, placements: all kept, the ended ones as evidence"
    assert found["groups"] == ["Group"]
    assert found["back"] == 0, "whoever was deactivated comes back with nothing"
