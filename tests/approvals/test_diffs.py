"""R-09: the difference between two revisions, field by field."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from approvals.diffs import Change, applied, diff, leaves
from campaigns.content import section_digests, sections_changed
from campaigns.vocabulary import SECTIONS
from core.canonical import canonical_text

DAILY_80 = {"mode": "daily", "amount": {"minor": 8000, "currency": "USD"}, "optimization": False}
DAILY_240 = {"mode": "daily", "amount": {"minor": 24000, "currency": "USD"}, "optimization": False}


def test_r09_only_what_differs_is_told():
    base = {"budget": DAILY_80, "structure": {"name": "A", "objective": "traffic"}}
    head = {"budget": DAILY_240, "structure": {"name": "A", "objective": "traffic"}}
    assert diff(base, head) == [Change("budget", ("amount",), "changed", DAILY_80["amount"], DAILY_240["amount"])]


def test_r09_equal_revisions_have_no_difference():
    assert diff({"budget": DAILY_80}, {"budget": dict(DAILY_80)}) == []


def test_r09_without_a_base_every_field_that_says_something_is_new():
    head = {"copy": {"text": "Hi", "call_to_action": None, "hashtags": ["a"]}}
    assert diff(None, head) == [
        Change("copy", ("text",), "added", None, "Hi"), Change("copy", ("hashtags",), "added", None, ["a"]),
    ]  # fmt: skip


def test_r09_named_things_are_compared_whole():
    one = {"identity": {"page": {"id": "1", "external_id": "x"}}, "creative": {"media": [{"sha256": "a", "kind": "video"}]}}
    two = {"identity": {"page": {"id": "2", "external_id": "x"}}, "creative": {"media": [{"sha256": "b", "kind": "video"}]}}
    assert [(change.section, change.path) for change in diff(one, two)] == [("identity", "page"), ("creative", "media")]


def test_r09_what_is_gone_is_told_too():
    base = {"tracking": {"pixel": "1"}, "schedule": {"start": "s", "extra": "e"}}
    head = {"schedule": {"start": "s"}}
    assert diff(base, head) == [
        Change("schedule", ("extra",), "removed", "e", None), Change("tracking", ("pixel",), "removed", "1", None),
    ]  # fmt: skip


def test_r09_nothing_said_differs_from_not_there():
    assert diff({"budget": {"amount": None}}, {"budget": {}}) == [
        Change("budget", (), "added", None, {}), Change("budget", ("amount",), "removed", None, None),
    ]  # fmt: skip


def test_nested_fields_have_dotted_paths():
    section = {"placement": {"type": "selected", "apps": ["tiktok"]}, "audience": {"gender": "all"}}
    assert list(leaves(section)) == [("placement.type", "selected"), ("placement.apps", ["tiktok"]), ("audience.gender", "all")]


# --- for any two revisions ---------------------------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b c", "ä.x"])
NAMES = st.sampled_from(["a", "b", "a.b", "id", "sha256", "currency", "minor", ""])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6)
CONTENTS = st.dictionaries(st.sampled_from(SECTIONS), st.dictionaries(NAMES, VALUES, max_size=3), max_size=4)
Sections = dict[str, Any]


@given(CONTENTS, CONTENTS)
def test_r09_the_changes_make_the_head_of_the_base(base: Sections, head: Sections):
    before = canonical_text(base)
    assert canonical_text(applied(base, diff(base, head))) == canonical_text(head)
    assert canonical_text(base) == before, "the base is left as it is"


@given(CONTENTS)
def test_r09_what_is_equal_has_no_changes(content: Sections):
    assert diff(content, content) == []


@given(CONTENTS, CONTENTS)
def test_r09_exactly_the_sections_whose_digests_changed_have_changes(base: Sections, head: Sections):
    one, other = ({"sections": each} for each in (base, head))
    wanted = sections_changed(section_digests(one), section_digests(other))
    assert {change.section for change in diff(base, head)} == set(wanted)


@given(CONTENTS, CONTENTS)
def test_r09_each_field_is_told_once_and_as_what_it_is(base: Sections, head: Sections):
    changes = diff(base, head)
    assert len({(change.section, change.keys) for change in changes}) == len(changes)
    back = {(change.section, change.keys): change for change in diff(head, base)}
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    for change in changes:
        other = back.pop((change.section, change.keys))
        assert (other.kind, other.before, other.after) == (turned[change.kind], change.after, change.before)
    assert back == {}


@given(CONTENTS)
def test_r09_without_a_base_all_that_says_something_is_added(head: Sections):
    told = diff(None, head)
    assert {change.kind for change in told} <= {"added"}
    assert [change for change in diff({}, head) if change.after not in (None, {})] == told
