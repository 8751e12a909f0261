"""The world as one visit meets it: what a name means, what may be connected to, whom to believe, how long to wait."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Final

import certifi

from governance.landing_pages.addresses import IpAddress, Policy

_log = logging.getLogger(__name__)

Resolver = Callable[[str, int, float], Sequence[str]]
"""(host, port, seconds) → addresses as text. Raises Unreached, OSError or ValueError."""

_NO_SUCH_NAME: Final = (socket.EAI_NONAME, socket.EAI_NODATA)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one landing page may cost. Seconds: for each of name, connection and TLS; to wait for the next byte; for
    everything, all redirects included. `body_bytes` holds before and after decoding.
    """

    connect_seconds: float = 5
    read_seconds: float = 10
    total_seconds: float = 20
    redirects: int = 5
    body_bytes: int = 1024 * 1024


class Unreached(Exception):
    """Why there is no page: a code (docs/landing-pages.md lists them), and where it helps a word more."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Deadline:
    """The moment at which a visit ends. Begins when it is made."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._end = time.monotonic() + limits.total_seconds

    def to_connect(self) -> float:
        """Seconds that the next step towards a connection may take. Raises Unreached when there are none left."""
        return self._within(self.limits.connect_seconds)

    def to_read(self) -> float:
        """Seconds that the next bytes may take. Raises Unreached when there are none left."""
        return self._within(self.limits.read_seconds)

    def _within(self, seconds: float) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise Unreached("timeout")
        return min(seconds, left)


def resolve(host: str, port: int, seconds: float) -> Sequence[str]:
    """The addresses that the system's resolver knows for a name. Raises Unreached.

    In a thread, because the resolver knows no deadline of ours. The dot at the end keeps it from trying the machine's own
    search domains: visitors do not have them.
    """
    answers: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(f"{host}.".encode("ascii"), port, type=socket.SOCK_STREAM)
            answers.put([str(each[4][0]) for each in found])
        except OSError as fault:
            answers.put(fault)

    threading.Thread(target=look_up, name="landing-page-name", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise Unreached("dns", "no_answer") from None
    if isinstance(answer, OSError):
        raise Unreached("dns", "unknown" if answer.errno in _NO_SUCH_NAME else "no_answer")
    return answer


@cache
def trust() -> ssl.SSLContext:
    """Whom to believe: the machine's certificate authorities, and Mozilla's for images that come without any."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True, slots=True)
class Outside:
    """What may be connected to, what names mean, whose certificates count."""

    policy: Policy
    resolve: Resolver = resolve
    trust: Callable[[], ssl.SSLContext] = trust

    def addresses(self, host: str, port: int, seconds: float) -> list[IpAddress]:
        """The addresses of a name, all of them allowed. Raises Unreached.

        One that is refused refuses them all: a name that means both inside and outside is no visitor's page.
        """
        try:
            found = [ip_address(each) for each in dict.fromkeys(self.resolve(host, port, seconds))]
        except (OSError, ValueError):
            raise Unreached("dns", "no_answer") from None
        if not found:
            raise Unreached("dns", "unknown")
        for address in found:
            if not self.policy.allows(address, port):
                # For the operator alone: whoever wrote the ad is not to learn what names mean in here.
                _log.warning("landing page refused: %s is at %s, which is not public", host, address)
                raise Unreached("refused_address")
        return found
