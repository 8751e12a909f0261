"""How evidence is written, and the shape that every public service has.

`@service(action)` opens the transaction, demands that the service wrote an event, and records a refusal in a
transaction of its own when a domain error undid the work. Nothing else in the code opens a transaction for a service.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit import actions
from audit.models import AuditEvent
from core import clock
from core.actor import Actor
from core.canonical import canonical_text, digest_of_text
from core.errors import ImprimaturError, NotFound, Overtaken
from core.ids import uuid7
from core.statements import insert
from core.triggers import refusal

logger = logging.getLogger(__name__)

RECORDED = "recorded"
REFUSED = "refused"
LABEL_LENGTH = 254


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose event it is: decides which auditors may read it."""

    organisation: UUID | None = None
    brand: UUID | None = None
    ad_account: UUID | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What it happened to, as text: outlives the row."""

    type: str
    id: str
    label: str
    scope: Scope = field(default_factory=Scope)


class AuditMissing(AssertionError):
    """A service ended without having written an event. A programming error, never swallowed."""


class _Trace:
    """What the running service has named and written so far."""

    def __init__(self) -> None:
        self.written = 0
        self.subject: Subject | None = None


_trace: ContextVar[_Trace | None] = ContextVar("audit_trace", default=None)


def concerning(subject: Subject) -> Subject:
    """Name the subject of the running service as soon as it is known, so that a refusal can name it too."""
    trace = _trace.get()
    if trace is not None:
        trace.subject = subject
    return subject


def _canonical_actor(actor: Actor) -> dict[str, Any]:
    """Who, and how and when they showed it; entries of actors of whom that is unknown stay as they were."""
    who: dict[str, Any] = {"kind": actor.kind.value, "id": actor.id, "label": actor.label}
    if actor.authentication is not None:
        shown = actor.authentication
        who["authentication"] = {"method": shown.method, "at": clock.rfc3339(shown.at)}
    return who


def event(actor: Actor, action: str, subject: Subject, now: datetime, outcome: str = RECORDED, **payload: Any) -> AuditEvent:
    """An unsaved event. `payload` must have a canonical form (no floats). Raises UnknownAction, NotCanonical."""
    entry = {
        "action": actions.require(action),
        "actor": _canonical_actor(actor),
        "address": actor.address,
        "at": clock.rfc3339(now),
        "channel": actor.channel.value,
        "outcome": outcome,
        "payload": payload,
        "request_id": actor.request_id,
        "subject": {"type": subject.type, "id": subject.id, "label": subject.label},
    }
    identifier = uuid7()
    text = canonical_text({"id": str(identifier), **entry})
    return AuditEvent(
        id=identifier, at=now, action=action, outcome=outcome,
        actor_kind=actor.kind.value, actor_id=actor.id, actor_label=actor.label[:LABEL_LENGTH],
        channel=actor.channel.value, request_id=actor.request_id[:64],
        subject_type=subject.type, subject_id=subject.id, subject_label=subject.label[:LABEL_LENGTH],
        organisation=subject.scope.organisation, brand=subject.scope.brand, ad_account=subject.scope.ad_account,
        canonical=text, digest=digest_of_text(text),
    )  # fmt: skip


def record(*events: AuditEvent) -> None:
    """Write events, in one statement, inside the transaction of the service they belong to."""
    if not transaction.get_connection().in_atomic_block:
        raise AuditMissing("events are written in the transaction of the change they record")
    insert(events)
    trace = _trace.get()
    if trace is not None:
        trace.written += len(events)


class _Refusable(Protocol):
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


P = ParamSpec("P")
R = TypeVar("R")

SERVICES: dict[str, str] = {}
"""Qualified name of every service → its action; the architecture tests compare it with what the packages export."""


def service(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a public service: keyword-only, takes `actor`, one transaction, evidence or refusal recorded.

    A domain error (ImprimaturError) rolls the work back, is recorded as a refusal of `action`, and is raised on. A guard's
    refusal becomes one (Overtaken): what a service judged under its locks, the guard judges again at the write.
    """
    actions.require(action)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        SERVICES[f"{function.__module__}.{function.__qualname__}"] = action

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            trace = _Trace()
            token = _trace.set(trace)
            try:
                with transaction.atomic(durable=True):
                    result = function(*args, **kwargs)
                    if not trace.written:
                        raise AuditMissing(f"{function.__qualname__} wrote no audit event")
                    return result
            except ImprimaturError as error:
                _record_refusal(action, trace, kwargs, error)
                raise
            except IntegrityError as error:
                late = overtaken(action, error)
                if late is None:
                    raise
                _record_refusal(action, trace, kwargs, late)
                raise late from error
            finally:
                _trace.reset(token)

        return run

    return decorate


def overtaken(action: str, error: IntegrityError) -> Overtaken | None:
    """A guard's refusal in words; None for every other error of the database. Seldom, so that operators are told."""
    refused = refusal(error)
    if refused is None:
        return None
    logger.error("guard %s refused %s", refused.guard, action, exc_info=error)
    return Overtaken(_("Something that this rests on has just changed. Look at it again, then try once more."), guard=refused.guard)


def _record_refusal(action: str, trace: _Trace, arguments: Mapping[str, Any], error: ImprimaturError) -> None:
    """Bad input by field is the client's matter and is not evidence; everything else is.

    Who asks for what they may not see is written into the log of their own organisation, with the id that was asked for
    and nothing more: it says no more than for an id that does not exist, and no stranger writes into another's log (R-57).
    """
    if not error.is_evidence:
        return
    with transaction.atomic(durable=True):
        record(refused(arguments["actor"], action, trace.subject, arguments, error))


def refused(
    actor: Actor, action: str, subject: Subject | None, asked: Mapping[str, Any], error: ImprimaturError
) -> AuditEvent:
    """An unsaved event of what was refused, and why: of `subject`, or, where that may not be seen, of the ids `asked` for."""
    unseen = error.code == NotFound.code
    shown = subject if subject and not unseen else _named_in(asked, Scope(actor.organisation))
    kept_as = error.recorded_as or action
    return event(actor, kept_as, shown, clock.now(), REFUSED, code=error.code, detail=error.in_english, **error.facts)


def _named_in(arguments: Mapping[str, Any], scope: Scope) -> Subject:
    """When the subject was not found: the ids that were asked for."""
    asked: Sequence[str] = [f"{name}={value}" for name, value in arguments.items() if isinstance(value, UUID)]
    return Subject("unknown", asked[0].partition("=")[2] if asked else "", ", ".join(asked), scope)
