"""The transition table of `notices`, as data. `docs/states.md` is generated from it; the guards repeat it."""

from __future__ import annotations

from typing import Final

from core.transitions import Table, step
from notices.states import MailState

M = MailState

MAIL: Final[Table] = {
    "send": step([M.QUEUED], M.SENT, "worker"),
    "drop": step([M.QUEUED], M.DROPPED, "worker"),
    "give_up": step([M.QUEUED], M.FAILED, "worker"),
}
