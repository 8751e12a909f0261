"""A visit to a landing page, as its first visitor would make it: redirects followed by hand, every hop checked anew.

A meta refresh (or the header of that name) within ten seconds is a hop like any other, for visitors end up at its target and
that may be a download; not to follow it would only mean not to see. It is checked and counted like a redirect. JavaScript is
not run, so what it does is not seen.
"""

from __future__ import annotations

import hashlib
import re
import time
import zlib
from typing import Any, Final
from urllib.parse import quote, urldefrag, urljoin

from core import clock
from governance.landing_pages import page
from governance.landing_pages.outside import Deadline, Limits, Outside, Unreached
from governance.landing_pages.wire import Answer, Request, ask
from governance.registry import shown
from governance.rules.destinations import MAX_ADDRESS, Malformed, parse_address

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+-]{0,30}):")
_HOSTLESS: Final = re.compile(r"(?:[A-Za-z]+:)?///")
_IN_TARGET: Final = "/?%:@!$&'()*+,;=~[]|"

_OF_ANSWER: Final = dict.fromkeys(
    (
        "final_host", "status", "content_type", "disposition", "downloads", "size_bytes_read", "truncated", "body_sha256",
        "title", "viewport", "tls",
    )
)  # fmt: skip


def unseen(url: str) -> dict[str, Any]:
    """An observation of which nothing is known yet; docs/landing-pages.md says what each key means."""
    about = {"url": shown(url, MAX_ADDRESS), "fetched_at": clock.rfc3339(clock.now()), "duration_ms": 0}
    return {**about, "error": None, "detail": None, "hops": [], "final_url": None, **_OF_ANSWER}


def visit(url: str, limits: Limits, outside: Outside) -> dict[str, Any]:
    """What a GET of this address brings, as plain JSON. Whatever the other side does ends as an observation with an `error`."""
    seen, started = unseen(url), time.monotonic()
    try:
        _follow(url, seen, limits, outside)
    except Unreached as reason:
        seen |= {"error": reason.code, "detail": shown(reason.detail) or None}
    seen["duration_ms"] = int((time.monotonic() - started) * 1000)
    return seen


def _follow(url: str, seen: dict[str, Any], limits: Limits, outside: Outside) -> None:
    deadline = Deadline(limits)
    for _ in range(limits.redirects + 1):
        name = shown(url, MAX_ADDRESS)
        seen |= {**_OF_ANSWER, "final_url": name, "hops": [*seen["hops"], name]}
        request = _request(url, outside)
        seen["final_host"] = request.host
        answer = ask(request, outside, deadline)
        following = _next(url, answer, seen, limits.body_bytes)
        if following is None:
            return
        url = following
    raise Unreached("too_many_redirects")


def _request(url: str, outside: Outside) -> Request:
    """What to ask for an address. Raises Unreached."""
    try:
        address = parse_address(url)
    except Malformed as reason:
        raise _malformed(url, str(reason)) from None
    if address.scheme not in DEFAULT_PORTS:
        raise Unreached("scheme", address.scheme)
    port = address.port or DEFAULT_PORTS[address.scheme]
    if not outside.policy.knows(port):
        raise Unreached("port", str(port))
    return Request(address.host, port, address.scheme == "https", _target(url))


def _malformed(url: str, reason: str) -> Unreached:
    scheme = _SCHEME.match(url)
    if scheme and scheme[1].lower() not in DEFAULT_PORTS:
        return Unreached("scheme", scheme[1].lower())
    return Unreached("address", reason)


def _target(url: str) -> str:
    """Path and query as they stand in a request: percent-encoded, without the fragment."""
    after = urldefrag(url.partition("://")[2]).url
    start = min((at for mark in "/?" if (at := after.find(mark)) >= 0), default=len(after))
    target = after[start:]
    return quote(target if target.startswith("/") else f"/{target}", safe=_IN_TARGET)


def _next(url: str, answer: Answer, seen: dict[str, Any], most: int) -> str | None:
    """Write down what this answer says, and return where it sends people, if it does."""
    seen |= {"status": answer.status, "tls": answer.tls}
    if answer.location is not None:
        return joined(url, answer.location)
    refresh = _read(answer, seen, most)
    following = None if refresh is None else joined(url, refresh)
    return None if following is None or urldefrag(following).url == urldefrag(url).url else following


def joined(base: str, location: str) -> str:
    """The address that a redirect from `base` means; what browsers and Python would read differently stays as it stands, and is
    refused when it is to be asked.
    """
    location = location.strip()
    if "\\" in location or _HOSTLESS.match(location) or not location.isprintable():
        return location
    try:
        return urljoin(base, location.replace(" ", "%20"))
    except ValueError:
        return location


def _read(answer: Answer, seen: dict[str, Any], most: int) -> str | None:
    """Write down what came, and return where a meta refresh sends people, if one does. Raises Unreached."""
    kind, disposition = answer.header("content-type"), answer.header("content-disposition")
    body, cut, readable = _decoded(answer, most)
    seen |= {
        "content_type": _kept(kind), "disposition": _kept(disposition), "downloads": page.downloads(kind, disposition),
        "size_bytes_read": len(body), "truncated": cut, "body_sha256": hashlib.sha256(body).hexdigest(),
    }  # fmt: skip
    refresh = page.refresh_of(answer.header("refresh"))
    if seen["downloads"] or not (readable and page.is_page(kind)):
        return refresh
    head = page.head_of(body, kind)
    seen |= {"title": _kept(head.title), "viewport": head.viewport}
    return refresh or head.refresh


def _kept(text: str | None) -> str | None:
    return None if text is None else shown(text.strip(), 300)


def _decoded(answer: Answer, most: int) -> tuple[bytes, bool, bool]:
    """The body, whether it goes on, and whether it could be decoded: at most `most` bytes, whatever they expand to."""
    coding = (answer.header("content-encoding") or "identity").strip().lower()
    if coding in ("identity", ""):
        return answer.body, answer.cut, True
    if coding not in ("gzip", "x-gzip", "deflate"):
        return answer.body, answer.cut, False
    unpacking = zlib.decompressobj(47)  # gzip or zlib, whichever the header says
    try:
        body = unpacking.decompress(answer.body, most + 1)
    except zlib.error:
        raise Unreached("protocol", "coding") from None
    if not (unpacking.eof or answer.cut or len(body) > most):
        raise Unreached("protocol", "incomplete")
    return body[:most], answer.cut or len(body) > most, True
