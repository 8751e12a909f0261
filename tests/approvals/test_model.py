"""Random histories of approval against the naive model (R-02, R-03, R-06 to R-08, R-11 to R-13, R-16, R-18, R-19, R-21, R-30, R-32).

`make nightly` plays 5,000 histories of 40 steps; `make test` 63 on each database. That the model would find what is wrong is shown in
test_model_defects.py.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import settings as tests
from tests.approvals.model.drawing import drawn_history
from tests.approvals.model.history import STEPS, begun, played, shortened
from tests.approvals.model.playing import Player

pytestmark = [pytest.mark.slow, pytest.mark.both]


@pytest.fixture
def player(db: None) -> Player:
    return begun()


@settings(
    max_examples=tests.EXAMPLES or 63, deadline=None, derandomize=not tests.EXAMPLES, database=None,
    phases=[Phase.explicit, Phase.generate],  # what fails is made shorter by leaving steps out
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(seed=st.integers(0, 2**64))
def test_r18_histories_agree_with_the_model(player: Player, seed: int) -> None:
    history = drawn_history(random.Random(seed), STEPS)
    try:
        played(player, history)
    except BaseException as found:
        found.add_note("Shorter:\n" + "\n".join(map(str, shortened(player, history))))
        raise


REACHED = {
    "decide approve", "decide reject", "decide request_changes", "decide abstain", "approved", "expired", "withdraw", "revoke", "submit", "edit",
    "give", "take", "leave", "deactivate", "reactivate", "policy", "check", "amended", "carried over", "lifted", "by everyone", "by each group",
    "decide refused: self_approval", "decide refused: second_seat", "decide refused: not_asked", "decide refused: stale_digest",
    "decide refused: held_too_briefly", "decide refused: given_by_contributor", "decide refused: approval_lapsed",
    "decide refused: stage_not_open", "decide refused: request_expired", "submit refused: open_request_exists", "submit refused: forbidden",
}  # fmt: skip


def test_the_histories_reach_all_there_is(player: Player) -> None:
    """So that what is proved above is not proved of histories in which nothing happens."""
    found: set[str] = set()
    for seed in range(60):
        found |= played(player, drawn_history(random.Random(seed), STEPS)).happened
        if found >= REACHED:
            return
    assert REACHED - found == set()
