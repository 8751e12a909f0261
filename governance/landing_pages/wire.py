"""One request to one checked address, whatever the other side sends.

The name is looked up once. Its addresses are judged, and one of them is connected to; the name is never asked again, so a
second answer of its server cannot lead elsewhere (DNS rebinding). Bytes are counted and the clock is read below Python's
HTTP parser, so that neither endless headers nor a byte a second can hold it.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Final, cast

from governance.landing_pages.addresses import IpAddress
from governance.landing_pages.outside import Deadline, Outside, Unreached

USER_AGENT: Final = "Mozilla/5.0 (compatible; Imprimatur; landing page check)"
HEADER_BYTES: Final = 64 * 1024
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
ADDRESSES_TRIED: Final = 4
INTERIM_ANSWERS: Final = 5
PIECE: Final = 16 * 1024

# OpenSSL's X509_V_ERR numbers.
_UNTRUSTED: Final = {10: "expired", 62: "other_host"}


@dataclass(frozen=True, slots=True)
class Request:
    """A GET: `host` in ASCII, `secure` for TLS, `target` the path and query, percent-encoded."""

    host: str
    port: int
    secure: bool
    target: str

    def head(self) -> bytes:
        """As it goes out: no cookies, no referrer, nothing from the environment (.netrc, proxies)."""
        name = self.host if self.port == (443 if self.secure else 80) else f"{self.host}:{self.port}"
        lines = (
            f"GET {self.target} HTTP/1.1", f"Host: {name}", f"User-Agent: {USER_AGENT}",
            "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Encoding: identity", "Connection: close", "", "",
        )  # fmt: skip
        return "\r\n".join(lines).encode("ascii")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (the last of each name, as browsers take it; None when absent) and body; `cut`: the body goes on.

    `location`: where a redirect leads. Its body is not read, as no visitor sees it.
    """

    status: int
    location: str | None
    header: Callable[[str], str | None]
    body: bytes
    cut: bool
    tls: dict[str, str] | None


def ask(request: Request, outside: Outside, deadline: Deadline) -> Answer:
    """The answer to one request. Raises Unreached, and nothing else because of the other side."""
    try:
        addresses = outside.addresses(request.host, request.port, deadline.to_connect())
        with _connected(addresses, request.port, deadline) as plain, _secured(plain, request, outside, deadline) as line:
            line.settimeout(deadline.to_read())
            line.sendall(request.head())
            return _answer(_Incoming(line, deadline), _tls_of(line))
    except ssl.SSLError as fault:
        raise Unreached("tls", _why(fault)) from None
    except TimeoutError:
        raise Unreached("timeout") from None
    except (HTTPException, ValueError):
        raise Unreached("protocol") from None
    except OSError:
        raise Unreached("connection") from None


def _connected(addresses: Sequence[IpAddress], port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first address that takes one. Raises Unreached, OSError."""
    fault: Exception = ConnectionError()
    for address in addresses[:ADDRESSES_TRIED]:
        line = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)
        try:
            line.settimeout(deadline.to_connect())
            line.connect((str(address), port))
        except (OSError, Unreached) as reason:
            line.close()
            fault = reason
        else:
            return line
    raise fault


@contextmanager
def _secured(line: socket.socket, request: Request, outside: Outside, deadline: Deadline) -> Iterator[socket.socket]:
    """The line itself, or TLS on it: the certificate must be for the name that was asked, not for the address."""
    if not request.secure:
        yield line
        return
    line.settimeout(deadline.to_connect())
    with outside.trust().wrap_socket(line, server_hostname=request.host) as encrypted:
        yield encrypted


class _Incoming(io.RawIOBase):
    """What arrives on a socket, bounded in time and in bytes: `left` may still come."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._connection = connection
        self.deadline = deadline
        self.left = HEADER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        if self.left <= 0:
            raise Unreached("protocol", "too_long")
        self._connection.settimeout(self.deadline.to_read())
        count = self._connection.recv_into(memoryview(cast(bytearray, buffer))[: self.left])
        self.left -= count
        return count


class _Line(io.BufferedReader):
    """Stands where HTTPResponse expects a socket and its file. One buffer for all answers on it: an interim one comes before the
    real one, and must not close it when it is dropped.
    """

    def makefile(self, mode: str) -> _Line:
        return self

    def close(self) -> None:
        """Whoever opened the socket closes it."""


def _answer(incoming: _Incoming, tls: dict[str, str] | None) -> Answer:
    with _final(_Line(incoming)) as response:
        location = _text(response.headers.get("location")) if response.status in REDIRECTS else None
        most = incoming.deadline.limits.body_bytes
        incoming.left = 2 * most  # a body in chunks has their frames as well
        body, cut = _body(response, most) if location is None else (b"", False)
        return Answer(response.status, location, lambda name: response.headers.get_all(name, [None])[-1], body, cut, tls)


def _final(line: _Line) -> HTTPResponse:
    """The answer after those that only announce it (100, 103)."""
    for _ in range(INTERIM_ANSWERS):
        response = HTTPResponse(cast(socket.socket, line), method="GET")
        response.begin()
        if not 100 <= response.status < 200:
            return response
    raise Unreached("protocol")


def _text(header: str | None) -> str | None:
    """A header in which UTF-8 stands as UTF-8. Raises ValueError."""
    return header if header is None else header.encode("latin-1").decode("utf-8")


def _body(response: HTTPResponse, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes, and whether there are more. Raises Unreached when it ends before its time."""
    pieces, size = [], 0
    while size <= most and (piece := response.read(min(PIECE, most + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    if size <= most and response.length:
        raise Unreached("protocol", "incomplete")
    return b"".join(pieces)[:most], size > most


def _tls_of(line: socket.socket) -> dict[str, str] | None:
    """Version, and the last day of the certificate, as evidence."""
    if not isinstance(line, ssl.SSLSocket):
        return None
    certificate = line.getpeercert() or {}
    return {"version": line.version() or "", "valid_until": str(certificate.get("notAfter", ""))}


def _why(fault: ssl.SSLError) -> str:
    """`expired`, `other_host`, `untrusted` or, when it did not come to a certificate, `handshake`."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _UNTRUSTED.get(fault.verify_code, "untrusted")
    return "handshake"
