"""The rows of the workplace's pages of envelopes."""

from __future__ import annotations

from typing import Any

from core import clock
from tests.matrix.rows_rule_pages import begins, form_of, places_it
from tests.matrix.rules import Expected, Row, act, entering, lists, page
from tests.matrix.target import Names

ONE = {"identifier": "envelope"}
AWAITED = {"identifier": "envelope", "amount": "envelope_amount"}


def _nothing(names: Names) -> dict[str, Any]:
    return {}


def _amount(names: Names) -> dict[str, Any]:
    return {"amount": "100000.00", "first_month": f"{clock.now():%Y-%m}", "reason": "A trial."}


def _envelope(names: Names) -> dict[str, Any]:
    return {**_amount(names), "scope": f"ad_account:{names.account}", "title": "Fresh", "currency": "USD"}


ROWS = [
    Row("GET admin:envelopes", entering(lists("account")), shows="envelope"),
    Row("GET admin:envelope", page("account"), url=ONE),
    Row("GET admin:envelope_new", begins("manage_policy")),
    Row("POST admin:envelope_new", places_it("manage_policy", Expected(403), opens=True), 303, body=_envelope, sought=True),
    Row("GET admin:envelope_change", form_of("manage_policy"), url=ONE),
    Row("POST admin:envelope_change", form_of("manage_policy"), 303, url=ONE, body=_amount, sought=True),
    Row("POST admin:envelope_confirm", act("manage_policy", "account"), 303, url=AWAITED, body=_nothing, sought=True),
    Row("POST admin:envelope_decline", act("manage_policy", "account"), 303, url=AWAITED, body=_nothing, sought=True),
]
