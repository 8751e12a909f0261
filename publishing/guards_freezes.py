"""Guards of what goes out: nothing is queued or sent while a freeze holds it (R-21). Pausing is free (R-04)."""

from __future__ import annotations

from typing import Final

from approvals.guards_freezes import frozen
from core.dialects import Dialect
from core.triggers import Check, guard
from publishing.guards import PUBLICATIONS

_WORDS: Final = "a freeze holds what goes out here; wait for its end, or have the request let through (R-21)"


def _insert(d: Dialect) -> list[Check]:
    return [Check("publishing_publication_frozen", f"NEW.operation <> 'pause' AND {frozen(d)}", _WORDS)]


def _update(d: Dialect) -> list[Check]:
    sent = "NEW.state = 'dispatching' AND OLD.state <> 'dispatching' AND NEW.operation <> 'pause'"
    return [Check("publishing_publication_frozen", f"{sent} AND {frozen(d)}", _WORDS)]


GUARDS: Final = [
    guard("publishing_publication_thaw_insert", PUBLICATIONS, "INSERT", _insert),
    guard("publishing_publication_thaw_update", PUBLICATIONS, "UPDATE", _update),
]
