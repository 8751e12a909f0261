"""The only place that touches TikTok's SDK (package tiktok-business-api-sdk-official, import name business_api_client).

The SDK has no types, no time limits, retries reads silently, follows redirects with the token in the header, logs
through handlers of its own and lets five families of errors through. `TikTokClient` closes these holes in the
transport beneath the SDK, so that its generated methods only ever see good answers.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

from publishing.channels.base import ChannelMisconfigured
from publishing.channels.tiktok_errors import checked_envelope, from_status, from_transport

PRODUCTION_HOST: Final = "business-api.tiktok.com"
TIMEOUT: Final = (5, 30)
"""Seconds to connect and to read. A tuple always: the SDK ignores a float without a word."""


class _Transport:
    """Stands where the SDK has its REST client: same two methods, but with limits, and errors of ours."""

    def __init__(self, rest: Any, api_exception: type[Exception], timeout: tuple[float, float]) -> None:
        self._rest = rest
        self._api_exception = api_exception
        self._timeout = timeout
        # No repeated reads (the queue decides), no redirects (they would carry the token elsewhere).
        retries = urllib3.Retry(total=0, redirect=False)
        rest.pool_manager.connection_pool_kw["retries"] = retries

    def GET(self, url: str, **params: Any) -> Any:
        return self._send(self._rest.GET, url, params, write=False)

    def POST(self, url: str, **params: Any) -> Any:
        return self._send(self._rest.POST, url, params, write=True)

    def _send(self, call: Callable[..., Any], url: str, params: dict[str, Any], *, write: bool) -> Any:
        token = str((params.get("headers") or {}).get("Access-Token") or "")
        params["_request_timeout"] = self._timeout
        try:
            response = call(url, **params)
        except self._api_exception as error:
            raise self._from_http(error, write=write, token=token) from None
        except urllib3.exceptions.HTTPError as error:
            raise from_transport(error, write=write) from error
        checked_envelope(response.data, write=write, token=token)
        return response

    def _from_http(self, error: Any, *, write: bool, token: str) -> Exception:
        if not error.status:  # the SDK wraps TLS faults so
            return from_transport(urllib3.exceptions.SSLError(str(error.reason)), write=write)
        return from_status(int(error.status), error.body or b"", write=write, token=token)


class _NoPool:
    """In place of the SDK's threads: its client closes them once more while the interpreter is being torn down."""

    def close(self) -> None:
        """There is nothing to close."""

    def join(self) -> None:
        """There is nothing to wait for."""


class TikTokClient:
    """One connection pool to one host. Get it through `client_for`; thread-safe."""

    def __init__(self, host: str, timeout: tuple[float, float]) -> None:
        self._sdk = importlib.import_module("business_api_client")
        rest = importlib.import_module("business_api_client.rest")
        configuration = self._sdk.Configuration()
        _silence(configuration)
        configuration.host = host
        self._api = self._sdk.ApiClient(configuration)
        self._api.pool.close()  # threads for the SDK's own async calls, which skip its error check; never used here
        self._api.pool.join()
        self._api.pool = _NoPool()
        self._api.rest_client = _Transport(self._api.rest_client, rest.ApiException, timeout)

    def call(self, api: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """`data` of the answer to one generated method, e.g. call("AdApi", "ad_get", advertiser_id, token).

        Nulls are dropped from bodies: to TikTok null may mean "clear". Raises ChannelError.
        """
        arguments = {key: without_none(value) for key, value in kwargs.items() if value is not None}
        answer = getattr(getattr(self._sdk, api)(self._api), method)(*args, **arguments)
        return answer["data"]


def without_none(value: Any) -> Any:
    """The value without nulls, at any depth."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [without_none(item) for item in value if item is not None]
    return value


def checked_host(host: str, *, allow_production: bool) -> str:
    """The host as scheme and authority. Raises ChannelMisconfigured: missing, with a path, or production unasked."""
    parts = urlsplit(host)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ChannelMisconfigured("TikTok's host must be set, as scheme and host alone: https://host.")
    if parts.username or parts.password:
        raise ChannelMisconfigured("TikTok's host must not carry credentials.")
    name = parts.hostname.rstrip(".")
    if name.endswith("tiktok.com") and parts.scheme != "https":
        raise ChannelMisconfigured("TikTok is reached over https only.")
    if name == PRODUCTION_HOST and not allow_production:
        raise ChannelMisconfigured(f"{PRODUCTION_HOST} spends real money; it must be allowed explicitly.")
    return f"{parts.scheme}://{parts.netloc}"


_clients: dict[tuple[int, str, tuple[float, float]], TikTokClient] = {}
_lock = threading.Lock()


def client_for(host: str, *, allow_production: bool, timeout: tuple[float, float] = TIMEOUT) -> TikTokClient:
    """The one client of this process for this host, made on first use, so after any fork. Raises ChannelMisconfigured."""
    key = (os.getpid(), checked_host(host, allow_production=allow_production), timeout)
    with _lock:
        if key not in _clients:
            _clients[key] = TikTokClient(key[1], timeout)
        return _clients[key]


def _new_lock() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_new_lock)


def _silence(configuration: Any) -> None:
    """Take back the SDK's own log handlers; what it logs goes where the process's logging sends it."""
    for logger in configuration.logger.values():
        logger.removeHandler(configuration.logger_stream_handler)
