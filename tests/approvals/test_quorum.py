"""Counting votes against a model that anybody can read (R-18, R-19)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import quorum
from approvals.quorum import Electorate, Terms

PEOPLE = [UUID(int=number) for number in range(1, 6)]
STAGES = [UUID(int=100), UUID(int=200)]


@dataclass(frozen=True)
class Ballot:
    stage_id: UUID
    seat_id: UUID
    verdict: str


ballots = st.lists(
    st.builds(
        Ballot, st.sampled_from(STAGES), st.sampled_from(PEOPLE), st.sampled_from(["approve", "request_changes", "reject", "abstain"])
    ),
    max_size=12,
)


GROUPS = ["red", "blue", "green"]
terms = st.builds(Terms, st.integers(-1, 5), st.booleans(), st.frozensets(st.sampled_from(GROUPS)))
electorates = st.builds(
    lambda people, awaited, groups: Electorate(people, people & awaited, {p: g for p, g in groups.items() if p in people}),
    st.frozensets(st.sampled_from(PEOPLE)),
    st.frozensets(st.sampled_from(PEOPLE)),
    st.dictionaries(st.sampled_from(PEOPLE), st.frozensets(st.sampled_from(GROUPS))),
)


def naive(votes: list[Ballot], stage: UUID, asked: Terms, electorate: Electorate) -> bool:
    """Ask each person for their last word on this stage, and count on the fingers."""
    yes, silent = 0, []
    spoken: set[str] = set()
    for person in PEOPLE:
        words = [vote.verdict for vote in votes if vote.stage_id == stage and vote.seat_id == person]
        if not words:
            silent.append(person)
        elif words[-1] in ("request_changes", "reject"):
            return False
        elif words[-1] == "approve" and person in electorate.people:
            yes += 1
            spoken.update(electorate.groups.get(person, ()))
    if asked.everyone and any(person in electorate.awaited for person in silent):
        return False
    return asked.quorum > 0 and yes >= asked.quorum and all(group in spoken for group in asked.groups)


def met(votes: list[Ballot], needed: int, eligible: Collection[UUID], **more: Any) -> bool:
    return quorum.met(votes, STAGES[0], Terms(needed), Electorate(eligible, **more))


@settings(max_examples=2000, deadline=None)
@given(ballots, st.sampled_from(STAGES), terms, electorates)
def test_r18_the_model_says_the_same(votes, stage, asked, electorate):
    assert quorum.met(votes, stage, asked, electorate) == naive(votes, stage, asked, electorate)


@settings(max_examples=500, deadline=None)
@given(ballots, st.integers(1, 5))
def test_r13_fewer_eligible_people_never_meet_what_more_did_not(votes, needed):
    for count in range(len(PEOPLE)):
        if met(votes, needed, PEOPLE[:count]):
            assert met(votes, needed, PEOPLE)


@settings(max_examples=500, deadline=None)
@given(ballots, terms, electorates)
def test_r18_whoever_asks_for_more_gets_no_less(votes, asked, electorate):
    """What meets strict terms meets laxer ones."""
    if quorum.met(votes, STAGES[0], asked, electorate):
        assert quorum.met(votes, STAGES[0], Terms(1), electorate)
        assert quorum.reachable(asked, electorate)


@pytest.mark.parametrize("needed", [0, -1, -100])
@pytest.mark.parametrize("everyone", [True, False])
def test_r03_less_than_one_is_never_met(needed, everyone):
    votes = [Ballot(STAGES[0], person, "approve") for person in PEOPLE]
    assert not quorum.met(votes, STAGES[0], Terms(needed, everyone), Electorate(PEOPLE))
    assert not quorum.reachable(Terms(needed, everyone), Electorate(PEOPLE))


def test_r03_nobody_is_never_everybody():
    assert not quorum.met([], STAGES[0], Terms(1, everyone=True), Electorate(()))
    assert not quorum.reachable(Terms(1, everyone=True), Electorate(()))


def test_one_person_counts_once_however_often_they_vote():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve")] * 9
    assert met(votes, 1, PEOPLE)
    assert not met(votes, 2, PEOPLE)


def test_r18_an_abstention_lowers_how_many_there_are_and_never_how_many_are_needed():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve"), Ballot(STAGES[0], PEOPLE[1], "abstain")]
    everyone = Terms(1, everyone=True)
    assert quorum.met(votes, STAGES[0], everyone, Electorate(PEOPLE[:2], PEOPLE[:2]))
    assert not quorum.met(votes, STAGES[0], everyone, Electorate(PEOPLE[:3], PEOPLE[:3])), "the third said nothing"
    assert not met(votes, 2, PEOPLE), "two are needed, however many abstain"


def test_r18_whoever_became_eligible_later_is_not_waited_for():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve")]
    assert quorum.met(votes, STAGES[0], Terms(1, everyone=True), Electorate(PEOPLE, PEOPLE[:1]))


def test_r18_one_of_each_group():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve"), Ballot(STAGES[0], PEOPLE[1], "approve")]
    each = Terms(2, groups=frozenset({"red", "blue"}))
    assert quorum.met(votes, STAGES[0], each, Electorate(PEOPLE, groups={PEOPLE[0]: ["red"], PEOPLE[1]: ["blue"]}))
    assert not quorum.met(votes, STAGES[0], each, Electorate(PEOPLE, groups={PEOPLE[0]: ["red"], PEOPLE[1]: ["red"]}))
    assert not quorum.met(votes[:1], STAGES[0], each, Electorate(PEOPLE, groups={PEOPLE[0]: ["red", "blue"]})), "two people"


def test_r19_a_changed_mind_counts_as_it_is_now():
    no, yes = Ballot(STAGES[0], PEOPLE[0], "reject"), Ballot(STAGES[0], PEOPLE[0], "approve")
    assert met([no, yes], 1, PEOPLE)
    assert not met([yes, no], 1, PEOPLE)
    assert quorum.approvers([yes, no], STAGES[0]) == frozenset()
    assert quorum.latest([yes, no], STAGES[0]) == {PEOPLE[0]: "reject"}


def test_r18_a_no_of_somebody_who_is_not_eligible_any_more_still_blocks():
    votes = [Ballot(STAGES[0], PEOPLE[0], "approve"), Ballot(STAGES[0], PEOPLE[1], "request_changes")]
    assert not met(votes, 1, {PEOPLE[0]})


@given(
    st.frozensets(st.sampled_from(PEOPLE)), st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)), max_size=6)
)
@settings(max_examples=300)
def test_r15_people_cast_no_more_votes_than_those_who_share_none(people, pairs):
    """By trying every group of people: the largest in which no two hold one vote together."""
    groups = [group for size in range(len(people) + 1) for group in combinations(sorted(people), size)]
    shared = {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    best = max(len(group) for group in groups if not any(frozenset(two) in shared for two in combinations(group, 2)))
    assert quorum.votes_of(people, pairs) == best
