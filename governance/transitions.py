"""The transition table of a check run, as data; the guards repeat it."""

from __future__ import annotations

from typing import Final

from core.transitions import Table, step
from governance.states import CheckState as C

CHECK_RUN: Final[Table] = {
    "start": step([C.QUEUED, C.RUNNING], C.RUNNING, "worker"),
    "complete": step([C.RUNNING], C.COMPLETED, "worker"),
    "err": step([C.QUEUED, C.RUNNING], C.ERRORED, "worker"),
}
"""`start` from `running` takes over from a worker that died: its lease has run out."""
