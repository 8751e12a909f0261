"""Duties that one person may not hold on one place (R-60), judged without a database.

Two holdings meet when one's scope lies on or above the other's. Reading the log as an auditor excludes whatever changes
something; organisations add pairs of roles of their own (AccessPolicy.forbidden_pairs).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from accounts.roles import ACTING

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Holding:
    """One role on one scope. `chain` is the scope and what is above it, its own id first; `group` is how it was come by."""

    grant: UUID
    role: str
    permissions: frozenset[str]
    chain: tuple[UUID, ...]
    where: str
    group: str = ""

    def meets(self, other: Holding) -> bool:
        """Whether both reach the same place."""
        return self.chain[0] in other.chain or other.chain[0] in self.chain


@dataclass(frozen=True, slots=True)
class Clash:
    """Two holdings of one principal that exclude each other."""

    one: Holding
    other: Holding


def exclude(one: Holding, other: Holding, pairs: Sequence[Pair]) -> bool:
    """Whether two holdings may not be one person's."""
    if not one.meets(other):
        return False
    reading = ("audit" in one.permissions and bool(other.permissions & ACTING)) or (
        "audit" in other.permissions and bool(one.permissions & ACTING)
    )
    return reading or any({one.role, other.role} == set(pair) for pair in pairs)


def clashes(held: Iterable[Holding], pairs: Sequence[Pair]) -> list[Clash]:
    """All pairs of these holdings that exclude each other."""
    return [Clash(one, other) for one, other in combinations(held, 2) if exclude(one, other, pairs)]


def clashes_with(new: Holding, held: Iterable[Holding], pairs: Sequence[Pair]) -> list[Clash]:
    """What a new holding would run into."""
    return [Clash(new, other) for other in held if exclude(new, other, pairs)]


def mixes(permissions: Iterable[str]) -> bool:
    """Whether one role would hold both sides by itself."""
    given = set(permissions)
    return "audit" in given and bool(given & ACTING)
