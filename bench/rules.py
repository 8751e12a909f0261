"""`make bench ARGS="rules"`: how fast rules judge, with nothing else in the way (goal P14).

ARGS: rules --json FILE
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from bench import server
from bench.environment import ROOT, environment

MILLISECONDS_OF_TWENTY = 0.1
REVISIONS_WITH_FORTY = 2_000


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench rules")
    parser.add_argument("--json", type=Path, help="also write everything there")
    return parser.parse_args(arguments)


def table(found: dict[str, list[float]]) -> str:
    """Medians, the ratio to the floor round by round, and whether the goals are met."""
    rates = {name: median(each) for name, each in found.items()}
    ratio = median(one / floor for one, floor in zip(found["twenty"], found["twenty_floor"], strict=True))
    took = 1000 / rates["twenty"]
    enough = _met(rates["forty"] >= REVISIONS_WITH_FORTY, f"at least {REVISIONS_WITH_FORTY}")
    rows = [
        ("20 rules on one ad, ms", f"{took:.3f}", _met(took <= MILLISECONDS_OF_TWENTY, f"at most {MILLISECONDS_OF_TWENTY}")),
        ("… 20 rules that only say yes, ms", f"{1000 / rates['twenty_floor']:.3f}", ""),
        ("… ratio of the rates", f"{ratio:.2f}", ""),
        ("40 text and budget rules, revisions/s", f"{rates['forty']:.0f}", enough),
        ("an ad and its surroundings read from their texts, /s", f"{rates['all_from_text']:.0f}", ""),
    ]  # fmt: skip
    return "\n".join(f"{name:<55} {value:>10}  {words}" for name, value, words in rows)


def _met(met: bool, words: str) -> str:
    return words if met else f"{words}  MISSED"


def main(arguments: list[str]) -> None:
    options = parsed(arguments)
    with server.own_database(f"imprimatur_bench_{os.getpid()}") as url:
        command = [sys.executable, "-m", "bench.peer_rules"]
        done = subprocess.run(command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    print(table(found))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
