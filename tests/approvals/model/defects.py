"""Ways in which an engine of approvals goes wrong, put into this one for a test: the source of a function, with other words."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from approvals.models import ApprovalPolicy, Stage
from core.statements import Prepared


@dataclass(frozen=True)
class Defect:
    """In `place` (module:function, or module:Class.method) these words instead of those; `stated` when statements are made of it
    whose words are kept."""

    place: str
    right: str
    wrong: str
    stated: bool = False

    def put_in(self, patch: pytest.MonkeyPatch) -> None:
        """Raises AssertionError when the words are not there any more: then the defect has to be thought of anew."""
        module_name, _, path = self.place.partition(":")
        module: Any = importlib.import_module(module_name)
        *outer, name = path.split(".")
        owner = getattr(module, outer[0]) if outer else module
        original = getattr(owner, name)
        function = inspect.unwrap(original.build if isinstance(original, Prepared) else original)
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(self.right) == 1, f"{self.place} does not say {self.right!r} once"
        if self.stated:
            patch.setattr(Prepared, "__call__", lambda self, *arguments: list(self.build(*arguments)))
        made = _defined(source.replace(self.right, self.wrong), name, function)
        patch.setattr(owner, name, made)
        for other in _importers(original) if not outer else ():
            patch.setattr(other, name, made)


def _defined(source: str, name: str, function: Any) -> Callable[..., Any]:
    """The function anew, without decorators (words are kept by one), in the globals of the old one."""
    tree = ast.parse(source)
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    space = dict(function.__globals__)
    exec(compile(tree, f"<defect in {name}>", "exec", dont_inherit=True), space)
    return space[name]  # type: ignore[no-any-return]


def _importers(original: object) -> list[Any]:
    """Modules of the engine that imported a function by its name."""
    return [
        module for known, module in list(sys.modules.items())
        if known.startswith("approvals.") and any(value is original for value in vars(module).values())
    ]  # fmt: skip


def quorum_today(stage: Stage) -> int:
    """The quorum that the policy of today asks for at a stage, were that looked up again."""
    for policy in ApprovalPolicy.objects.order_by("-version"):
        return min((line["quorum"] for line in policy.stages if line["key"] == stage.key), default=stage.quorum)
    return stage.quorum


def drop_guards() -> None:
    """Until the test's own transaction is rolled back nothing in the database refuses anything."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
