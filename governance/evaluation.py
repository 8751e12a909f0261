"""How a revision is judged by the lines of rule sets (R-53). Pure, and fails closed (R-03).

Lines are compiled once, a version of a rule set being immutable: the rule found by its code, its parameters merged with the
defaults and checked. What cannot be compiled is a line that answers `error` wherever it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from billiard.exceptions import SoftTimeLimitExceeded

from governance.contract import (
    ENTITY_TYPES,
    NOTHING,
    Binding,
    CannotJudge,
    Context,
    EvaluatedFinding,
    InvalidParams,
    JsonObject,
    Mode,
    Outcome,
    Result,
    Rule,
    RuleFunction,
    Subject,
    Verdict,
    undecided,
)
from governance.registry import all_rules, bound, shown

MAX_VERDICTS: Final = 100
"""A revision with thousands of media must not become thousands of rows; what comes after counts as not judged."""

WEIGHTY: Final = frozenset({Result.FAIL, Result.ERROR})


@dataclass(frozen=True, slots=True)
class Line:
    """A binding ready to judge by. `rule`: what findings call it; `applies_to`: the entity types it says something about;
    `reads`: the fields of Context that it reads."""

    rule: str
    version: int
    mode: Mode
    applies_to: frozenset[str]
    sections: tuple[str, ...]
    params: JsonObject
    judge: RuleFunction
    reads: tuple[str, ...] = ()


def compiled(bindings: Iterable[Binding], rules: Mapping[str, Rule] | None = None) -> tuple[Line, ...]:
    """The lines of every binding that is not off, in the order given. Never raises: a rule that is not known, and parameters
    that it does not take, are lines that answer `error` (R-03). `rules` replaces the registered ones."""
    known = all_rules() if rules is None else rules
    return tuple(_line(binding, known.get(binding.rule)) for binding in bindings if binding.mode is not Mode.OFF)


def _line(binding: Binding, rule: Rule | None) -> Line:
    if rule is None:
        verdict = undecided("check.rule_unknown", rule=shown(binding.rule, 60))
        return Line(binding.rule, 0, binding.mode, frozenset(ENTITY_TYPES), (), {}, _always(verdict))
    info, judge, params = rule.info, rule.judge, binding.params
    try:
        info, params = bound(rule, binding.params)
    except InvalidParams as wrong:
        judge = _always(undecided("check.params_invalid", path=wrong.path, expected=wrong.expected))
    except Exception as fault:  # noqa: BLE001 - as in `_verdicts`: a fault of a rule is an answer
        judge = _always(_crashed(fault))
    applies_to = frozenset(info.applies_to)
    name = info.code if rule.particulars else binding.rule
    return Line(name, info.version, binding.mode, applies_to, info.sections, params, judge, info.reads)


def _always(verdict: Verdict) -> RuleFunction:
    """A judge who says the same of everything."""
    return lambda subject, params, context: (verdict,)


def judged(subject: Subject, lines: Iterable[Line], context: Context) -> Iterator[EvaluatedFinding]:
    """What the lines say of one revision, those about other types of entity left out.

    Never raises because of what is in the revision or the context: what cannot be judged becomes a finding `error` (R-03).
    """
    for line in lines:
        if subject.type in line.applies_to:
            for verdict in _verdicts(line, subject, context):
                yield EvaluatedFinding(
                    line.rule, line.version, line.mode, verdict.result, verdict.code, verdict.params, verdict.evidence,
                    line.sections,
                )  # fmt: skip


def evaluate(
    subject: Subject, bindings: Iterable[Binding], context: Context, rules: Mapping[str, Rule] | None = None
) -> list[EvaluatedFinding]:
    """`judged` by bindings that are compiled for this once."""
    return list(judged(subject, compiled(bindings, rules), context))


def outcome(findings: Iterable[EvaluatedFinding]) -> Outcome:
    """What the findings of one run add up to: a fail or error blocks under hard and soft, warns under warn."""
    weighty = {each.mode for each in findings if each.result in WEIGHTY}
    if weighty & {Mode.HARD, Mode.SOFT}:
        return Outcome.BLOCKED
    return Outcome.WARNED if Mode.WARN in weighty else Outcome.PASSED


def _verdicts(line: Line, subject: Subject, context: Context) -> list[Verdict]:
    """The rule's verdicts, ended by an `error` verdict if it could not finish."""
    verdicts: list[Verdict] = []
    try:
        for verdict in islice(line.judge(subject, line.params, context), MAX_VERDICTS + 1):
            verdicts.append(_plain(verdict))
    except InvalidParams as wrong:
        verdicts.append(undecided("check.params_invalid", path=wrong.path, expected=wrong.expected))
    except CannotJudge as reason:
        verdicts.append(Verdict(Result.ERROR, reason.code, reason.params))
    except (MemoryError, SoftTimeLimitExceeded):
        # These say something about the process, not about the rule: the task must end the whole run as errored.
        raise
    except Exception as fault:  # noqa: BLE001
        # The one broad catch of the product, here and in `_line`. A rule is judged by strangers' data and may be written by
        # strangers too; if its fault ended the run, one bad rule would hide what all the others found, and if it were
        # ignored, a crash would be a way past the rule. So any fault is an answer: "not judged", which blocks wherever the
        # rule is binding.
        verdicts.append(_crashed(fault))
    if len(verdicts) > MAX_VERDICTS:
        verdicts[MAX_VERDICTS:] = [undecided("check.too_many_findings", limit=MAX_VERDICTS)]
    return verdicts or [undecided("check.silent")]


def _crashed(fault: Exception) -> Verdict:
    return undecided("check.crashed", {"exception": type(fault).__name__, "detail": shown(str(fault))})


def _plain(verdict: object) -> Verdict:
    """The verdict, if it can be stored as JSON. Raises TypeError if not (also when it is no verdict)."""
    if not isinstance(verdict, Verdict) or not (_is_plain(verdict.params) and _is_plain(verdict.evidence)):
        raise TypeError("a rule must yield verdicts of plain JSON")
    return verdict


_SCALARS: Final = frozenset({str, int, bool, type(None)})


def _is_plain(value: Any) -> bool:
    """Asked for every verdict: a loop, and no call for the scalars that most of it is."""
    kind = type(value)
    if value is NOTHING or kind in _SCALARS:
        return True
    if kind is dict or isinstance(value, Mapping):
        for name, each in value.items():
            if not isinstance(name, str) or (type(each) not in _SCALARS and not _is_plain(each)):
                return False
        return True
    return all(map(_is_plain, value)) if isinstance(value, list | tuple) else isinstance(value, str | int)
