"""Who does something, and through which door. Every public service takes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core.ids import uuid7


class ActorKind(StrEnum):
    PERSON = "person"
    SERVICE_ACCOUNT = "service_account"
    SYSTEM = "system"


class Channel(StrEnum):
    """The door."""

    API = "api"
    ADMIN = "admin"
    TASK = "task"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` and `label` are kept as text with every event, so that the log outlives what it describes.

    `organisation` is the actor's own, none for the system: whose log it is when somebody asks for what is not there.
    `principal` is the user object of persons and service accounts (None for the system); packages that know users
    read it, `core` and `audit` do not.
    """

    kind: ActorKind
    id: str
    label: str
    channel: Channel
    request_id: str = field(default_factory=lambda: str(uuid7()))
    principal: object = None
    address: str = ""
    organisation: UUID | None = None


def system(channel: Channel, label: str = "Imprimatur") -> Actor:
    """The service itself: tasks and commands. It can never satisfy a human stage (R-33)."""
    return Actor(kind=ActorKind.SYSTEM, id="system", label=label, channel=channel)
