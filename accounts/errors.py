"""Refusals of `accounts`, with permanent codes."""

from __future__ import annotations

from core.errors import Conflict, Forbidden


class DutiesClash(Conflict):
    """One person would hold duties that are kept apart on one place (R-60)."""

    code = "duties_clash"


class NotSecondManager(Forbidden):
    """A change of access is confirmed by another access manager than proposed it, and by nobody who gains (R-55)."""

    code = "not_second_manager"


class ChangeLapsed(Conflict):
    """A proposed change of access that nobody confirmed in time, or that something later has overtaken."""

    code = "change_lapsed"
