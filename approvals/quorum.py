"""Counting votes: pure. The latest act of a person on a stage is the one that counts (R-19)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol
from uuid import UUID

from approvals.states import Verdict

NEGATIVE: Final = frozenset({Verdict.REQUEST_CHANGES, Verdict.REJECT})
"""Verdicts that stand in a stage's way, whatever the count (R-18). An abstention does not; it lowers how many there are."""


class Vote(Protocol):
    """What counting needs of a decision; `seat_id` is whose vote it is, whoever cast it (R-15)."""

    @property
    def stage_id(self) -> UUID: ...
    @property
    def seat_id(self) -> UUID: ...
    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """What a stage asks for: so many; all who may (`everyone`); and somebody of each of these groups."""

    quorum: int
    everyone: bool = False
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who may decide a stage at this moment and did not contribute; who of them could when the request was submitted, and is waited
    for where everyone has to approve; which of the stage's groups each belongs to; and how many votes they can cast, where that is
    less than they are: some are away, or stand in for each other (R-15)."""

    people: Collection[UUID]
    awaited: Collection[UUID] = ()
    groups: Mapping[UUID, Collection[str]] = field(default_factory=dict)
    votes: int | None = None


def latest(votes: Iterable[Vote], stage: UUID) -> dict[UUID, str]:
    """Each person's standing verdict on a stage; `votes` are in the order in which they were cast."""
    return {vote.seat_id: vote.verdict for vote in votes if vote.stage_id == stage}


def approvers(votes: Iterable[Vote], stage: UUID) -> frozenset[UUID]:
    """Who approves the stage, as things stand."""
    return frozenset(person for person, verdict in latest(votes, stage).items() if verdict == Verdict.APPROVE)


def met(votes: Iterable[Vote], stage: UUID, terms: Terms, electorate: Electorate) -> bool:
    """Whether enough distinct eligible people approve and nobody stands against (R-18). Never met with a quorum below 1 (R-03).

    All who may: whoever abstained is not waited for. Somebody of each group: one person speaks for all groups they belong to,
    but as many people are needed as the quorum says.
    """
    standing = latest(votes, stage)
    if terms.quorum < 1 or any(verdict in NEGATIVE for verdict in standing.values()):
        return False
    counted = {person for person, verdict in standing.items() if verdict == Verdict.APPROVE and person in electorate.people}
    if len(counted) < terms.quorum or (terms.everyone and not set(electorate.awaited) <= standing.keys()):
        return False
    return terms.groups <= {group for person in counted for group in electorate.groups.get(person, ())}


TOO_FEW, NOBODY_OF_GROUP, NO_AUTHORITY = "too_few", "nobody_of_group", "no_authority"


def obstacle(terms: Terms, electorate: Electorate) -> str:
    """Why a stage cannot be satisfied by those who may decide it now (R-14): fewer than it asks for, or nobody of one of its
    groups. Empty: it can."""
    votes = len(set(electorate.people)) if electorate.votes is None else electorate.votes
    if not 1 <= terms.quorum <= votes:
        return TOO_FEW
    spoken_for = {group for person in electorate.people for group in electorate.groups.get(person, ())}
    return "" if terms.groups <= spoken_for else NOBODY_OF_GROUP


def reachable(terms: Terms, electorate: Electorate) -> bool:
    """Whether a stage can be satisfied by those who may decide it now (R-14)."""
    return not obstacle(terms, electorate)


def votes_of(people: Collection[UUID], pairs: Iterable[tuple[UUID, UUID]]) -> int:
    """How many votes people can cast of whom each of these pairs holds one together (R-15): never more than can be, by taking
    first who shares with fewest."""
    shares: dict[UUID, set[UUID]] = {person: set() for person in people}
    for one, other in pairs:
        if one in shares and other in shares and one != other:
            shares[one].add(other)
            shares[other].add(one)
    votes = 0
    while shares:
        chosen = min(sorted(shares), key=lambda person: len(shares[person]))
        gone = shares.pop(chosen) | {chosen}
        shares = {person: others - gone for person, others in shares.items() if person not in gone}
        votes += 1
    return votes


def short(demands: Sequence[tuple[str, int, Collection[UUID]]]) -> set[str]:
    """Which stages (key, how many, of whom) cannot all have as many people, since everybody sits in one of them at most: those
    for which, in their order, nobody is left even when others change their seats."""
    seats: list[Collection[UUID]] = []
    taken: dict[UUID, int] = {}
    lacking: set[str] = set()
    for key, number, people in demands:
        for _seat in range(number):
            seats.append(people)
            if not _sit(len(seats) - 1, seats, taken, set()):
                lacking.add(key)
                break
    return lacking


def _sit(seat: int, seats: Sequence[Collection[UUID]], taken: dict[UUID, int], asked: set[UUID]) -> bool:
    """Give a seat to somebody, moving who sits elsewhere when need be."""
    for person in sorted(set(seats[seat]) - asked):
        asked.add(person)
        if person not in taken or _sit(taken[person], seats, taken, asked):
            taken[person] = seat
            return True
    return False
