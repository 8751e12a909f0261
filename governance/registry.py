"""The rules by code, and how a revision is judged by a list of bindings (R-53). Fails closed (R-03)."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from billiard.exceptions import SoftTimeLimitExceeded

from governance.contract import (
    Binding,
    CannotJudge,
    Context,
    EvaluatedFinding,
    InvalidParams,
    JsonObject,
    Mode,
    Outcome,
    ParamsCheck,
    Result,
    Rule,
    RuleFunction,
    RuleInfo,
    Subject,
    Verdict,
    undecided,
)

# A revision with thousands of media must not become thousands of rows; what comes after counts as not judged.
MAX_VERDICTS = 100

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
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a rule under its permanent code; see RuleInfo. Raises ValueError if the code is taken."""
    info = RuleInfo(code, version, tuple(applies_to), tuple(sections), tuple(reads), params or {}, tuple(codes), source)

    def register(judge: RuleFunction) -> RuleFunction:
        if code in _RULES:
            raise ValueError(f"rule {code} is registered twice")
        _RULES[code] = Rule(info, judge, check)
        return judge

    return register


def all_rules() -> Mapping[str, Rule]:
    """Every rule by code."""
    # The rule modules import this one to register themselves, so they can only be imported on first use.
    importlib.import_module("governance.rules")
    return _RULES


def validate_binding(binding: Binding) -> None:
    """Whether a rule set may contain this line. Raises InvalidParams (an unknown rule is reported as path
    `rule`).
    """
    known = all_rules().get(binding.rule)
    if known is None:
        raise InvalidParams("rule", "the code of a rule")
    merged = merge_params(known.info.params, binding.params)
    if known.check is not None:
        known.check(merged)


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


def evaluate(
    subject: Subject,
    bindings: Iterable[Binding],
    context: Context,
    rules: Mapping[str, Rule] | None = None,
) -> list[EvaluatedFinding]:
    """Judge one revision by every binding that is not off and whose rule applies to its type, in the order
    given.

    Never raises because of what is in the revision, the context or the parameters: what cannot be judged
    becomes a finding `error` (R-03). `rules` replaces the registered ones.
    """
    known = all_rules() if rules is None else rules
    findings: list[EvaluatedFinding] = []
    for binding in bindings:
        if binding.mode is Mode.OFF:
            continue
        bound = known.get(binding.rule)
        if bound is None:
            verdict = undecided("check.rule_unknown", rule=shown(binding.rule, 60))
            findings.append(_finding(binding, 0, (), verdict))
        elif subject.type in bound.info.applies_to:
            verdicts = _verdicts(bound, subject, binding.params, context)
            findings.extend(_finding(binding, bound.info.version, bound.info.sections, each) for each in verdicts)
    return findings


def outcome(findings: Iterable[EvaluatedFinding]) -> Outcome:
    """What the findings of one run add up to: a fail or error blocks under hard and soft, warns under
    warn.
    """
    weighty = {each.mode for each in findings if each.result in (Result.FAIL, Result.ERROR)}
    if weighty & {Mode.HARD, Mode.SOFT}:
        return Outcome.BLOCKED
    return Outcome.WARNED if Mode.WARN in weighty else Outcome.PASSED


def _finding(binding: Binding, version: int, sections: tuple[str, ...], verdict: Verdict) -> EvaluatedFinding:
    return EvaluatedFinding(
        binding.rule,
        version,
        binding.mode,
        verdict.result,
        verdict.code,
        dict(verdict.params),
        dict(verdict.evidence),
        sections,
    )


def _verdicts(bound: Rule, subject: Subject, params: JsonObject, context: Context) -> list[Verdict]:
    """The rule's verdicts, ended by an `error` verdict if it could not finish."""
    verdicts: list[Verdict] = []
    try:
        merged = merge_params(bound.info.params, params)
        if bound.check is not None:
            bound.check(merged)
        for verdict in islice(bound.judge(subject, merged, context), MAX_VERDICTS + 1):
            verdicts.append(_plain(verdict))
    except InvalidParams as wrong:
        verdicts.append(undecided("check.params_invalid", path=wrong.path, expected=wrong.expected))
    except CannotJudge as reason:
        verdicts.append(Verdict(Result.ERROR, reason.code, reason.params))
    except (MemoryError, SoftTimeLimitExceeded):
        # These say something about the process, not about the rule: the task must end the whole run as
        # errored.
        raise
    except Exception as fault:  # noqa: BLE001
        # The one broad catch of the product. A rule is judged by strangers' data and may be written by
        # strangers too; if its fault ended the run, one bad rule would hide what all the others found, and if
        # it were ignored, a crash would be a way past the rule. So any fault is an answer: "not judged",
        # which blocks wherever the rule is binding.
        evidence = {"exception": type(fault).__name__, "detail": shown(str(fault))}
        verdicts.append(undecided("check.crashed", evidence))
    if len(verdicts) > MAX_VERDICTS:
        verdicts[MAX_VERDICTS:] = [undecided("check.too_many_findings", limit=MAX_VERDICTS)]
    return verdicts or [undecided("check.silent")]


def _plain(verdict: object) -> Verdict:
    """The verdict, if it can be stored as JSON. Raises TypeError if not (also when it is no verdict)."""
    if not isinstance(verdict, Verdict) or not (_is_plain(verdict.params) and _is_plain(verdict.evidence)):
        raise TypeError("a rule must yield verdicts of plain JSON")
    return verdict


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _is_plain(each) for name, each in value.items())
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return value is None or isinstance(value, str | int)


def shown(text: str, limit: int = 120) -> str:
    """Text as it may stand in a message: no control or broken characters, at most `limit` characters."""
    clean = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[: limit + 1])
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
