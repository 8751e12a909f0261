"""A simulator process for tests: starts `python -m simulator`, waits until it is healthy.

Usable from every test folder; needs neither Django nor a database.
"""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 20.0


class ControlRefused(Exception):
    """A control request that the simulator answered with an HTTP error; the text is its reason."""


class SimulatorProcess:
    """One simulator with its own state folder; the same port after a restart.

    >>> with SimulatorProcess(folder, fixture={"advertisers": [...]}) as simulator:
    ...     simulator.url, simulator.state()["ads"], simulator.control("faults", {...})
    """

    def __init__(self, folder: Path, fixture: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self._fixture = folder / "fixture.json"
        folder.mkdir(parents=True, exist_ok=True)
        if fixture is not None:
            self._fixture.write_text(json.dumps(fixture))

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        """Start (again, on the same port and state) and wait until it answers."""
        command = [sys.executable, "-m", "simulator", "--port", str(self.port)]
        command += ["--state", str(self.folder / "simulator.sqlite3")]
        command += ["--fixture", str(self._fixture)] if self._fixture.exists() else ["--seed-demo"]
        self.process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()  # written once the port is bound
        assert "http://" in line, f"the simulator did not start: {line!r}"
        self.port = int(line.strip().rstrip("/").rsplit(":", 1)[1])
        self._wait_until_healthy()
        return self

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                self.get("/healthz")
            except (urllib.error.URLError, ConnectionError):
                continue
            return
        raise AssertionError("the simulator did not become healthy")

    def stop(self) -> None:
        """End it as an operator would (SIGTERM)."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def wait(self) -> None:
        """Wait for a process that ends by itself (an ordered crash)."""
        self._end(None)

    def _end(self, number: signal.Signals | None) -> None:
        if self.process is None:
            return
        if number is not None:
            self.process.send_signal(number)
        self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def get(self, path: str) -> Any:
        """GET a JSON document of the simulator."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def control(self, name: str, body: dict[str, Any] | None = None) -> Any:
        """POST /_simulator/<name>; ControlRefused with the reason when the body is wrong."""
        request = urllib.request.Request(
            f"{self.url}/_simulator/{name}",
            data=json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ControlRefused(f"{error.code}: {error.read().decode()}") from error

    def state(self) -> Any:
        """Everything the simulator holds."""
        return self.get("/_simulator/state.json")

    def log(self, after: int = 0) -> Any:
        """Every state change after a sequence number, in order."""
        return self.get(f"/_simulator/log.json?after={after}")

    def fault(self, path: str, **effect: Any) -> Any:
        """Order a fault: `fault("ad/create", code=50000)`, `fault("ad/get", timeout="before")`."""
        return self.control("faults", {"path": path, **effect})

    def tamper(self, level: str, entity_id: str, **fields: Any) -> Any:
        """Change an object as somebody in Ads Manager would."""
        return self.control("tamper", {"level": level, "id": entity_id, "set": fields})

    def reset(self) -> Any:
        """Back to the fixture."""
        return self.control("reset")


@contextmanager
def simulator_process(folder: Path, fixture: dict[str, Any] | None = None) -> Iterator[SimulatorProcess]:
    """A running simulator, killed at the end."""
    with SimulatorProcess(folder, fixture) as process:
        yield process
