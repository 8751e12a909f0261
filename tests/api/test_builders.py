"""The builders bring a request to every state that they promise."""

from __future__ import annotations

import pytest

from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", builders.STATES)
def test_a_request_reaches_the_state(state: str) -> None:
    world = builders.organisation()
    request = world.request(at=state)
    assert request.state == ("in_review" if state == "content_approved" else state)
    assert request.items.count() == 3
