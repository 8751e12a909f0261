"""By when a stage is to be decided (R-20): counted once, when it opens, by the calendar that is nearest to its ad account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import AdAccount
from accounts.permissions import ids_of
from approvals import calendars
from approvals.calendars import STANDARD, Calendar
from approvals.models import BusinessCalendar, Stage
from approvals.states import StageState
from core.errors import Words, say
from governance.excuses import bound_along

_HOUR: Final = timedelta(hours=1)
_DAY: Final = _("l, j M, H:i")
"""A weekday, a day and the time; as Django's date formats go."""


def calendar_for(account: AdAccount) -> Calendar:
    """The calendar of an ad account, else of its brand, else of its organisation, else the standard one: one statement, when the
    account's brand is loaded."""
    rows = BusinessCalendar.current().filter(bound_along(*ids_of(account)))
    nearest = sorted(rows, key=lambda row: (row.ad_account_id is None, row.brand_id is None))
    return nearest[0].calendar if nearest else STANDARD


def start(opened: Iterable[Stage], account: AdAccount, now: datetime) -> list[Stage]:
    """Count when these stages, which open now, are due, and when who is asked is reminded; nothing is written. Returns those with a
    deadline. No statement where none has one."""
    timed = [stage for stage in opened if stage.deadline_hours is not None]
    calendar = calendar_for(account) if timed else STANDARD
    for stage in timed:
        hours, before = stage.deadline_hours or 0, stage.remind_before_hours
        stage.due_at = calendars.add(calendar, now, hours * _HOUR)
        stage.remind_at = None if before is None else calendars.add(calendar, now, (hours - before) * _HOUR)
    return timed


# --- for people --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline:
    """How an open stage stands in time: when it is due, whole working hours till then, or since then when it `is_over`; the time
    zone is that of the calendar."""

    due_at: datetime
    hours: int
    is_over: bool
    timezone: str

    @property
    def words(self) -> Words:
        """“due Tuesday, 1 Dec, 16:00 (Berlin), 5 working hours left”."""
        left = ngettext_lazy(
            "due {when} ({zone}), {hours} working hour left", "due {when} ({zone}), {hours} working hours left", self.hours
        )
        over = ngettext_lazy(
            "overdue since {when} ({zone}), {hours} working hour ago", "overdue since {when} ({zone}), {hours} working hours ago",
            self.hours,
        )  # fmt: skip
        zone = self.timezone.rpartition("/")[2].replace("_", " ")
        return say(over if self.is_over else left, when=_when(self.due_at, self.timezone), zone=zone, hours=self.hours)


def _in_words(moment: datetime, timezone: str) -> str:
    return formats.date_format(moment.astimezone(ZoneInfo(timezone)), str(_DAY))


_when: Final = lazy(_in_words, str)


def of_stages(stages: Iterable[Stage], account: AdAccount, now: datetime) -> dict[UUID, Deadline]:
    """How the stages of a request stand in time, by id: none where none is due, else one statement."""
    due = [stage for stage in stages if stage.state == StageState.OPEN and stage.due_at is not None]
    calendar = calendar_for(account) if due else STANDARD
    return {stage.pk: found for stage in due if (found := of_stage(stage, calendar, now)) is not None}


def of_stage(stage: Stage, calendar: Calendar, now: datetime) -> Deadline | None:
    """How a stage stands in time; None for one that is not open, or has no deadline."""
    if stage.state != StageState.OPEN or stage.due_at is None:
        return None
    passed = abs(calendars.between(calendar, now, stage.due_at))
    return Deadline(stage.due_at, passed // _HOUR, stage.due_at <= now, calendar.timezone)
