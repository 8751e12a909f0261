"""From which address a request comes. One answer for lock-out, sessions and the log."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.http import HttpRequest

UNKNOWN: Final = "0.0.0.0"  # noqa: S104 - no address to listen on, but the word for “not known”


def client_address(request: HttpRequest) -> str:
    """The address of the client; behind a proxy (IMPRIMATUR_BEHIND_PROXY=1) the one that the proxy saw.

    A client may write what it likes into X-Forwarded-For, and a proxy appends to it: only the last entry is the proxy's
    own. Without a proxy the header is never looked at.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    last = forwarded.rpartition(",")[2].strip()
    for candidate in (last, str(request.META.get("REMOTE_ADDR") or "")):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return UNKNOWN
