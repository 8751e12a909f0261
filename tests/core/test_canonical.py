"""The canonical form: RFC 8785's own vectors, and what we refuse beyond it."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from core.canonical import MAX_SAFE_INTEGER, NotCanonical, canonical_bytes, canonical_text, digest, digest_of_text

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors").joinpath("canonical.json").read_text())

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def independent(value: Any) -> bytes:
    """RFC 8785 once more, from the standard library: the escapes of json are those of the RFC, the order is by UTF-16."""

    def ordered(each: Any) -> Any:
        if isinstance(each, dict):
            return {key: ordered(each[key]) for key in sorted(each, key=lambda key: key.encode("utf-16-be"))}
        return [ordered(item) for item in each] if isinstance(each, list) else each

    return json.dumps(ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda case: case["name"])
def test_vector(case):
    value = json.loads(case["json"])
    expected = bytes.fromhex(case["canonical_hex"])
    assert canonical_bytes(value) == expected
    assert digest(value) == hashlib.sha256(expected).hexdigest()


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_refused_vector(case):
    with pytest.raises(NotCanonical) as caught:
        canonical_bytes(json.loads(case["json"]))
    assert case["path"] in str(caught.value)


@pytest.mark.parametrize("value", [Decimal("1.00"), b"bytes", {1: "a"}, {None: 1}, {("a",): 1}, {1, 2}, object()])
def test_what_json_does_not_know_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical_bytes({"a": [value]})


@given(values)
def test_an_independent_encoder_gives_the_same_bytes(value):
    assert canonical_bytes(value) == independent(value)


ascii_keys = st.text(st.characters(codec="ascii"))
usual = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_keys, inner, max_size=4),
    max_leaves=20,
)


@given(usual)
def test_what_python_writes_is_what_the_standard_s_own_program_writes(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(values)
def test_the_form_is_a_fixed_point_and_loses_nothing(value):
    text = canonical_text(value)
    assert json.loads(text) == value
    assert canonical_text(json.loads(text)) == text
    assert digest_of_text(text) == digest(value)


@given(values, values)
def test_different_values_have_different_digests(one, other):
    # json keeps True and 1 apart, Python's == does not: compare as JSON.
    assert (digest(one) == digest(other)) == (independent(one) == independent(other))


@given(st.dictionaries(texts, st.integers(0, 9), min_size=2))
def test_the_order_of_keys_does_not_matter(value):
    assert digest(dict(reversed(value.items()))) == digest(value)


def test_what_is_nested_deeply_has_a_form_still():
    value: Any = "x"
    for _ in range(400):
        value = {"a": value}
    assert canonical_bytes(value) == b'{"a":' * 400 + b'"x"' + b"}" * 400


def test_tuples_are_lists():
    assert canonical_text({"a": (1, (2,))}) == '{"a":[1,[2]]}'
