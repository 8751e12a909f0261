"""The doors show, and call services; they write nothing themselves."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, calls, method, place, sources, tree

pytestmark = pytest.mark.architecture

WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "select_for_update", "create", "save", "delete"}
OWN_ROWS = {
    "api/idempotency.py": "keeps the answers of earlier requests, which are nobody's business objects",
    "api/authentication.py": "notes when a token was last used",
}


def doors() -> list[Path]:
    return [path for path in sources("api", "workplace") if path.relative_to(ROOT).as_posix() not in OWN_ROWS]


def is_write(call: ast.Call) -> bool:
    """A method that writes rows; `update` and `save` count with keywords alone: dictionaries and pictures take arguments."""
    if method(call) in {"update", "save"} and call.args:
        return False
    if method(call) == "update":
        return bool(call.keywords)
    return method(call) in WRITES


def test_doors_write_no_rows():
    found = [place(path, call) for path in doors() for call in calls(path) if is_write(call)]
    assert found == []


def test_views_of_the_api_ask_queries_for_rows():
    """`Model.objects.none()` tells the schema which model a listing shows; rows come from the packages' queries."""
    found = []
    for path in sources("api"):
        if path.name == "views.py":
            none = {call.func.value for call in calls(path) if method(call) == "none" and isinstance(call.func, ast.Attribute)}
            nodes = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute))
            found += [place(path, node) for node in nodes if node.attr == "objects" and node not in none]
    assert found == []


def service_imports(path: Path) -> list[tuple[str, str, ast.ImportFrom]]:
    """(module, name) of what a file takes from another package's services."""
    package = path.relative_to(ROOT).parts[0]
    return [
        (node.module, alias.name, node)
        for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if ".services" in f".{node.module}" and node.module.split(".")[0] != package
    ]  # fmt: skip


def test_only_services_are_taken_from_another_package_s_services():
    """What happens inside a service's transaction is not to be called beside it."""
    from audit.recording import SERVICES

    found = []
    for path in sources():
        for module, name, node in service_imports(path):
            thing = getattr(import_module(module), name)
            if inspect.isfunction(thing) and f"{thing.__module__}.{thing.__qualname__}" not in SERVICES:
                found.append(f"{place(path, node)} {name}")
    assert found == []
