"""Errors as classes with permanent codes. The doors translate `kind` to their own answer (HTTP status, admin message).

Their words are translated where they are shown, not where they are raised: `detail` speaks the language that is active when
it is read, `in_english` is what goes into rows and evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"
"""A text, or one that is translated when it is read."""


def say(template: Words, **values: object) -> Words:
    """A sentence with values in it: `say(_("At most {most} ads."), most=20)`."""
    return format_lazy(template, **values)


def _english(said: Words) -> str:
    with override("en"):
        return str(said)


class Kind(StrEnum):
    """What sort of refusal an error is; the doors map it (api: 404, 403, 409, 412, 422, 400)."""

    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    PRECONDITION = "precondition"
    INVALID = "invalid"


class ImprimaturError(Exception):
    """A refusal that a person can act on. `code` is permanent; `detail` is for people; `extra` for machines."""

    code = "imprimatur_error"
    kind = Kind.INVALID
    recorded_as = ""
    """The action under which the log keeps it, where that is not what was tried."""

    def __init__(self, detail: Words, **extra: object) -> None:
        super().__init__(detail)
        self.words = detail
        self.extra: Mapping[str, object] = extra

    @property
    def facts(self) -> Mapping[str, object]:
        """What the log is told beside code and detail."""
        return {}

    @property
    def is_evidence(self) -> bool:
        """Whether the log is told: bad input by field is the client's matter."""
        return self.kind is not Kind.INVALID

    @property
    def detail(self) -> str:
        """What a person reads, in the language of whoever reads now."""
        return str(self.words)

    @property
    def in_english(self) -> str:
        """What is written down, whatever language the reader has."""
        return _english(self.words)

    def __str__(self) -> str:
        return f"{self.code}: {self.in_english}"


class NotFound(ImprimaturError):
    """There is no such object, or the actor may not see it (the two answers are the same on purpose, R-57)."""

    code = "not_found"
    kind = Kind.NOT_FOUND

    def __init__(self, **extra: object) -> None:
        """Without words of its own, always: other words for what exists than for what does not would tell the two apart."""
        super().__init__(_("There is no such object, or you may not see it."), **extra)
        self.args = ()  # what it can be made from again


class Forbidden(ImprimaturError):
    """The actor sees the object but may not do this (R-57)."""

    code = "forbidden"
    kind = Kind.FORBIDDEN


class Conflict(ImprimaturError):
    """The world moved on: stale digest, stale version or illegal transition (R-08)."""

    code = "conflict"
    kind = Kind.CONFLICT


class Overtaken(ImprimaturError):
    """A guard in the database refused what a service had judged right: something it rests on has changed in between.

    No Conflict to the code: whoever expects that somebody else was first must not take it for that.
    """

    code = "overtaken"
    kind = Kind.CONFLICT

    @property
    def facts(self) -> Mapping[str, object]:
        return {"guard": self.extra["guard"]}


class PreconditionUnmet(ImprimaturError):
    """Something that must be true first is not."""

    code = "precondition_unmet"
    kind = Kind.PRECONDITION


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad input: dotted path of the field, permanent code, words to act on."""

    field: str
    code: str
    words: Words

    @property
    def detail(self) -> str:
        """What a person reads, in the language of whoever reads now."""
        return str(self.words)


class Invalid(ImprimaturError):
    """Bad input, by field."""

    code = "invalid"
    kind = Kind.INVALID

    def __init__(self, errors: Sequence[FieldError], detail: Words | None = None) -> None:
        super().__init__(detail or _("The input is not valid."))
        self.errors = tuple(errors)

    @classmethod
    def field(cls, field: str, code: str, detail: Words) -> Invalid:
        """The usual case: one field is wrong."""
        return cls([FieldError(field, code, detail)])


class IllegalTransition(Conflict):
    """The subject's state does not allow this step. `extra` carries subject, state and step."""

    code = "illegal_transition"


class StaleDigest(Conflict):
    """The digest named is not the one under review now (R-08). `extra['digest']` is the current one."""

    code = "stale_digest"


class StaleVersion(Conflict):
    """A draft was changed by someone else since it was read (If-Match)."""

    code = "stale_version"
    kind = Kind.PRECONDITION
