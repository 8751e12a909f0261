"""Counting votes against a model that anybody can read (R-18, R-19)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import quorum

PEOPLE = [UUID(int=number) for number in range(1, 6)]
STAGES = [UUID(int=100), UUID(int=200)]


@dataclass(frozen=True)
class Ballot:
    stage_id: UUID
    decided_by_id: UUID
    verdict: str


ballots = st.lists(
    st.builds(
        Ballot, st.sampled_from(STAGES), st.sampled_from(PEOPLE), st.sampled_from(["approve", "request_changes", "reject"])
    ),
    max_size=12,
)


def naive(votes: list[Ballot], stage: UUID, needed: int, eligible: set[UUID]) -> bool:
    """Ask each person for their last word on this stage, and count on the fingers."""
    yes = 0
    for person in PEOPLE:
        words = [vote.verdict for vote in votes if vote.stage_id == stage and vote.decided_by_id == person]
        if not words:
            continue
        if words[-1] in ("request_changes", "reject"):
            return False
        if person in eligible:
            yes += 1
    return needed > 0 and yes >= needed


@settings(max_examples=1000, deadline=None)
@given(ballots, st.sampled_from(STAGES), st.integers(-1, 5), st.sets(st.sampled_from(PEOPLE)))
def test_r18_the_model_says_the_same(votes, stage, needed, eligible):
    assert quorum.met(votes, stage, needed, eligible) == naive(votes, stage, needed, eligible)


@settings(max_examples=200, deadline=None)
@given(ballots, st.integers(1, 5))
def test_r13_fewer_eligible_people_never_meet_what_more_did_not(votes, needed):
    for count in range(len(PEOPLE)):
        if quorum.met(votes, STAGES[0], needed, PEOPLE[:count]):
            assert quorum.met(votes, STAGES[0], needed, PEOPLE)


@pytest.mark.parametrize("needed", [0, -1, -100])
def test_r03_less_than_one_is_never_met(needed):
    votes = [Ballot(STAGES[0], person, "approve") for person in PEOPLE]
    assert not quorum.met(votes, STAGES[0], needed, PEOPLE)


def test_one_person_counts_once_however_often_they_vote():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve")] * 9
    assert quorum.met(votes, STAGES[0], 1, PEOPLE)
    assert not quorum.met(votes, STAGES[0], 2, PEOPLE)


def test_r19_a_changed_mind_counts_as_it_is_now():
    no, yes = Ballot(STAGES[0], PEOPLE[0], "reject"), Ballot(STAGES[0], PEOPLE[0], "approve")
    assert quorum.met([no, yes], STAGES[0], 1, PEOPLE)
    assert not quorum.met([yes, no], STAGES[0], 1, PEOPLE)
    assert quorum.approvers([yes, no], STAGES[0]) == frozenset()
    assert quorum.latest([yes, no], STAGES[0]) == {PEOPLE[0]: "reject"}


def test_r18_a_no_of_somebody_who_is_not_eligible_any_more_still_blocks():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve"), Ballot(STAGES[0], PEOPLE[1], "request_changes")]
    assert not quorum.met(votes, STAGES[0], 1, {PEOPLE[0]})
