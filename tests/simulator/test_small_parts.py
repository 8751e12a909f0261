"""Pure parts: counting text, emoji, currencies."""

from decimal import Decimal

import pytest

from simulator import currencies
from simulator.statuses import primary
from simulator.text import has_emoji, weight


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("Sommer", 6), ("Größe", 5), ("夏", 2), ("夏a", 3), ("サマー", 6), ("여름", 4)]
)
def test_wide_characters_count_twice(text, expected):
    assert weight(text) == expected


@pytest.mark.parametrize("text", ["🙂", "☀", "☀️", "👨‍👩‍👧", "🇩🇪", "1️⃣", "👍🏽", "🫠", "❤"])
def test_emoji_are_seen(text):
    assert has_emoji(f"a{text}b")


@pytest.mark.parametrize("text", ["0123456789#*", "©®™", "Größe „Sommer“ – 50 %", "夏セール", "€ → ✓", "नमस्ते"])
def test_plain_text_has_no_emoji(text):
    assert not has_emoji(text)


@pytest.mark.parametrize(
    ("currency", "ratio", "step"),
    [
        *[("USD", 1, "0.01"), ("EUR", 1, "0.01"), ("PLN", 4, "0.01"), ("SEK", 10, "0.01"), ("HUF", 1, "1")],
        *[("JPY", 100, "1"), ("KRW", 1000, "1"), ("IDR", 10000, "1"), ("TWD", 10, "1"), ("VEF", 100000, "0.01")],
    ],
)
def test_currencies_have_ratio_and_precision(currency, ratio, step):
    assert currencies.ratio(currency) == ratio
    assert currencies.precision(currency) == Decimal(step)


def test_every_currency_of_the_table_is_known():
    assert len(currencies.RATIOS) == 56


@pytest.mark.parametrize(("value", "precise"), [(50.01, True), (0.1 + 0.2, False), (19.99, True), (50, True)])
def test_precision_is_judged_on_what_was_sent(value, precise):
    assert currencies.is_precise(currencies.exact(value), "EUR") is precise


@pytest.mark.parametrize(
    ("secondary", "expected"),
    [
        ("AD_STATUS_DELIVERY_OK", "STATUS_DELIVERY_OK"),
        ("ADGROUP_STATUS_PARTIAL_AUDIT_DELIVERY_OK", "STATUS_DELIVERY_OK"),
        ("CAMPAIGN_STATUS_ENABLE", "STATUS_DELIVERY_OK"),
        ("ADGROUP_STATUS_CAMPAIGN_DISABLE", "STATUS_DISABLE"),
        ("AD_STATUS_CAMPAIGN_DELETE", "STATUS_DELETE"),
        ("AD_STATUS_DONE", "STATUS_TIME_DONE"),
        ("ADGROUP_STATUS_CREATE", "STATUS_NOT_DELIVERY"),
        ("ADVERTISER_ACCOUNT_PUNISH", "STATUS_NOT_DELIVERY"),
    ],
)
def test_secondary_statuses_belong_to_primary_ones(secondary, expected):
    assert primary(secondary) == expected
