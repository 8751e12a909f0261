"""The rows of authority limits, at both doors (R-25)."""

from __future__ import annotations

from typing import Any

from tests.matrix.principals import Principal
from tests.matrix.rows_access import ALL, governs, looks_after, then
from tests.matrix.rows_access_pages import UNFOUND, form, governing, tab
from tests.matrix.rules import Expected, Row, entering, lists_when, when
from tests.matrix.target import Names

LIMIT, AT_LIMIT = {"id": "limit"}, {"identifier": "limit"}


def _manages(who: Principal) -> bool:
    return who.may("manage_access", "brand")


def _new(names: Names) -> dict[str, Any]:
    return {
        "user": names.lender, "scope": {"type": "brand", "id": names.brand}, "limit": {"amount": "100.00", "currency": "USD"},
    }  # fmt: skip


def _typed(names: Names) -> dict[str, Any]:
    return {"user": names.lender_email, "scope": f"brand:{names.brand}", "amount": "100.00", "currency": "USD"}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _gives(who: Principal, answer: int) -> Expected:
    if not (who.governs and who.may("view", "brand")):
        return UNFOUND
    return Expected(answer, allowed=True) if _manages(who) else Expected(403)


ROWS = [
    Row("GET authority-limits-list", lists_when(looks_after("brand")), shows="limit", query=ALL),
    Row("GET authority-limits-detail", when(looks_after("brand")), url=LIMIT, shows="limit"),
    Row(
        "POST authority-limits-list", then(lambda who: governs(who) and who.may("view", "brand"), _manages), 201, body=_new,
        kept=("lender",), sought=True,
    ),
    Row("DELETE authority-limits-detail", then(looks_after("brand"), _manages), 204, url=LIMIT, sought=True),
    Row("GET admin:access_limits", tab(looks_after("brand")), shows="limit"),
    Row("POST admin:access_limits", governing(_gives), 303, body=_typed, kept=("lender", "lender_email"), sought=True),
    Row("GET admin:access_limit_end", entering(when(looks_after("brand"))), url=AT_LIMIT),
    Row("POST admin:access_limit_end", form(looks_after("brand"), _manages), 303, url=AT_LIMIT, body=_nothing, sought=True),
]  # fmt: skip
