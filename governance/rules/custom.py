"""The rule that customers write themselves, in CEL (docs/expressions.md). Each line of it is a rule of its own, `custom.<key>`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from governance.contract import (
    ENTITY_TYPES,
    Context,
    InvalidParams,
    JsonObject,
    RuleInfo,
    Subject,
    Verdict,
    failed,
    passed,
)
from governance.expressions.compiling import MOST_CHARACTERS, InvalidExpression, Program, compiled
from governance.expressions.evaluating import as_evidence, holds, values
from governance.expressions.vocabulary import RULES, Surroundings, Vocabulary, sections
from governance.parameters import a_text, some_texts
from governance.registry import rule, shown

CODE: Final = "custom.expression"
PREFIX: Final = "custom."
KEY: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
MOST_WORDS: Final = 500
"""Characters of a message."""


def vocabulary(applies_to: tuple[str, ...]) -> Vocabulary:
    """The names that every one of these types has."""
    return RULES[min(applies_to, key=ENTITY_TYPES.index)]


def rule_of(line: Mapping[str, Any]) -> str:
    """What findings call the rule of a stored line."""
    return f"{PREFIX}{line['params'].get('key')}" if line["rule"] == CODE else str(line["rule"])


def _program(params: JsonObject) -> tuple[Program, tuple[str, ...]]:
    """The program of a line, and the types that it is about: those it names, else the one whose names it reads.

    Raises InvalidExpression.
    """
    return _settled(params["expression"], tuple(params["applies_to"]))


@lru_cache(maxsize=512)
def _settled(text: str, given: tuple[str, ...]) -> tuple[Program, tuple[str, ...]]:
    if given:
        applies_to = tuple(each for each in ENTITY_TYPES if each in given)
        return compiled(text, vocabulary(applies_to)), applies_to
    program = compiled(text, RULES["ad"])
    owners = {each.owner for each in program.entries}
    own = [each for each in ENTITY_TYPES if each in owners]
    return program, tuple(own[-1:]) or ENTITY_TYPES


def _check(params: JsonObject) -> None:
    if KEY.fullmatch(params["key"]) is None or PREFIX + params["key"] == CODE:
        raise InvalidParams("params.key", "at most 40 small letters, digits and hyphens")
    if unknown := set(params["applies_to"]) - set(ENTITY_TYPES):
        raise InvalidParams("params.applies_to", f"some of {', '.join(ENTITY_TYPES)}, not {shown(min(unknown), 40)}")
    for lang, words in params["message"].items():
        if len(words) > MOST_WORDS or shown(words, MOST_WORDS) != words:
            raise InvalidParams(f"params.message.{lang}", f"one line of at most {MOST_WORDS} characters")
    try:
        _, applies_to = _program(params)
    except InvalidExpression as error:
        raise InvalidParams("params.expression", str(error), error.words) from error
    known = {section for each in applies_to for section in sections(each)}
    if unknown := set(params["sections"]) - known:
        raise InvalidParams("params.sections", f"some of {', '.join(sorted(known))}, not {shown(min(unknown), 40)}")


def _reads_something(params: JsonObject) -> None:
    """An expression that reads nothing says the same of everything. Raises InvalidParams."""
    if not _program(params)[0].entries:
        raise InvalidParams("params.expression", "an expression that reads something")


def _particulars(info: RuleInfo, params: JsonObject) -> RuleInfo:
    """The rule that a line is. What it reads decides what it depends on; `sections` may name more."""
    program, applies_to = _program(params)
    own = {name for each in program.entries if each.owner in applies_to for name in each.sections}
    reads = {name for each in program.entries for name in each.reads}
    return replace(
        info, code=PREFIX + params["key"], applies_to=applies_to, sections=tuple(sorted(own | set(params["sections"]))),
        reads=tuple(sorted(reads)),
    )  # fmt: skip


@rule(
    code=CODE,
    version=2,
    applies_to=ENTITY_TYPES,
    sections=(),
    params={"key": "", "expression": "", "message": {"en": "", "de": ""}, "applies_to": [], "sections": []},
    schema={
        "key": a_text(40),
        "expression": a_text(MOST_CHARACTERS),
        "en": a_text(MOST_WORDS),
        "de": a_text(MOST_WORDS),
        "applies_to": some_texts(len(ENTITY_TYPES), 40),
        "sections": some_texts(50, 40),
    },
    codes=(
        "custom.failed", "custom.unexplained", "custom.absent", "custom.undecided", "media.unprobed", "check.context_missing",
        "check.passed",
    ),
    source="the author of the rule set",
    check=_check,
    particulars=_particulars,
    doubt=_reads_something,
)
def expression(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """What an expression in CEL says is so. It is the customer's; so are the words when it is not."""
    program, _ = _program(params)
    found = values(program, Surroundings(subject, context))
    evidence = as_evidence(found)
    if holds(program, found):
        yield passed(evidence=evidence)
    elif any(params["message"].values()):
        yield failed("custom.failed", evidence, key=params["key"], message=_message(params))
    else:
        written = shown(" ".join(params["expression"].split()), 500)
        yield failed("custom.unexplained", {**evidence, "expression": written}, key=params["key"])


def _message(params: JsonObject) -> dict[str, str]:
    """The author's words by language; where one lacks the other's."""
    said: dict[str, str] = dict(params["message"])
    instead = said["en"] or said["de"]
    return {lang: words or instead for lang, words in said.items()}
