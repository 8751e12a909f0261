"""A real HTTP server on a free port of this machine that answers as a test says: for faults on the wire."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads the request whole, notes it, and lets the script answer."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the tests look at `server.seen`."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        script = self.server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """`seen` holds (method, path, headers, body) of each request; the last answer of `script` repeats."""

    daemon_threads = True
    seen: list[tuple[str, str, dict[str, str], bytes]]
    script: list[Answer]
    released: threading.Event

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for method, _, _, body in self.seen if method == "POST"]


@contextmanager
def answering(*script: Answer) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.seen, server.script, server.released = [], list(script), threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def envelope(data: Any = None, code: int = 0, message: str = "OK", request_id: str | None = "rq-1") -> Answer:
    body = {"code": code, "message": message, "request_id": request_id, "data": {} if data is None else data}
    return http(200, json.dumps(body).encode())


def http(status: int, body: bytes = b"", **headers: str) -> Answer:
    return lambda handler: handler.send(status, body, **headers)


def silent(handler: Handler) -> None:
    """Take the request and say nothing until the test is over: a read timeout on the other side."""
    handler.server.released.wait(30)
    handler.close_connection = True


def reset(handler: Handler) -> None:
    """Take the request, then reset the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def cut(handler: Handler) -> None:
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"code": 0')
    handler.close_connection = True


def closed_port() -> str:
    """An address where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
