"""What only spends less, judged in the database (R-04); approvals.lowering says the same."""

from __future__ import annotations

from approvals.stage_specs import LOWERING_KEY
from campaigns.vocabulary import SECTIONS
from core.dialects import Dialect

STAGES, REQUESTS, ITEMS = "approvals_stage", "approvals_approvalrequest", "approvals_requestitem"
LOWERED = ("budget", "bid", "schedule")


def lowers(request: str) -> str:
    """Whether a request (SQL: its id) was found to spend less alone: its one stage is of that key, and left out."""
    return (
        f"(EXISTS (SELECT 1 FROM {STAGES} w WHERE w.request_id = {request} AND w.key = '{LOWERING_KEY}' AND w.state = 'skipped')"
        f" AND NOT EXISTS (SELECT 1 FROM {STAGES} w WHERE w.request_id = {request} AND w.key <> '{LOWERING_KEY}'))"
    )


def only_lowers(d: Dialect) -> str:
    """Whether NEW is the lowering stage of a request in review all of whose items only spend less than what is approved of them."""
    more = (
        f"SELECT 1 FROM {ITEMS} i JOIN campaigns_revision v ON v.id = i.revision_id"
        f" LEFT JOIN campaigns_revision b ON b.id = i.base_id WHERE i.request_id = NEW.request_id AND NOT COALESCE({_less(d)}, FALSE)"
    )
    return (
        f"(NEW.key = '{LOWERING_KEY}' AND EXISTS (SELECT 1 FROM {REQUESTS} r WHERE r.id = NEW.request_id AND r.state = 'in_review')"
        f" AND EXISTS (SELECT 1 FROM {ITEMS} i WHERE i.request_id = NEW.request_id) AND NOT EXISTS ({more}))"
    )


def _less(d: Dialect) -> str:
    """Whether revision `v` spends no more than revision `b`, and is otherwise the same."""

    def at(row: str, *path: str) -> str:
        return d.text_at(f"{row}.canonical", "sections", *path)

    def same(*path: str) -> str:
        return f"{at('v', *path)} {d.same} {at('b', *path)}"

    def less(section: str) -> str:
        amounts = [d.integer_at(f"{row}.canonical", "sections", section, "amount", "minor") for row in ("v", "b")]
        both_none = f"({amounts[0]} IS NULL AND {amounts[1]} IS NULL)"
        return f"({both_none} OR {amounts[0]} <= {amounts[1]}) AND {same(section, 'amount', 'currency')}"

    def earlier(name: str) -> str:
        new, old = at("v", "schedule", name), at("b", "schedule", name)
        return f"({old} IS NULL OR {new} IS NOT NULL AND {new} <= {old})"

    others = [f"{d.text_of('v.sections', _word(name))} {d.same} {d.text_of('b.sections', _word(name))}" for name in SECTIONS if name not in LOWERED]
    fields = [("budget", "mode"), ("budget", "optimization"), ("bid", "strategy"), ("bid", "pacing"), ("bid", "optimization_goal")]
    fields += [("schedule", "start"), ("schedule", "dayparting"), ("schedule", "starts_at")]
    return " AND ".join(["b.id IS NOT NULL", *others, *(same(*path) for path in fields), less("budget"), less("bid"), earlier("end"), earlier("ends_at")])


def _word(name: str) -> str:
    return f"'{name}'"
