"""A whole history in a world where nothing has happened yet, of which nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import time_machine
from django.db import transaction

from accounts import services as accounts
from core import clock
from tests.approvals.model.drawing import Step, length
from tests.approvals.model.playing import Player, clock_of
from tests.builders import ROOT, organisation

STEPS: Final = 40
STOOD: Final = timedelta(days=1000)
"""How long the world has stood: longer than any history takes, and nobody holds a role before it was given."""


def begun() -> Player:
    """The people of the histories and what they hold, and drafts; nobody else approves anything."""
    now = clock.now()
    with time_machine.travel(now - STOOD, tick=False):
        world = organisation("Histories")
        for name in ("content", "budget"):
            accounts.deactivate_user(actor=ROOT, user=world.people[name].pk)
        for name in ("ann", "ben", "cleo", "dual", "fin", "gus"):
            world.add_person(name)
        player = Player(world, clock.now())
        player.begin(now + timedelta(days=1))
    return player


def played(player: Player, history: list[Step]) -> Player:
    """Play a history, ending now. Raises AssertionError where the product and the model part, with what was played."""
    before = transaction.savepoint()
    going = player.at(clock.now() - length(history))
    try:
        with clock_of(going):
            for step in history:
                going.play(step)
        return going
    finally:
        transaction.savepoint_rollback(before)


def _fails(player: Player, history: list[Step]) -> bool:
    try:
        played(player, history)
    except BaseException as found:
        if isinstance(found, KeyboardInterrupt):
            raise
        return True
    return False


def _without(history: list[Step], size: int) -> Iterator[list[Step]]:
    for start in range(0, len(history), size):
        yield history[:start] + history[start + size :]


def shortened(player: Player, history: list[Step]) -> list[Step]:
    """A history that fails still, without what it does not need for that."""
    for size in (16, 8, 4, 2, 1, 1):
        shorter: list[Step] | None = history
        while shorter is not None:
            history = shorter
            shorter = next((each for each in _without(history, size) if _fails(player, each)), None)
    return history
