"""Races are run on PostgreSQL, with real threads and real commits. On SQLite a transaction is the lock of everything."""

from __future__ import annotations

import pytest

from tests import builders
from tests.concurrency.racing import Rendezvous


@pytest.fixture
def world(transactional_db: None) -> builders.World:
    return builders.organisation()


@pytest.fixture
def rendezvous() -> Rendezvous:
    return Rendezvous()
