"""`make bench`: our whole cycle and the floor, interleaved, on a database of its own.

ARGS: --rounds 5 --seconds 5 --streams 1,2 --cycles 50 --json FILE --facts (only count the SQL statements, by kind);
or `listing`, `rules`, `replay`, `checks`, `expressions`, `media` and their own (bench/listing.py and so on)
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench import checks, expressions, listing, media, replay, report, rules, server
from bench.environment import ROOT, environment


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--streams", default="1,2", help="how many at once: 1, 2 or both")
    parser.add_argument("--json", type=Path, help="also write everything there")
    parser.add_argument("--cycles", type=int, default=50, help="over how many the statements are counted")
    parser.add_argument("--facts", action="store_true", help="only count the SQL statements of a cycle")
    return parser.parse_args(arguments)


@contextmanager
def stream(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that runs cycles when told to, ready."""
    command = [sys.executable, "-m", "bench.peer_cycle"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("a stream did not start; what it said stands above")
        try:
            yield process
        finally:
            process.communicate()


def ours(processes: list[subprocess.Popen[str]], seconds: int) -> list[dict[str, Any]]:
    """All processes at once for so long."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{seconds}\n")
        process.stdin.flush()
    return [json.loads(process.stdout.readline()) for process in processes if process.stdout is not None]


def measure_ours(processes: list[subprocess.Popen[str]], seconds: int) -> dict[str, float]:
    name, before = f"ours_{len(processes)}", server.wal_position()
    found = ours(processes, seconds)
    cycles = sum(each["cycles"] for each in found)
    return {
        name: sum(each["rate"] for each in found),
        f"{name}_wal_kb": (server.wal_position() - before) / cycles / 1000,
        f"{name}_cpu_ms": sum(each["cpu_ms"] for each in found) / len(found),
        f"{name}_p50_ms": 1000 * max(each["p50"] for each in found),
        f"{name}_p95_ms": 1000 * max(each["p95"] for each in found),
    }


def measure_floor(program: str, url: str, streams: int, seconds: int) -> dict[str, float]:
    before = server.wal_position()
    rate = server.run_floor(program, url, streams, seconds)
    return {f"floor_{streams}": rate, f"floor_{streams}_wal_kb": (server.wal_position() - before) / (rate * seconds) / 1000}


def count_statements(url: str, cycles: int) -> dict[str, Any]:
    """What one cycle sends to the database, the mean over so many."""
    command = [sys.executable, "-m", "bench.peer_cycle", "facts", str(cycles)]
    done = subprocess.run(command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True)
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def rounds(options: argparse.Namespace, url: str) -> list[dict[str, Any]]:
    """Every contender once a round, in an order of its own."""
    wanted = sorted({int(each) for each in options.streams.split(",")})
    program = server.pgbench()
    if program is None:
        print("pgbench is not installed: no floor, no ratio", file=sys.stderr)
    else:
        server.lay_floor(url)
    with ExitStack() as stack:
        ready = [stack.enter_context(stream(url)) for _ in range(wanted[-1])]
        contenders: list[Callable[[], dict[str, float]]] = []
        for streams in wanted:
            contenders.append(partial(measure_ours, ready[:streams], options.seconds))
            if program is not None:
                contenders.append(partial(measure_floor, program, url, streams, options.seconds))
        found = []
        for number in range(options.rounds):
            row: dict[str, float] = {}
            for contender in random.sample(contenders, len(contenders)):
                row |= contender()
            found.append(row)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
    return found


def main(arguments: list[str]) -> None:
    parts = {
        "listing": listing.main, "rules": rules.main, "replay": replay.main, "checks": checks.main, "expressions": expressions.main,
        "media": media.main,
    }  # fmt: skip
    if arguments and arguments[0] in parts:
        parts[arguments[0]](arguments[1:])
        return
    options = parsed(arguments)
    with server.own_database(f"imprimatur_bench_{os.getpid()}") as url:
        facts = count_statements(url, options.cycles)
        if options.facts:
            print(json.dumps(facts, indent=1))
            return
        found = report.summary(rounds(options, url), facts, server.server_settings())
    print(report.table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
