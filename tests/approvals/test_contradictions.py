"""Conditions that can never hold, as far as that is seen without a request."""

from __future__ import annotations

import pytest

from approvals.conditions import condition
from approvals.contradictions import never_holds

EURO = {"name": "DE", "external_id": "1", "brand": "B", "channel": "tiktok", "country": "DE", "currency": "EUR"}
DOLLAR = {**EURO, "name": "US", "country": "US", "currency": "USD"}


@pytest.mark.parametrize(
    "text",
    [
        "false", "1 > 2", "!true", "request.new && false", "(false)", "false || 1 > 2", 'account.currency == "GBP"',
        'account.currency == "GBP" && request.exposure_minor > 5', 'account.country == "DE" && account.currency == "USD"',
        '(account.currency == "GBP" || account.country == "FR") && request.new',
        "request.exposure_minor > 10 && request.exposure_minor < 5", "request.exposure_minor < 0", "request.items == 0 && request.items == 1",
        "request.new && (request.exposure_minor >= 7 && request.exposure_minor < 7)",
        '"weather" in request.sections_changed', "'billboard' in request.formats", 'campaign.objective == "fame"',
        'campaign.name == "a" && campaign.name == "b"',
    ],
)  # fmt: skip
def test_what_never_holds_is_found(text: str) -> None:
    condition(text)
    assert never_holds(text, [EURO, DOLLAR])


@pytest.mark.parametrize(
    "text",
    [
        "", "true", 'account.currency == "EUR"', 'account.currency == "EUR" || false', "request.exposure_minor > 10 && request.exposure_minor < 50",
        "request.new ? false : true", 'campaign.name == "a && false"', 'campaign.name == "(" || campaign.name == "b"',
        "request.exposure_minor == 0", '"copy" in request.sections_changed', "'in_feed' in request.formats && request.new",
        'request.exposure_minor > 10 || account.currency == "GBP"', "request.exposure_minor * 2 > 10 && request.exposure_minor * 2 < 12",
        '"copy.capitals" in findings.codes', 'campaign.name == "\\"&&false" || request.new', "!(request.new && false)",
    ],
)  # fmt: skip
def test_what_may_hold_is_let_be(text: str) -> None:
    condition(text)
    assert not never_holds(text, [EURO, DOLLAR])
    assert not never_holds(text, [EURO]) or "GBP" in text


def test_no_ad_accounts_are_no_proof_but_literals_are() -> None:
    assert never_holds("1 > 2", [])
