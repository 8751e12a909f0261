"""Who may administer, and how what they confer begins.

Access managers act on their scopes; the system acts through commands at the console. Where the organisation says so, what
widens access waits for a second access manager (R-55); what narrows it never waits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts import locks, permissions, subjects
from accounts.access_policy import current_policy
from accounts.interests import concerns
from accounts.leaving import ACCESS_ENDED
from accounts.models import Conferred, Organisation, Scope, User, UserGroup
from core.actor import Actor, ActorKind, Channel
from core.errors import Forbidden, Invalid
from core.wake import announce


def at_console(actor: Actor) -> bool:
    """Whether this is a command on the server: the system itself."""
    return actor.kind is ActorKind.SYSTEM and actor.channel is Channel.COMMAND


def check_access_manager(actor: Actor, scope: Scope | None) -> None:
    """Raises Forbidden (NotFound when invisible) unless `actor` manages access on `scope`.

    Commands run by whoever has the server's console; they act as the system and are logged as such. Tasks may not.
    """
    if at_console(actor):
        return
    if scope is None:
        raise Forbidden(_("This is done with a command on the server."))
    permissions.check(actor, "manage_access", scope)


def check_directory(actor: Actor, organisation: UUID | None) -> None:
    """Raises Forbidden unless `actor` is the identity provider of this very organisation, speaking at a single sign-on."""
    speaks = actor.kind is ActorKind.SYSTEM and actor.channel is Channel.DIRECTORY
    if not speaks or organisation is None or actor.organisation != organisation:
        raise Forbidden(_("Only the identity provider of the organisation may do this."))


def check_people_manager(actor: Actor, organisation: Organisation | None) -> None:
    """`check_access_manager` for people and memberships, which an organisation's identity provider may say too (and
    nothing else). Raises Forbidden, NotFound."""
    if actor.channel is Channel.DIRECTORY:
        check_directory(actor, organisation.pk if organisation else None)
    else:
        check_access_manager(actor, organisation)


def locked(actor: Actor, scope: Scope, check: Callable[[Actor, Any], None] = check_access_manager) -> Organisation:
    """The organisation of a scope, locked, and `check` once more: what was taken from the actor, or moved
    away from under them, while they waited counts. Raises NotFound, Forbidden."""
    row = locks.organisation(subjects.audit_scope(scope).organisation)
    check(permissions.refreshed(actor), type(scope)._default_manager.get(pk=scope.pk))
    return row


def check_not_narrowed(actor: Actor) -> None:
    """What people may do for themselves without any permission is no token's that was narrowed. Raises Forbidden."""
    if permissions.is_narrowed(actor):
        raise Forbidden(_("This token is narrowed: it does what its permissions say, and nothing else in your name."))


def check_present(user: User, field: str) -> None:
    """Whoever is deactivated is given nothing; read afresh, for after a lock. Raises Invalid."""
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Invalid.field(field, "deactivated", _("This person is deactivated."))


def check_not_oneself(actor: Actor, principal: User | UserGroup) -> None:
    """Raises Forbidden when the actor would gain."""
    if concerns(actor, principal):
        raise Forbidden(_("Nobody gives a role to themselves."))


def needs_second(actor: Actor, organisation: UUID, now: datetime) -> bool:
    """Whether what this actor widens has to be confirmed by another access manager (R-55): two statements at most."""
    return actor.kind is not ActorKind.SYSTEM and current_policy(organisation, now).two_managers


def conferring(
    actor: Actor, organisation: UUID, now: datetime, starts_at: datetime | None = None, expires_at: datetime | None = None
) -> dict[str, Any]:
    """The common fields of a new fact. Raises Invalid when it would end before it begins."""
    begins = max(now, starts_at) if starts_at else now
    if expires_at is not None and starts_at is not None and expires_at <= starts_at:
        raise Invalid.field("expires_at", "before_start", _("It has to end after it begins."))
    return {
        "granted_at": now,
        **_by("granted", actor),
        "starts_at": starts_at,
        "since": None if needs_second(actor, organisation, now) else begins,
        "expires_at": expires_at,
    }


def _by(what: str, actor: Actor) -> dict[str, Any]:
    own = actor.principal.pk if isinstance(actor.principal, User) else None
    return {f"{what}_by": actor.label, f"{what}_by_id": own}


def begin(fact: Conferred, actor: Actor, now: datetime) -> None:
    """A second access manager confirms: it holds from now on, or from when it was meant to begin."""
    fact.since = max(now, fact.starts_at) if fact.starts_at else now
    fact.confirmed_by, fact.confirmed_by_id = actor.label, _by("", actor)["_by_id"]
    fact.save(update_fields=("since", "confirmed_by", "confirmed_by_id"))


def end(fact: Conferred, actor: Actor, now: datetime) -> None:
    """It holds no longer, from this moment on."""
    fact.revoked_at, fact.revoked_by = now, actor.label
    fact.save(update_fields=("revoked_at", "revoked_by"))


def announce_ended(organisation: UUID | None) -> None:
    """Wake whoever waits for people of this organisation, after commit."""
    if organisation is not None:
        announce(ACCESS_ENDED, organisation)
