"""X-Request-ID: taken from the client when it is harmless, made otherwise; in every answer and every audit event."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest

from core.ids import uuid7

HEADER: Final = "X-Request-ID"
_HARMLESS: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def request_id(request: HttpRequest) -> str:
    """The id of this request; the same on every call."""
    known: str | None = getattr(request, "imprimatur_request_id", None)
    if known is None:
        given = request.headers.get(HEADER, "")
        known = given if _HARMLESS.fullmatch(given) else str(uuid7())
        request.imprimatur_request_id = known  # type: ignore[attr-defined]
    return known
