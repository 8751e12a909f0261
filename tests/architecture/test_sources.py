"""Sizes, leftovers, locked requirements."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, name, sources, tree

pytestmark = pytest.mark.architecture

LONGEST_FUNCTION = 60
LONGEST_FILE = 500
LONGEST_TEST = 800
LEFTOVER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "HA" + "CK")) + r")\b")
TEXT = {".py", ".md", ".html", ".css", ".js", ".toml", ".yml", ".txt", ".po", ""}
REQUIREMENTS = ROOT / "requirements"
PIN = re.compile(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)((?: ; [^\\]+)?) \\$", re.MULTILINE)


def kept_files() -> list[Path]:
    """What is under version control, or would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_functions_are_short():
    functions = (
        (path, node) for path in sources() for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )  # fmt: skip
    found = [
        f"{name(path)}:{node.lineno} {node.name}" for path, node in functions
        if (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
    ]  # fmt: skip
    assert found == []


def test_files_are_short():
    limits = dict.fromkeys(sources(), LONGEST_FILE) | dict.fromkeys((ROOT / "tests").rglob("*.py"), LONGEST_TEST)
    lengths = {path: len(path.read_text().splitlines()) for path in limits}
    assert {name(path): length for path, length in lengths.items() if length > limits[path]} == {}


def test_nothing_is_left_for_later():
    texts = (path for path in kept_files() if path.suffix in TEXT and path.parts[-1] != "LICENSE")
    assert [name(path) for path in texts if LEFTOVER.search(path.read_text(errors="replace"))] == []


def pins(file: str) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for package, version, marker in PIN.findall((REQUIREMENTS / file).read_text()):
        found.setdefault(package, set()).add((version, marker))
    return found


@pytest.mark.parametrize("path", [*sorted(REQUIREMENTS.iterdir()), ROOT / "Makefile", ROOT / "pyproject.toml"], ids=str)
def test_no_address_is_written_where_packages_come_from(path):
    assert "://" not in path.read_text()


def test_every_pin_has_a_hash():
    for file in ("base.txt", "ocr.txt", "dev.txt", "tools.txt"):
        entries = [entry for entry in re.split(r"\n(?=[a-z0-9])", (REQUIREMENTS / file).read_text()) if "==" in entry]
        assert len(entries) >= 1
        assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_what_runs_is_what_was_tested():
    """dev.txt holds every pin of ocr.txt, that every pin of base.txt, and tools.txt the installer of dev.txt."""
    base, ocr, dev, tools = pins("base.txt"), pins("ocr.txt"), pins("dev.txt"), pins("tools.txt")
    assert len(base) > 30
    assert "rapidocr" in ocr.keys() - base.keys()
    assert {package: found for package, found in base.items() if ocr.get(package) != found} == {}
    assert {package: found for package, found in ocr.items() if dev.get(package) != found} == {}
    assert {package: found for package, found in tools.items() if dev.get(package) != found} == {}
