"""What only ever spends less (R-04): pure. A lower budget or bid, an earlier end; nothing else of the content changes.

Such a change needs nobody's approval. It is told as a request with the one stage LOWERING, which a rule leaves out; the guards
judge the same in the database (approvals.guards_lowering).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from approvals.stage_specs import LOWERING_KEY, StageSpec
from core.clock import rfc3339
from core.errors import Invalid
from core.money import parse_amount

SECTIONS: Final = ("schedule", "budget", "bid")
"""What may be lowered, and is read by the stage that is left out."""
STAGE: Final = StageSpec(LOWERING_KEY, "Spends less", "approve_budget", SECTIONS, 1, automatic=True)
GROUND: Final[dict[str, Any]] = {"id": "R-04", "key": LOWERING_KEY, "version": 1, "author": None, "automatic": True}
"""What such a request remembers in place of policies."""
_UP = _("This is not lower than what is approved. Put a higher amount or a later end forward for approval.")


@dataclass(frozen=True, slots=True)
class Lowering:
    """What is asked for; None stays as it is. Amounts are decimals as text, in the ad account's currency."""

    budget: str | None = None
    bid: str | None = None
    end: datetime | None = None


def is_lowering(policies: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a request with these policies was made by lowering."""
    return any(each.get("key") == LOWERING_KEY and each.get("id") == GROUND["id"] for each in policies)


def lowered(content: Mapping[str, Any], to: Lowering, currency: str, now: datetime) -> dict[str, Any]:
    """The content with what is asked for. Raises Invalid: nothing asked for, nothing to lower, not lower, an end passed."""
    found = deepcopy(dict(content))
    sections = found["sections"]
    if to.budget is None and to.bid is None and to.end is None:
        raise Invalid.field("budget", "required", _("Say what is to be lowered: `budget`, `bid` or `end`."))
    if to.budget is not None:
        _lower(sections.get("budget"), to.budget, currency, "budget")
    if to.bid is not None:
        _lower(sections.get("bid"), to.bid, currency, "bid")
    if to.end is not None:
        _end_earlier(found["type"], sections, to.end, now)
    return found


def _lower(section: dict[str, Any] | None, text: str, currency: str, field: str) -> None:
    amount = None if section is None else section.get("amount")
    if section is None or amount is None:
        raise Invalid.field(field, "not_applicable", _("No amount is approved here that could be lowered; pause it instead."))
    wanted = parse_amount(text, currency, field)
    if wanted.minor >= int(amount["minor"]):
        raise Invalid.field(field, "not_lower", _UP)
    section["amount"] = wanted.content()


def _end_earlier(kind: str, sections: dict[str, Any], end: datetime, now: datetime) -> None:
    if kind == "campaign":
        schedule, name = sections.setdefault("schedule", {"starts_at": None, "ends_at": None}), "ends_at"
    else:
        schedule, name = sections.get("schedule"), "end"
    if schedule is None:
        raise Invalid.field("end", "not_applicable", _("This has no end of its own; lower its ad group or campaign."))
    held = schedule[name]
    if held is not None and end >= datetime.fromisoformat(held):
        raise Invalid.field("end", "not_lower", _UP)
    if end <= now:
        raise Invalid.field("end", "out_of_range", _("An end lies ahead. To stop now, pause it."))
    schedule[name] = rfc3339(end)


def is_lower(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether `after` differs from `before` (sections) in nothing but lower amounts and earlier ends; what the guards say, for a
    test that compares both."""
    others = {*before, *after} - set(SECTIONS)
    return (
        all(before.get(name) == after.get(name) for name in others)
        and _is_less(before.get("budget"), after.get("budget"))
        and _is_less(before.get("bid"), after.get("bid"))
        and _is_earlier(before.get("schedule"), after.get("schedule"))
    )


def _is_less(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    if before == after:
        return True
    if before is None or after is None or not before.get("amount") or not after.get("amount"):
        return False
    rest = ({**each, "amount": each["amount"]["currency"]} for each in (before, after))
    return next(rest) == next(rest) and int(after["amount"]["minor"]) <= int(before["amount"]["minor"])


def _is_earlier(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> bool:
    if before == after:
        return True
    if after is None:
        return False
    name = "ends_at" if "ends_at" in after else "end"
    held = before or dict.fromkeys(after)
    if held == after:
        return True
    rest = {**held, name: None} == {**after, name: None}
    return rest and after[name] is not None and (held[name] is None or after[name] <= held[name])
