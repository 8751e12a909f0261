"""The supervisor with small parts: what is started is watched, restarted and ended, however the supervisor goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from config import supervision
from config.supervision import Part, StartFailed, Supervisor, environment
from tests.processes import eventually, lives

pytestmark = pytest.mark.slow

WAITS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(__import__('os').getpid())); time.sleep(600)"
HAS_A_CHILD = (
    "import pathlib, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid))\n"
    "time.sleep(600)"
)
STUBBORN = (
    "import pathlib, signal, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "pathlib.Path(sys.argv[1]).write_text('x')\n"
    "time.sleep(600)"
)


def part(name: str, code: str, folder: Path) -> Part:
    """A Python one-liner that says that it runs by writing a file of its name."""
    path = folder / name
    return Part(name, (sys.executable, "-c", code, str(path)), lambda: path.exists() and path.read_text() != "")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def make(tmp_path: Path, said: list[str]) -> Callable[..., Supervisor]:
    def made(*parts: Part) -> Supervisor:
        return Supervisor(parts, environment(), tmp_path, tmp_path / "log", said.append)

    return made


@pytest.fixture
def watching():
    threads: list[tuple[Supervisor, threading.Thread]] = []

    def start(whole: Supervisor) -> None:
        thread = threading.Thread(target=whole.watch)
        thread.start()
        threads.append((whole, thread))

    yield start
    for whole, thread in threads:
        whole.stopping.set()
        thread.join()


def test_all_end_with_the_supervisor(make, tmp_path):
    with make(part("one", WAITS, tmp_path), part("two", HAS_A_CHILD, tmp_path)) as whole:
        whole.start()
        pids = [*whole.pids().values(), int((tmp_path / "two").read_text())]
        assert all(lives(pid) for pid in pids)
    assert not any(lives(pid) for pid in pids), "also the child of a part"


def test_killed_part_starts_again_and_its_children_do_not_stay(make, tmp_path, said, watching):
    with make(part("one", HAS_A_CHILD, tmp_path)) as whole:
        whole.start()
        before, child = whole.pids()["one"], int((tmp_path / "one").read_text())
        watching(whole)
        os.kill(before, signal.SIGKILL)
        eventually("another process", lambda: whole.pids()["one"] != before)
        assert not lives(child)
        assert said == ["The one was killed by SIGKILL; starting it again in 1 s."]
        whole.stopping.set()


def test_backoff_grows_while_a_part_keeps_dying(make, said):
    whole = make(Part("one", (sys.executable, "-c", "import sys; sys.exit(3)"), lambda: True))
    with whole:
        whole.start()
        now = 0.0
        for _ in range(7):
            running = whole._running["one"]
            running.process.wait()
            running.since = now
            whole._look_after(running, now)  # sees the death
            whole._look_after(running, now + running.backoff - 0.01)
            assert whole._running["one"] is running, "not before its time"
            now += running.backoff
            whole._look_after(running, now)
            assert whole._running["one"] is not running
    assert [line.split()[-2] for line in said] == ["1", "2", "4", "8", "16", "30", "30"]
    assert "ended with code 3" in said[0]


def test_part_that_ends_at_its_start_is_shown_with_its_log(make, tmp_path):
    failing = Part("one", (sys.executable, "-c", "import sys; sys.exit('no such database')"), lambda: False)
    with make(failing) as whole, pytest.raises(StartFailed, match="no such database"):
        whole.start()


def test_part_that_does_not_end_is_killed(make, tmp_path, said, monkeypatch):
    monkeypatch.setattr(supervision, "STOP_SECONDS", 0.5)
    with make(part("one", STUBBORN, tmp_path)) as whole:
        whole.start()
        pid = whole.pids()["one"]
    assert not lives(pid)
    assert "takes too long" in said[0]


def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path):
    script = (
        "import pathlib, sys\n"
        "from config.supervision import *\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "ready = lambda: (folder / 'child').exists()\n"
        "one = Part('one', (sys.executable, '-c', sys.argv[2], str(folder / 'child')), ready)\n"
        "with Supervisor([one], environment(), folder, folder, print) as whole:\n"
        "    whole.start()\n"
        "    print(whole.pids()['one'], flush=True)\n"
        "    whole.watch()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), HAS_A_CHILD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        child = int((tmp_path / "child").read_text())
        process.kill()
        process.wait()
    eventually("both gone", lambda: not lives(pid) and not lives(child), patience=15)
