"""What findings say to people: one message per code and one title per rule, English and German.

The texts are tables in `en` and `de`, parted by what they are about; their placeholders are filled from the verdict's
params. Findings are stored as code and params, so a text may be improved without touching what was recorded.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from typing import Any

from governance.messages import de, en

_TEXTS: Mapping[str, Mapping[str, str]] = {"en": en.MESSAGES, "de": de.MESSAGES}
_TITLES: Mapping[str, Mapping[str, str]] = {"en": en.TITLES, "de": de.TITLES}
_LABELS: Mapping[str, Mapping[str, str]] = {"en": en.LABELS, "de": de.LABELS}

LANGUAGES = tuple(_TEXTS)

# Params whose values are words of ours, shown by their label; all other values are shown as they are.
LABELLED = frozenset(
    {"format", "kind", "kinds", "mode", "what", "strategy", "objective", "reason", "expected", "fact", "gender", "field"}
)

AMOUNT = re.compile(r"-?\d+\.\d+(?: [A-Z]{3})?")
"""What is shown with the decimal sign of the language: a number with a fraction, or an amount of money."""
_NUMBER = re.compile(r"\d+")
_PLACE = re.compile(r"\[\d+\]")
"""Which of several: of hashtags the number says nothing to people."""
DECIMAL_SIGN = {"de": ","}


class _Blank(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "?"


def language(lang: str | None) -> str:
    """The table for a language tag such as `de-AT`; English where there is none."""
    base = (lang or "").replace("_", "-").split("-")[0].lower()
    return base if base in _TEXTS else "en"


def message(code: str, params: Mapping[str, Any], lang: str | None = "en") -> str:
    """The message of a finding. A code without text (a rule that is gone) shows as itself."""
    known = language(lang)
    template = _TEXTS[known].get(code)
    if template is None:
        return code
    shown = {name: _label(name, value, known) for name, value in params.items()}
    return string.Formatter().vformat(template, (), _Blank(shown))


def title(rule: str, lang: str | None = "en") -> str:
    """The name of a rule for people; its code where there is none. Customers' own rules are named by their keys."""
    titles = _TITLES[language(lang)]
    family, _, key = rule.partition(".")
    if family == "custom" and rule not in titles:
        return f"{titles['custom.expression']}: {key}"
    return titles.get(rule, rule)


def placeholders(code: str, lang: str) -> frozenset[str]:
    """The names that the code's message fills from params. Raises KeyError for a code without text."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(_TEXTS[lang][code]) if name)


def label(word: str, lang: str | None = "en") -> str:
    """A word of ours for people, or parts of what is expected; itself where it has no other."""
    return _label("expected", word, language(lang))


def _label(name: str, value: Any, lang: str) -> str:
    if isinstance(value, Mapping):  # somebody's words, by language
        return str(value.get(lang, ""))
    if name not in LABELLED:
        said = str(value)
        return said.replace(".", DECIMAL_SIGN.get(lang, ".")) if AMOUNT.fullmatch(said) else said
    labels, said = _LABELS[lang], str(value)
    if name == "field":
        return labels.get(_PLACE.sub("", said), said)
    if name == "kinds":
        return ", ".join(labels.get(each, each) for each in said.split(", "))
    return labels[said] if said in labels else "; ".join(_part(each, labels) for each in said.split("; "))


def _part(said: str, labels: Mapping[str, str]) -> str:
    """A part of what is expected; its numbers, and what comes after a colon, are the same in every language."""
    head, colon, rest = said.partition(": ")
    numbers = iter(_NUMBER.findall(head))
    label = labels.get(_NUMBER.sub("#", head))
    return said if label is None else re.sub("#", lambda _: next(numbers, "#"), label) + colon + rest
