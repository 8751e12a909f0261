"""Identifiers: UUID version 7 (RFC 9562), so that keys grow with time and pages by key stay cheap.

Within a process they only ever grow, also within one millisecond and when the clock is set back (RFC 9562, 6.2, method 2).
"""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM_BITS = 74
_lock = threading.Lock()
_last = 0
"""48 bits of milliseconds and 74 bits below them, of the identifier given last."""


def uuid7() -> UUID:
    """A new UUIDv7: 48 bits of milliseconds, 74 random bits; greater than any this process gave before."""
    global _last
    fresh = (time.time_ns() // 1_000_000 << _RANDOM_BITS) | (int.from_bytes(os.urandom(10), "big") >> 6)
    with _lock:
        # A step of up to 2^32 keeps identifiers of one millisecond unguessable from each other.
        _last = max(fresh, _last + 1 + int.from_bytes(os.urandom(4), "big"))
        value = _last
    milliseconds, random = value >> _RANDOM_BITS, value & ((1 << _RANDOM_BITS) - 1)
    high, low = random >> 62, random & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | _VERSION | (high << 64) | _VARIANT | low)
