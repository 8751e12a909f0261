"""Refusals of `accounts`, with permanent codes."""

from __future__ import annotations

from core.errors import Conflict, FieldError, Forbidden, Invalid, Words


class DutiesClash(Conflict):
    """One person would hold duties that are kept apart on one place (R-60)."""

    code = "duties_clash"


class NotSecondManager(Forbidden):
    """A change of access is confirmed by another access manager than proposed it, and by nobody who gains (R-55)."""

    code = "not_second_manager"


class ChangeLapsed(Conflict):
    """A proposed change of access that nobody confirmed in time, or that something later has overtaken."""

    code = "change_lapsed"


class SecondFactorRequired(Forbidden):
    """A token that was made without a second factor does not give what a role that demands one gives."""

    code = "second_factor_required"


class Unavailable(Invalid):
    """What is unique across organisations and held already. The answer does not tell whose it is; the log of the asker's own
    organisation notes it where it is another's, because whoever asks often is looking for what others have."""

    code = "unavailable"

    def __init__(self, field: str, words: Words, *, foreign: bool) -> None:
        super().__init__([FieldError(field, "unavailable", words)])
        self.foreign = foreign

    @property
    def is_evidence(self) -> bool:
        return self.foreign


class TooManyTried(Conflict):
    """One organisation has met too many ids or addresses of others lately."""

    code = "too_many_tried"
