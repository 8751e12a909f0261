"""Errors as classes with permanent codes. The doors translate `kind` to their own answer (HTTP status, admin message)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


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

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, object] = extra

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class NotFound(ImprimaturError):
    """There is no such object, or the actor may not see it (the two answers are the same on purpose, R-57)."""

    code = "not_found"
    kind = Kind.NOT_FOUND

    def __init__(self, detail: str = "There is no such object, or you may not see it.", **extra: object) -> None:
        """Without words of its own, always: other words for what exists than for what does not would tell the two apart."""
        super().__init__(detail, **extra)


class Forbidden(ImprimaturError):
    """The actor sees the object but may not do this (R-57)."""

    code = "forbidden"
    kind = Kind.FORBIDDEN


class Conflict(ImprimaturError):
    """The world moved on: stale digest, stale version or illegal transition (R-08)."""

    code = "conflict"
    kind = Kind.CONFLICT


class PreconditionUnmet(ImprimaturError):
    """Something that must be true first is not."""

    code = "precondition_unmet"
    kind = Kind.PRECONDITION


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad input: dotted path of the field, permanent code, words to act on."""

    field: str
    code: str
    detail: str


class Invalid(ImprimaturError):
    """Bad input, by field."""

    code = "invalid"
    kind = Kind.INVALID

    def __init__(self, errors: Sequence[FieldError], detail: str = "The input is not valid.") -> None:
        super().__init__(detail)
        self.errors = tuple(errors)

    @classmethod
    def field(cls, field: str, code: str, detail: str) -> Invalid:
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
