"""`make bench ARGS="listing"`: pages of ads that somebody may see, at several numbers of ads, on databases of their own.

ARGS: listing --sizes 10000,100000,1000000 --rounds 7 --times 20 --json FILE

All sizes are there at once, and every round asks each contender at each size in an order of its own, so that what else the
machine does falls on all alike; ratios are taken round by round. Ends with an error when a plan scans the ads,
and when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING, Any, Final

from bench import server
from bench.environment import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

NAIVE_TIMES: Final = 3
"""It takes a tenth of a second a page."""

GOALS_FROM: Final = 1_000_000
"""So many ads the goals are about."""


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench listing")
    parser.add_argument("--sizes", default="10000,100000,1000000", help="numbers of ads")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--times", type=int, default=20, help="pages of a contender in a round")
    parser.add_argument("--json", type=Path, help="also write everything there, plans included")
    return parser.parse_args(arguments)


class Peer:
    """The listing at one size: a process with its database."""

    def __init__(self, process: Popen[str]) -> None:
        self.process = process

    def ask(self, **question: Any) -> Any:
        """One question, one answer. Raises RuntimeError when the process ended over it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the process of the listing ended; what it said stands above")
        return json.loads(line)


@contextmanager
def peer(ads: int) -> Iterator[Peer]:
    """A filled database and its process, ready."""
    command = [sys.executable, "-m", "bench.peer_listing", str(ads)]
    with (
        server.own_database(f"imprimatur_bench_{os.getpid()}_{ads}") as url,
        Popen(command, cwd=ROOT, env=environment(url), stdin=PIPE, stdout=PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("the process of the listing did not start; what it said stands above")
        print(f"{ads} ads are there", file=sys.stderr, flush=True)
        try:
            yield Peer(process)
        finally:
            process.communicate()


def rounds(peers: dict[int, Peer], names: list[str], count: int, times: int) -> list[dict[str, dict[str, float]]]:
    """Each contender at each size once a round. Keys are `NAME @ ADS`."""
    found = []
    for number in range(count):
        row = {}
        for name in random.sample(names, len(names)):
            for ads in random.sample(sorted(peers), len(peers)):
                asked = NAIVE_TIMES if name == "naive guardian" else times
                row[f"{name} @ {ads}"] = peers[ads].ask(contender=name, times=asked)
        found.append(row)
        print(f"round {number + 1} of {count}, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return found


# --- the answer ------------------------------------------------------------------------------------------------------------


def ratio(found: list[dict[str, dict[str, float]]], one: str, other: str, measure: str) -> float:
    """The median over the rounds of one contender to another."""
    return median(row[one][measure] / row[other][measure] for row in found)


@dataclass(frozen=True, slots=True)
class Goal:
    """What is demanded: one contender at one size compared to another; a limit, of which the value stays below or above."""

    words: str
    one: str
    other: str
    measure: str
    limit: float
    at_most: bool = True

    def met(self, found: list[dict[str, dict[str, float]]]) -> bool:
        """Whether what was found is what was demanded."""
        value = ratio(found, self.one, self.other, self.measure)
        return value <= self.limit if self.at_most else value >= self.limit

    def line(self, found: list[dict[str, dict[str, float]]]) -> str:
        """What was found beside it."""
        value = ratio(found, self.one, self.other, self.measure)
        said = f"{'at most' if self.at_most else 'at least'} {self.limit}{'' if self.met(found) else '  MISSED'}"
        return f"{self.words + ', ' + self.measure:<70}{value:>6.2f}  {said}"


def goals(small: int, large: int) -> list[Goal]:
    """P10 to P12."""
    said = []
    for kind, words in (("door", "through the door"), ("rows", "the query alone")):
        mine = f"{kind} thousand @"
        unfiltered = f"{kind} unfiltered @ {large}"
        said.append(Goal(f"P10 page, {words}: {large} / {small} ads", f"{mine} {large}", f"{mine} {small}", "p95", 1.2))
        said.append(Goal(f"P11 page, {words}: ours / unfiltered", f"{mine} {large}", unfiltered, "p95", 3.5))
    naive = Goal("P11 guardian with a grant an ad / ours", f"naive guardian @ {large}", f"rows thousand @ {large}", "p50", 8, False)
    flat = [
        Goal(f"P12 {name}: {large} / {small} ads", f"{name} @ {large}", f"{name} @ {small}", "p50", 1.5)
        for name in ("capped count", "page 1", "page 10", "page 100")
    ]
    deep = Goal(f"P12 page 100 / page 1 at {large} ads", f"page 100 @ {large}", f"page 1 @ {large}", "p50", 1.5)
    return [*said, naive, *flat, deep]


def table(found: list[dict[str, dict[str, float]]], facts: dict[int, dict[str, Any]]) -> str:
    """Medians over the rounds, what is exact, and what was demanded beside what was found."""
    sizes = sorted(facts)
    lines = [f"{len(found)} rounds, shuffled; p50 / p95 in ms, medians of the rounds; 8 kB blocks of the statements on ads; load "
             f"{os.getloadavg()[0]:.1f}"]  # fmt: skip
    lines.append(f"{'ads':<24}{'SQL':>4}" + "".join(f"{ads:>16,}" for ads in sizes) + "".join(f"{ads:>10,}" for ads in sizes))
    for name in facts[sizes[0]]:
        times = [[row[f"{name} @ {ads}"] for row in found] for ads in sizes]
        cells = [f"{median(each['p50'] for each in values):.1f} / {median(each['p95'] for each in values):.1f}" for values in times]
        exact = [f"{facts[ads][name]['blocks']:>10,}" for ads in sizes]
        lines.append(f"{name:<24}{facts[sizes[-1]][name]['sql']:>4}" + "".join(f"{cell:>16}" for cell in cells) + "".join(exact))
    lines += [goal.line(found) for goal in goals(sizes[0], sizes[-1])]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    options = parsed(arguments)
    sizes = sorted(int(each) for each in options.sizes.split(","))
    with ExitStack() as stack:
        peers = {ads: stack.enter_context(peer(ads)) for ads in sizes}
        facts = {ads: each.ask(facts=True) for ads, each in peers.items()}
        found = rounds(peers, list(facts[sizes[0]]), options.rounds, options.times)
    print(table(found, facts))
    if options.json:
        everything = {"rounds": found, "facts": facts, "server": server.server_settings()}
        options.json.write_text(json.dumps(everything, indent=1) + "\n")
    # A short run of small tables is no measurement: what it misses is shown, and nobody's business.
    if sizes[-1] >= GOALS_FROM and (missed := [goal.words for goal in goals(sizes[0], sizes[-1]) if not goal.met(found)]):
        raise SystemExit(f"missed: {'; '.join(missed)}")
