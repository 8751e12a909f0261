"""The minimum budgets of a moment (R-23): read from the table for a snapshot, never from a live exchange rate."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import AdAccount
from accounts.permissions import grants_of_actor
from core.actor import Actor
from core.statements import prepared
from governance.models import BudgetMinimum


def in_force(on: date) -> Q:
    """The condition for what holds on a day (UTC)."""
    return Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


@prepared
def _rows(on: date, channel: str, currency: str) -> QuerySet[BudgetMinimum]:
    rows = BudgetMinimum.objects.filter(in_force(on), channel=channel, currency=currency)
    return rows.order_by("starts_on", "recorded_at", "pk")


def minimums_for(account: AdAccount, now: datetime) -> dict[str, Any]:
    """What Context.minimums holds for an ad account: `{channel, strict, rows}`; one statement.

    `rows` are those in force, `{currency, objective, entity_type, mode, amount_minor, starts_on, source}`, of all that are about
    the same the one that counts. A currency without rows is unknown, and what is unknown is not passed (R-03).
    """
    strict = account.channel in settings.STRICT_MINIMUM_CHANNELS
    counting = _counting(_rows(now.date(), account.channel, account.currency))
    return {"channel": account.channel, "strict": strict, "rows": [_line(row) for row in counting]}


def _counting(rows: Iterable[BudgetMinimum]) -> list[BudgetMinimum]:
    """Of rows about the same, the last."""
    last = {(row.objective, row.entity_type, row.mode): row for row in rows}
    return [last[key] for key in sorted(last)]


def _line(row: BudgetMinimum) -> dict[str, Any]:
    return {
        "currency": row.currency, "objective": row.objective or None, "entity_type": row.entity_type, "mode": row.mode,
        "amount_minor": row.amount_minor, "starts_on": row.starts_on.isoformat(), "source": row.source,
    }  # fmt: skip


def visible_minimums(actor: Actor) -> QuerySet[BudgetMinimum]:
    """All of them, for whoever sees anything at all: they judge every ad account alike."""
    rows = BudgetMinimum.objects.all()
    return rows if grants_of_actor(actor).anywhere("view") else rows.none()
