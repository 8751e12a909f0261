"""The benchmark runs and reports; how fast is nobody's business here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench import report, server
from tests import settings


@pytest.mark.database
@pytest.mark.postgresql_only
@pytest.mark.slow
def test_a_short_run_reports(tmp_path: Path) -> None:
    written = tmp_path / "report.json"
    command = [sys.executable, "-m", "bench", "--rounds", "1", "--seconds", "1", "--streams", "1", "--json", str(written)]
    environment = {**os.environ, "IMPRIMATUR_BENCH_POSTGRES_URL": settings.POSTGRES_URL}
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
