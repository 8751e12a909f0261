"""Fixtures of the guard tests."""

from __future__ import annotations

import pytest

from tests.guards import world as worlds


@pytest.fixture
def world(db: None) -> worlds.World:
    return worlds.build()
