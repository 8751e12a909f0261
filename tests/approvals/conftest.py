"""Fixtures of the tests of `approvals`."""

from __future__ import annotations

import pytest

from tests import builders


@pytest.fixture
def world(db: None) -> builders.World:
    """An organisation with people, policy and rules; everything by the services."""
    return builders.organisation()
