"""Options and life of the process, with and without Django."""

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from simulator import fixture
from simulator.envelope import ApiError
from simulator.server import SimulatorServer
from simulator.store import Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, for this module's parser and for Django's command."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8899, help="port, 0 for a free one")
    parser.add_argument("--state", type=Path, default=Path("var/simulator.sqlite3"), help="state file")
    parser.add_argument("--fixture", type=Path, help="JSON file of advertisers to declare")
    parser.add_argument("--seed-demo", action="store_true", help="declare two demo advertisers")


def run(*, host: str, port: int, state: Path, fixture: Path | None, seed_demo: bool) -> None:
    """Serve until SIGINT or SIGTERM. Raises FixtureError, ApiError or OSError at the start."""
    start = _declared(fixture, seed_demo)
    store = Store(state)
    _apply(store, start)
    server = SimulatorServer((host, port), store, start)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    stopped = threading.Event()
    _stop_on_signals(stopped)
    thread.start()
    sys.stdout.write(f"TikTok simulator on http://{host}:{server.server_port}/\n")
    sys.stdout.flush()
    stopped.wait()
    server.stopping.set()
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


def _declared(path: Path | None, seed_demo: bool) -> dict[str, Any]:
    advertisers: list[Any] = []
    if seed_demo:
        advertisers += fixture.DEMO["advertisers"]
    if path is not None:
        advertisers += fixture.read(path).get("advertisers", [])
    return {"advertisers": advertisers}


def _apply(store: Store, start: dict[str, Any]) -> None:
    with store.transaction():
        fixture.apply(store, start)


def _stop_on_signals(stopped: threading.Event) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def main(arguments: list[str] | None = None) -> int:
    """Parse the options and serve; 2 when the fixture or the address cannot be used."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        run(**vars(options))
    except (fixture.FixtureError, ApiError, OSError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 2
    return 0
