"""What goes into CSV computes nothing, whichever door writes it."""

from __future__ import annotations

import pytest

from core.spreadsheets import inert


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "\t=1", "\rx", "\nx", "＝1", "＠x", "\x00=1"])
def test_formulas_become_text(text: str) -> None:
    found = inert(text)
    assert found == "'" + text.replace("\x00", "")


@pytest.mark.parametrize("text", ["", "fine = 1", "a-b", "x@y.example", "12.50"])
def test_the_rest_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
