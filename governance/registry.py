"""The rules by code, and the parameters that each takes (R-53). governance.evaluation judges by them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from governance.contract import (
    Binding,
    InvalidParams,
    JsonObject,
    Param,
    ParamsCheck,
    Particulars,
    Rule,
    RuleFunction,
    RuleInfo,
)
from governance.parameters import check_declared, check_meant, merge_params

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
    schema: Mapping[str, Param] | None = None,
    reads: Sequence[str] = (),
    check: ParamsCheck | None = None,
    particulars: Particulars | None = None,
    doubt: ParamsCheck | None = None,
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a rule under its permanent code; see RuleInfo. Raises ValueError if the code is taken, or the schema and the
    defaults do not agree.
    """
    check_declared(params or {}, schema or {})
    info = RuleInfo(
        code, version, tuple(applies_to), tuple(sections), tuple(reads), params or {}, tuple(codes), source, schema or {}
    )

    def register(judge: RuleFunction) -> RuleFunction:
        if code in _RULES:
            raise ValueError(f"rule {code} is registered twice")
        _RULES[code] = Rule(info, judge, check, particulars, doubt)
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
    info, merged = bound(known, binding.params)
    check_meant(merged)
    if known.doubt is not None:
        known.doubt(merged)
    return info


def bound(rule: Rule, params: JsonObject) -> tuple[RuleInfo, dict[str, Any]]:
    """What is known of a rule with the parameters of a line, and these merged with the defaults. Raises InvalidParams."""
    merged = merge_params(rule.info.params, params, rule.info.schema)
    if rule.check is not None:
        rule.check(merged)
    return rule.info if rule.particulars is None else rule.particulars(rule.info, merged), merged


def shown(text: str, limit: int = 120) -> str:
    """Text as it may stand in a message: no control or broken characters, at most `limit` characters."""
    if len(text) <= limit and text.isprintable():
        return text
    clean = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
