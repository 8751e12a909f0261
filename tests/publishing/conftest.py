"""Fixtures of the publishing tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.publishing.studio import Studio, opened
from tests.simulator_process import SimulatorProcess


@pytest.fixture(scope="session")
def publishing_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    with SimulatorProcess(tmp_path_factory.mktemp("simulator"), {"advertisers": []}) as process:
        yield process


@pytest.fixture
def studio(
    db: None, publishing_simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Studio]:
    """A world beside a simulator, inside the test's own transaction."""
    with opened(publishing_simulator, monkeypatch, settings) as ready:
        yield ready


@pytest.fixture
def committed_studio(
    transactional_db: None, publishing_simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Studio]:
    """The same, with everything committed: for tests with several threads or processes."""
    with opened(publishing_simulator, monkeypatch, settings) as ready:
        yield ready
