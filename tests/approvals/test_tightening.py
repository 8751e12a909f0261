"""Whether a version of a policy is plainly stricter (R-04, R-55), and what an open request is owed then (R-12): pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.checklists import ChecklistItem
from approvals.models import ApprovalPolicy
from approvals.proposals import owed
from approvals.quorum import short
from approvals.stage_specs import StageSpec
from approvals.tightening import only_tightens

CONTENT = StageSpec("content", "Content", "approve_content", ("copy", "creative"), 1, 1, carries=True)
BUDGET = StageSpec("budget", "Budget", "approve_budget", ("budget",), 1, 2)
ANN, BEN, CLEO = (uuid5(UUID(int=1), name) for name in ("ann", "ben", "cleo"))
STRICTER: list[Any] = [
    {"quorum": 2}, {"everyone": True}, {"carries": False}, {"title": "Words"}, {"sections": ("copy", "creative", "budget")},
]  # fmt: skip
LAXER: list[Any] = [
    {"sections": ("copy",)}, {"permission": "approve_legal"}, {"people": (str(ANN),)}, {"groups": (str(ANN),)}, {"key": "other"},
    {"sections": ("copy", "creative", "identity")}, {"step": 2}, {"step": 3}, {"deadline_hours": 1, "escalate_to_people": (str(ANN),)},
    {"deadline_hours": 1, "escalate_to_groups": (str(ANN),)},
]  # fmt: skip


def tightens(before: list[StageSpec], after: list[StageSpec], *, same: bool = True) -> bool:
    return only_tightens(before, after, same_requests=same)


@pytest.mark.parametrize("change", STRICTER)
def test_r55_what_is_plainly_stricter(change: Any) -> None:
    assert tightens([CONTENT, BUDGET], [replace(CONTENT, **change), BUDGET])
    assert tightens([CONTENT, BUDGET], [replace(CONTENT, **change), BUDGET, replace(BUDGET, key="more")])


@pytest.mark.parametrize("change", LAXER)
def test_r55_what_may_be_laxer_is_not_plainly_stricter(change: Any) -> None:
    assert not tightens([CONTENT, BUDGET], [replace(CONTENT, **change), BUDGET])


def test_r55_never_fewer_and_never_other_requests() -> None:
    assert tightens([CONTENT, BUDGET], [CONTENT, BUDGET])
    assert not tightens([CONTENT, BUDGET], [CONTENT])
    assert not tightens([CONTENT, BUDGET], [])
    assert not tightens([], [CONTENT]), "the default stage would go"
    assert not tightens([CONTENT], [CONTENT], same=False)
    for change in ({"quorum": 1}, {"everyone": False}, {"carries": True}):
        held = replace(CONTENT, quorum=2, everyone=True, carries=False)
        assert not tightens([held], [replace(held, **change)])  # type: ignore[arg-type]


stages = st.lists(
    st.builds(
        StageSpec, key=st.sampled_from("abc"), title=st.just("T"), permission=st.sampled_from(["approve_content", "approve_budget"]),
        sections=st.sets(st.sampled_from(["copy", "budget", "bid"]), min_size=1).map(lambda each: tuple(sorted(each))),
        quorum=st.integers(1, 3), step=st.integers(1, 2), everyone=st.booleans(), carries=st.booleans(),
    ),
    min_size=1, max_size=3, unique_by=lambda each: each.key,
)  # fmt: skip


@given(stages, stages, stages)
def test_r55_stricter_than_stricter_is_stricter(one: list[StageSpec], two: list[StageSpec], three: list[StageSpec]) -> None:
    assert tightens(one, one)
    assert not (tightens(one, two) and tightens(two, three)) or tightens(one, three)
    if tightens(one, two):
        assert all(any(spec.is_covered_by(other) for other in two) for spec in one)


@given(stages, stages)
def test_r12_what_is_owed_makes_the_request_as_strict_and_is_owed_once(there: list[StageSpec], asked: list[StageSpec]) -> None:
    policy = ApprovalPolicy(stages=[spec.as_json() for spec in asked])
    sections = {"copy", "budget", "bid"}
    more = owed([policy], sections, there)
    assert len({spec.key for spec in (*there, *more)}) == len(there) + len(more)
    for spec in asked:
        reading = [each for each in (*there, *more) if each.asked == spec.asked and set(spec.sections) <= set(each.sections)]
        assert sum(each.quorum for each in reading) >= spec.quorum, "every stage has people of its own"
        assert not spec.everyone or any(each.everyone for each in reading)
    assert owed([policy], sections, [*there, *more]) == []
    assert owed([policy], {"identity"}, there) == []


def test_r12_one_more_person_not_two() -> None:
    policy = ApprovalPolicy(stages=[replace(CONTENT, quorum=3).as_json()])
    (more,) = owed([policy], {"copy"}, [CONTENT])
    assert (more.key, more.quorum) == ("content_2", 2)


LATE: Any = {"deadline_hours": 8, "escalate_to_people": (str(ANN),)}


def test_r55_whoever_is_asked_after_a_deadline_is_asked_no_sooner_and_nobody_else_is() -> None:
    late = replace(CONTENT, **LATE)
    assert tightens([late], [late])
    assert tightens([late], [CONTENT]), "only those are asked who were asked first"
    for change in ({"deadline_hours": 1}, {"escalate_to_people": (str(BEN),)}, {"escalate_to_groups": (str(CLEO),)}):
        assert not tightens([late], [replace(late, **change)])


STRICTER_ALIKE: list[Any] = [{"checklist": (ChecklistItem("rights", "The rights are cleared."),)}, {"reauthenticate": True}]


@pytest.mark.parametrize("change", STRICTER_ALIKE)
def test_r12_what_has_to_be_answered_besides_is_owed(change: Any) -> None:
    """Nobody ticked it, and nobody showed who they are: those who approve add no more to what is there."""
    wanted = replace(CONTENT, **change)
    policy = ApprovalPolicy(stages=[wanted.as_json()])
    (more,) = owed([policy], {"copy"}, [CONTENT])
    assert (more.key, more.checklist, more.reauthenticate) == ("content_2", wanted.checklist, wanted.reauthenticate)
    assert owed([policy], {"copy"}, [CONTENT, more]) == []


def test_r14_too_few_people_for_all_stages_together_are_found() -> None:
    assert short([("a", 1, {ANN}), ("b", 1, {ANN})]) == {"b"}
    assert short([("a", 1, {ANN, BEN}), ("b", 1, {ANN})]) == set(), "the first one moves over"
    assert short([("a", 2, {ANN, BEN, CLEO}), ("b", 1, {ANN})]) == set()
    assert short([("a", 2, {ANN, BEN, CLEO}), ("b", 1, {ANN}), ("c", 1, {ANN})]) == {"c"}
    assert short([("a", 1, set())]) == {"a"}
    assert short([]) == set()
