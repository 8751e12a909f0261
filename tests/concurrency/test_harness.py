"""The tools of the races put everything back, whatever happens inside."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet

from core import transitions
from tests.concurrency.racing import both_off


def test_the_layers_are_back_after_a_control():
    before = (QuerySet.select_for_update, transitions.move)
    with both_off():
        assert QuerySet.select_for_update is not before[0]
        assert transitions.move is not before[1]
    assert (QuerySet.select_for_update, transitions.move) == before
    with pytest.raises(RuntimeError), both_off():
        raise RuntimeError
    assert (QuerySet.select_for_update, transitions.move) == before
