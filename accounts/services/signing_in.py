"""Who came in and who did not, and what access managers do about it.

What a library did (a log-in, a new second factor) is noted right after, in a transaction of its own: the library commits
before it says so. What is done here stands in one transaction with its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from accounts import lockout, locks, sessions, subjects
from accounts.backends import may_have_session
from accounts.interests import parties
from accounts.models import User
from accounts.services.authority import check_access_manager, check_directory
from accounts.services.people import LINK_WANTED
from audit.recording import REFUSED, concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, NotFound
from core.wake import announce

# --- what a library did -----------------------------------------------------------------------------------------------


def _note(action: str, actor: Actor, user: User, **payload: Any) -> None:
    record(event(actor, action, subjects.of_user(user), clock.now(), **payload))


@service("accounts.session.opened")
def note_log_in(*, actor: Actor, user: User) -> None:
    """Somebody logged in; how stands in the actor's authentication."""
    _note("accounts.session.opened", actor, user, method=actor.authentication.method if actor.authentication else "unknown")


@service("accounts.session.confirmed")
def note_confirmation(*, actor: Actor, user: User) -> None:
    """Somebody showed again who they are (R-56)."""
    method = actor.authentication.method if actor.authentication else "unknown"
    _note("accounts.session.confirmed", actor, user, method=method)


@service("accounts.session.closed")
def note_log_out(*, actor: Actor, user: User) -> None:
    """Somebody logged out."""
    _note("accounts.session.closed", actor, user)


@service("accounts.session.refused")
def note_failed_log_in(*, actor: Actor, user: User, method: str, reason: str) -> None:
    """A try to be `user` that failed. When it was the one too many, the lock-out is noted with it."""
    now, subject = clock.now(), subjects.of_user(user)
    record(event(actor, "accounts.session.refused", subject, now, REFUSED, method=method, reason=reason))
    if lockout.is_locked(user.email, now):
        record(event(actor, "accounts.user.locked", subject, now, method=method))


@service("accounts.password.changed")
def note_password_change(*, actor: Actor, user: User, how: str) -> None:
    """A person has another password: `changed` knowing the old one, or `by_link`. A link lifts the lock-out."""
    if how == "by_link":
        lockout.clear(user.email)
    _note("accounts.password.changed", actor, user, how=how)


@service("accounts.second_factor.added")
def note_second_factor_added(*, actor: Actor, user: User, kind: str) -> None:
    """A person set up a second factor, or made new recovery codes."""
    _note("accounts.second_factor.added", actor, user, kind=kind)


@service("accounts.second_factor.removed")
def note_second_factor_removed(*, actor: Actor, user: User, kind: str) -> None:
    """A person removed one of their second factors."""
    _note("accounts.second_factor.removed", actor, user, kind=kind)


# --- what access managers do ------------------------------------------------------------------------------------------


def _managed(actor: Actor, user: UUID) -> User:
    """The person, locked. Raises NotFound, Forbidden."""
    row = locks.user(user)
    concerning(subjects.of_user(row))
    check_access_manager(actor, row.organisation)
    return row


@service("accounts.user.invited")
def invite_person(*, actor: Actor, user: UUID) -> User:
    """Send (again) the link with which a person sets their password, so that nobody else ever knows it.

    Raises NotFound, Forbidden, Conflict (deactivated, or nobody who may open the workplace).
    """
    row = _managed(actor, user)
    if not may_have_session(row):
        raise Conflict(_("This is not a person who may open the workplace; there is nothing to invite them to."))
    announce(LINK_WANTED, row.pk)
    _note("accounts.user.invited", actor, row)
    return row


@service("accounts.user.unlocked")
def unlock_user(*, actor: Actor, user: UUID) -> User:
    """Let a person who is locked out try again. Raises NotFound, Forbidden, Conflict (not locked out)."""
    row = _managed(actor, user)
    if not lockout.is_locked(row.email, clock.now()):
        raise Conflict(_("This person is not locked out."))
    _note("accounts.user.unlocked", actor, row, failures=lockout.clear(row.email))
    return row


@service("accounts.sessions.ended")
def end_sessions(*, actor: Actor, user: UUID) -> int:
    """End all sessions of a person; their next request finds nobody logged in. Raises NotFound, Forbidden."""
    row = _managed(actor, user)
    ended = sessions.end_all(row)
    _note("accounts.sessions.ended", actor, row, sessions=ended)
    return ended


@service("accounts.sessions.ended")
def end_own_sessions(*, actor: Actor, chosen: Sequence[int]) -> int:
    """End sessions of one's own, by id; others' are not found. Raises NotFound (none of one's own among them)."""
    user = actor.principal
    if not isinstance(user, User):
        raise NotFound()
    rows = list(UserSession.objects.filter(user_id=user.pk, pk__in=chosen))
    if not rows:
        raise NotFound()
    ended = sessions.end(rows)
    _note("accounts.sessions.ended", actor, user, sessions=ended)
    return ended


@service("accounts.second_factor.reset")
def reset_second_factor(*, actor: Actor, user: UUID) -> int:
    """Take all second factors of a person away, with their sessions: for somebody who lost them. Not one's own.

    Raises NotFound, Forbidden, Conflict (has none).
    """
    row = _managed(actor, user)
    if parties(actor.principal) & parties(row):
        raise Forbidden(_("Nobody resets their own second factor; another access manager does, or a command on the server."))
    factors = Authenticator.objects.filter(user_id=row.pk)
    kinds = sorted(factors.values_list("type", flat=True))
    if not kinds:
        raise Conflict(_("This person has no second factor."))
    factors.delete()
    _note("accounts.second_factor.reset", actor, row, kinds=kinds, sessions=sessions.end_all(row))
    return len(kinds)


@service("accounts.identity.linked")
def link_identity(*, actor: Actor, user: User, provider: str, uid: str, issuer: str) -> SocialAccount:
    """From now on who the identity provider calls `uid` is `user`. Raises Forbidden (not the organisation's directory)."""
    concerning(subjects.of_user(user))
    check_directory(actor, user.organisation_id)
    account: SocialAccount = SocialAccount.objects.create(user=user, provider=provider, uid=uid, extra_data={})
    _note("accounts.identity.linked", actor, user, issuer=issuer)
    return account
