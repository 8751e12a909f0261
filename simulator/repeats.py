"""`request_id`: a repeated creation succeeds once within ten seconds (facts 4.5).

After ten seconds the same key counts as new, so it is no substitute for reading back.
"""

from datetime import timedelta

from simulator import checks
from simulator.call import Call
from simulator.envelope import DUPLICATED_REQUEST, ApiError

WINDOW = timedelta(seconds=10)


def _key(call: Call) -> str | None:
    value = call.params.get("request_id")
    if value is None:
        return None
    checks.request_key(value)
    return str(value)


def reject_repeat(call: Call, endpoint: str) -> None:
    """Refuse (40050) a key that succeeded within the window."""
    key = _key(call)
    if key is None:
        return
    seen = call.store.request_seen_at(call.account, endpoint, key)
    if seen is not None and call.now - seen < WINDOW:
        raise ApiError(DUPLICATED_REQUEST, f"request_id: {key} was used before.")


def remember(call: Call, endpoint: str) -> None:
    """Note the key of a creation that succeeded."""
    key = _key(call)
    if key is not None:
        call.store.remember_request(call.account, endpoint, key, call.now)
