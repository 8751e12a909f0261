"""Services are public, say what they do and leave transactions alone; states move in one place.

That every one of them is decorated and takes its actor by keyword stands in tests/audit/test_services.py.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from audit.recording import SERVICES
from tests.architecture.sources import PACKAGES, ROOT, calls, method, name, place, sources, tree

pytestmark = pytest.mark.architecture

DOMAIN = ("core", "audit", "accounts", "campaigns", "governance", "approvals", "publishing", "notices", "api", "workplace")


def public_functions() -> Iterator[Callable[..., Any]]:
    """What `<package>.services` offers: the names of `__all__`, or every public function of a services.py."""
    for package in PACKAGES:
        if not list((ROOT / package).glob("services*")):
            continue
        module = import_module(f"{package}.services")
        offered = getattr(module, "__all__", None) or [
            key for key, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_")
        ]  # fmt: skip
        yield from (thing for key in offered if inspect.isfunction(thing := getattr(module, key)))


def qualified(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def test_every_registered_service_is_public():
    offered = {qualified(function) for function in public_functions()}
    assert set(SERVICES) - offered == {key for key in SERVICES if not key.split(".")[1].startswith("services")}


def test_every_service_says_what_it_does():
    assert [qualified(function) for function in public_functions() if not inspect.getdoc(function)] == []


def writes_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and method(node) in {"update", "update_or_create"}:
        return any(keyword.arg == "state" for keyword in node.keywords)
    if isinstance(node, ast.Call) and method(node) == "bulk_update":
        return any(isinstance(each, ast.Constant) and each.value == "state" for each in ast.walk(node))
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)


def test_states_move_in_transitions_alone():
    """`core.transitions.move` is one guarded UPDATE; a state set elsewhere would skip the table and the race check."""
    found = [
        place(path, node) for path in sources(*DOMAIN) if name(path) != "core/transitions.py"
        for node in ast.walk(tree(path)) if writes_state(node)
    ]  # fmt: skip
    assert found == []


def test_only_the_decorator_opens_a_service_s_transaction():
    """A transaction of its own would commit half of a service; a savepoint (for a unique key that is taken) may be."""
    found = [
        place(path, call) for path in sources(*DOMAIN) if name(path) != "audit/recording.py" for call in calls(path)
        if method(call) in {"commit", "rollback", "set_autocommit", "non_atomic_requests"}
        or (method(call) == "atomic" and "services" in name(path) and (call.args or call.keywords))
    ]  # fmt: skip
    assert found == []
