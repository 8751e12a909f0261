"""Faults that a test or a person orders for coming calls.

A fault is `{"path": "ad/create", "times": 1, "skip": 0, <one effect>}` where the effect is
one of: `"code"` (with `"message"` and `"when"`), `"http_status"` (with `"when"`),
`"timeout": "before"|"after"` (with `"seconds"`), `"disconnect": "before"|"after"`,
`"crash": "before"|"after"`. "before" means nothing was done, "after" that all was done and
the answer is lost or wrong: the ambiguous write.
"""

from dataclasses import dataclass
from typing import Any, Literal

from simulator.store import Store

EFFECTS = ("code", "http_status", "timeout", "disconnect", "crash")
_MOMENTS = ("before", "after")
_KEYS = frozenset({"path", "times", "skip", "message", "when", "seconds", *EFFECTS})
_DEFAULT_SECONDS = 60


@dataclass(frozen=True)
class Fault:
    """One fault that is due now."""

    effect: Literal["code", "http_status", "timeout", "disconnect", "crash"]
    when: str
    value: int
    message: str

    def is_due(self, moment: str) -> bool:
        """Whether it strikes before or after the work."""
        return self.when == moment


def problem(spec: dict[str, Any]) -> str | None:
    """What is wrong with an ordered fault, None when it is fine."""
    effects = [name for name in EFFECTS if name in spec]
    if spec.keys() - _KEYS:
        return f"unknown keys: {sorted(spec.keys() - _KEYS)}"
    if len(effects) != 1 or not isinstance(spec.get("path"), str):
        return f"a path and exactly one of {', '.join(EFFECTS)} are needed"
    for name in ("code", "http_status", "times", "skip", "seconds"):
        if not isinstance(spec.get(name, 0), int):
            return f"{name} must be an integer"
    moments = [spec[name] for name in ("timeout", "disconnect", "crash", "when") if name in spec]
    return None if all(moment in _MOMENTS for moment in moments) else "before or after"


def take(store: Store, path: str) -> Fault | None:
    """The first fault ordered for this path, counted down; call inside a transaction."""
    for seq, spec in store.faults():
        if spec["path"].strip("/") not in path:
            continue
        if spec.get("skip", 0) > 0:
            store.set_fault(seq, spec | {"skip": spec["skip"] - 1})
            return None
        left = spec.get("times", 1) - 1
        store.set_fault(seq, spec | {"times": left} if left > 0 else None)
        return _fault(spec)
    return None


def _fault(spec: dict[str, Any]) -> Fault:
    message = str(spec.get("message", "Injected fault."))
    if "code" in spec:
        return Fault("code", spec.get("when", "before"), spec["code"], message)
    if "http_status" in spec:
        return Fault("http_status", spec.get("when", "before"), spec["http_status"], message)
    if "timeout" in spec:
        seconds = spec.get("seconds", _DEFAULT_SECONDS)
        return Fault("timeout", spec["timeout"], seconds, message)
    if "disconnect" in spec:
        return Fault("disconnect", spec["disconnect"], 0, message)
    return Fault("crash", spec["crash"], 0, message)
