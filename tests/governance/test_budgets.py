"""Properties of the budget rules over every currency and any amount (R-23)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from core.money import MAX_MINOR, Money
from governance.contract import Result
from governance.money_minimums import (
    INTEGER_ONLY,
    RATIO,
    UnknownCurrency,
    amount_text,
    base_in_minor,
    scheduled_days,
    step_in_minor,
)
from tests.governance.builders import ad_group, budget, campaign, context, judge

LISTED = st.sampled_from(sorted(RATIO))
AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR) | st.integers(0, 10**7)
START = datetime(2026, 12, 1, tzinfo=UTC)


# The channel's table as its page prints it: ratio, currencies with two digits, currencies of whole units.
PRINTED = [
    (1, "USD, EUR, GBP, MYR, AED, SAR, AUD, CAD, NZD, SGD, CHF, BRL, ARS, ILS, PEN, QAR, RON", "HUF"),
    (4, "PLN", ""),
    (10, "HKD, ZAR, DKK, SEK, NOK, TRY, MXN, THB, CNY, BOB, CZK, EGP, GTQ, HNL, MOP, NIO, UAH, UYU", "TWD"),
    (50, "PHP", ""),
    (100, "RUB, DZD, BDT, INR, KES, NGN, PKR", "JPY, ISK"),
    (1_000, "COP, CRC", "KRW, CLP"),
    (10_000, "", "IDR, VND, PYG"),
    (100_000, "VEF", ""),
]


def test_r23_the_table_is_the_one_of_the_channel() -> None:
    lines = [(ratio, fine.split(", "), whole.split(", ")) for ratio, fine, whole in PRINTED]
    assert {each: ratio for ratio, fine, whole in lines for each in (*fine, *whole) if each} == RATIO
    assert {each for _, _, whole in lines for each in whole if each} == INTEGER_ONLY


@given(currency=LISTED, minor=AMOUNTS, base=st.sampled_from([50, 20]))
def test_r23_a_daily_budget_passes_exactly_from_base_times_ratio(currency: str, minor: int, base: int) -> None:
    entity = campaign if base == 50 else ad_group
    rule = "budget.campaign_minimum" if base == 50 else "budget.ad_group_minimum"
    (finding,) = judge(rule, entity(budget=budget(minor=minor, currency=currency)))
    enough = Fraction(minor, 10 ** get_currency_precision(currency)) >= base * RATIO[currency]
    assert finding.result is (Result.PASS if enough else Result.FAIL)


@given(currency=LISTED, minor=AMOUNTS, seconds=st.integers(1, 400 * 86_400))
def test_r23_a_lifetime_budget_passes_exactly_from_20_a_begun_day(currency: str, minor: int, seconds: int) -> None:
    end = (START + timedelta(seconds=seconds)).isoformat()
    subject = ad_group(budget=budget("lifetime", minor, currency), schedule={"end": end})
    (finding,) = judge("budget.ad_group_minimum", subject)
    days = (seconds + 86_399) // 86_400
    enough = Fraction(minor, 10 ** get_currency_precision(currency)) >= 20 * RATIO[currency] * days
    assert finding.result is (Result.PASS if enough else Result.FAIL)
    assert finding.params["days"] == days


@given(currency=LISTED, minor=st.integers(0, 10**9))
def test_r23_equality_passes_and_only_equality_warns(currency: str, minor: int) -> None:
    least = base_in_minor(50, currency)
    for amount in (minor, least):
        (finding,) = judge("budget.at_minimum", campaign(budget=budget(minor=amount, currency=currency)))
        assert (finding.result is Result.FAIL) == (amount == least)


@given(minor=st.integers())
def test_r23_any_integer_ends_in_a_result(minor: int) -> None:
    (finding,) = judge("budget.campaign_minimum", campaign(budget=budget(minor=minor)))
    expected = Result.PASS if minor >= 5_000 else Result.FAIL
    assert finding.result is (Result.ERROR if abs(minor) > MAX_MINOR else expected)


@given(currency=st.text(max_size=5) | st.from_regex("[A-Z]{3}", fullmatch=True), minor=st.integers(0, MAX_MINOR))
def test_r23_an_unlisted_currency_is_an_error_never_a_pass(currency: str, minor: int) -> None:
    (finding,) = judge("budget.campaign_minimum", campaign(budget=budget(minor=minor, currency=currency)))
    assert (finding.result is Result.ERROR) == (currency not in RATIO)


@given(currency=LISTED, minor=AMOUNTS)
def test_r23_precision_is_whole_units_or_hundredths(currency: str, minor: int) -> None:
    subject = campaign(budget=budget(minor=minor, currency=currency))
    (finding,) = judge("budget.precision", subject, context(currency=currency))
    value = Fraction(minor, 10 ** get_currency_precision(currency))
    takes = value.denominator == 1 if currency in INTEGER_ONLY else (value * 100).denominator == 1
    assert finding.result is (Result.PASS if takes else Result.FAIL)


@pytest.mark.parametrize("function", [step_in_minor, lambda currency: base_in_minor(50, currency)])
def test_r23_an_unlisted_currency_has_no_minimum(function) -> None:
    with pytest.raises(UnknownCurrency):
        function("XXX")


@pytest.mark.parametrize(
    ("seconds", "days"), [(0, 0), (1, 1), (86_399, 1), (86_400, 1), (86_401, 2), (31 * 86_400, 31), (-1, 0)]
)
def test_r23_a_begun_day_counts_whole(seconds: int, days: int) -> None:
    assert scheduled_days(START, START + timedelta(seconds=seconds)) == days


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (5_000, "USD", "50.00 USD"),
        (-5, "USD", "-0.05 USD"),
        (0, "USD", "0.00 USD"),
        (5_000, "JPY", "5000 JPY"),
        (12_345, "KWD", "12.345 KWD"),
        (10**14 + 1, "EUR", "1000000000000.01 EUR"),
    ],
)
def test_amounts_read_exactly(minor: int, currency: str, text: str) -> None:
    assert amount_text(Money(minor, currency)) == text
