"""Fixtures of the notices tests."""

from __future__ import annotations

import pytest

from tests import builders
from tests.builders import World


@pytest.fixture
def world(db: None) -> World:
    return builders.organisation("Acme")
