"""The route: union of all policies, nothing uncovered, never empty (R-03, R-11)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import APPROVING
from approvals.routing import DEFAULT_KEY, StageSpec, merge, parse_stage, parse_stages, route
from campaigns.vocabulary import SECTIONS
from core.errors import Invalid


def spec(key="content", permission="approve_content", sections=("copy",), quorum=1, title="T") -> StageSpec:
    return StageSpec(key, title, permission, tuple(sections), quorum)


def line(**changes: Any) -> dict[str, Any]:
    return spec().as_json() | changes


specs = st.builds(
    StageSpec,
    key=st.sampled_from(["a", "b", "c", "a_approve_budget", DEFAULT_KEY]),
    title=st.just("T"),
    permission=st.sampled_from(sorted(APPROVING)),
    sections=st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=4, unique=True).map(tuple),
    quorum=st.integers(1, 3),
)
policies = st.lists(st.lists(specs, min_size=1, max_size=3, unique_by=lambda each: each.key), max_size=4)


# --- saving a policy ---------------------------------------------------------------------------------------------------


def test_a_stage_survives_being_stored():
    assert parse_stage(line(), "stages.0") == spec()


@pytest.mark.parametrize("quorum", [0, -1, 101, 10**9, None, "1", 1.0, True])
def test_r03_a_quorum_below_one_cannot_be_saved(quorum):
    with pytest.raises(Invalid) as caught:
        parse_stages([line(quorum=quorum)])
    assert [error.field for error in caught.value.errors] == ["stages.0.quorum"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": ""}, "key"), ({"title": ""}, "key"), ({"key": 7}, "key"), ({"key": "k" * 31}, "key"), ({"title": "t" * 201}, "key"), ({"permission": "view"}, "permission"),
        ({"permission": "submit"}, "permission"), ({"permission": None}, "permission"), ({"sections": []}, "sections"),
        ({"sections": ["weather"]}, "sections"), ({"sections": "copy"}, "sections"), ({"sections": {"copy": 1}}, "sections"),
    ],
)  # fmt: skip
def test_bad_stages_are_refused_by_field(changes, field):
    with pytest.raises(Invalid) as caught:
        parse_stages([line(key="first"), line(**changes)])
    assert [error.field for error in caught.value.errors] == [f"stages.1.{field}"]


def test_r03_a_policy_without_stages_cannot_be_saved():
    with pytest.raises(Invalid):
        parse_stages([])


def test_a_key_twice_in_one_policy_is_refused():
    with pytest.raises(Invalid):
        parse_stages([line(), line()])


# --- union -------------------------------------------------------------------------------------------------------------


def test_r11_the_highest_quorum_wins_and_sections_add_up():
    first, second = [spec(quorum=2, sections=("copy", "budget"))], [spec(quorum=1, sections=("creative", "copy"))]
    assert merge([first, second]) == [spec(quorum=2, sections=("copy", "budget", "creative"))]
    assert merge([second, first])[0].quorum == 2


def test_r11_the_same_key_for_other_people_stays_two_stages():
    both = merge([[spec()], [spec(permission="approve_legal")]])
    assert [(each.key, each.permission) for each in both] == [
        ("content", "approve_content"), ("content_approve_legal", "approve_legal"),
    ]  # fmt: skip


def test_r03_no_policy_means_one_other_person_who_reads_everything():
    (stage,) = route([], ["copy", "budget"])
    assert (stage.key, stage.quorum, stage.permission) == (DEFAULT_KEY, 1, "approve_content")
    assert set(stage.sections) >= {"copy", "budget"}
    assert route([], [])


def test_r03_sections_that_no_stage_reads_get_the_default_stage():
    stages = route([[spec(sections=("copy",))]], ["copy", "budget", "bid"])
    assert [each.key for each in stages] == ["content", DEFAULT_KEY]
    assert stages[1].sections == ("budget", "bid")


def test_a_policy_that_uses_the_key_of_the_default_stage_keeps_its_own():
    stages = route([[spec(key=DEFAULT_KEY, sections=("copy",))]], ["copy", "budget"])
    assert len({each.key for each in stages}) == 2


@given(policies, st.sets(st.sampled_from(SECTIONS)))
def test_r03_r11_whatever_the_policies(given_policies, sections):
    """Never empty, every section read, keys unique, and no policy is weakened by another."""
    stages = route(given_policies, sections)
    assert stages
    assert sections <= {section for stage in stages for section in stage.sections}
    assert len({stage.key for stage in stages}) == len(stages)
    assert all(stage.quorum >= 1 and stage.permission in APPROVING for stage in stages)
    for asked in (each for policy in given_policies for each in policy):
        assert any(
            stage.permission == asked.permission and stage.quorum >= asked.quorum and set(stage.sections) >= set(asked.sections)
            for stage in stages
        ), f"{asked} got lost"


@given(policies, policies, st.sets(st.sampled_from(SECTIONS)))
def test_r11_one_more_policy_never_lowers_what_is_asked(some, more, sections):
    asked = lambda stages: {  # noqa: E731
        (section, stage.permission): max(s.quorum for s in stages if section in s.sections and s.permission == stage.permission)
        for stage in stages
        for section in stage.sections
        if not stage.key.startswith(DEFAULT_KEY)
    }
    before, after = asked(route(some, sections)), asked(route([*some, *more], sections))
    assert all(after.get(place, 0) >= quorum for place, quorum in before.items())
