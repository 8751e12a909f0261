"""Marks that people set on their own notices. Like when a session was last used they are no evidence of anything, so that no
service and no entry of the log is made of them."""

from __future__ import annotations

from uuid import UUID

from core import clock
from core.actor import Actor
from core.errors import NotFound
from notices import queries
from notices.models import Notice


def mark_read(actor: Actor, notice: UUID) -> None:
    """One's own notice. Raises NotFound for another's, and for what one may not see any more."""
    if not queries.own_notices(actor).filter(pk=notice).exists():
        raise NotFound()
    Notice.objects.filter(pk=notice, read_at__isnull=True).update(read_at=clock.now())


def mark_all_read(actor: Actor, until: UUID | None = None) -> int:
    """All of one's own; with `until` (a key) none that came after it. Returns how many."""
    rows = queries.unread(actor)
    rows = rows if until is None else rows.filter(pk__lte=until)
    return Notice.objects.filter(pk__in=rows.order_by().values("pk"), read_at__isnull=True).update(read_at=clock.now())
