"""When people work: versioned, insert-only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import AdAccount, Brand, Organisation
from accounts.subjects import audit_scope, of_scope
from approvals import calendars
from approvals.models import BusinessCalendar
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from governance.authority import SCOPE_FIELD, check_policy_manager


@service("approvals.calendar.set")
def set_calendar(
    *, actor: Actor, scope: Organisation | Brand | AdAccount, timezone: str, hours: Mapping[str, Any], holidays: Sequence[str] = ()
) -> BusinessCalendar:
    """From now on people of this place work then: deadlines that are still to be set are counted by it (R-20). `hours` by day, each
    with when work begins and when it ends (`{"monday": ["09:00", "18:00"]}`); `holidays` are days (YYYY-MM-DD).

    Raises NotFound, Forbidden, Invalid.
    """
    concerning(of_scope(scope))
    check_policy_manager(actor, scope)
    now, said = clock.now(), calendars.as_json(calendars.parse(timezone, hours, holidays))
    kind = SCOPE_FIELD[type(scope)]

    def build(version: int) -> BusinessCalendar:
        bound: dict[str, Any] = {kind: scope}
        return BusinessCalendar(
            key=f"{kind}-{scope.pk}", version=version, title=str(scope), created_by=actor.label, **said, **bound
        )  # fmt: skip

    row = BusinessCalendar.publish(f"{kind}-{scope.pk}", now, build)
    subject = Subject("calendar", str(row.pk), str(row), audit_scope(scope))
    record(event(actor, "approvals.calendar.set", subject, now, version=row.version, **said))
    return row
