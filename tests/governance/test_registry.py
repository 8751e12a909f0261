"""How rules are run: bindings, modes, parameters, and that a run fails closed (R-03, R-53)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from hypothesis import given
from hypothesis import strategies as st

from governance.contract import (
    Binding,
    CannotJudge,
    Context,
    InvalidParams,
    JsonObject,
    Mode,
    Outcome,
    ParamKind,
    Result,
    Rule,
    RuleInfo,
    Subject,
    Verdict,
    failed,
    passed,
)
from governance.defaults import BY_POLICY, HARD, OBSERVED, WARN, brand_rules, disclaimer_rules, seed_platform_rules
from governance.evaluation import MAX_VERDICTS, evaluate, outcome
from governance.parameters import check_declared, leaves, merge_params, whole
from governance.registry import all_rules, rule, shown, validate_binding
from tests.governance.builders import ad, ad_group, campaign, context


def made(judge: Any, params: JsonObject | None = None, applies_to: tuple[str, ...] = ("ad",)) -> dict[str, Rule]:
    """A rule `test.rule` alone."""
    return {"test.rule": Rule(RuleInfo("test.rule", 3, applies_to, ("copy",), (), params or {}, (), "test"), judge)}


def run(judge: Any, mode: Mode = Mode.HARD, params: JsonObject | None = None, given: JsonObject | None = None):
    return evaluate(ad(), [Binding("test.rule", mode, given or {})], context(), made(judge, params))


def raising(fault: BaseException):
    def judge(subject: Subject, params: JsonObject, around: Context) -> Iterable[Verdict]:
        raise fault

    return judge


@pytest.mark.parametrize(
    "fault", [ValueError("boom"), KeyError("x"), RecursionError(), ZeroDivisionError(), AssertionError()]
)
def test_r03_a_rule_that_raises_is_an_error_that_blocks(fault: Exception) -> None:
    (finding,) = run(raising(fault))
    assert (finding.result, finding.code) == (Result.ERROR, "check.crashed")
    assert finding.evidence["exception"] == type(fault).__name__
    assert outcome([finding]) is Outcome.BLOCKED


@pytest.mark.parametrize("fault", [MemoryError(), KeyboardInterrupt(), SystemExit(), SoftTimeLimitExceeded()])
def test_r03_what_concerns_the_process_ends_the_run(fault: BaseException) -> None:
    with pytest.raises(type(fault)):
        run(raising(fault))


def test_r03_what_was_found_before_a_crash_is_kept() -> None:
    def judge(subject: Subject, params: JsonObject, around: Context) -> Iterator[Verdict]:
        yield failed("text.too_long")
        raise ValueError

    assert [each.code for each in run(judge)] == ["text.too_long", "check.crashed"]


def test_r03_one_crashing_rule_hides_no_other() -> None:
    rules = made(raising(ValueError())) | {"budget": all_rules()["budget.campaign_minimum"]}
    rules["test.rule"] = Rule(RuleInfo("test.rule", 1, ("campaign",), (), (), {}, (), "test"), rules["test.rule"].judge)
    bindings = [Binding("test.rule", Mode.HARD), Binding("budget", Mode.HARD)]
    assert [each.result for each in evaluate(campaign(), bindings, context(), rules)] == [Result.ERROR, Result.PASS]


def test_r03_a_rule_that_cannot_judge_says_why() -> None:
    (finding,) = run(raising(CannotJudge("check.context_missing", what="campaign")))
    assert (finding.result, finding.code, finding.params) == (
        Result.ERROR, "check.context_missing", {"what": "campaign"},
    )  # fmt: skip


def test_r03_an_unknown_rule_and_a_silent_one_block() -> None:
    unknown = evaluate(ad(), [Binding("no.such", Mode.HARD)], context())
    assert [each.code for each in unknown] == ["check.rule_unknown"]
    assert outcome(unknown) is Outcome.BLOCKED
    silent = run(lambda subject, params, around: [])
    assert [each.code for each in silent] == ["check.silent"]
    assert outcome(silent) is Outcome.BLOCKED


@pytest.mark.parametrize("answer", [None, True, [None], ["pass"], [Verdict(Result.PASS, "x", {"at": object()})]])
def test_r03_an_answer_that_is_no_verdict_is_an_error(answer: Any) -> None:
    (finding,) = run(lambda subject, params, around: answer)
    assert (finding.result, finding.code) == (Result.ERROR, "check.crashed")


def test_r03_endless_verdicts_end() -> None:
    def judge(subject: Subject, params: JsonObject, around: Context) -> Iterator[Verdict]:
        while True:
            yield passed()

    findings = run(judge)
    assert len(findings) == MAX_VERDICTS + 1
    assert findings[-1].code == "check.too_many_findings"
    assert outcome(findings) is Outcome.BLOCKED


def test_r03_as_many_verdicts_as_allowed_are_all_kept() -> None:
    findings = run(lambda subject, params, around: [passed()] * MAX_VERDICTS)
    assert [each.code for each in findings] == ["check.passed"] * MAX_VERDICTS


def test_r53_mode_off_is_not_run_and_a_rule_for_another_type_says_nothing() -> None:
    assert run(raising(ValueError()), mode=Mode.OFF) == []
    assert evaluate(ad(), [Binding("budget.campaign_minimum", Mode.HARD)], context()) == []


def test_r53_a_finding_carries_rule_version_mode_and_sections() -> None:
    (finding,) = run(lambda subject, params, around: [failed("text.too_long", {"length": 5}, length=5)], mode=Mode.SOFT)
    assert (finding.rule, finding.version, finding.mode, finding.sections) == ("test.rule", 3, Mode.SOFT, ("copy",))
    assert (finding.params, finding.evidence) == ({"length": 5}, {"length": 5})


@pytest.mark.parametrize(
    ("mode", "result", "expected"),
    [
        *((mode, Result.PASS, Outcome.PASSED) for mode in Mode),
        *((mode, Result.NOT_APPLICABLE, Outcome.PASSED) for mode in Mode),
        *((mode, result, Outcome.BLOCKED) for mode in (Mode.HARD, Mode.SOFT) for result in (Result.FAIL, Result.ERROR)),
        *((Mode.WARN, result, Outcome.WARNED) for result in (Result.FAIL, Result.ERROR)),
        *((Mode.AUDIT, result, Outcome.PASSED) for result in (Result.FAIL, Result.ERROR)),
    ],
)
def test_r53_outcome_by_mode_and_result(mode: Mode, result: Result, expected: Outcome) -> None:
    findings = run(lambda subject, params, around: [Verdict(result, "x")], mode=mode)
    assert outcome(findings) is (Outcome.PASSED if mode is Mode.OFF else expected)


def test_r53_the_heaviest_finding_decides() -> None:
    heavy = run(lambda subject, params, around: [passed(), failed("x")])
    light = run(lambda subject, params, around: [failed("x")], mode=Mode.WARN)
    assert outcome([*light, *heavy]) is Outcome.BLOCKED
    assert outcome([*light, *light]) is Outcome.WARNED


def test_r53_params_override_by_object_and_refuse_what_the_rule_does_not_know() -> None:
    defaults = {"limits": {"in_feed": {"min": 5, "max": None}}, "strict": False, "words": [], "name": ""}
    assert merge_params(defaults, {"limits": {"in_feed": {"max": 9}}})["limits"] == {"in_feed": {"min": 5, "max": 9}}
    assert defaults["limits"] == {"in_feed": {"min": 5, "max": None}}, "the defaults must not change"
    wrongs: tuple[Any, ...] = (
        {"limit": {}}, {"limits": 5}, {"limits": {"story": {}}}, {"limits": {"in_feed": {"max": "9"}}},
        {"limits": {"in_feed": {"max": -1}}}, {"limits": {"in_feed": {"max": True}}}, {"strict": 1}, {"words": "x"},
        {"words": [1]}, {"name": None}, [],
    )  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(InvalidParams):
            merge_params(defaults, wrong)


def test_r03_wrong_params_are_an_error_not_a_weaker_rule() -> None:
    (finding,) = run(lambda subject, params, around: [passed()], given={"max_lenght": 5})
    assert (finding.result, finding.code) == (Result.ERROR, "check.params_invalid")


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_r53_every_parameter_says_what_it_takes_and_refuses_the_rest(code: str) -> None:
    info = all_rules()[code].info
    check_declared(info.params, info.schema)
    for path, _ in leaves(info.params):
        param = info.schema[path[-1]]
        beyond: list[Any] = [object(), {}, 1.5, -1, None] if not param.optional else [object(), {}, 1.5, -1]
        if param.kind is ParamKind.WHOLE:
            assert param.unit
            assert param.most is not None
            beyond += [param.least - 1, param.most + 1, "5", True]
        if param.kind is ParamKind.TEXTS:
            assert param.most
            beyond += ["x", [None], ["x" * 5_000], ["x"] * (param.most + 1), ["\0"], ["\ud800"]]
        if param.kind is ParamKind.TEXT:
            assert param.most
            beyond += [["x"], "x" * (param.most + 1), "\0", "\ud800"]
        for value in beyond:
            given: Any = value
            for name in reversed(path):
                given = {name: given}
            with pytest.raises(InvalidParams) as refusal:
                merge_params(info.params, given, info.schema)
            assert refusal.value.path == ".".join(("params", *path))


@pytest.mark.parametrize(("params", "schema"), [({"max": 5}, {}), ({}, {"max": whole("x")}), ({"max": 5}, {"max": whole("x", 6)})])
def test_r53_a_rule_declares_what_its_parameters_take(params: JsonObject, schema: Any) -> None:
    with pytest.raises(ValueError, match="max"):
        rule(code="test.new", version=1, applies_to=("ad",), sections=(), codes=(), source="test", params=params, schema=schema)


def test_r53_a_code_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        rule(code="media.duration", version=1, applies_to=("ad",), sections=(), codes=(), source="test")(
            lambda subject, params, around: []
        )


def test_r53_default_rule_set_names_every_rule_once_and_validly() -> None:
    lines = [*seed_platform_rules(), *brand_rules(["example.com"], ["gratis"])]
    for line in lines:
        validate_binding(Binding.from_json(line))
    assert sorted([*(line["rule"] for line in lines), *OBSERVED, *BY_POLICY]) == sorted(all_rules())
    assert not set(HARD) & set(WARN)
    with pytest.raises(InvalidParams):
        validate_binding(Binding("no.such", Mode.HARD))
    assert [Binding.from_json(line).as_json() for line in lines] == lines
    with pytest.raises(ValueError, match="loud"):
        Binding.from_json({"rule": "media.duration", "mode": "loud"})


@pytest.mark.parametrize(("industry", "said"), [("alcohol", "Prost! Kein Alkohol unter 18."), ("finance", "Kapitalverlust möglich")])
def test_r54_an_industry_has_its_disclaimers(industry: str, said: str) -> None:
    lines = [Binding.from_json(line) for line in disclaimer_rules(industry)]
    for line in lines:
        validate_binding(line)
    german = context(ad_group=ad_group(targeting={"audience": {"languages": ["de"]}}).sections)
    assert outcome(evaluate(ad(disclosure={"disclaimer": said}), lines, german)) is Outcome.PASSED
    assert outcome(evaluate(ad(), lines, german)) is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("code", "params", "path"),
    [
        ("landing_page.domain", {"domains": ["https://example.com"]}, "params.domains"),
        ("landing_page.domain", {"domains": ["*.example.com"]}, "params.domains"),
        ("landing_page.domain", {"domains": ["com"]}, "params.domains"),
        ("text.forbidden_words", {"words": ["*"]}, "params.words"),
        ("media.aspect_ratio", {"limits": {"in_feed": {"ratios": ["9x16"]}}}, "params.limits.in_feed.ratios"),
        ("media.aspect_ratio", {"limits": {"in_feed": {"ratios": ["9:x"]}}}, "params.limits.in_feed.ratios"),
        ("media.aspect_ratio", {"limits": {"in_feed": {"ratios": ["x:9"]}}}, "params.limits.in_feed.ratios"),
        ("media.aspect_ratio", {"limits": {"carousel": {"widest": "2"}}}, "params.limits.carousel.widest"),
        ("media.resolution", {"limits": {"in_feed": {"at_least": ["0x1"]}}}, "params.limits.in_feed.at_least"),
        ("media.duration", {"limits": {"in_feed": {"max_s": 9}}}, "params.limits.in_feed.max_s"),
        ("media.duration", {"limits": {"in_feed": {"max_ms": 2**53}}}, "params.limits.in_feed.max_ms"),
        ("text.capitals", {"percent": 101}, "params.percent"),
        ("text.capitals", {"percent": None}, "params.percent"),
        ("text.letter_symbols", {"spaced_letters": 1}, "params.spaced_letters"),
        ("text.letter_symbols", {"signs": "x" * 101}, "params.signs"),
        ("text.forbidden_words", {"words": ["x" * 201]}, "params.words"),
        ("text.forbidden_words", {"words": ["x"] * 10_001}, "params.words"),
        ("text.emoji", {"formats": ["in_feed", "story"]}, "params.formats"),
        ("structure.naming", {"ad": "{x+}"}, "params.ad"),
    ],
)
def test_r53_a_rule_set_with_senseless_params_is_refused(code: str, params: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidParams) as refusal:
        validate_binding(Binding(code, Mode.HARD, params))
    assert refusal.value.path == path
    findings = evaluate(ad(), [Binding(code, Mode.HARD, params)], context())
    assert [each.code for each in findings] == ["check.params_invalid"]


@pytest.mark.parametrize(
    ("code", "params", "path"),
    [
        ("media.duration", {"limits": {"in_feed": {"min_ms": 60_001}}}, "params.limits.in_feed.min_ms"),
        ("media.required", {"limits": {"in_feed": {"video_min": 2}}}, "params.limits.in_feed.video_min"),
        ("text.length", {"limits": {"in_feed": {"max": 0}}}, "params.limits.in_feed.min"),
        ("custom.expression", {"key": "all", "expression": "1 < 2"}, "params.expression"),
        ("structure.naming", {"brands": [""]}, "params.brands"),
        ("text.forbidden_words", {"allowed": [" "]}, "params.allowed"),
        ("media.aspect_ratio", {"limits": {"in_feed": {"narrowest": "2:1", "widest": "1:1"}}}, "params.limits.in_feed.narrowest"),
    ],
)
def test_r53_what_nothing_can_meet_or_miss_is_not_written_any_more(code: str, params: dict[str, Any], path: str) -> None:
    """A version that holds it already goes on as it was meant."""
    with pytest.raises(InvalidParams) as refusal:
        validate_binding(Binding(code, Mode.HARD, params))
    assert refusal.value.path == path
    findings = evaluate(ad(), [Binding(code, Mode.HARD, params)], context())
    assert "check.params_invalid" not in {each.code for each in findings}


@pytest.mark.parametrize("subject", [campaign(), ad_group(), ad()], ids=lambda each: each.type)
def test_r54_a_sound_campaign_passes_the_default_rules(subject: Subject) -> None:
    lines = [*seed_platform_rules(), *brand_rules(["example.com"], ["gratis"])]
    findings = evaluate(subject, [Binding.from_json(line) for line in lines], context())
    assert [each for each in findings if each.result in (Result.FAIL, Result.ERROR)] == []
    assert outcome(findings) is Outcome.PASSED
    assert len(findings) >= 6


class Watched(dict[str, Any]):
    """Sections that remember which of them were asked for."""

    def __init__(self, sections: JsonObject) -> None:
        super().__init__(sections)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_r53_a_rule_reads_no_section_beyond_those_it_declares(code: str) -> None:
    info = all_rules()[code].info
    for entity in (campaign(), ad_group(), ad("v1", "i1")):
        if entity.type in info.applies_to:
            sections = Watched(entity.sections)
            evaluate(Subject(entity.type, entity.id, sections), [Binding(code, Mode.HARD)], context())
            assert sections.asked <= set(info.sections)


def test_r53_context_survives_storing() -> None:
    assert Context.from_json(context().as_json()) == context()
    assert Context.from_json({}) == Context()
    with pytest.raises(TypeError):
        Context.from_json({"weather": "rain"})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["USD", "daily", "in_feed", "v1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
LINES = [Binding.from_json(line) for line in (*seed_platform_rules(), *brand_rules(["example.com"], ["gratis"]))]


@st.composite
def spoilt(draw: st.DrawFn, whole: JsonObject) -> dict[str, Any]:
    """Sections in which some values, at either of two depths, are arbitrary JSON."""
    sections: dict[str, Any] = {}
    for name, part in whole.items():
        kept = {key: draw(JSON) if draw(st.booleans()) else value for key, value in part.items()}
        sections[name] = draw(JSON) if draw(st.integers(0, 5)) == 0 else kept
    return sections


@given(data=st.data(), kind=st.sampled_from([campaign, ad_group, ad]))
def test_r03_no_content_makes_the_evaluation_raise(data: st.DataObject, kind: Any) -> None:
    whole = kind()
    subject = Subject(whole.type, "x", data.draw(spoilt(whole.sections)))
    around = context(
        campaign=data.draw(st.none() | spoilt(campaign().sections)),
        ad_group=data.draw(st.none() | spoilt(ad_group().sections)),
        media={"v1": data.draw(st.dictionaries(st.sampled_from(["kind", "width", "container"]), JSON))},
        ads_in_group=data.draw(st.none() | st.integers()),
    )
    findings = evaluate(subject, LINES, around)
    judged = {each.rule for each in findings}
    assert judged == {line.rule for line in LINES if whole.type in all_rules()[line.rule].info.applies_to}
    # Unreadable content is said to be so; a crash would be a fault of ours.
    assert [each for each in findings if each.code == "check.crashed"] == []


@given(sections=st.dictionaries(st.sampled_from(["structure", "copy", "budget", "creative"]), JSON) | JSON)
def test_r03_arbitrary_sections_always_end_in_a_result(sections: Any) -> None:
    for kind in ("campaign", "ad_group", "ad"):
        findings = evaluate(Subject(kind, "x", sections), LINES, Context())
        assert findings
        assert outcome(findings) is Outcome.BLOCKED


def test_shown_text_is_printable_and_short() -> None:
    assert (
        shown("a\x00b\ud800\u202ec") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}c"
    )
    assert shown("x" * 500) == "x" * 119 + "…"
    assert shown("x" * 120) == "x" * 120
