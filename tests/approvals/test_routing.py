"""The route: union of all policies, nothing uncovered, never empty (R-03, R-11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roles import APPROVING
from approvals.routing import DEFAULT_KEY, merge, route
from approvals.stage_specs import StageSpec, carries_by_default, parse_stage, parse_stages
from campaigns.vocabulary import SECTIONS
from core.errors import Invalid


def spec(key="content", permission="approve_content", sections=("copy",), quorum=1, title="T", **more: Any) -> StageSpec:
    return StageSpec(key, title, permission, tuple(sections), quorum, **({"carries": carries_by_default(sections)} | more))


def line(**changes: Any) -> dict[str, Any]:
    return spec().as_json() | changes


specs = st.builds(
    StageSpec,
    key=st.sampled_from(["a", "b", "c", "a_approve_budget", DEFAULT_KEY]),
    title=st.just("T"),
    permission=st.sampled_from(sorted(APPROVING)),
    sections=st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=4, unique=True).map(tuple),
    quorum=st.integers(1, 3),
    step=st.integers(1, 4),
    people=st.sampled_from([(), (str(UUID(int=1)),)]),
    everyone=st.booleans(),
    carries=st.booleans(),
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
    """Never empty, every section read, keys unique, steps without gaps, and no policy is weakened by another."""
    stages = route(given_policies, sections)
    assert stages
    assert sections <= {section for stage in stages for section in stage.sections}
    assert len({stage.key for stage in stages}) == len(stages)
    assert all(stage.quorum >= 1 and stage.permission in APPROVING for stage in stages)
    assert sorted({stage.step for stage in stages}) == list(range(1, stages[-1].step + 1))
    for asked in (each for policy in given_policies for each in policy):
        if not sections or sections & set(asked.sections):
            assert any(asked.is_covered_by(stage) for stage in stages), f"{asked} got lost"
            assert not any(stage.carries for stage in stages if asked.is_covered_by(stage) and stage.key == asked.key) or asked.carries


@given(policies, st.sets(st.sampled_from(SECTIONS), min_size=1))
def test_nobody_is_asked_about_what_did_not_change(given_policies, sections):
    assert all(set(stage.sections) & sections for stage in route(given_policies, sections))


def test_r11_stages_of_one_step_are_open_at_once_and_the_later_step_wins():
    brand = [spec("content", step=1), spec("budget", "approve_budget", ("budget",), step=2)]
    legal = [spec("legal", "approve_legal", step=1), spec("content", step=3)]
    stages = route([brand, legal], ["copy", "budget"])
    assert [(each.key, each.step) for each in stages] == [("legal", 1), ("budget", 2), ("content", 3)]


def test_r11_the_strictest_of_each_term_wins():
    named = str(UUID(int=7))
    first, second = spec(people=(named,), everyone=True, carries=True), spec(people=(named,), quorum=2, carries=False)
    assert merge([[first], [second]]) == [spec(people=(named,), everyone=True, quorum=2, carries=False)]
    assert len(merge([[spec()], [first]])) == 2, "who asks somebody in particular is another stage"


def test_r07_what_is_carried_over_where_the_policy_does_not_say():
    assert parse_stage(line(carries=None, sections=["copy", "creative"]), "s").carries
    for section in ("budget", "targeting", "destination", "bid", "schedule"):
        assert not parse_stage(line(carries=None, sections=["copy", section]), "s").carries
    assert parse_stage(line(carries=True, sections=["budget"]), "s").carries, "a policy may say otherwise"


def test_stages_that_do_not_say_their_step_come_one_after_the_other():
    assert [each.step for each in parse_stages([line(key="a", step=None), line(key="b", step=None)])] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"step": 0}, "step"), ({"step": 21}, "step"), ({"step": True}, "step"), ({"step": "1"}, "step"),
        ({"groups": ["red"]}, "groups"), ({"groups": [str(UUID(int=1))] * 2}, "groups"), ({"groups": "x"}, "groups"),
        ({"people": [7]}, "people"), ({"people": [str(UUID(int=n)) for n in range(21)]}, "people"),
        ({"people": [str(UUID(int=1))], "quorum": 2}, "quorum"), ({"everyone": 1}, "everyone"), ({"carries": "no"}, "carries"),
        ({"each_group": True}, "each_group"), ({"each_group": True, "groups": [str(UUID(int=1))]}, "each_group"),
        ({"each_group": True, "groups": [str(UUID(int=n)) for n in (1, 2)], "people": [str(UUID(int=3))]}, "people"),
        ({"weather": 1}, "weather"),
    ],
)  # fmt: skip
def test_bad_terms_are_refused_by_field(changes, field):
    with pytest.raises(Invalid) as caught:
        parse_stages([line(key="first"), line(**changes)])
    assert [error.field for error in caught.value.errors] == [f"stages.1.{field}"]


def test_one_of_each_group_needs_as_many_people():
    assert parse_stage(line(each_group=True, groups=[str(UUID(int=n)) for n in (1, 2)]), "s").quorum == 2


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
