"""One canonical form for everything that is hashed: RFC 8785 (JCS), restricted so that two programs cannot disagree.

Allowed are strings, integers up to 2^53 - 1, booleans, null, lists and objects with string keys. Floats are refused:
money is integer minor units, ratios do not occur. Test vectors: tests/core/vectors/canonical.json.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

MAX_SAFE_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """The value has no canonical form; the message names the path."""


def _check(value: Any, path: str) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise NotCanonical(f"the integer at {path} is beyond 2^53 - 1")
        return
    if isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{path}[{index}]")
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"the key {key!r} at {path} is not a string")
            _check(item, f"{path}.{key}")
        return
    raise NotCanonical(f"no canonical form for {type(value).__name__} at {path}")


def _plain(value: Any) -> bool:
    """Whether it is allowed and holds nothing but JSON's own types, with keys that Python sorts as the standard does (ASCII)."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _plain(each) for key, each in value.items())
    return kind in (list, tuple) and all(_plain(each) for each in value)


_written = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def _is_plain(value: Any) -> bool:
    try:
        return _plain(value)
    except RecursionError:  # nested so deep that the standard's own program may still manage
        return False


def canonical_bytes(value: Any) -> bytes:
    """The RFC 8785 form of `value` in UTF-8. Raises NotCanonical.

    What is plain Python's encoder writes alike, in C: all that is hashed here, in a third of the time.
    """
    if _is_plain(value):
        try:
            return _written(value).encode()
        except UnicodeEncodeError as error:  # lone surrogates
            raise NotCanonical(str(error)) from error
    _check(value, "$")
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:  # lone surrogates, in texts or in keys
        raise NotCanonical(str(error)) from error


def canonical_text(value: Any) -> str:
    """The canonical form as text, the way it is stored: exactly the bytes that were hashed."""
    return canonical_bytes(value).decode()


def digest_of_text(text: str) -> str:
    """SHA-256 of a stored canonical text, lower-case hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of the canonical form of `value`, lower-case hex, 64 characters. Raises NotCanonical."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
