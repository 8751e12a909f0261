"""The benchmark runs and reports; how fast is nobody's business here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import listing, media, peer_listing, report, server
from campaigns.media.demo import make_image, make_video
from tests import migrated, settings


def around() -> dict[str, str]:
    return {
        **os.environ, "IMPRIMATUR_BENCH_POSTGRES_URL": settings.POSTGRES_URL, "IMPRIMATUR_BENCH_TEMPLATE": migrated.postgresql(),
    }  # fmt: skip


@pytest.mark.database
@pytest.mark.postgresql_only
@pytest.mark.slow
def test_a_short_run_reports(tmp_path: Path) -> None:
    written = tmp_path / "report.json"
    command = [sys.executable, "-m", "bench", "--rounds", "1", "--seconds", "1", "--streams", "1", "--cycles", "5", "--json", str(written)]
    environment = around()
    done = subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "SQL statements a cycle" in done.stdout
    found = json.loads(written.read_text())
    assert found["medians"]["ours_1"] > 0
    assert 17 < found["sql_a_cycle"] < 100
    if server.pgbench() is not None:
        assert found["ratios"]["ours_1 / floor_1"] > 0


def test_ratios_are_taken_round_by_round() -> None:
    rounds = [{"ours_1": 1.0, "floor_1": 10.0}, {"ours_1": 4.0, "floor_1": 8.0}, {"ours_1": 3.0, "floor_1": 10.0}]
    found = report.summary(rounds, {"sql": 40.0, "by_kind": {}, "stored_kb": 9.0, "stored_kb_by_table": {}}, {})
    assert found["ratios"] == {"ours_1 / floor_1": pytest.approx(0.3)}
    assert "0.300" in report.table(found)


def test_the_floor_has_its_17_statements_in_5_transactions() -> None:
    lines = (server.HERE / "floor_cycle.pgb").read_text().splitlines()
    statements = [line.split()[0].rstrip(";") for line in lines if line and not line.startswith(("--", "\\"))]
    assert (statements.count("BEGIN"), statements.count("COMMIT")) == (5, 5)
    assert len(statements) - 10 == 17


@pytest.mark.database
@pytest.mark.postgresql_only
@pytest.mark.slow
def test_a_short_run_of_the_listing_reports(tmp_path: Path) -> None:
    written = tmp_path / "listing.json"
    arguments = ["listing", "--sizes", "10000", "--rounds", "1", "--times", "2", "--json", str(written)]
    environment = around()
    command = [sys.executable, "-m", "bench", *arguments]
    done = subprocess.run(command, cwd=settings.ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "P12 page 100 / page 1 at 10000 ads" in done.stdout
    found = json.loads(written.read_text())
    assert found["rounds"][0]["door thousand @ 10000"]["p50"] > 0
    assert found["facts"]["10000"]["rows thousand"]["blocks"] > 50


def test_a_goal_says_whether_it_is_met() -> None:
    found = [{"a": {"p95": 3.0}, "b": {"p95": 2.0}}, {"a": {"p95": 2.0}, "b": {"p95": 2.0}}, {"a": {"p95": 9.0}, "b": {"p95": 4.0}}]
    assert "1.50  at most 1.2  MISSED" in listing.Goal("page", "a", "b", "p95", 1.2).line(found)
    assert listing.Goal("page", "a", "b", "p95", 1.2, at_most=False).line(found).endswith("at least 1.2")


def test_blocks_are_those_of_the_whole_plan() -> None:
    plan = "Limit  (cost=1)\n  Buffers: shared hit=200 read=16 dirtied=3\n  ->  Index Scan\n        Buffers: shared hit=99"
    assert (peer_listing.blocks(plan), peer_listing.blocks("Result")) == (216, 0)


def test_media_are_timed_by_what_is_asked(tmp_path: Path) -> None:
    make_video(tmp_path / "film", 90, 160, seconds=1)
    found = media.measured(tmp_path / "film", 2)
    assert {name: len(each) for name, each in found.items()} == {"probe": 2, "analysis": 2, "both": 2}
    assert "| analysis |" in media.table(found)
    make_image(tmp_path / "still", 90, 160)
    read = media.measured_reading(tmp_path / "film", tmp_path / "still", 1)
    assert {name: len(each) for name, each in read.items()} == {"reading, film": 1, "reading, still": 1}
