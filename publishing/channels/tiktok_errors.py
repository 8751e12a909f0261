"""Everything that can go wrong with a call to TikTok, as one hierarchy (publishing.channels.base.ChannelError). Pure.

The SDK lets five families through: its own error without a code, HTTP errors, TypeErrors for answers that are not
JSON, envelopes without a code, and raw urllib3 exceptions. `write` says whether the call could have changed anything:
only then an unknown outcome is ambiguous. Codes: TikTok's return codes page, and the SDK's tiktok_code.py.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import urllib3.exceptions as http

from publishing.channels import base

OK = 0
PARTIAL = 20001
NOTHING_TO_UPDATE = 40012
DUPLICATE_REQUEST = 40050
DUPLICATE_NAME = 40911

_PAUSE = 300
"""Seconds after an app-level limit: TikTok says nothing about the reset; its minute quota recovers after five minutes."""

_CLASSES: dict[type[base.ChannelError], tuple[int, ...]] = {
    base.ChannelForbidden: (
        *(40001, 40003, 40113, 40114, 40117, 40118, 40119, 40120, 40124, 40125, 40130),
        *(40300, 40301, 40302),
    ),
    base.ChannelCredentials: (
        *(40101, 40102, 40103, 40104, 40105, 40106, 40107, 40108, 40109, 40110, 40112, 40115, 40116),
        *(40131, 40309),
    ),
    base.ChannelMisconfigured: (40006, 40008, 40009, 40010, 40013, 40014, 40051, 40400, 41000, 41001, 41002),
    base.ChannelNotFound: (40007,),
    base.ChannelDuplicate: (DUPLICATE_REQUEST, DUPLICATE_NAME),
    base.ChannelConflict: (40202,),
    base.ChannelRateLimited: (40016, 40100, 40132, 40133, 61000),
    base.ChannelNotReady: (40200, 40201, 40901, 40902, 40913),
}
_BY_CODE = {code: kind for kind, codes in _CLASSES.items() for code in codes}
_RETRYABLE = (base.ChannelConflict, base.ChannelRateLimited, base.ChannelNotReady)
_RETRY_AFTER = {40100: _PAUSE, 40016: _PAUSE, 61000: _PAUSE, 40132: 2, 40133: 2, 40202: 2}


def redacted(text: str, token: str) -> str:
    """The text without the token, and short enough for a log line."""
    clean = text.replace(token, "[token]") if token else text
    return clean[:500]


def from_code(
    code: int, message: str, request_id: str | None, *, write: bool, data: Mapping[str, Any] | None = None
) -> base.ChannelError:
    """The error for an envelope whose code is not 0."""
    facts: dict[str, Any] = {"channel_code": code, "request_id": request_id, "data": data}
    if code == PARTIAL:
        return base.ChannelPartial(message, ambiguous=write, **facts)
    kind = _BY_CODE.get(code)
    if kind is not None:
        retry_after = _RETRY_AFTER.get(code, 30) if kind in _RETRYABLE else None
        ambiguous = write and code == DUPLICATE_REQUEST
        return kind(message, retryable=kind in _RETRYABLE, retry_after=retry_after, ambiguous=ambiguous, **facts)
    if 40000 <= code < 50000:
        return base.ChannelInvalid(message, **facts)
    return _unknown_outcome(message, write=write, **facts)


def from_status(status: int, body: bytes, *, write: bool, token: str) -> base.ChannelError:
    """The error for an HTTP answer outside 2xx."""
    said = redacted(_message_in(body), token)
    message = f"TikTok answered HTTP {status}" + (f": {said}" if said else ".")
    if status == 429:
        return base.ChannelRateLimited(message, retryable=True, retry_after=_PAUSE)
    if status in (401, 403):
        return base.ChannelForbidden(message)
    if status >= 500 or status == 408:
        return _unknown_outcome(message, write=write)
    return base.ChannelMisconfigured(message)


def from_transport(error: BaseException, *, write: bool) -> base.ChannelError:
    """The error for a urllib3 exception: was the request sent or not?"""
    reason = error.reason if isinstance(error, http.MaxRetryError) and error.reason else error
    name = type(reason).__name__
    if isinstance(reason, http.NewConnectionError | http.ConnectTimeoutError):
        return base.ChannelUnavailable(f"TikTok was not reached ({name}).", retryable=True, retry_after=30)
    if isinstance(reason, http.LocationValueError):
        return base.ChannelMisconfigured(f"TikTok's address is not usable ({name}).")
    if isinstance(reason, http.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(reason):
        return base.ChannelMisconfigured("TikTok's certificate could not be verified.")
    return _unknown_outcome(f"The connection to TikTok broke ({name}).", write=write)


def checked_envelope(body: bytes, *, write: bool, token: str) -> Any:
    """`data` of a good envelope. Raises ChannelError for a code other than 0 and for anything that is no envelope."""
    try:
        envelope = json.loads(body)
    except ValueError:
        envelope = None
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        raise _unknown_outcome("TikTok's answer is not one of its envelopes.", write=write)
    data = envelope.get("data")
    if code == OK:
        return data
    request_id = envelope.get("request_id")
    raise from_code(
        code,
        redacted(str(envelope.get("message") or "TikTok gave no reason."), token),
        str(request_id) if request_id else None,
        write=write,
        data=data if isinstance(data, dict) else None,
    )


def _unknown_outcome(message: str, *, write: bool, **facts: Any) -> base.ChannelError:
    if write:
        return base.ChannelUnconfirmed(message, ambiguous=True, **facts)
    return base.ChannelUnavailable(message, retryable=True, retry_after=30, **facts)


def _message_in(body: bytes) -> str:
    try:
        envelope = json.loads(body)
    except ValueError:
        return ""
    return str(envelope.get("message") or "") if isinstance(envelope, dict) else ""
