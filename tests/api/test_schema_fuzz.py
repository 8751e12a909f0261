"""Schemathesis, briefly: what the published document promises is what the door does, for input that nobody thought of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import builders
from tests import settings as tests

served = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The door, closing its answers as a server does (and uploads with them); the fuzzer's client does not."""
    answer: Any = served(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
pytestmark = [pytest.mark.slow, pytest.mark.django_db]
made_up = itertools.count()


@document.parametrize()
@settings(
    max_examples=tests.EXAMPLES or 2,
    deadline=None,
    derandomize=not tests.EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)
def test_the_document_holds(case: Any, fuzzed: dict[str, str]) -> None:
    if not tests.EXAMPLES and case.meta.phase.name is TestPhase.COVERAGE and next(made_up) % 3:
        return  # the short form sends every third of what is made up to cover the document, some 60 a method
    case.call_and_validate(headers=fuzzed, excluded_checks=[positive_data_acceptance])


@pytest.fixture
def fuzzed(db: None) -> Iterator[dict[str, str]]:
    """Headers of somebody who may do anything on a brand with something of everything."""
    for signal in (request_started, request_finished):  # they would close the connection that the test's transaction is on
        signal.disconnect(close_old_connections)
    world = builders.organisation()
    world.add_person("all", *(role for role in builders.PEOPLE.values() if role != "auditor"))
    world.request(at="approved")
    yield {"Authorization": f"Bearer {world.token('all')}"}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
