"""Every code and rule has a text in every language, with the same placeholders."""

from __future__ import annotations

import re

import pytest

from governance.messages import LANGUAGES, de, en, language, message, placeholders, title
from governance.parameters import expected, whole
from governance.registry import COMMON_CODES, all_rules
from governance.rules.vocabulary import FORMATS

CODES = sorted({code for known in all_rules().values() for code in known.info.codes} | set(COMMON_CODES))


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_both_texts_with_the_same_placeholders(code: str) -> None:
    assert placeholders(code, "en") == placeholders(code, "de")
    assert en.MESSAGES[code] != de.MESSAGES[code]


def test_no_text_is_left_over() -> None:
    for table in (en, de):
        assert sorted(table.MESSAGES) == CODES
        assert sorted(table.TITLES) == sorted(all_rules())
        assert set(FORMATS) <= set(table.LABELS)


def test_codes_fit_their_column() -> None:
    assert max(map(len, (*CODES, *all_rules()))) <= 60


def test_labels_stand_for_words_of_ours() -> None:
    params = {"position": 1, "container": "gif", "format": "brand_takeover", "allowed": "jpg, png"}
    assert "Allowed for Brand Takeover: jpg, png." in message("media.container_not_allowed", params, "en")
    assert "Art („Bild“)" not in message("check.not_for_media", {"kinds": "video, image"}, "de")
    assert "(Video, Bild)" in message("check.not_for_media", {"kinds": "video, image"}, "de")


@pytest.mark.parametrize(
    ("field", "english", "german"),
    [
        ("copy.text", "is in the text", "steht in dem Text"), ("copy.hashtags[3]", "is in a hashtag", "steht in einem Hashtag"),
        ("gone[1].field", "is in gone[1].field", "steht in gone[1].field"),
    ],
)  # fmt: skip
def test_where_something_stands_is_said_in_words(field: str, english: str, german: str) -> None:
    params = {"word": "cheap", "found": "Cheap", "field": field}
    assert english in message("text.forbidden_word", params, "en")
    assert german in message("text.forbidden_word", params, "de")


def test_a_missing_param_or_text_never_breaks_a_page() -> None:
    assert message("budget.minimum_met", {}, "en") == "The budget of ? reaches the minimum of ?."
    assert message("gone.rule", {"a": 1}, "de") == "gone.rule"
    assert title("gone.rule") == "gone.rule"


def test_text_of_people_is_not_a_template() -> None:
    params = {"word": "{0.__class__}", "found": "{x}", "field": "copy.text"}
    assert "{0.__class__}" in message("text.forbidden_word", params, "en")


@pytest.mark.parametrize(
    ("tag", "expected"), [("de", "de"), ("de-AT", "de"), ("de_CH", "de"), ("fr", "en"), (None, "en"), ("", "en")]
)
def test_language_tags(tag: str | None, expected: str) -> None:
    assert language(tag) == expected
    assert LANGUAGES == ("en", "de")


def test_what_a_parameter_takes_is_said_in_both_languages() -> None:
    for known in all_rules().values():
        for param in known.info.schema.values():
            said = message("check.params_invalid", {"path": "p", "expected": expected(param)}, "de")
            assert expected(param) in message("check.params_invalid", {"path": "p", "expected": expected(param)}, "en")
            assert not re.search("whole|least|most|each|null for|out of|list of", said)
    numbers = message("check.params_invalid", {"path": "p", "expected": expected(whole("ads", 2, 9, optional=True))}, "de")
    assert "(erwartet: eine ganze Zahl; mindestens 2; höchstens 9; oder null für keine Grenze)" in numbers
