"""docs/expressions.md is what the vocabulary says, and its examples are rules."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.contract import Binding, Mode
from governance.expressions import document
from governance.expressions.vocabulary import EVERYTHING
from governance.registry import validate_binding

PATH = Path(__file__).resolve().parents[2] / "docs" / "expressions.md"


def test_the_file_is_up_to_date():
    assert PATH.read_text(encoding="utf-8") == document.document(), "run `manage.py document_expressions`"
    call_command("document_expressions", "--check")


@pytest.mark.parametrize(("words", "text"), document.EXAMPLES)
def test_every_example_is_a_rule(words: str, text: str):
    assert validate_binding(Binding("custom.expression", Mode.HARD, {"key": "example", "expression": text})).code == "custom.example"


def test_every_name_is_listed():
    said = document.document()
    assert [name for name in EVERYTHING.named if f"| `{name}` |" not in said] == []


def test_a_file_that_differs_is_noticed(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError):
        call_command("document_expressions", "--check")
    call_command("document_expressions", stdout=io.StringIO())
    call_command("document_expressions", "--check")
