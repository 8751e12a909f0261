"""The verbs of `approvals`."""

from approvals.services.bulk import decide_in_bulk
from approvals.services.calendars import set_calendar
from approvals.services.checking import abandon_checks, conclude_checks, record_checks
from approvals.services.claiming import claim, release
from approvals.services.commenting import comment, reopen_comment, resolve_comment
from approvals.services.deciding import decide
from approvals.services.ending import expire, revoke, withdraw
from approvals.services.envelopes import (
    confirm_envelope,
    continue_reservation,
    decline_envelope,
    release_expired,
    set_envelope,
)
from approvals.services.freezing import end_freeze, let_through, set_freeze
from approvals.services.policies import confirm_policy, decline_policy, publish_policy, retire_policy
from approvals.services.recalling import declare_compromised, recall
from approvals.services.splitting import split
from approvals.services.submitting import submit
from approvals.services.timing import escalate, remind, watch_route

__all__ = [
    "abandon_checks", "claim", "comment", "conclude_checks", "confirm_envelope", "confirm_policy", "continue_reservation",
    "decide", "decide_in_bulk", "declare_compromised", "decline_envelope", "decline_policy", "end_freeze", "escalate", "expire",
    "let_through", "publish_policy", "recall", "record_checks", "release", "release_expired", "remind", "reopen_comment",
    "resolve_comment", "retire_policy", "revoke", "set_calendar", "set_envelope", "set_freeze", "split", "submit", "watch_route",
    "withdraw",
]  # fmt: skip
