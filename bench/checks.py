"""`make bench ARGS="checks"`: from a submission to its verdicts through a real worker, beside bare Celery (goals P15, P16).

ARGS: checks --rounds 3 --times 40 --burst 300 --json FILE. Needs Redis at IMPRIMATUR_BENCH_REDIS_URL (default database 8 here).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from bench import server
from bench.bare import REDIS
from bench.environment import ROOT, environment

SLOWER_AT_MOST = 8
SHARE_AT_LEAST = 0.3


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench checks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=40, help="single submissions in a round")
    parser.add_argument("--burst", type=int, default=300, help="submissions at once in a round")
    parser.add_argument("--json", type=Path, help="also write everything there")
    return parser.parse_args(arguments)


def table(found: list[dict[str, float]]) -> str:
    """Medians over the rounds; ratios round by round, then their median."""
    slower = median(each["ours_ms"] / each["bare_ms"] for each in found)
    share = median(each["ours_rate"] / each["bare_rate"] for each in found)
    rows = (
        ("bare round trip, p95, ms", median(each["bare_ms"] for each in found), ""),
        ("submitted to verdicts stored, p95, ms", median(each["ours_ms"] for each in found), ""),
        ("P15 the one / the other", slower, _met(slower <= SLOWER_AT_MOST, f"at most {SLOWER_AT_MOST}")),
        ("bare burst, tasks/s", median(each["bare_rate"] for each in found), ""),
        ("checks of a burst of submissions, /s", median(each["ours_rate"] for each in found), ""),
        ("P16 the one / the other", share, _met(share >= SHARE_AT_LEAST, f"at least {SHARE_AT_LEAST}")),
    )
    return "\n".join(f"{name:<45} {value:>9.2f}  {words}" for name, value, words in rows)


def _met(met: bool, words: str) -> str:
    return words if met else f"{words}  MISSED"


def main(arguments: list[str]) -> None:
    options = parsed(arguments)
    with server.own_database(f"imprimatur_bench_{os.getpid()}") as url:
        prefix = {"IMPRIMATUR_BROKER_URL": REDIS, "IMPRIMATUR_BROKER_PREFIX": f"imprimatur-bench-{os.getpid()}-"}
        command = [sys.executable, "-m", "bench.peer_checks", *map(str, (options.rounds, options.times, options.burst))]
        done = subprocess.run(command, cwd=ROOT, env={**environment(url), **prefix}, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
