"""How old a log-in is, as approvals ask it (R-56)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.actor import Actor, ActorKind, Authentication, Channel, system

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "younger"),
    [
        (timedelta(0), True), (timedelta(minutes=4, seconds=59), True), (timedelta(minutes=5), False),
        (timedelta(days=1), False), (timedelta(seconds=-1), False),
    ],
)  # fmt: skip
def test_r56_younger_than_so_many_minutes(age: timedelta, younger: bool):
    shown = Authentication("password", NOW - age)
    assert shown.younger_than(5, NOW) is younger
    assert Actor(ActorKind.PERSON, "1", "ann", Channel.ADMIN, authentication=shown).authenticated_within(5, NOW) is younger


def test_r56_what_is_not_known_is_not_young():
    assert not system(Channel.TASK).authenticated_within(5, NOW)
