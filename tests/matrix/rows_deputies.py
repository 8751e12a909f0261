"""The rows of standing in for somebody and of being away, at both doors (R-15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import clock
from tests.matrix.principals import Principal
from tests.matrix.rows_access import ALL, administers, governs, looks_after, then
from tests.matrix.rows_access_pages import UNFOUND, form
from tests.matrix.rules import Expected, Row, entering, lists_when, when
from tests.matrix.target import Names

DELEGATION, ABSENCE = {"id": "delegation"}, {"id": "absence"}
AT_DELEGATION, AT_ABSENCE = {"identifier": "delegation"}, {"identifier": "absence"}


def _manages(who: Principal) -> bool:
    return who.may("manage_access", "brand")


def _until() -> str:
    return clock.rfc3339(clock.now() + timedelta(days=3))


def _new(names: Names) -> dict[str, Any]:
    return {
        "delegator": names.lender, "delegate": names.heir, "scope": {"type": "brand", "id": names.brand},
        "permissions": ["approve_legal"], "expires_at": _until(),
    }  # fmt: skip


def _typed(names: Names) -> dict[str, Any]:
    return {
        "delegator": names.lender_email, "deputy": names.heir_email, "scope": f"brand:{names.brand}",
        "permissions": ["approve_legal"], "expires_at": _until()[:16],
    }  # fmt: skip


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _lends(who: Principal, answer: int) -> Expected:
    """Access managers lend anybody's vote, others their own."""
    if not who.may("view", "brand"):
        return UNFOUND
    if who.anywhere("manage_access"):
        return Expected(answer, allowed=True) if _manages(who) else Expected(403)
    return Expected(answer, allowed=True) if who.may("approve_legal", "brand") else Expected(422)


def _is_away(who: Principal, answer: int) -> Expected:
    """Whoever belongs to an organisation is away from it."""
    return Expected(answer, allowed=True) if who.user and who.user.organisation_id else Expected(422)


ROWS = [
    Row("GET delegations-list", lists_when(looks_after("brand")), shows="delegation", query=ALL),
    Row("GET delegations-detail", when(looks_after("brand")), url=DELEGATION, shows="delegation"),
    Row(
        "POST delegations-list", then(lambda who: governs(who) and who.may("view", "brand"), _manages), 201, body=_new,
        kept=("lender", "heir"), sought=True,
    ),
    Row("DELETE delegations-detail", then(looks_after("brand"), _manages), 204, url=DELEGATION, sought=True),
    Row("GET absences-list", lists_when(governs), shows="absence", query=ALL),
    Row("GET absences-detail", when(governs), url=ABSENCE, shows="absence"),
    Row(
        "POST absences-list", then(governs, administers), 201, sought=True,
        body=lambda names: {"user": names.lender, "expires_at": _until()},
    ),
    Row("DELETE absences-detail", then(governs, administers), 204, url=ABSENCE, sought=True),
    Row("GET admin:deputies", entering(lists_when(looks_after("brand"))), query="?show=all", shows="delegation"),
    Row(
        "POST admin:deputies", entering(_lends), 303, body=_typed, sought=True,
        kept=("lender", "heir", "lender_email", "heir_email"),
    ),
    Row("GET admin:deputy_end", entering(when(looks_after("brand"))), url=AT_DELEGATION),
    Row("POST admin:deputy_end", form(looks_after("brand"), _manages), 303, url=AT_DELEGATION, body=_nothing, sought=True),
    Row("POST admin:absence_new", entering(_is_away), 303, body=lambda names: {"expires_at": _until()[:16]}),
    Row("POST admin:absence_end", form(governs, administers), 303, url=AT_ABSENCE, body=_nothing, sought=True),
]  # fmt: skip
