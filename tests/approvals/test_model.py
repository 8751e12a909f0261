"""Random histories of approval against the naive model (R-02, R-03, R-06 to R-08, R-11 to R-13, R-16, R-18, R-19, R-21, R-30, R-32).

`make fuzz` plays more histories; IMPRIMATUR_TEST_EXAMPLES=5000 of 40 steps are the 200,000 steps of a night. Each seeded defect of
the engine, with the guards of the database out of the way, is found.
"""

from __future__ import annotations

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import services as accounts
from core import clock
from tests import settings as tests
from tests.approvals.model.playing import GROUPS, Player, Step, clock_of, drawn_history, length
from tests.builders import ROOT, World

pytestmark = pytest.mark.slow
STEPS = 40


@pytest.fixture
def world(world: World) -> World:
    """With the people of the histories, who hold nothing yet."""
    for name in ("ann", "ben", "cleo", "dual", "fin", "gus"):
        world.add_person(name)
    return world


def play(world: World, history: list[Step]) -> Player:
    player = Player(world, clock.now() - length(history))
    with clock_of(player):
        for group in GROUPS:
            player.groups[group] = accounts.create_user_group(actor=ROOT, organisation=world.organisation, title=group)
        player.begin()
        for step in history:
            player.play(step)
    return player


def played(world: World, history: list[Step]) -> Player:
    """Play a history, and leave nothing of it."""
    before = transaction.savepoint()
    try:
        return play(world, history)
    finally:
        transaction.savepoint_rollback(before)


@settings(
    max_examples=tests.EXAMPLES or 60, deadline=None, derandomize=not tests.EXAMPLES, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(drawing=st.randoms(use_true_random=False))
def test_r18_histories_agree_with_the_model(world: World, drawing: random.Random) -> None:
    played(world, drawn_history(drawing, STEPS))


REACHED = {
    "decide approve", "decide reject", "decide request_changes", "decide abstain", "approved", "expired", "withdraw", "revoke", "submit", "edit",
    "give", "take", "deactivate", "reactivate", "policy", "check", "amended", "carried over", "lifted", "by everyone", "by each group",
    "decide refused: self_approval", "decide refused: second_seat", "decide refused: not_asked", "decide refused: stale_digest",
    "decide refused: held_too_briefly", "decide refused: given_by_contributor", "decide refused: approval_lapsed",
    "decide refused: stage_not_open", "submit refused: open_request_exists", "submit refused: forbidden",
}  # fmt: skip


def test_the_histories_reach_all_there_is(world: World) -> None:
    """So that what is proved above is not proved of histories in which nothing happens."""
    found: set[str] = set()
    for seed in range(200):
        found |= played(world, drawn_history(random.Random(seed), STEPS)).happened
        if found >= REACHED:
            return
    assert REACHED - found == set()
