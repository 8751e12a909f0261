"""Rules in words: nothing that a policy manager reads is a name of the code's."""

from __future__ import annotations

import pytest
from django.utils import translation

from governance.contract import MODES
from governance.registry import all_rules
from workplace.rule_pages import words
from workplace.rule_pages.labels import PARAMETERS

KNOWN = sorted(all_rules())


@pytest.mark.parametrize("rule", KNOWN)
def test_every_parameter_of_every_rule_has_a_label_of_its_own(rule: str):
    paths = [path for path, _held in words.leaves(all_rules()[rule].info.params)]
    assert {path[-1] for path in paths} <= set(PARAMETERS), "add it to workplace/rule_pages/labels.py"
    said = [words.label(rule, path) for path in paths]
    assert len(set(said)) == len(said), "two parameters of one rule read the same"


@pytest.mark.parametrize("rule", KNOWN)
def test_every_rule_stands_under_a_subject(rule: str):
    assert words.subject(rule) != str(words.OTHER)


def test_every_mode_has_words():
    assert set(words.MODE_WORDS) == set(MODES)


@pytest.mark.parametrize(
    ("path", "held", "text"),
    [
        (("max",), None, "not set"), (("max",), 0, "0"), (("strict",), True, "yes"), (("strict",), False, "no"),
        (("words",), [], "none"), (("words",), ["a", "b"], "a, b"), (("source",), "", "not set"),
        (("formats",), ["in_feed", "gone"], "in-feed ad, gone"), (("objectives",), ["reach"], "reach"),
        (("countries",), ["DE", "XX"], "Germany (DE), XX"),
    ],
)  # fmt: skip
def test_values_in_words(path: tuple[str, ...], held: object, text: str):
    assert words.value(path, held) == text


def test_german_words():
    with translation.override("de"):
        assert words.mode("soft") == "blockiert, bis es übergangen wird"
        assert words.country("FR") == "Frankreich (FR)"
        assert words.label("text.length", ("limits", "in_feed", "max")) == "In-Feed-Anzeige: Zeichen, höchstens"
