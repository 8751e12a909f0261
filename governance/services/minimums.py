"""Adding a line to the table of minimum budgets (R-23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.channels import CHANNELS
from audit.recording import event, record, service
from campaigns.vocabulary import Objective
from core import clock
from core.actor import Actor
from core.errors import Invalid, say
from core.money import Money, known_currencies
from governance import subjects
from governance.authority import answerable, check_policy_manager
from governance.models import BudgetMinimum

NO_CURRENCY = "XXX"
"""ISO's code for no currency."""
ENTITY_TYPES, MODES = ("campaign", "ad_group"), ("daily", "lifetime")


@dataclass(frozen=True, slots=True)
class Minimum:
    """What a line says. `amount` of an ad group's lifetime budget is for each scheduled day. `objective` None: any."""

    channel: str
    entity_type: str
    mode: str
    amount: Money
    starts_on: date
    source: str
    objective: str | None = None
    ends_on: date | None = None


def _check(line: Minimum) -> None:
    """Raises Invalid."""
    known = {
        "channel": (line.channel, tuple(CHANNELS)),
        "entity_type": (line.entity_type, ENTITY_TYPES),
        "mode": (line.mode, MODES),
        "objective": (line.objective or Objective.REACH, Objective.values),
    }
    for field, (value, choices) in known.items():
        if value not in choices:
            raise Invalid.field(field, "unknown", say(_("Choose one of {choices}."), choices=", ".join(choices)))
    if line.amount.currency not in known_currencies() or line.amount.currency == NO_CURRENCY:
        raise Invalid.field("currency", "unknown", _("Give a currency in three capital letters, such as EUR."))
    if line.amount.minor <= 0:
        raise Invalid.field("amount", "out_of_range", _("A minimum is above zero."))
    if not line.source.strip():
        raise Invalid.field("source", "required", _("Say where this number comes from."))
    if line.ends_on is not None and line.ends_on < line.starts_on:
        raise Invalid.field("ends_on", "out_of_range", _("The last day is not before the first."))


@service("governance.budget_minimum.set")
def set_minimum(*, actor: Actor, line: Minimum) -> BudgetMinimum:
    """Add a line; nothing is changed or removed. It binds everybody, so it is done at the console. Raises Forbidden, Invalid."""
    check_policy_manager(actor, None)
    now = clock.now()
    _check(line)
    row = BudgetMinimum(
        channel=line.channel, currency=line.amount.currency, objective=line.objective or "", entity_type=line.entity_type,
        mode=line.mode, amount_minor=line.amount.minor, starts_on=line.starts_on, ends_on=line.ends_on,
        source=line.source.strip(), recorded_at=now, recorded_by=actor.label, author=answerable(actor),
    )  # fmt: skip
    row.save(force_insert=True)
    said: dict[str, Any] = {
        "amount_minor": row.amount_minor, "objective": line.objective, "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on and row.ends_on.isoformat(), "source": row.source,
    }  # fmt: skip
    record(event(actor, "governance.budget_minimum.set", subjects.of_minimum(row), now, **said))
    return row
