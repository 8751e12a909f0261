"""The whole service as processes: web server, Celery worker with beat, TikTok simulator, on a database of its own.

Nothing here uses Django's test database or imports the product: it is started and driven as an installation would be.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self

import psycopg
import redis

from tests import migrated, settings
from tests.processes import eventually
from tests.simulator_process import SimulatorProcess

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: Any
    headers: dict[str, str]


class Client:
    """A plain HTTP client with one token."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def __call__(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        return self._send(urllib.request.Request(f"{self.base}/api/v1/{path}", data=data, method=method, headers=sent))

    def upload(self, account: str, file: Path) -> Answer:
        """POST media/ as multipart."""
        boundary = uuid.uuid4().hex
        parts = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="ad_account"\r\n\r\n{account}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        data = parts + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send(urllib.request.Request(f"{self.base}/api/v1/media/", data=data, method="POST", headers=sent))

    @staticmethod
    def _send(request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return Answer(reply.status, _json(reply.read()), dict(reply.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _json(error.read()), dict(error.headers))


def _json(raw: bytes) -> Any:
    return json.loads(raw) if raw else None


def manage(env: dict[str, str], *arguments: str) -> str:
    """Run a management command in an environment to its end; its output."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


@dataclass(slots=True)
class Stack:
    """One installation. `env` is its environment; processes can be killed and started again one by one."""

    folder: Path
    env: dict[str, str]
    simulator: SimulatorProcess
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Run a management command to its end; its output."""
        return manage(self.env, *arguments)

    def start(self, name: str) -> None:
        """Start `web` or `worker`; its output goes to a file in the folder."""
        commands = {
            "web": [
                sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
                "--workers", "1", "--blocking-threads", "4", "config.wsgi:application",
            ],
            "worker": [
                sys.executable, "-m", "celery", "-A", "config", "worker", "--beat", "--concurrency", "2",
                "--loglevel", "INFO", "--schedule", str(self.folder / "beat"),
            ],
        }  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                commands[name], cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        if name == "web":
            eventually("the web server answers", self._answers)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False

    def kill(self, name: str) -> None:
        """End a process and all it started as a power cut would."""
        self._end(name, signal.SIGKILL)

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self.running.pop(name, None)
        if process is not None:
            os.killpg(process.pid, number)
            process.wait(timeout=30)

    def client(self, email: str, name: str = "test") -> Client:
        """A client with a fresh token, made by the command as the README says."""
        out = self.manage("create_api_token", email, "--name", name)
        token = next(word for word in out.split() if word.startswith("impr_"))
        return Client(self.url, token)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def __enter__(self) -> Self:
        shutil.copy(self.folder / "simulator.json", self.simulator.folder / "fixture.json")
        self.simulator.start()
        self.start("web")
        self.start("worker")
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self._end(name, signal.SIGKILL)
        self.simulator.kill()


def _environment(kind: str, folder: Path, name: str) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("IMPRIMATUR_")}
    env |= {
        "IMPRIMATUR_DEBUG": "1", "IMPRIMATUR_VAR_DIR": str(folder), "IMPRIMATUR_SWEEP_SECONDS": "2",
        # What a killed worker had begun is free again within the patience of a test.
        "IMPRIMATUR_TASK_SOFT_LIMIT": "20", "IMPRIMATUR_TASK_HARD_LIMIT": "25", "IMPRIMATUR_LEASE_SECONDS": "30",
        "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    if kind == "postgresql":
        env["IMPRIMATUR_DATABASE_URL"] = settings.POSTGRES_URL.rpartition("/")[0] + f"/{name}"
        env["IMPRIMATUR_BROKER_URL"] = settings.REDIS_URL
        env["IMPRIMATUR_BROKER_PREFIX"] = f"{name}-"
    return env


@cache
def prepared(kind: str) -> tuple[Path, str]:
    """An installation with the demo in it, made once a run and copied for each stack: its folder and database."""
    folder, name = Path(tempfile.mkdtemp(prefix="imprimatur-flow-")), f"imprimatur_flow_{uuid.uuid4().hex[:10]}"
    atexit.register(_remove, kind, folder, name)
    env = _environment(kind, folder, name)
    if kind == "postgresql":
        _create_database(name, migrated.postgresql())
    else:
        migrated.copy_sqlite(folder / "imprimatur.sqlite3")
    manage(env, "migrate", "--verbosity", "0")
    manage(env, "seed_demo")
    return folder, name


def _remove(kind: str, folder: Path, name: str) -> None:
    if kind == "postgresql":
        _drop_database(name)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stack(kind: str) -> Iterator[Stack]:
    """An installation on `sqlite` with the embedded broker, or on `postgresql` with Redis; gone afterwards."""
    original, template = prepared(kind)
    folder, name = Path(tempfile.mkdtemp(prefix="imprimatur-flow-")), f"imprimatur_flow_{uuid.uuid4().hex[:10]}"
    try:
        shutil.copytree(original, folder, dirs_exist_ok=True)
        if kind == "postgresql":
            _create_database(name, template)
        simulator = SimulatorProcess(folder / "simulator")
        simulator.port = free_port()
        env = _environment(kind, folder, name) | {"IMPRIMATUR_TIKTOK_HOST": simulator.url}
        with Stack(folder, env, simulator) as running:
            yield running
    finally:
        _remove(kind, folder, name)


def _create_database(name: str, template: str) -> None:
    with psycopg.connect(settings.POSTGRES_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _drop_database(name: str) -> None:
    with psycopg.connect(settings.POSTGRES_URL, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    broker = redis.Redis.from_url(settings.REDIS_URL)
    for key in broker.scan_iter(f"{name}-*"):
        broker.delete(key)
