"""The transition table of a publication, as data; the guards repeat it."""

from __future__ import annotations

from typing import Final

from core.transitions import Table, step
from publishing.states import PublicationState as P

PUBLICATION: Final[Table] = {
    "dispatch": step([P.QUEUED], P.DISPATCHING, "worker"),
    "publish": step([P.DISPATCHING, P.UNCONFIRMED], P.PUBLISHED, "channel"),
    "refuse": step([P.DISPATCHING], P.REFUSED, "channel"),
    "retry": step([P.DISPATCHING, P.UNCONFIRMED], P.QUEUED, "worker"),
    "lose": step([P.DISPATCHING], P.UNCONFIRMED, "worker"),
    "give_up": step([P.DISPATCHING, P.UNCONFIRMED], P.FAILED, "worker"),
    "cancel": step([P.QUEUED], P.CANCELLED, "gate"),
}
