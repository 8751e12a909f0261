"""docs/rules.md is what the rules say."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import rules_document
from governance.messages import title
from governance.parameters import leaves
from governance.registry import COMMON_CODES, all_rules

PATH = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def test_the_file_is_up_to_date() -> None:
    assert PATH.read_text(encoding="utf-8") == rules_document.document(), "run `manage.py document_rules`"
    call_command("document_rules", "--check")


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_r53_a_rule_is_told_whole(code: str) -> None:
    info = all_rules()[code].info
    (section,) = [each for each in rules_document.document().split("\n## ") if each.startswith(f"{title(code)} (`{code}`)\n")]
    assert title(code, "de") in section
    for path, _ in leaves(info.params):
        assert f".{path[-1]}` |" in section or f"`{path[-1]}` |" in section
    for each in set(info.codes) - set(COMMON_CODES):
        assert f"| `{each}` |" in section


def test_a_file_that_differs_is_noticed(settings, tmp_path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="document_rules"):
        call_command("document_rules", "--check")
    call_command("document_rules", stdout=io.StringIO())
    call_command("document_rules", "--check")
