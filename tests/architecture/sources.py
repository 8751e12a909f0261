"""The source tree, for tests that look at it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from core.triggers import VendorSQL

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "core", "audit", "accounts", "campaigns", "governance", "approvals", "publishing", "notices", "api", "workplace", "config",
    "simulator",
)  # fmt: skip
GENERATED = ("migrations",)


def sources(*packages: str) -> Iterator[Path]:
    """The Python files of packages (all of them without an argument), migrations left out."""
    for package in packages or PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not set(path.relative_to(ROOT).parts) & set(GENERATED):
                yield path


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    """The path as it is shown in a failure."""
    return path.relative_to(ROOT).as_posix()


def all_guards() -> list[VendorSQL]:
    """Every guard and view declared in a package's guards*.py, found by looking."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).glob("guards*.py"))]
    modules = [import_module(f"{file.parent.name}.{file.stem}") for file in files]
    return [guard for module in modules for kind in ("VIEWS", "GUARDS") for guard in getattr(module, kind, ())]


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def method(call: ast.Call) -> str:
    """`update` of `rows.filter(…).update(…)`; empty for plain functions."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def place(path: Path, node: ast.AST) -> str:
    """`package/file.py:12`."""
    return f"{name(path)}:{getattr(node, 'lineno', 0)}"
