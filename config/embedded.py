"""The whole service on one machine, as `make run` starts it: what is prepared, which processes run, what is printed."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config import health
from config.broker import clear_unfinished
from config.supervision import Part, Supervisor, environment, unless_chosen

HOST: Final = "127.0.0.1"
BLOCKING_THREADS: Final = 4
WORKER_CONCURRENCY: Final = 2
HEALTH_TIMEOUT_SECONDS: Final = 2.0
LOG_LIMIT_BYTES: Final = 5 * 1024 * 1024
FRESH_SECONDS: Final = 3 * health.HEARTBEAT_SECONDS
TERMINAL_SECONDS: Final = 0.5
SHORT_LEASES: Final = {
    "IMPRIMATUR_TASK_SOFT_LIMIT": "60", "IMPRIMATUR_TASK_HARD_LIMIT": "75", "IMPRIMATUR_LEASE_SECONDS": "90",
}  # fmt: skip
"""Files are small here and the channel is near: what a killed worker had begun need not wait for minutes."""

NO_TRACEBACKS: Final = {"IMPRIMATUR_TRACEBACKS": "0"}
"""Whoever tries the service out meets the pages that its people meet; what went wrong stands in the log of the web server."""


class CannotRun(Exception):
    """The service cannot be started here now; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the web server and the simulator listen."""

    web: int
    simulator: int

    @property
    def web_url(self) -> str:
        return f"http://{HOST}:{self.web}"

    @property
    def simulator_url(self) -> str:
        return f"http://{HOST}:{self.simulator}"


def run(ports: Ports, say: Callable[[str], None]) -> None:
    """Prepare, start, print, and keep running until told to end. Raises CannotRun, StartFailed."""
    folder = Path(settings.VAR_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        _check_free(ports.web, "--port", say_what="The web server's")
        _check_free(ports.simulator, "--simulator-port", say_what="The simulator's")
        terminals = _terminals()
        prepare(say)
        with supervisor(ports, folder, say) as whole:
            whole.stop_on_signals()
            threading.Thread(target=_stop_with_terminal, args=(terminals, whole.stopping), daemon=True).start()
            whole.start()
            if not whole.stopping.is_set():
                say(welcome(ports, folder))
            whole.watch()
            say("\nEnding …")
    say("Ended. What was under way is taken up at the next start.")


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Two services on one directory would share a database but not know of each other's workers."""
    with (folder / "embedded.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(f"Imprimatur is running already with the data in {folder}. End it first (Ctrl-C).") from error
        yield


def _terminals() -> list[int]:
    return [descriptor for descriptor in (0, 1, 2) if os.isatty(descriptor)]


def _stop_with_terminal(terminals: list[int], stopping: threading.Event) -> None:
    """A closed terminal sends SIGHUP to the session's leader alone. Where that is `make`, which waits for us, nothing
    tells us; but the terminal is none any longer.
    """
    while not stopping.wait(TERMINAL_SECONDS):
        if not all(os.isatty(descriptor) for descriptor in terminals):
            stopping.set()


def _check_free(port: int, option: str, say_what: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise CannotRun(
                f"{say_what} port {port} is taken by another program. "
                f'End that program, or choose another port: make run ARGS="{option} {port + 1}"'
            ) from error


def prepare(say: Callable[[str], None]) -> None:
    """Bring the database up to date, and make the demo in an empty one."""
    say("Preparing the database …")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo")
    health.heartbeat_file().unlink(missing_ok=True)
    clear_unfinished(Path(settings.VAR_DIR, "queue", "messages"))
    connections.close_all()


def supervisor(ports: Ports, folder: Path, say: Callable[[str], None]) -> Supervisor:
    """The supervisor of simulator, worker, beat and web server, not started yet."""
    logs = folder / "log"
    _turn_over(logs)
    return Supervisor(
        parts=parts(ports, folder), folder=settings.BASE_DIR, logs=logs, say=say,
        environment=environment(
            **unless_chosen(SHORT_LEASES), **unless_chosen(NO_TRACEBACKS),
            DJANGO_SETTINGS_MODULE="config.settings", IMPRIMATUR_DEBUG="1", IMPRIMATUR_VAR_DIR=str(folder),
            IMPRIMATUR_TIKTOK_HOST=ports.simulator_url, IMPRIMATUR_PUBLIC_URL=ports.web_url,
        ),
    )  # fmt: skip


def _turn_over(logs: Path) -> None:
    """Keep at most one old log of each part."""
    for log in logs.glob("*.log"):
        if log.stat().st_size > LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))


def parts(ports: Ports, folder: Path) -> list[Part]:
    """The processes. Beat is one of its own: if it were the worker's child, its death would go unseen. It keeps no
    schedule file: all it sends are sweeps, and a file torn by a kill would be one more thing to mend.
    """
    celery = (sys.executable, "-m", "celery", "-A", "config")
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    simulator = (
        sys.executable, "-m", "simulator", "--host", HOST, "--port", str(ports.simulator),
        "--state", str(folder / "simulator.sqlite3"), "--fixture", str(folder / "simulator.json"),
    )  # fmt: skip
    web = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(ports.web), "--workers", "1",
        "--blocking-threads", str(BLOCKING_THREADS), "--log-level", "warning", "config.wsgi:application",
    )  # fmt: skip
    return [
        Part("simulator", simulator, lambda: _answers(f"{ports.simulator_url}/healthz")),
        Part("worker", (*celery, "worker", "--concurrency", str(WORKER_CONCURRENCY), *quiet), _worker_beats),
        Part("beat", (*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", ""), lambda: True),
        Part("web server", web, lambda: _worker_beats() and _answers(f"{ports.web_url}/readyz")),
    ]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=HEALTH_TIMEOUT_SECONDS) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _worker_beats() -> bool:
    age = health.worker_age_seconds()
    return age is not None and age < FRESH_SECONDS


def welcome(ports: Ports, folder: Path) -> str:
    """What a person needs to begin: address, log-ins, what to try."""
    lines = ["", f"Imprimatur runs at {ports.web_url}/   (end it with Ctrl-C)", ""]
    demo = _demo(folder / "demo.json")
    if demo:
        logins = demo["logins"]
        width = max(len(login["email"]) for login in logins)
        lines.append(f"Log in as one of these, each with the password {logins[0]['password']}:")
        lines += [f"  {login['email']:{width}}  {login['does']}" for login in logins]
        lines += ["", "What to try:"]
        filled = (str(text).replace("{token}", demo["token"]) for text in demo["try"])
        lines += [f"  {number}. {text}" for number, text in enumerate(filled, 1)]
        lines.append("")
    lines += [
        f"API description    {ports.web_url}/api/v1/docs/",
        f"TikTok simulator   {ports.simulator_url}/",
        f"Logs               {folder / 'log'}/",
        "",
    ]
    return "\n".join(lines)


def _demo(path: Path) -> Mapping[str, Any] | None:
    try:
        content: Mapping[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return content
