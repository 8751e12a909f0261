"""Refusals of the gate, with permanent codes. Each is an unmet precondition (412): something must be true first."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core import clock, dates
from core.errors import Conflict, PreconditionUnmet, say


class NotApproved(PreconditionUnmet):
    """The request is not approved, or no longer."""

    code = "not_approved"


class NotCleared(PreconditionUnmet):
    """There is no clearance of exactly this revision."""

    code = "not_cleared"


class ClearanceRevoked(PreconditionUnmet):
    """The clearance was ended (R-32)."""

    code = "clearance_revoked"


class ClearanceNotYetValid(PreconditionUnmet):
    """Its window has not begun (R-21)."""

    code = "clearance_not_yet_valid"


class NeedsReschedule(PreconditionUnmet):
    """It was approved after the time that it was planned for, and nobody said that late is fine (R-21): plan it anew, or publish it
    by hand."""

    code = "needs_reschedule"

    def __init__(self, planned: datetime) -> None:
        words = _("This was planned for {when} and approved later. Set a new time, or publish it by hand.")
        super().__init__(say(words, when=dates.moment_lazy(planned)), planned=clock.rfc3339(planned))


class ClearanceExpired(PreconditionUnmet):
    """Its window is over (R-21): ask for approval again."""

    code = "clearance_expired"


class Frozen(PreconditionUnmet):
    """A freeze holds what goes out here (R-21). `extra['until']` says how long."""

    code = "frozen"

    def __init__(self, until: datetime) -> None:
        words = _("A freeze holds what goes out here until {until}.")
        super().__init__(say(words, until=dates.moment_lazy(until)), until=clock.rfc3339(until))
        self.until = until


class ClearanceSuspended(PreconditionUnmet):
    """A newer request of the same entity is open (R-10): edited after approval."""

    code = "clearance_suspended"


class ClearanceSuperseded(PreconditionUnmet):
    """A newer revision of the same entity was cleared since: an older one is never published over it (R-10)."""

    code = "clearance_superseded"


class DigestMismatch(PreconditionUnmet):
    """What would be sent is not what was cleared (R-01)."""

    code = "digest_mismatch"


class ParentNotPublished(PreconditionUnmet):
    """An ancestor is neither on the channel as it was cleared nor part of this request (R-27)."""

    code = "parent_not_published"


class AlreadyPublished(Conflict):
    """The publication of this request is under way or done, or the channel shows all of it already."""

    code = "already_published"


class LeaseLost(Conflict):
    """A worker came back after its lease had run out; what it brings is looked up again instead."""

    code = "lease_lost"
