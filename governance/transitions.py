"""The transition tables of check runs and replays, as data; the guards repeat them."""

from __future__ import annotations

from typing import Final

from core.transitions import Table, step
from governance.states import CheckState as C
from governance.states import ReplayState as R

CHECK_RUN: Final[Table] = {
    "start": step([C.QUEUED, C.RUNNING], C.RUNNING, "worker"),
    "complete": step([C.RUNNING], C.COMPLETED, "worker"),
    "err": step([C.QUEUED, C.RUNNING], C.ERRORED, "worker"),
}
"""`start` from `running` takes over from a worker that died: its lease has run out."""

REPLAY_CHUNK: Final[Table] = CHECK_RUN
"""A part of a replay is worked off like a check run."""

REPLAY: Final[Table] = {
    "complete": step([R.RUNNING], R.COMPLETED, "worker"),
    "cancel": step([R.RUNNING], R.CANCELLED, "policy manager"),
    "err": step([R.RUNNING], R.ERRORED, "worker"),
}
