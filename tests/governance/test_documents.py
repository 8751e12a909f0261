"""Rule sets as YAML documents: what is written reads back the same; what is no document is told with line and column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from governance.documents import FORMAT, read, write
from governance.models import RuleSet
from governance.plain_yaml import MAX_DEPTH, MAX_NODES
from governance.scope_words import ScopeWords

HEAD = f"format: {FORMAT}\nkey: tone\ntitle: Tone\n"
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
PARAMS = st.dictionaries(PLAIN, st.one_of(PLAIN, st.integers(0, 2**53 - 1), st.booleans(), st.none(), st.lists(PLAIN, max_size=3)), max_size=4)
LINES = st.lists(st.fixed_dictionaries({"rule": PLAIN, "mode": st.sampled_from(["hard", "off"]), "params": PARAMS}), max_size=5)


@settings(deadline=None)
@given(LINES, st.lists(PLAIN, max_size=3))
def test_what_is_written_reads_back_the_same(lines, markets):
    row = RuleSet(key="tone", version=1, title="Ton: “ja”", rules=lines, markets=markets, formats=[], objectives=["reach"])
    text = write(row)
    said = read(text)
    assert (said.key, said.title, said.rules, said.markets, said.objectives) == ("tone", row.title, lines, markets, ["reach"])
    assert write(RuleSet(key=said.key, version=9, title=said.title, rules=said.rules, markets=said.markets, objectives=["reach"])) == text


@pytest.mark.parametrize(
    ("text", "field", "where"),
    [
        ("", "document", ""),
        ("- a\n- b\n", "document", ""),
        ("key: [", "document", "Line 1, column 7"),
        (f"{HEAD}rules: &a []\nmarkets: *a\n", "document", "Line 4, column 8"),
        (f"{HEAD}rules: !!python/object/apply:os.system [ls]\n", "document", "Line 4"),
        (f"{HEAD}rules: [!!str a]\n", "document", "Line 4, column 9"),
        (f"{HEAD}rules: []\nmarkets: &m\n", "document", "Line 5"),
        (f"{HEAD}rules: []\n<<: {{markets: [DE]}}\n", "<<", "Line 5"),
        (f"{HEAD}key: other\nrules: []\n", "document", "Line 4, column 1"),
        (f"{HEAD}rules:\n- {{rule: a, mode: hard, params: {{x: 1, x: 2}}}}\n", "document", "Line 5, column 40"),
        (f"{HEAD}rules: []\n---\nkey: b\n", "document", "Line 5"),
        (f"{HEAD}rules: []\nmarkets: [a\0b]\n", "document", "Line 5"),
        (f'{HEAD}rules: []\nmarkets: ["a\\0b"]\n', "document", "Line 5, column 11"),
        (f'{HEAD}rules: []\nmarkets: ["\\ud800"]\n', "document", "Line 5, column 11"),
        (f"{HEAD}rules:\n- {{rule: a, mode: hard, params: {{x: {2**53}}}}}\n", "document", "Line 5"),
        (f"{HEAD}rules:\n- {{rule: a, mode: hard, params: {{x: {'9' * 5000}}}}}\n", "document", "Line 5"),
        (f"{HEAD}rules: {'[' * MAX_DEPTH}{']' * MAX_DEPTH}\n", "document", "Line 4, column 27"),
        (f"{HEAD}rules: [{'a,' * MAX_NODES}]\n", "document", "Line 4"),
        (f"{HEAD}1: other\nrules: []\n", "document", "Line 4"),
        (f"{HEAD}rules: []\nnope: 1\n", "nope", ""),
        (f"{HEAD}rules: all\n", "rules", ""),
        (f"{HEAD}rules: [a]\n", "rules", ""),
        (f"{HEAD}rules: []\nmarkets: DE\n", "markets", ""),
        (f"{HEAD}rules:\n- {{rule: a, mode: hard, parms: {{}}}}\n", "rules.0.parms", "Line 5: There is no such field."),
        (f"{HEAD}rules:\n- rule: a\n  mode: loud\n", "rules.0.mode", "Line 6"),
        (f"{HEAD}rules:\n- mode: hard\n", "rules.0.rule", "Line 5"),
        (f"{HEAD}rules:\n- rule: a\n  mode: hard\n  params: [1]\n", "rules.0.params", "Line 7"),
        (f"{HEAD}rules: [{'{rule: a, mode: hard},' * 501}]\n", "rules", "Line 4"),
        (f"{HEAD}scope: acme\nrules: []\n", "scope", "Line 4"),
        (f"{HEAD}scope: {{brand: b}}\nrules: []\n", "scope", "Line 4"),
        (f"{HEAD}scope: {{ad_account: 7300000000000000001}}\nrules: []\n", "document", "Line 4"),
        (f"{HEAD}scope: {{ad_account: 73}}\nrules: []\n", "scope", "Line 4"),
        (f"format: {FORMAT}\nkey: a b\ntitle: b\nrules: []\n", "key", "Line 2"),
        (f"format: {FORMAT}\nkey: a\ntitle: {'b' * 201}\nrules: []\n", "title", "Line 3"),
        ("format: other/1\nkey: a\ntitle: b\nrules: []\n", "format", ""),
        (f"format: {FORMAT}\ntitle: b\nrules: []\n", "key", ""),
        ("a" * 1_000_001, "document", ""),
        ("[" * 5_000, "document", ""),
    ],
)
def test_what_is_no_document_is_told(text, field, where):
    with pytest.raises(Invalid) as caught:
        read(text)
    (error,) = caught.value.errors
    assert error.field == field
    assert where in str(error.detail)


def test_dates_stay_texts():
    said = read(f"{HEAD}rules:\n- rule: a\n  mode: hard\n  params: {{until: 2026-12-01}}\n")
    assert said.rules == [{"rule": "a", "mode": "hard", "params": {"until": "2026-12-01"}}]


def test_what_laughs_a_billion_times_is_refused_at_its_first_word():
    lines = ["a: &a [lol, lol]", *(f"{name}: &{name} [*{before}, *{before}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True))]
    with pytest.raises(Invalid) as caught:
        read("\n".join(lines))
    assert "Line 1, column 4" in caught.value.errors[0].detail


def test_words_that_older_yaml_takes_for_something_else_are_texts():
    """Norway is no “false”, and `off` is a mode."""
    text = f"{HEAD}markets: [NO, SE]\nrules:\n- {{rule: a, mode: off, params: {{yes: 0x1F, no: 1_000, at: 12:30, until: 2026-12-01}}}}\n"
    said = read(text)
    assert said.markets == ["NO", "SE"]
    assert said.rules == [{"rule": "a", "mode": "off", "params": {"yes": "0x1F", "no": "1_000", "at": "12:30", "until": "2026-12-01"}}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("everywhere", ScopeWords()),
        ("{organisation: acme}", ScopeWords("acme")),
        ("{organisation: acme, brand: Fjord & Co}", ScopeWords("acme", "Fjord & Co")),
        ("{ad_account: '73'}", ScopeWords(channel="tiktok", ad_account="73")),
        ("{channel: other, ad_account: '73'}", ScopeWords(channel="other", ad_account="73")),
    ],
)
def test_where_it_is_bound_is_said_in_words(text, words):
    assert read(f"{HEAD}scope: {text}\nrules: []\n").scope == words


def test_lines_of_everything_are_known():
    said = read(f"{HEAD}rules:\n# why\n- rule: a\n  mode: hard\n  params:\n    max: 3\n- {{rule: b, mode: warn}}\n")
    assert {path: said.places[path] for path in ("title", "rules.0", "rules.0.params.max", "rules.1")} == {
        "title": 3, "rules.0": 6, "rules.0.params.max": 9, "rules.1": 10,
    }  # fmt: skip
    assert read(f"{HEAD}rules: []\n").scope is None
