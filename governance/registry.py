"""The rules by code, and the parameters that each takes (R-53). governance.evaluation judges by them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from governance.contract import (
    Binding,
    InvalidParams,
    JsonObject,
    ParamsCheck,
    Particulars,
    Rule,
    RuleFunction,
    RuleInfo,
)

# Codes that the evaluation itself gives to any rule, beside the rule's own.
COMMON_CODES = (
    "check.passed",
    "check.not_for_format",
    "check.not_for_media",
    "check.nothing_given",
    "check.unreadable",
    "check.context_missing",
    "check.params_invalid",
    "check.rule_unknown",
    "check.crashed",
    "check.silent",
    "check.too_many_findings",
)

_RULES: dict[str, Rule] = {}


def rule(
    *,
    code: str,
    version: int,
    applies_to: Sequence[str],
    sections: Sequence[str],
    codes: Sequence[str],
    source: str,
    params: JsonObject | None = None,
    reads: Sequence[str] = (),
    check: ParamsCheck | None = None,
    particulars: Particulars | None = None,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a rule under its permanent code; see RuleInfo. Raises ValueError if the code is taken."""
    info = RuleInfo(code, version, tuple(applies_to), tuple(sections), tuple(reads), params or {}, tuple(codes), source)

    def register(judge: RuleFunction) -> RuleFunction:
        if code in _RULES:
            raise ValueError(f"rule {code} is registered twice")
        _RULES[code] = Rule(info, judge, check, particulars)
        return judge

    return register


def all_rules() -> Mapping[str, Rule]:
    """Every rule by code."""
    # The rule modules import this one to register themselves, so they can only be imported on first use.
    importlib.import_module("governance.rules")
    return _RULES


def validate_binding(binding: Binding) -> RuleInfo:
    """What is known of the rule of this line, if a rule set may contain it. Raises InvalidParams (an unknown rule is reported
    as path `rule`).
    """
    known = all_rules().get(binding.rule)
    if known is None:
        raise InvalidParams("rule", "the code of a rule")
    return bound(known, binding.params)[0]


def bound(rule: Rule, params: JsonObject) -> tuple[RuleInfo, dict[str, Any]]:
    """What is known of a rule with the parameters of a line, and these merged with the defaults. Raises InvalidParams."""
    merged = merge_params(rule.info.params, params)
    if rule.check is not None:
        rule.check(merged)
    return rule.info if rule.particulars is None else rule.particulars(rule.info, merged), merged


def merge_params(defaults: JsonObject, given: JsonObject, path: str = "params") -> dict[str, Any]:
    """The defaults with what a binding overrides, object by object; lists are replaced whole.

    The defaults are the schema: a name that they lack, or a value of another type, is refused, since a
    misspelt parameter would otherwise leave a rule quietly weaker than its author believes. A default of null
    takes an integer or null. Raises InvalidParams.
    """
    if not isinstance(given, Mapping):
        raise InvalidParams(path, "an object")
    merged = dict(defaults)
    for name, value in given.items():
        here = f"{path}.{name}"
        if name not in defaults:
            raise InvalidParams(here, "a parameter that this rule knows")
        default = defaults[name]
        merged[name] = (
            merge_params(default, value, here) if isinstance(default, Mapping) else _same(default, value, here)
        )
    return merged


def _same(default: Any, value: Any, path: str) -> Any:
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise InvalidParams(path, "true or false")
    elif default is None or isinstance(default, int):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise InvalidParams(path, "a whole number of at least 0, or null for no limit")
    elif isinstance(default, str):
        if not isinstance(value, str):
            raise InvalidParams(path, "a text")
    elif not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidParams(path, "a list of texts")
    return value


def shown(text: str, limit: int = 120) -> str:
    """Text as it may stand in a message: no control or broken characters, at most `limit` characters."""
    if len(text) <= limit and text.isprintable():
        return text
    clean = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
