"""Money: from text to minor units and back, without rounding anywhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.money import MAX_MINOR, Money, exponent, known_currencies, parse_amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("50", "USD", 5000), ("50.0", "USD", 5000), ("50.00", "USD", 5000), ("0.01", "USD", 1), ("0", "USD", 0),
        ("007.50", "USD", 750), ("50.000000", "USD", 5000), ("1500", "JPY", 1500), ("1500.0", "JPY", 1500),
        ("1.234", "KWD", 1234), ("1.23", "KWD", 1230), ("12000.50", "HUF", 1200050), ("1000000000000.00", "USD", MAX_MINOR),
        ("100000000000000", "JPY", MAX_MINOR), ("0" * 38 + "5", "USD", 500),
    ],
)  # fmt: skip
def test_read(text, currency, minor):
    assert parse_amount(text, currency, "budget.amount") == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("-1", "USD", "negative_amount"), ("-0.00", "USD", "negative_amount"), ("-0", "JPY", "negative_amount"),
        ("50.001", "USD", "too_precise"), ("0.5", "JPY", "too_precise"), ("1.2345", "KWD", "too_precise"),
        ("50.0000000000000000000000000000000001", "USD", "too_precise"),
        ("1000000000000.01", "USD", "amount_too_large"), ("100000000000001", "JPY", "amount_too_large"),
        ("9" * 40, "USD", "amount_too_large"), ("9" * 50, "USD", "invalid_amount"), ("0" * 41, "USD", "invalid_amount"),
        ("NaN", "USD", "invalid_amount"), ("sNaN", "USD", "invalid_amount"), ("Infinity", "USD", "invalid_amount"),
        ("-inf", "USD", "invalid_amount"), ("1e3", "USD", "invalid_amount"), ("1E+3", "USD", "invalid_amount"),
        ("1e-1000000000", "USD", "invalid_amount"), ("1_000", "USD", "invalid_amount"), ("1,000.00", "USD", "invalid_amount"),
        ("1.000,00", "EUR", "invalid_amount"), (" 50", "USD", "invalid_amount"), ("50 ", "USD", "invalid_amount"),
        ("50\n", "USD", "invalid_amount"), ("+5", "USD", "invalid_amount"), (".5", "USD", "invalid_amount"),
        ("5.", "USD", "invalid_amount"), ("", "USD", "invalid_amount"), ("$5", "USD", "invalid_amount"),
        ("١٢", "USD", "invalid_amount"), ("５", "USD", "invalid_amount"), ("0x10", "USD", "invalid_amount"),
        (50, "USD", "invalid_amount"), (50.0, "USD", "invalid_amount"), (Decimal("50"), "USD", "invalid_amount"),
        (None, "USD", "invalid_amount"), (True, "USD", "invalid_amount"), (["50"], "USD", "invalid_amount"),
    ],
)  # fmt: skip
def test_refused_naming_the_field(text, currency, code):
    with pytest.raises(Invalid) as caught:
        parse_amount(text, currency, "budget.amount")
    assert [(error.field, error.code) for error in caught.value.errors] == [("budget.amount", code)]


def test_digits_after_the_point():
    assert {code: exponent(code) for code in ("USD", "EUR", "JPY", "KWD", "HUF", "KRW", "VND")} == {
        "USD": 2, "EUR": 2, "JPY": 0, "KWD": 3, "HUF": 2, "KRW": 0, "VND": 0,
    }  # fmt: skip
    assert {"USD", "EUR", "JPY", "KWD", "HUF"} <= known_currencies()
    assert "XYZ" not in known_currencies()


@given(st.integers(0, MAX_MINOR), st.sampled_from(["USD", "JPY", "KWD", "HUF"]))
def test_what_is_shown_reads_back_as_the_same(minor, currency):
    money = Money(minor, currency)
    assert parse_amount(f"{money.amount:f}", currency, "amount") == money
    assert money.content() == {"minor": minor, "currency": currency}


@given(st.text("0123456789.-+eE_ ", max_size=45))
def test_never_rounded_and_never_anything_but_invalid(text):
    """Whatever is accepted is exactly the number that the text says."""
    try:
        money = parse_amount(text, "USD", "amount")
    except Invalid:
        return
    assert Decimal(money.minor) == Decimal(text).scaleb(2)
    assert 0 <= money.minor <= MAX_MINOR


@pytest.mark.parametrize(
    ("money", "locale", "shown"),
    [
        (Money(123450, "EUR"), "de", "1.234,50\N{NO-BREAK SPACE}€"), (Money(123450, "USD"), "en", "$1,234.50"),
        (Money(1500, "JPY"), "ja-JP", "￥1,500"), (Money(1234, "KWD"), "en", "KWD1.234"),
        (Money(5, "USD"), "xx-NOWHERE", "0.05 USD"),
    ],
)  # fmt: skip
def test_for_people(money, locale, shown):
    assert money.localised(locale) == shown


def test_text():
    assert str(Money(5000, "USD")) == "50.00 USD"
    assert str(Money(7, "JPY")) == "7 JPY"
    assert str(Money(7, "KWD")) == "0.007 KWD"
