"""What a version of a rule set may say, judged before anything is written: its lines, and what narrows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.vocabulary import AdFormat, Objective
from core.canonical import MAX_SAFE_INTEGER
from core.errors import FieldError, Invalid, Words, say
from governance import messages
from governance.contract import Binding, InvalidParams
from governance.registry import validate_binding

KEY: Final = r"^[a-z0-9][a-z0-9-]*$"
"""What a rule set may be called for good."""
MOST_LINES: Final = 500
MOST_CHARACTERS: Final = {"key": 100, "title": 200}


def bindings(rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as they are stored. Raises Invalid, by line: `rules.<number>.params.<name>`."""
    errors, lines, custom = [], [], set[str]()
    for index, line in enumerate(rules):
        try:
            binding = Binding.from_json(line)
            code = validate_binding(binding).code
            if code in custom:
                errors.append(FieldError(f"rules.{index}.params.key", "taken", _("Another line of this rule set has this key.")))
            custom |= {code} - {binding.rule}
            if not is_storable(binding.as_json()):
                errors.append(FieldError(f"rules.{index}", "invalid", _("A text or number here cannot be kept.")))
            lines.append(binding.as_json())
        except InvalidParams as error:
            errors.append(FieldError(f"rules.{index}.{error.path}", "invalid", refusal(error)))
        except (KeyError, ValueError, TypeError, AttributeError):
            errors.append(FieldError(f"rules.{index}", "invalid", _("A line is {rule, mode, params}.")))
    if errors:
        raise Invalid(errors)
    return lines


def refusal(error: InvalidParams) -> Words:
    """What is wrong with a parameter, in the language of whoever reads."""
    if error.words is not None:
        said: Words = error.words
        return said
    return say(_("{path}: expected {expected}"), path=error.path, expected=_label_lazy(error.expected))


def _label(expected: str) -> str:
    return messages.label(expected, get_language())


_label_lazy: Final = lazy(_label, str)


def narrowed(markets: Sequence[str], formats: Sequence[str], objectives: Sequence[str]) -> dict[str, list[str]]:
    """The lists as they are stored. Raises Invalid."""
    for name, given, known in (("formats", formats, AdFormat.values), ("objectives", objectives, Objective.values)):
        if unknown := sorted(set(given) - set(known)):
            words = say(_("“{value}” is none of {choices}."), value=unknown[0], choices=", ".join(known))
            raise Invalid.field(name, "unknown", words)
    for market in markets:
        if not (len(market) == 2 and market.isascii() and market.isupper()):
            raise Invalid.field("markets", "unknown", _("A market is a country in two capital letters, such as DE."))
    return {"markets": sorted(set(markets)), "formats": sorted(set(formats)), "objectives": sorted(set(objectives))}


def is_storable(value: Any) -> bool:
    """Whether it can be written into any database and digested: in texts no NUL and nothing that is no character by itself, and no
    number beyond what is exact in JSON."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= each <= "\udfff" for each in value)
    if isinstance(value, Mapping):
        return all(is_storable(name) and is_storable(each) for name, each in value.items())
    if isinstance(value, int):
        return abs(value) <= MAX_SAFE_INTEGER
    return all(map(is_storable, value)) if isinstance(value, list | tuple) else True
