"""Rule sets as YAML documents: what is written reads back the same; what is no document is told with line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from governance.documents import FORMAT, read, write
from governance.models import RuleSet

HEAD = f"format: {FORMAT}\nkey: tone\ntitle: Tone\n"
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
PARAMS = st.dictionaries(PLAIN, st.one_of(PLAIN, st.integers(0, 2**53), st.booleans(), st.none(), st.lists(PLAIN, max_size=3)), max_size=4)
LINES = st.lists(st.fixed_dictionaries({"rule": PLAIN, "mode": st.sampled_from(["hard", "off"]), "params": PARAMS}), max_size=5)


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
        (f"{HEAD}key: other\nrules: []\n", "document", "Line 4, column 1"),
        (f"{HEAD}1: other\nrules: []\n", "document", "Line 4"),
        (f"{HEAD}rules: []\nnope: 1\n", "nope", ""),
        (f"{HEAD}rules: all\n", "rules", ""),
        (f"{HEAD}rules: [a]\n", "rules", ""),
        (f"{HEAD}rules: []\nmarkets: DE\n", "markets", ""),
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
