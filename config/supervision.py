"""Keeping several processes alive as one: start, wait until healthy, restart what died, end all of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from config import reaper

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 0.2
FIRST_BACKOFF_SECONDS: Final = 1.0
LONGEST_BACKOFF_SECONDS: Final = 30.0
SETTLED_SECONDS: Final = 60.0
"""A process that lived this long has recovered: its next death is answered at once again."""
TAIL_LINES: Final = 15


class StartFailed(Exception):
    """A part did not become healthy; the text says which, and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class Part:
    """One process: its name, its command, and how to tell that it does its work."""

    name: str
    command: Sequence[str]
    healthy: Callable[[], bool]


@dataclass(slots=True)
class _Running:
    part: Part
    process: subprocess.Popen[bytes]
    since: float
    backoff: float = FIRST_BACKOFF_SECONDS
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Owns the processes of `parts`; each is the leader of a process group, so that its children go with it.

    Output goes to `<logs>/<name>.log`; `say` gets one line for everything a person should know.
    """

    parts: Sequence[Part]
    environment: Mapping[str, str]
    folder: Path
    logs: Path
    say: Callable[[str], None]
    stopping: threading.Event = field(default_factory=threading.Event)
    _running: dict[str, _Running] = field(default_factory=dict)
    _reaper: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._reaper = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", reaper.__file__], stdin=subprocess.PIPE, text=True, process_group=0
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def start(self) -> None:
        """Start every part and return when all are healthy, or when told to stop. Raises StartFailed."""
        for part in self.parts:
            self._launch(part)
        waiting = list(self.parts)
        deadline = time.monotonic() + START_SECONDS
        while waiting and not self.stopping.is_set():
            waiting = [part for part in waiting if not part.healthy()]
            for part in waiting:
                if self._running[part.name].process.poll() is not None:
                    raise StartFailed(f"The {part.name} ended at its start.\n{self._tail(part)}")
                if time.monotonic() > deadline:
                    raise StartFailed(f"The {part.name} is not healthy after {START_SECONDS:.0f} s.\n{self._tail(part)}")
            if waiting:
                self.stopping.wait(PAUSE_SECONDS)

    def watch(self) -> None:
        """Restart what dies, until told to stop."""
        while not self.stopping.wait(PAUSE_SECONDS):
            for running in list(self._running.values()):
                self._look_after(running, time.monotonic())

    def stop_on_signals(self) -> None:
        """SIGINT, SIGTERM and a closed terminal end everything."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def pids(self) -> dict[str, int]:
        """Name → process id of what runs now."""
        return {name: running.process.pid for name, running in self._running.items()}

    def log_of(self, part: Part) -> Path:
        return self.logs / f"{part.name.replace(' ', '-')}.log"

    def _launch(self, part: Part, backoff: float = FIRST_BACKOFF_SECONDS) -> None:
        with self.log_of(part).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - the commands of our own parts
                part.command, cwd=self.folder, env=dict(self.environment), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, process_group=0,
            )  # fmt: skip
        self._note("+", process.pid)
        self._running[part.name] = _Running(part, process, time.monotonic(), backoff)

    def _look_after(self, running: _Running, now: float) -> None:
        code = running.process.poll()
        if code is None:
            return
        if running.restart_at is None:
            self._bury(running.process)
            if now - running.since > SETTLED_SECONDS:
                running.backoff = FIRST_BACKOFF_SECONDS
            running.restart_at = now + running.backoff
            words = _ended(code)
            self.say(f"The {running.part.name} {words}; starting it again in {running.backoff:.0f} s.")
        elif now >= running.restart_at:
            self._launch(running.part, min(running.backoff * 2, LONGEST_BACKOFF_SECONDS))

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        """What a dead leader left of its group would work on unseen."""
        reaper.signal_group(process.pid, signal.SIGKILL)
        self._note("-", process.pid)

    def _stop(self) -> None:
        """The last started ends first; whoever does not within STOP_SECONDS is killed. Nothing is left."""
        for running in reversed(self._running.values()):
            if running.process.poll() is None:
                running.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for running in self._running.values():
            try:
                running.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"The {running.part.name} takes too long to end; killing it. Its work is taken up at the next start.")
                reaper.signal_group(running.process.pid, signal.SIGKILL)
                running.process.wait()
            self._bury(running.process)
        self._running.clear()
        if self._reaper is not None:
            self._reaper.communicate()  # end of file, and nothing left to end

    def _note(self, sign: str, group: int) -> None:
        if self._reaper is not None and self._reaper.stdin is not None and self._reaper.poll() is None:
            self._reaper.stdin.write(f"{sign}{group}\n")
            self._reaper.stdin.flush()

    def _tail(self, part: Part) -> str:
        lines = self.log_of(part).read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join([f"Its log ({self.log_of(part)}) ends with:", *(f"  {line}" for line in lines)])


def _ended(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"


def environment(**values: str) -> dict[str, str]:
    """This process's environment with `values` on top."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **values}


def unless_chosen(values: Mapping[str, str]) -> Mapping[str, str]:
    """All of `values` or none: beside one that somebody chose the others might not suit."""
    return {} if values.keys() & os.environ.keys() else values
