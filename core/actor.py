"""Who does something, and through which door. Every public service takes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    DIRECTORY = "directory"
    """What the identity provider of an organisation says about its people, at each single sign-on."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """How and when somebody last showed who they are: `password`, `password+totp`, `passkey`, `sso`, `token`, …"""

    method: str
    at: datetime

    def younger_than(self, minutes: int, now: datetime) -> bool:
        """Whether it is less than so many minutes old (R-56). What lies in the future counts as old."""
        return timedelta(0) <= now - self.at < timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` and `label` are kept as text with every event, so that the log outlives what it describes.

    `organisation` is the actor's own, none for the system: whose log it is when somebody asks for what is not there.
    `principal` is the user object of persons and service accounts (None for the system); packages that know users
    read it, `core` and `audit` do not. `token` is the bearer token that spoke, which may give less than the principal holds.
    `authentication` is unknown (None) for the system.
    """

    kind: ActorKind
    id: str
    label: str
    channel: Channel
    request_id: str = field(default_factory=lambda: str(uuid7()))
    principal: object = None
    address: str = ""
    organisation: UUID | None = None
    token: object = None
    authentication: Authentication | None = None

    def authenticated_within(self, minutes: int, now: datetime) -> bool:
        """Whether the actor showed who they are less than so many minutes ago (R-56); no, when that is not known."""
        return self.authentication is not None and self.authentication.younger_than(minutes, now)


def system(channel: Channel, label: str = "Imprimatur") -> Actor:
    """The service itself: tasks and commands. It can never satisfy a human stage (R-33)."""
    return Actor(kind=ActorKind.SYSTEM, id="system", label=label, channel=channel)
