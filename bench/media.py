"""`make bench ARGS="media"`: a video of a minute, probed and analysed as a worker does it, child processes included; where the
extra `ocr` is installed, the text in it and in a still is read as well.

ARGS: media --rounds 7 --seconds 60 --size 1080x1920 --bit-rate 4000000, or --file FILE for one of your own
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from campaigns.media.analysis import analyse
from campaigns.media.demo import make_image, make_video
from campaigns.media.probe import probe
from campaigns.media.reading import READING_LIMITS, can_read, read


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench media")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=60, help="how long the video is")
    parser.add_argument("--size", default="1080x1920", help="width x height, both even")
    parser.add_argument("--bit-rate", type=int, default=4_000_000, help="bits per second of its picture")
    parser.add_argument("--file", type=Path, help="a file of your own instead")
    return parser.parse_args(arguments)


def timed(ask: Callable[[Path], Any], path: Path) -> float:
    """Seconds on the clock."""
    started = time.perf_counter()
    ask(path)
    return time.perf_counter() - started


def measured(path: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round, by what was asked; the two take turns."""
    found: dict[str, list[float]] = {"probe": [], "analysis": []}
    for _ in range(rounds):
        found["probe"].append(timed(probe, path))
        found["analysis"].append(timed(analyse, path))
    found["both"] = [sum(each) for each in zip(found["probe"], found["analysis"], strict=True)]
    return found


def read_slowly(path: Path) -> dict[str, Any]:
    """The text in a file, however long it takes."""
    return read(path, limits=replace(READING_LIMITS, cpu_seconds=3600, wall_seconds=3600.0))


def measured_reading(film: Path, still: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round of reading a film and a still."""
    found: dict[str, list[float]] = {"reading, film": [], "reading, still": []}
    for _ in range(rounds):
        found["reading, film"].append(timed(read_slowly, film))
        found["reading, still"].append(timed(read_slowly, still))
    return found


def table(found: dict[str, list[float]]) -> str:
    """Medians and extremes."""
    lines = ["| seconds | median | least .. most |", "| --- | ---: | ---: |"]
    lines += [f"| {name} | {median(each):.2f} | {min(each):.2f} .. {max(each):.2f} |" for name, each in found.items()]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    options = parsed(arguments)
    with TemporaryDirectory() as directory:
        path = options.file or Path(directory) / "film.mp4"
        if options.file is None:
            width, height = map(int, options.size.split("x"))
            make_video(path, width, height, seconds=options.seconds, bit_rate=options.bit_rate)
        facts = probe(path)
        print(", ".join(f"{name} {value}" for name, value in facts.as_dict().items() if name != "sha256"))
        print(table(measured(path, options.rounds)))
        print(f"most memory of a child: {most_memory():.0f} MiB")
        if can_read():
            still = Path(directory) / "still.jpg"
            make_image(still, 720, 1280)
            print(table(measured_reading(path, still, options.rounds)))
            told = read_slowly(path)
            print(f"film: {told['pictures']} pictures, {told['read']} read; most memory of a child: {most_memory():.0f} MiB")


def most_memory() -> float:
    """Mebibytes of memory that the largest child so far had."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return used / 1024**2 if sys.platform == "darwin" else used / 1024
