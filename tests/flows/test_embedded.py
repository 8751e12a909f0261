"""`make run` as a person meets it: it serves, survives kills, ends cleanly, and says what to do when it cannot start."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Self

import pytest

from tests.flows.stack import free_port, prepared
from tests.processes import children, descendants, eventually, lives

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_only]

ROOT = Path(__file__).resolve().parents[2]


class Embedded:
    """One `manage.py run_embedded` with a directory and ports of its own; `said` is what the terminal shows."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.simulator_port = folder, free_port(), free_port()
        self.said: list[str] = []

    def start(self) -> Self:
        self.process = subprocess.Popen(
            self.command(), cwd=ROOT, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._listen)
        self.reader.start()
        return self

    def command(self) -> list[str]:
        ports = ["--port", str(self.port), "--simulator-port", str(self.simulator_port)]
        return [sys.executable, "manage.py", "run_embedded", *ports]

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("IMPRIMATUR_", "DJANGO_"))}
        return kept | {"IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_VAR_DIR": str(self.folder), "IMPRIMATUR_SWEEP_SECONDS": "1"}

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)

    @property
    def terminal(self) -> str:
        return "".join(self.said)

    def serves(self) -> Self:
        eventually(
            "the address", lambda: "Imprimatur runs at" in self.terminal or self.process.poll() is not None, patience=240
        )
        assert self.process.poll() is None, self.terminal
        return self

    def ended(self) -> int:
        code = self.process.wait(timeout=120)
        self.reader.join()
        return code

    def part(self, word: str) -> int:
        """The process id of the part whose command holds `word`."""
        found = [pid for pid, command in children(self.process.pid).items() if word in command]
        assert len(found) == 1, children(self.process.pid)
        return found[0]

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=3) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _asked(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A directory in which the demo is there already, as at a second start."""
    shutil.copytree(prepared("sqlite")[0], tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Embedded]:
    one = Embedded(tmp_path).start()
    yield one
    if one.process.poll() is None:
        one.process.send_signal(signal.SIGTERM)
    one.ended()
    assert one.process.stdout is not None
    one.process.stdout.close()


def test_serves_survives_kills_and_ends_cleanly(embedded, tmp_path):
    embedded.serves()
    assert embedded.ready()
    demo = json.loads((tmp_path / "demo.json").read_text())
    for login in demo["logins"]:
        assert login["email"] in embedded.terminal
    assert demo["logins"][0]["password"] in embedded.terminal
    assert len(re.findall(r"^  [123]\. ", embedded.terminal, re.MULTILINE)) == 3
    assert demo["token"] in embedded.terminal
    status, body = _asked(f"http://127.0.0.1:{embedded.port}/workplace-of-nobody/")
    assert (status, "There is nothing here" in body, "URLconf" in body) == (404, True, False), "people's page, not the source"
    assert _asked(f"http://127.0.0.1:{embedded.port}/static/workplace/workplace.css")[0] == 200

    for word, name in {" worker": "worker", " beat": "beat", "granian": "web server", "simulator": "simulator"}.items():
        before = embedded.part(word)
        below = descendants(before)
        os.kill(before, signal.SIGKILL)
        eventually(f"the {name} is missed", partial(_says, embedded, f"The {name} was killed by SIGKILL"))
        eventually(f"another {name}", partial(_other, embedded, word, before))
        assert not any(lives(pid) for pid in below)
    heartbeat = tmp_path / "worker.heartbeat"
    heartbeat.unlink()
    eventually("the new worker beats", heartbeat.exists)
    eventually("ready again", embedded.ready)

    everything = descendants(embedded.process.pid)
    assert len(everything) >= 5
    embedded.process.send_signal(signal.SIGTERM)
    assert embedded.ended() == 0
    assert embedded.terminal.rstrip().endswith("What was under way is taken up at the next start.")
    assert not any(lives(pid) for pid in everything)


def _says(embedded: Embedded, words: str) -> bool:
    return words in embedded.terminal


def _other(embedded: Embedded, word: str, before: int) -> bool:
    return any(word in command and pid != before for pid, command in children(embedded.process.pid).items())


def test_nothing_outlives_a_kill_and_the_next_start_serves_the_same_data(used, embedded, tmp_path):
    embedded.serves()
    everything = descendants(embedded.process.pid)
    embedded.process.kill()
    embedded.ended()
    eventually("all processes gone", lambda: not any(lives(pid) for pid in everything))

    again = Embedded(tmp_path)
    again.port, again.simulator_port = embedded.port, embedded.simulator_port
    try:
        again.start().serves()
        assert "The demo is there already." in again.terminal
        assert again.ready()
        again.process.send_signal(signal.SIGINT)
        assert again.ended() == 0
    finally:
        again.process.kill()
        again.ended()
        assert again.process.stdout is not None
        again.process.stdout.close()


@pytest.mark.parametrize("leads", ["itself", "a parent that waits"])
def test_closing_the_terminal_ends_everything(used, tmp_path, leads):
    """SIGHUP goes to the session's leader alone: to us, or to a `make` that waits for us and passes nothing on."""
    one = Embedded(tmp_path)
    command = one.command()
    if leads != "itself":
        command = ["sh", "-c", f"trap : HUP; {shlex.join(command)}; exit $?"]
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", TERMINAL, *command], cwd=ROOT, env=one.environment(),
        stdin=inner, stdout=inner, stderr=inner, start_new_session=True,
    )  # fmt: skip
    os.close(inner)
    try:
        shown = b""
        while b"Imprimatur runs at" not in shown:
            shown += os.read(terminal, 4096)
        everything = descendants(process.pid)
        assert len(everything) >= 5
    finally:
        os.close(terminal)
    assert process.wait(timeout=120) == 0
    eventually("all processes gone", lambda: not any(lives(pid) for pid in everything))


TERMINAL = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""Makes its standard input the terminal of its session, and becomes the command."""


def test_taken_port_is_refused_before_anything_is_made(tmp_path):
    one = Embedded(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        one.port = other.getsockname()[1]
        one.start()
        assert one.ended() == 1
    assert one.process.stdout is not None
    one.process.stdout.close()
    assert f"port {one.port} is taken by another program" in one.terminal
    assert f'make run ARGS="--port {one.port + 1}"' in one.terminal
    assert "Traceback" not in one.terminal
    assert not (tmp_path / "imprimatur.sqlite3").exists()


def test_second_service_on_the_same_data_is_refused(used, embedded, tmp_path):
    eventually("the lock", lambda: "Preparing the database" in embedded.terminal)
    second = Embedded(tmp_path).start()
    assert second.ended() == 1
    assert second.process.stdout is not None
    second.process.stdout.close()
    assert "is running already" in second.terminal
