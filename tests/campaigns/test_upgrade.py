"""An installation in which media were analysed keeps what was found when readings come beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.upgrading import upgraded

pytestmark = [pytest.mark.slow, pytest.mark.database, pytest.mark.both]


def test_an_upgrade_keeps_what_was_seen_and_heard(empty_database: str, tmp_path: Path) -> None:
    found = upgraded("tests.campaigns.upgrading", empty_database, tmp_path)
    assert found == {
        "missing": [], "refused": ["campaigns_media_analysis_no_update"] * 2,
        "rows": [["a", "analysis", 1, {"pictures": 1}, ""], ["a", "reading", 1, {}, ""], ["b", "analysis", 1, None, "crashed"]],
    }  # fmt: skip
