"""Two acts at once, on threads with connections of their own, brought together where it hurts most.

A race is not left to luck. A `Rendezvous` is put between the reading and the writing of the service under test, so that
both have read before either writes; an `Interruption` plays one act in the middle of another. Where a lock keeps the second
one waiting, the first goes on alone after a while; so the same test runs with the lock and, as a control, without.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from core import transitions
from core.errors import Overtaken
from core.statements import Prepared
from core.transitions import Table

Act = Callable[[], Any]
BLOCKED_SECONDS = 1.0
"""How long to wait for somebody whom a lock keeps from coming: in vain, so not long."""
FREE_SECONDS = 20.0
"""How long to wait for somebody whom nothing keeps: at most, however slow the machine is."""
_locks_are_off = threading.Event()


def patience() -> float:
    return FREE_SECONDS if _locks_are_off.is_set() else BLOCKED_SECONDS


class Rendezvous:
    """Where the acts meet once; who comes alone goes on after a while."""

    def __init__(self, seconds: float | None = None) -> None:
        """`seconds` to wait for the other; unless said, as long as it makes sense with or without locks."""
        self._barrier, self._seconds = threading.Barrier(2), seconds
        self.met = False

    def meet(self) -> None:
        try:
            self._barrier.wait(self._seconds or patience())
        except threading.BrokenBarrierError:
            return
        self.met = True

    def before(self, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
        """Meet right before every call of `module:function`."""
        module_name, name = target.split(":")
        module = importlib.import_module(module_name)
        original = getattr(module, name)

        def met_before(*args: Any, **kwargs: Any) -> Any:
            self.meet()
            return original(*args, **kwargs)

        monkeypatch.setattr(module, name, met_before)


class Interruption:
    """Another act in the middle of one: begun right before the first call of `module:function`, and given time to finish.
    Where a lock makes it wait, it finishes after the interrupted one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, target: str, act: Act) -> None:
        module_name, self._name = target.split(":")
        self._module, self._act = importlib.import_module(module_name), act
        self._original = getattr(self._module, self._name)
        self._first = threading.Lock()
        self._thread = threading.Thread(target=self._run)
        self.result: Any = None
        self.was_in_between = False
        monkeypatch.setattr(self._module, self._name, self._interrupted)

    def _run(self) -> None:
        try:
            self.result = self._act()
        except Exception as error:  # noqa: BLE001 - handed back, and looked at by the test
            self.result = error
        finally:
            connection.close()

    def _interrupted(self, *args: Any, **kwargs: Any) -> Any:
        if self._first.acquire(blocking=False):
            self._thread.start()
            self._thread.join(patience())
            self.was_in_between = not self._thread.is_alive()
        return self._original(*args, **kwargs)

    def end(self) -> Any:
        """Wait for the act, and hand back what came of it."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.result


def at_once(*acts: Act) -> list[Any]:
    """Run the acts at the same time; the result of each, or the exception that ended it."""
    start = threading.Barrier(len(acts))

    def run(act: Act) -> Any:
        try:
            start.wait(30)
            return act()
        except Exception as error:  # noqa: BLE001 - handed back, and looked at by the test
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def errors(results: list[Any]) -> list[Exception]:
    return [each for each in results if isinstance(each, Exception)]


def guard_of(error: Exception) -> object:
    """Which guard of the database was the last to say no; None when something else did."""
    return error.extra["guard"] if isinstance(error, Overtaken) else None


@contextmanager
def locks_off() -> Iterator[None]:
    """Nobody locks a row by reading it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda self, **_: self._chain())
        patch.setattr(Prepared, "_plan", Prepared._made)
        patch.setattr("campaigns.locks.kept", lambda rows: rows.exists())
        _locks_are_off.set()
        try:
            yield
        finally:
            _locks_are_off.clear()


@contextmanager
def state_guard_off() -> Iterator[None]:
    """`move` and `move_many` write by key alone, whatever the state has become since it was read."""

    def move(table: Table, name: str, row: Any, **values: Any) -> None:
        target = transitions.check(table, name, row).target
        type(row)._default_manager.filter(pk=row.pk).update(state=target, **values)
        row.state = target

    def move_many(table: Table, name: str, rows: Sequence[Any], **values: Any) -> None:
        for row in rows:
            move(table, name, row, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transitions, "move", move)
        patch.setattr(transitions, "move_many", move_many)
        yield


@contextmanager
def all_on() -> Iterator[None]:
    yield


@contextmanager
def both_off() -> Iterator[None]:
    with locks_off(), state_guard_off():
        yield


def without_triggers() -> None:
    """No trigger fires for the rest of this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
