"""Where histories of access begin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from tests.accounts.histories import Place, build, clock_at


@pytest.fixture
def place(db: None) -> Place:
    """One organisation, made long before any history that is played in it."""
    long_ago = clock.now() - timedelta(days=400)
    with clock_at(lambda: long_ago):
        return build()
