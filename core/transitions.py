"""Transition tables are data; `move` is the only writer of a `state` column.

A table says from which states a step may be taken and where it leads. `move` issues one guarded UPDATE
(`WHERE id = … AND state = …`) and demands one row, so that two callers can never both win, lock or no lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import IllegalTransition, Words, say
from core.statements import Change, update

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Transition:
    """One step: the states it may start from, the state it leads to, and who may cause it (for the documents)."""

    sources: frozenset[str]
    target: str
    by: str


def step(sources: Iterable[str], target: str, by: str) -> Transition:
    """A transition from any of `sources` to `target`."""
    return Transition(frozenset(sources), target, by)


Table = Mapping[str, Transition]


def allowed(table: Table, state: str) -> list[str]:
    """The steps that may be taken from `state`, in table order."""
    return [name for name, transition in table.items() if state in transition.sources]


def _state_in_words(row: models.Model) -> Words:
    """The label of the row's state, where its field has labels."""
    state: str = row.state  # type: ignore[attr-defined]
    labels: Mapping[str, Words] = dict(row._meta.get_field("state").flatchoices)  # type: ignore[union-attr]
    return labels.get(state, state.replace("_", " "))


def _too_late(name: str) -> Words:
    return say(_("“{step}” came too late."), step=name)


def check(table: Table, name: str, row: models.Model) -> Transition:
    """The transition `name`, or IllegalTransition when the row's state does not allow it."""
    transition = table[name]
    state: str = row.state  # type: ignore[attr-defined]
    if state not in transition.sources:
        words = say(
            _("“{step}” is not possible while the {subject} is {state}."),
            step=name, subject=row._meta.verbose_name or "", state=_state_in_words(row),
        )  # fmt: skip
        raise IllegalTransition(words, subject=str(row.pk), state=state, step=name)
    return transition


def move(table: Table, name: str, row: models.Model, **values: Any) -> None:
    """Take step `name` on `row` (re-read under its lock by the caller) and set `values` with it.

    Raises IllegalTransition when the state does not allow the step, also when another writer was faster.
    """
    transition = check(table, name, row)
    state: str = row.state  # type: ignore[attr-defined]
    if update(type(row), {"pk": row.pk, "state": state}, {"state": transition.target, **values}) != 1:
        raise IllegalTransition(_too_late(name), subject=str(row.pk), state=state, step=name)
    for field, value in {"state": transition.target, **values}.items():
        setattr(row, field, value)


def move_many(table: Table, name: str, rows: list[Any], **values: Any) -> None:
    """`move` for several rows of one kind in one statement: all of them or IllegalTransition.

    `values` may be expressions (`Case(When(pk=…))`); the rows in hand get their new state, not the expressions' results.
    """
    if not rows:
        return
    for row in rows:
        check(table, name, row)
    transition = table[name]
    guarded = {"pk": [row.pk for row in rows], "state": sorted(transition.sources)}
    if update(type(rows[0]), guarded, {"state": transition.target, **values}) != len(rows):
        raise IllegalTransition(_too_late(name), step=name)
    for row in rows:
        row.state = transition.target


def change(table: Table, name: str, rows: models.QuerySet[M], **values: Any) -> Change[M]:
    """Step `name` of whichever of `rows` may take it, as one guarded UPDATE, for `claim` or for `prepared`.

    For workers that compete: of two callers each row goes to one.
    """
    transition = table[name]
    return Change(rows.filter(state__in=sorted(transition.sources)), {"state": transition.target, **values})


def claim(table: Table, name: str, rows: models.QuerySet[Any], **values: Any) -> int:
    """Make `change`. Returns how many rows were taken."""
    return change(table, name, rows, **values).by_orm()
