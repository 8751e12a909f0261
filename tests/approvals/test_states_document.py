"""docs/states.md is what the tables say."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import states_document

PATH = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_file_is_up_to_date():
    assert PATH.read_text(encoding="utf-8") == states_document.document(), "run `manage.py document_states`"
    call_command("document_states", "--check")


def test_every_step_is_drawn_once_from_each_of_its_states():
    sections = states_document.document().split("\n## ")[1:]
    assert len(sections) == len(states_document.MACHINES)
    for machine, section in zip(states_document.MACHINES, sections, strict=True):
        drawn = re.findall(r"^    (\w+) --> (\w+): (\w+)$", section, re.MULTILINE)
        meant = {(source, step.target, name) for name, step in machine.table.items() for source in step.sources}
        assert set(drawn) == meant
        assert len(drawn) == len(meant)


def test_a_file_that_differs_is_noticed(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError):
        call_command("document_states", "--check")
    call_command("document_states", stdout=io.StringIO())
    call_command("document_states", "--check")
