"""The verbs of `approvals`."""

from approvals.services.bulk import decide_in_bulk
from approvals.services.checking import abandon_checks, conclude_checks, record_checks
from approvals.services.claiming import claim, release
from approvals.services.deciding import decide
from approvals.services.ending import expire, revoke, withdraw
from approvals.services.envelopes import (
    confirm_envelope,
    continue_reservation,
    decline_envelope,
    release_expired,
    set_envelope,
)
from approvals.services.policies import publish_policy
from approvals.services.submitting import submit

__all__ = [
    "abandon_checks", "claim", "conclude_checks", "confirm_envelope", "continue_reservation", "decide", "decide_in_bulk",
    "decline_envelope", "expire", "publish_policy", "record_checks", "release", "release_expired", "revoke", "set_envelope",
    "submit", "withdraw",
]  # fmt: skip
