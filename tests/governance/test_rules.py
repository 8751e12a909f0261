"""Every rule by its table (R-23, R-53, R-54), and that the tables leave nothing out."""

from __future__ import annotations

from collections import defaultdict

import pytest

from governance.contract import InvalidParams, Result, RuleInfo
from governance.messages import LANGUAGES, message, placeholders
from governance.registry import COMMON_CODES, all_rules, bound
from tests.governance import (
    cases_analyses,
    cases_audiences,
    cases_copy,
    cases_custom,
    cases_drafts,
    cases_lettering,
    cases_media,
    cases_money,
    cases_pages,
    cases_words,
)
from tests.governance.builders import Case, judge

CASES = [
    *cases_money.CASES, *cases_media.CASES, *cases_copy.CASES, *cases_pages.CASES, *cases_drafts.CASES, *cases_words.CASES,
    *cases_audiences.CASES, *cases_custom.CASES, *cases_analyses.CASES, *cases_lettering.CASES,
]  # fmt: skip


def number(rule: str) -> str:
    return "r23" if rule.startswith("budget.") else "r54"


def label(line: Case) -> str:
    return " ".join(filter(None, (number(line.rule), line.rule, line.expected[-1][1], line.note)))


def known(line: Case) -> RuleInfo:
    """What is known of the rule with the parameters of this line."""
    rule = all_rules()[line.rule]
    try:
        return bound(rule, line.params)[0]
    except InvalidParams:
        return rule.info


@pytest.mark.parametrize("line", CASES, ids=label)
def test_r53_rule_gives_the_expected_findings(line: Case) -> None:
    findings = judge(line.rule, line.subject, line.around, line.params)
    assert tuple((each.result, each.code) for each in findings) == line.expected
    info = known(line)
    for each in findings:
        assert each.rule == info.code
        assert each.code in (*info.codes, *COMMON_CODES)
        assert each.version == info.version
        assert each.sections == info.sections
        for lang in LANGUAGES:
            assert placeholders(each.code, lang) <= set(each.params), "a placeholder that nothing fills"
            assert "{" not in message(each.code, each.params, lang) or "{" in str(each.params.values())


def test_r53_every_code_of_every_rule_is_shown_by_a_table() -> None:
    shown: dict[str, set[str]] = defaultdict(set)
    for line in CASES:
        shown[line.rule] |= {code for _, code in line.expected}
    # Codes that any rule about files or formats can give are shown once, not once per rule.
    shared = {"ad.format_unknown", "media.unprobed", "media.fact_unknown", *COMMON_CODES}
    missing = {rule: set(known.info.codes) - shown[rule] - shared for rule, known in all_rules().items()}
    assert {rule: codes for rule, codes in missing.items() if codes} == {}
    assert {"ad.format_unknown", "media.unprobed", "media.fact_unknown"} <= set().union(*shown.values())


def test_r53_every_rule_has_a_passing_a_failing_and_an_unjudged_line() -> None:
    results: dict[str, set[Result]] = defaultdict(set)
    for line in CASES:
        results[line.rule] |= {result for result, _ in line.expected}
    wanted = {Result.PASS, Result.FAIL, Result.ERROR}
    assert {rule: wanted - results[rule] for rule in all_rules() if not wanted <= results[rule]} == {}


def test_r23_message_names_the_amounts() -> None:
    subject = next(line.subject for line in cases_money.CAMPAIGN_MINIMUM if line.expected[0][0] is Result.FAIL)
    (finding,) = judge("budget.campaign_minimum", subject)
    english, german = (message(finding.code, finding.params, lang) for lang in ("en", "de-DE"))
    assert english.startswith("The campaign's budget (daily) of 49.99 USD is below the minimum of 50.00 USD.")
    assert "Raise it by 0.01 USD" in english
    assert "um 0,01 USD erhöhen" in german
