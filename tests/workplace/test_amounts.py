"""What people type as an amount: read in their language, or refused with how to write it; never guessed."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.money import MAX_MINOR, Money
from workplace.amounts import read_amount, written
from workplace.envelope_pages.forms import NewAmount


@pytest.mark.parametrize(
    ("language", "text", "currency", "minor"),
    [
        ("de", "1.234,50", "EUR", 1_234_50), ("de", "1234,50", "EUR", 1_234_50), ("de", "1234,5", "EUR", 1_234_50), ("de", "1234", "EUR", 1_234_00),
        ("de", "50.000", "EUR", 50_000_00), ("de", "1.234.567,89", "EUR", 1_234_567_89), ("de", "0,05", "EUR", 5), ("de", "1.234", "JPY", 1_234),
        ("de", "1.234,567", "KWD", 1_234_567), ("de", "1,234", "KWD", 1_234), ("de", "1.234.567", "KWD", 1_234_567_000),
        ("en", "1,234.50", "USD", 1_234_50), ("en", "1234.50", "USD", 1_234_50), ("en", "1234.5", "USD", 1_234_50), ("en", "1234", "USD", 1_234_00),
        ("en", "50,000", "USD", 50_000_00), ("en", "1,234,567.89", "USD", 1_234_567_89), ("en", "0.05", "USD", 5), ("en", "1,234", "JPY", 1_234),
        ("en", "1.234", "KWD", 1_234), ("en", "0", "USD", 0), ("en", "0.00", "USD", 0),
    ],
)  # fmt: skip
def test_understood(language: str, text: str, currency: str, minor: int):
    with override(language):
        assert read_amount(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("language", "text", "currency", "code", "words"),
    [
        ("de", "1234.50", "EUR", "invalid_amount", "„1.234,50“ oder „1234,50“"), ("de", "1,234.50", "EUR", "invalid_amount", "„1.234,50“ oder „1234,50“"),
        ("de", "1.23", "EUR", "invalid_amount", "„1.234,50“"), ("de", "12.34.567", "EUR", "invalid_amount", "„1.234,50“"),
        ("de", "50,000", "EUR", "too_precise", "EUR hat 2 Stellen nach dem Komma"), ("de", "1,5", "JPY", "too_precise", "„1.234“ oder „1234“"),
        ("de", "1.234", "KWD", "ambiguous_amount", "„1.234,000“ oder „1,234“"), ("de", "-5,00", "EUR", "negative_amount", "nicht negativ"),
        ("en", "1.234,50", "USD", "invalid_amount", "“1,234.50” or “1234.50”"), ("en", "1234,50", "USD", "invalid_amount", "“1,234.50” or “1234.50”"),
        ("en", "12,50", "USD", "invalid_amount", "“1,234.50”"), ("en", "50.000", "USD", "too_precise", "USD has 2 digits after the decimal mark"),
        ("en", "1,234", "KWD", "ambiguous_amount", "“1,234.000” or “1.234”"), ("en", "9" * 39, "USD", "amount_too_large", "larger than"),
        *(("en", text, "USD", "invalid_amount", "“1,234.50”") for text in ("", "x", "1e3", "1_000", "1 000", "$5", "５", "NaN", "+5", "1.", ".5", "1,", "1,,000")),
    ],
)  # fmt: skip
def test_refused_with_how_to_write_it(language: str, text: str, currency: str, code: str, words: str):
    with override(language), pytest.raises(Invalid) as told:
        read_amount(text, currency, "amount")
    (error,) = told.value.errors
    assert (error.field, error.code) == ("amount", code)
    with override(language):
        assert words in error.detail


@given(minor=st.integers(0, MAX_MINOR), currency=st.sampled_from(["EUR", "USD", "JPY", "KWD"]), language=st.sampled_from(["de", "en"]), grouped=st.booleans())
def test_what_is_written_in_a_language_is_read_in_it(minor: int, currency: str, language: str, grouped: bool):
    with override(language):
        text = written(Money(minor, currency).amount, currency, grouped=grouped)
        assert read_amount(text, currency) == Money(minor, currency)


@given(text=st.from_regex(r"[0-9]{1,4}([.,][0-9]{1,3}){0,2}", fullmatch=True), currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_taken_in_both_languages_means_the_same(text: str, currency: str):
    found = set()
    for language in ("de", "en"):
        with override(language), suppress(Invalid):
            found.add(read_amount(text, currency))
    assert len(found) <= 1


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_form_s_own_examples_are_understood(language: str):
    with override(language):
        examples = re.findall(r"[0-9][0-9.,]*[0-9]", str(NewAmount().fields["amount"].help_text))
        assert [read_amount(each, "EUR") for each in examples] == [Money(50_000_00, "EUR")] * 2
