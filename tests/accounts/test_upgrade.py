"""An installation from before access had intervals keeps its rights when it is brought to today (docs: upgrading)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.upgrading import upgraded

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.both]


def test_r57_an_upgrade_keeps_who_may_do_what(empty_database: str, tmp_path: Path) -> None:
    found = upgraded("tests.accounts.upgrading", empty_database, tmp_path)
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
