"""Counting votes: pure. The latest act of a person on a stage is the one that counts (R-19)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol
from uuid import UUID

from approvals.states import Verdict


class Vote(Protocol):
    """What counting needs of a decision."""

    @property
    def stage_id(self) -> UUID: ...
    @property
    def decided_by_id(self) -> UUID: ...
    @property
    def verdict(self) -> str: ...


def latest(votes: Iterable[Vote], stage: UUID) -> dict[UUID, str]:
    """Each person's standing verdict on a stage; `votes` are in the order in which they were cast."""
    return {vote.decided_by_id: vote.verdict for vote in votes if vote.stage_id == stage}


def approvers(votes: Iterable[Vote], stage: UUID) -> frozenset[UUID]:
    """Who approves the stage, as things stand."""
    return frozenset(person for person, verdict in latest(votes, stage).items() if verdict == Verdict.APPROVE)


def met(votes: Iterable[Vote], stage: UUID, needed: int, eligible: Collection[UUID]) -> bool:
    """Whether enough distinct eligible people approve and nobody stands against (R-18). Never met with needed < 1 (R-03)."""
    standing = latest(votes, stage)
    against = any(verdict != Verdict.APPROVE for verdict in standing.values())
    counted = [person for person, verdict in standing.items() if verdict == Verdict.APPROVE and person in eligible]
    return needed >= 1 and not against and len(counted) >= needed
