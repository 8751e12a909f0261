"""The process: a threading HTTP server in front of the state."""

import os
import re
import signal
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import IO, Any

from simulator import api, control, faults, fixture, page
from simulator.envelope import Answer, ApiError, enveloped, json_answer
from simulator.faults import Fault
from simulator.served_media import media_answer
from simulator.store import Store
from simulator.wire import MAX_JSON_BYTES, MAX_UPLOAD_BYTES, Request

_CONTROL = "/_simulator/"
_CHUNK = 1024 * 1024
_DIGITS = re.compile(r"[0-9]{1,12}")


class Refused(Exception):
    """The request cannot even be read; `status` is its HTTP answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class SimulatorServer(ThreadingHTTPServer):
    """Holds the state and the fixture that a reset brings back."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], store: Store, start: dict[str, Any]) -> None:
        self.store = store
        self.start = start
        self.stopping = threading.Event()
        super().__init__(address, Handler)

    def reset(self) -> Answer:
        """Forget everything but the fixture of the start."""
        with self.store.transaction():
            self.store.reset()
            self.store.record("simulator.reset", source="control")
            fixture.apply(self.store, self.start)
        return json_answer({"reset": True})


class Handler(BaseHTTPRequestHandler):
    """Reads a request, finds who answers it, writes the answer in one piece."""

    server: SimulatorServer
    protocol_version = "HTTP/1.1"
    server_version = "TikTokSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 120
    wbufsize = -1

    def do_GET(self) -> None:
        """Any GET."""
        self._serve()

    def do_HEAD(self) -> None:
        """The headers of a GET."""
        self._serve()

    def do_POST(self) -> None:
        """Any POST."""
        self._serve()

    def do_PUT(self) -> None:
        """No endpoint has this method; it is answered like any wrong one."""
        self._serve()

    do_PATCH = do_DELETE = do_OPTIONS = do_PUT

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the state log tells what happened, and tokens never reach a log."""

    def _serve(self) -> None:
        try:
            with self._read_body() as body:
                answer = self._answer(self._request(body))
        except Refused as refused:
            self.close_connection = True
            answer = json_answer({"error": "The request cannot be read."}, refused.status)
        if answer is not None:
            self._write(answer)

    def _read_body(self) -> IO[bytes]:
        if "Transfer-Encoding" in self.headers:
            raise Refused(411)
        length_text = self.headers.get("Content-Length", "0")
        if not _DIGITS.fullmatch(length_text):
            raise Refused(400)
        left = int(length_text)
        is_form = self.headers.get("Content-Type", "").startswith("multipart/form-data")
        if left > (MAX_UPLOAD_BYTES if is_form else MAX_JSON_BYTES):
            raise Refused(413)
        spool = tempfile.SpooledTemporaryFile(max_size=_CHUNK)  # noqa: SIM115 (the caller closes it)
        while left > 0:
            chunk = self.rfile.read(min(left, _CHUNK))
            if not chunk:
                spool.close()
                raise Refused(400)
            spool.write(chunk)
            left -= len(chunk)
        spool.seek(0)
        return spool

    def _request(self, body: IO[bytes]) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host") or "{}:{}".format(*self.server.server_address[:2])
        return Request(self.command, self.path, headers, body, f"http://{host}")

    def _answer(self, request: Request) -> Answer | None:
        if request.path.startswith(api.PREFIX):
            return self._api_answer(request)
        if request.method == "POST" and request.path.startswith(_CONTROL):
            return self._control_answer(request)
        if request.method in ("GET", "HEAD"):
            return self._looked_at(request)
        return json_answer({"error": "Not found."}, 404)

    def _api_answer(self, request: Request) -> Answer | None:
        store = self.server.store
        with store.transaction():
            fault = faults.take(store, request.path)
        if fault is not None and fault.is_due("before"):
            return self._struck(fault)
        answer = api.answer(store, request)
        return self._struck(fault) if fault is not None else answer

    def _struck(self, fault: Fault) -> Answer | None:
        if fault.effect == "code":
            return enveloped(fault.value, fault.message, {}, "injected")
        if fault.effect == "http_status":
            body = f"<html><body>{fault.value}</body></html>".encode()
            return Answer(fault.value, body, "text/html")
        if fault.effect == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if fault.effect == "timeout":
            self.server.stopping.wait(fault.value)
        self.close_connection = True
        return None

    def _control_answer(self, request: Request) -> Answer:
        name = request.path.removeprefix(_CONTROL)
        if name not in control.POSTS and name != "reset":
            return json_answer({"error": "Not found."}, 404)
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return json_answer({"error": "Content-Type must be application/json."}, 415)
        try:
            body = request.json_body()
        except ApiError as error:
            return json_answer({"error": error.message}, 400)
        return self.server.reset() if name == "reset" else control.post(self.server.store, name, body)

    def _looked_at(self, request: Request) -> Answer:
        store, path = self.server.store, request.path
        if path == "/healthz":
            return json_answer({"status": "ok"})
        if path.startswith(_CONTROL + "media/"):
            return media_answer(store, request)
        with store.transaction():
            if path == _CONTROL + "state.json":
                return json_answer(control.state(store))
            if path == _CONTROL + "log.json":
                after = request.query().get("after", "0")
                return json_answer(store.log(int(after) if _DIGITS.fullmatch(after) else 0))
            if path == _CONTROL + "seq.json":
                return json_answer({"seq": store.last_seq()})
            if path == "/":
                return page.whole(store)
            if path == _CONTROL + "fragment":
                return page.fragment(store)
        return json_answer({"error": "Not found."}, 404)

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()
