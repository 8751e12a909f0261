"""Expressions: where they are wrong, what they may cost, and that nothing that anybody writes harms the process (R-03, R-53)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.contract import Binding, Context, InvalidParams, Mode, Outcome, Result, Subject
from governance.evaluation import compiled as lines
from governance.evaluation import evaluate, judged, outcome
from governance.expressions import scanning
from governance.expressions.compiling import MOST_CHARACTERS, InvalidExpression, Program, compiled
from governance.expressions.evaluating import holds, values
from governance.expressions.vocabulary import (
    EVERYTHING,
    MOST_ITEMS,
    MOST_TEXT,
    RULES,
    Entry,
    Kind,
    Surroundings,
    Vocabulary,
)
from governance.messages import message, title
from governance.registry import all_rules, bound, validate_binding
from tests import settings as tests
from tests.governance.builders import ad, ad_group, campaign, context

AD = RULES["ad"]
TAGS = "ad.hashtags.all({0}, {1})"


def wrong(text: str, vocabulary: Vocabulary = AD) -> InvalidExpression:
    with pytest.raises(InvalidExpression) as refusal:
        compiled(text, vocabulary)
    return refusal.value


def custom(expression: str, **params: Any) -> Binding:
    return Binding("custom.expression", Mode.HARD, {"key": "mine", "expression": expression, **params})


def only(subject: Subject, binding: Binding, around: Context | None = None):
    (finding,) = evaluate(subject, [binding], around or context())
    return finding


# --- where it is wrong ---------------------------------------------------------------------------------------------------

WRONG = [
    ("ad.nosuch == 1", 1, 1, "There is no “ad.nosuch”"),
    ("true &&\n  ad.txt == 'a'", 2, 3, "Do you mean “ad.text”?"),
    ("ad.text.lower() == ''", 1, 14, "There is no “lower”"),
    ("ad.text > 5", 1, 9, "“>” does not take (string, int)."),
    ("ad_group.budget_minor > 4.5", 1, 23, "compares no whole number (int) with a fraction"),
    ("ad.media_count == null", 1, 16, "“==” does not take (int, null_type)."),
    ("ad.text =", 1, 9, "This is not CEL"),
    ("(ad.text == ''", 1, 15, "This is not CEL"),
    ("ad.text == 'a' 'b'", 1, 16, "This is not CEL"),
    ("ad.text", 1, 1, "of type string"),
    ("ad.media_count", 1, 1, "of type int"),
    ("dyn(true)", 1, 1, "of type dyn"),
    ("null", 1, 1, "of type null"),
    ("has(ad.text)", 1, 1, "“has”"),
    ("true ||\n has  // why not\n (ad.ai_generated)", 2, 2, "“has”"),
    ("ad.text.matches('(')", 1, 17, "no regular expression"),
    ("ad.text == '' || matches(ad.text, 'a**')", 1, 35, "no regular expression"),
    ("ad.text != '' || ad.text.matches(r'[z-a]')", 1, 34, "no regular expression"),
    ("ad.text.matches(ad.name)", 1, 16, "a text in quotes"),
    ("ad.text.matches('a' + ad.name)", 1, 16, "a text in quotes"),
    ("now > timestamp('tomorrow')", 1, 1, "on ordinary values it fails"),
    ("now.getHours('Nowhere/Town') > 3", 1, 1, "on ordinary values it fails"),
    ("ad.hashtags[5] == 'a'", 1, 1, "on ordinary values it fails"),
    ("1 / 0 == 1", 1, 1, "divide by zero"),
    ("", 1, 1, "Say what must be so."),
    (" \n ", 1, 1, "Say what must be so."),
    ("true &&\n'\x00' == ''", 2, 2, "cannot be seen"),
    ("ad.text == '\u202e'", 1, 13, "cannot be seen"),
    ("ad.text == '\ud800'", 1, 13, "cannot be seen"),
    ("true" + " " * MOST_CHARACTERS, 1, 1, f"at most {MOST_CHARACTERS} characters"),
    (TAGS.format("h", "h + 'x' != ''"), 1, 22, "nothing is added"),
    (TAGS.format("a", TAGS.format("b", TAGS.format("c", "true"))), 1, 55, "at most 2 deep"),
    (TAGS.format("a", TAGS.format("b", "b.matches('a{10}')")), 1, 48, "too much work"),
    (TAGS.format("a", "[" + "0," * 450 + "0] != []"), 1, 464, "too much work"),
    ("(" + "ad.text + " * 25 + "ad.text).matches('a{1000}a{1000}a{1000}a{1000}')", 1, 268, "too much work"),
    ("(" * 40 + "true" + ")" * 40, 1, 1, "limit: 32"),
    ("1+" * 40 + "1 > 2", 1, 1, "recursion depth"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "words"), WRONG, ids=lambda each: str(each)[:40].encode("unicode_escape").decode())
def test_r53_what_is_wrong_is_said_with_its_place(text: str, line: int, column: int, words: str) -> None:
    error = wrong(text)
    assert (error.line, error.column) == (line, column)
    assert str(error.words).startswith(f"Line {line}, column {column}: ")
    assert words in str(error.words)
    with override("de"):
        assert str(error.words).startswith(f"Zeile {line}, Spalte {column}: ")
    with pytest.raises(InvalidParams) as refusal:
        validate_binding(custom(text))
    assert refusal.value.path == "params.expression"
    finding = only(ad(), custom(text))
    assert (finding.result, finding.code) == (Result.ERROR, "check.params_invalid"), "and what was stored all the same blocks"


SOUND = [
    "true // has(ad.text)", "'has(ad.text)' != ad.text", r"ad.text != r'\(' && ad.text.matches(r'^\w+$')", "ad . text == ''",
    ".ad.text == ''", '"""has(x)""" == ad.text', "ad.hashtags.exists_one(ad, ad == 'a') || true",
    "ad.hashtags.filter(h, size(h) > 3).size() <= 5", "1 + 2 == 3 && ad.hashtags.map(h, size(h)).all(n, n < 50)",
    "size(ad.hashtags) < 6 || ad.hashtags[5] == 'a'", TAGS.format("h", "h.matches(r'^#?[\\p{L}0-9_]+$')"), "(((((true)))))",
    "ad.text.matches('äöü') || ad.text.matches('\\\\d{3}-\\\\d{3}')", "true ? ad.text == '' : false",
]  # fmt: skip


@pytest.mark.parametrize("text", SOUND)
def test_r53_what_looks_odd_and_is_sound_is_taken(text: str) -> None:
    assert isinstance(holds(compiled(text, AD), AD.sample), bool)


@pytest.mark.parametrize(
    ("applies_to", "text"),
    [
        (["ad_group"], "ad.text != ''"),
        (["campaign"], "ad_group.name != ''"),
        (["campaign", "ad"], "ad_group.name != ''"),
        (["ad", "ad_group", "campaign"], "ad.text != ''"),
    ],
)
def test_r53_a_rule_reads_no_name_that_its_type_has_not(applies_to: list[str], text: str) -> None:
    with pytest.raises(InvalidParams) as refusal:
        validate_binding(custom(text, applies_to=applies_to))
    assert refusal.value.path == "params.expression"
    assert "is not known of all that this applies to" in str(refusal.value.words)


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"key": ""}, "params.key"),
        ({"key": "Has Blanks"}, "params.key"),
        ({"key": "a" * 41}, "params.key"),
        ({"key": "-a"}, "params.key"),
        ({"key": "expression"}, "params.key"),
        ({"applies_to": ["page"]}, "params.applies_to"),
        ({"sections": ["budget"]}, "params.sections"),
        ({"message": {"en": "x" * 501}}, "params.message.en"),
        ({"message": {"de": "a\nb"}}, "params.message.de"),
        ({"message": {"fr": "Non."}}, "params.message.fr"),
        ({"expression": 5}, "params.expression"),
        ({"nope": 5}, "params.nope"),
    ],
)
def test_r53_the_other_parameters_are_checked(changed: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidParams) as refusal:
        validate_binding(Binding("custom.expression", Mode.HARD, {"key": "mine", "expression": "ad.text != ''", **changed}))
    assert refusal.value.path == path


# --- which rule a line is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "more", "applies_to", "sections", "reads"),
    [
        ("ad.text != '' && ad.payer != ''", {}, ("ad",), ("copy", "disclosure"), ()),
        ("ad.text != ''", {"sections": ["creative"]}, ("ad",), ("copy", "creative"), ()),
        ("ad.text != campaign.name", {}, ("ad",), ("copy",), ("campaign",)),
        ("ad_group.name != campaign.name", {}, ("ad_group",), ("structure",), ("ad_group", "campaign")),
        ("campaign.budget_present", {}, ("campaign",), ("budget",), ("campaign",)),
        ("campaign.budget_present", {"applies_to": ["ad", "campaign"]}, ("campaign", "ad"), ("budget",), ("campaign",)),
        ("account.country == 'DE'", {}, ("campaign", "ad_group", "ad"), (), ("country",)),
        ("ad.media_count < 9 && ad_group.ads < 9 && now < now + duration('1h')", {}, ("ad",), ("creative",), ("ads_in_group", "media", "now")),
    ],
)  # fmt: skip
def test_r53_what_an_expression_names_decides_what_it_depends_on(text, more, applies_to, sections, reads) -> None:
    info, _ = bound(all_rules()["custom.expression"], custom(text, **more).params)
    assert (info.code, info.applies_to, info.sections, info.reads) == ("custom.mine", applies_to, sections, reads)


def test_r53_findings_show_what_was_read_and_the_authors_words_as_they_are() -> None:
    said = {"en": "{key} <b>No</b> %s", "de": "Nein."}
    finding = only(ad(), custom("ad.text == 'x' && !campaign.ends_at_present && campaign.name != ''", message=said))
    assert (finding.rule, finding.code) == ("custom.mine", "custom.failed")
    assert finding.evidence == {"ad.text": "Run further", "campaign.name": "Spring", "campaign.ends_at_present": False}
    assert message(finding.code, finding.params, "en") == "Rule “mine”: {key} <b>No</b> %s"
    assert message(finding.code, finding.params, "de") == "Regel „mine“: Nein."
    assert (title(finding.rule, "en"), title(finding.rule, "de")) == ("Rule of your own: mine", "Eigene Regel: mine")


@pytest.mark.parametrize(
    ("said", "english", "german"),
    [
        ({}, "Rule “mine” of your organisation is not met.", "Die Regel „mine“ Ihrer Organisation ist nicht erfüllt."),
        ({"en": "No."}, "Rule “mine”: No.", "Regel „mine“: No."),
        ({"de": "Nein."}, "Rule “mine”: Nein.", "Regel „mine“: Nein."),
    ],
)
def test_r53_where_words_are_missing_others_stand_in(said, english, german) -> None:
    finding = only(ad(), custom("ad.text ==\n 'x'", message=said))
    told = [message(finding.code, finding.params, lang) for lang in ("en", "de")]
    assert [words.startswith(start) for words, start in zip(told, (english, german), strict=True)] == [True, True], told
    assert finding.evidence.get("expression") == (None if said else "ad.text == 'x'")


# --- what it may cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000 + "true" + ")" * 5_000,
        "!" * 100_000 + "true",
        "1+" * 20_000 + "1 > 0",
        "[" * 3_000 + "]" * 3_000 + " == []",
        TAGS.format("a", "ad.text" + " + ad.text" * 12 + " != ''"),
        "ad.hashtags.map(a, ad.hashtags.map(b, ad.text + ad.text + ad.text + ad.text)).size() > 1",
    ],
    ids=lambda each: each[:30],
)
def test_r03_a_monstrous_expression_ends_in_an_error_finding(text: str) -> None:
    """Also where it was stored past the door."""
    finding = only(ad(), custom(text))
    assert (finding.result, finding.code) == (Result.ERROR, "check.params_invalid")
    assert outcome([finding]) is Outcome.BLOCKED
    assert only(ad(), custom("ad.text != ''")).result is Result.PASS, "and the process lives on"


def test_r03_what_the_library_ends_is_an_error_finding() -> None:
    """The library's own bound on rounds: 60,000 here, of lists as long as they may be."""
    nested = TAGS.format("a", TAGS.format("b", "a != 'y' || b != 'z'"))
    finding = only(ad(copy={"hashtags": ["x"] * MOST_ITEMS}), custom(nested))
    assert (finding.result, finding.code) == (Result.ERROR, "custom.undecided")
    assert "budget" in finding.params["problem"]
    assert only(ad(copy={"hashtags": ["x"] * 50}), custom(nested)).result is Result.PASS


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("abc", 3, 3), ("a{100}", 100, 100), ("(ab){10}", 20, 20), ("((a{10}){10}b){10}", 1_010, 1_010), ("a{2,}", 2, 2),
        ("a{,5}", 1, 20), ("[a-z]{3}", 20, 40), (r"\p{L}+", 40, 50), (r"[^\pN\pL]", 80, 80), (r"\(\{5\}", 4, 10), ("[)]{3}", 20, 40),
        ("", 1, 1), ("((((", 1, 4), ("))))", 1, 4),
    ],
)  # fmt: skip
def test_states_of_patterns(pattern: str, least: int, most: int) -> None:
    assert least <= scanning.states(pattern) <= most


# --- the vocabulary -------------------------------------------------------------------------------------------------------------


def test_every_name_is_declared_said_and_tried() -> None:
    for entry in EVERYTHING.entries:
        comparable = f"{entry.name} == {entry.name}"
        program = compiled(comparable, EVERYTHING)
        assert program.entries == (entry,)
        assert holds(program, EVERYTHING.sample), entry.name
        assert entry.en
        assert entry.de
        assert not entry.optional or f"{entry.name.removesuffix('_minor')}_present" in EVERYTHING.named
    assert len(EVERYTHING.named) == len(EVERYTHING.entries)


@pytest.mark.parametrize("subject", [campaign(), ad_group(), ad()], ids=lambda each: each.type)
def test_every_name_is_read_of_what_has_it(subject: Subject) -> None:
    around = Surroundings(subject, context(brand="Acme"))
    for entry in RULES[subject.type].entries:
        value = entry.read(around)
        assert value is not None or entry.optional, entry.name


def test_others_have_words_of_their_own() -> None:
    """What another package needs to say is made of the same entries."""
    exposure = Entry("exposure_minor", Kind.NUMBER, "what it can cost", "was es kosten kann", lambda seen: seen["exposure"], 5)
    other = Vocabulary((exposure,))
    program = compiled("exposure_minor < 100000", other)
    assert holds(program, values(program, {"exposure": 99_999}))
    assert not holds(program, values(program, {"exposure": 100_000}))
    assert "is not known of all that this applies to" in str(wrong("ad.text == ''", other).words)


# --- whatever anybody writes ------------------------------------------------------------------------------------------------------

WORDS = [
    *EVERYTHING.named, "true", "false", "null", "1", "0", "-1", "1.5", "9223372036854775807", "''", "'a'", '"b"', "r'\\'", "b'x'",
    "==", "!=", "<", ">=", "&&", "||", "!", "+", "-", "*", "/", "%", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", " in ", "\n",
    ".all(x,", ".exists(y,", ".map(z,", ".filter(x,", ".matches('", ".contains(", ".size()", "size(", "has(", "type(", "dyn(",
    "string(", "int(", "timestamp('", "duration('1h')", "x", "y", "// ", "'''", "(a{1000}){1000}", "{m}", "\\", "\t", "é", "\U0001f600",
]  # fmt: skip
PIECES = st.lists(st.sampled_from(WORDS), max_size=25).map("".join)


@st.composite
def conditions(draw: st.DrawFn, depth: int = 3) -> str:
    """What has a good chance to compile."""
    if not depth or draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(sorted(EVERYTHING.named)))
        return draw(st.sampled_from([
            f"{name} == {name}", f"{name} != {name}", "true", f"size(string({name})) > 2", f"ad.hashtags.exists(h, h == {name})",
            "ad.hashtags.all(h, h.matches('^[a-z]+$'))", "ad.media_count / (ad.media_count - 1) > 1", f"{name} in [{name}]",
        ]))  # fmt: skip
    left, right = draw(conditions(depth - 1)), draw(conditions(depth - 1))
    return draw(st.sampled_from([f"({left} && {right})", f"({left} || {right})", f"!({left})", f"({left} ? {right} : {left})"]))


@settings(
    max_examples=tests.EXAMPLES * 20 or 150, deadline=None, derandomize=not tests.EXAMPLES, suppress_health_check=[HealthCheck.too_slow]
)
@given(text=PIECES | conditions() | st.text(max_size=60))
def test_r03_any_text_is_refused_with_a_place_or_judges(text: str) -> None:
    """A line of it never crashes and never falls silent; what compiles says pass, fail or error of anything."""
    try:
        program: Program | None = compiled(text, AD)
    except InvalidExpression as error:
        program, place = None, error
    assert program or (place.line >= 1 and place.column >= 1 and str(place.words))
    binding = lines([custom(text, applies_to=["ad"])])
    for subject in (ad(), ad(copy={"text": None, "hashtags": None}), Subject("ad", "x", {"copy": 5})):
        (finding,) = judged(subject, binding, context())
        assert finding.code != "check.crashed", finding.evidence
        assert (finding.code == "check.params_invalid") is (program is None)


@settings(max_examples=tests.EXAMPLES * 5 or 50, deadline=None, derandomize=not tests.EXAMPLES)
@given(text=conditions(), size=st.integers(0, MOST_TEXT))
def test_r03_judging_twice_says_the_same(text: str, size: int) -> None:
    try:
        compiled(text, AD)
    except InvalidExpression:
        return
    subject = ad(copy={"text": "é" * size})
    first, second = (only(subject, custom(text, applies_to=["ad"])) for _ in range(2))
    assert first == second
