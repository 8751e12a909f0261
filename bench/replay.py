"""`make bench ARGS="replay"`: a replay of past revisions by two processes, from their start to their end.

ARGS: replay --revisions 10000 --workers 2 --json FILE
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench import server
from bench.environment import ROOT, environment

SECONDS_FOR_TEN_THOUSAND = 30


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench replay")
    parser.add_argument("--revisions", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write everything there")
    return parser.parse_args(arguments)


def measure(revisions: int, workers: int, url: str) -> dict[str, Any]:
    """Fill, then replay; seconds from starting the processes to the end of the last."""
    around = {**environment(url), "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_LOG_LEVEL": "WARNING"}
    fill = [sys.executable, "-m", "bench.peer_replay", str(revisions)]
    filled = json.loads(subprocess.run(fill, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True).stdout)
    command = [sys.executable, "manage.py", "replay_rule_set", filled["replay"], "--join"]
    begin = time.perf_counter()
    running = [subprocess.Popen(command, cwd=ROOT, env=around, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    said = [process.communicate()[0] for process in running]
    took = time.perf_counter() - begin
    if any(process.returncode for process in running):
        raise RuntimeError("a process of the replay failed; what it said stands above")
    return {"seconds": took, "revisions": revisions, "workers": workers, "checked": filled["checked"], "said": said[0]}


def main(arguments: list[str]) -> None:
    options = parsed(arguments)
    with server.own_database(f"imprimatur_bench_{os.getpid()}") as url:
        found = measure(options.revisions, options.workers, url)
    goal = SECONDS_FOR_TEN_THOUSAND * options.revisions / 10_000
    missed = "" if found["seconds"] < goal else "  MISSED"
    print(found["said"])
    print(f"{found['revisions']} revisions, {found['workers']} processes: {found['seconds']:.1f} s, below {goal:.0f}{missed}")
    print(f"judged and written before, one process: {found['checked']:.0f} a second")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
