"""API tokens: scoped, expiring, hashed, revocable."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from accounts import locks, names, subjects
from accounts.access_policy import second_factor_required
from accounts.authentication import made_with, second
from accounts.errors import SecondFactorRequired
from accounts.interests import parties
from accounts.models import SCOPE_FIELD, ApiToken, Page, Scope, User
from accounts.roles import PERMISSIONS
from accounts.services.authority import at_console, check_access_manager, check_not_narrowed, check_present
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, say


def _subject(token: ApiToken) -> Subject:
    owner = subjects.of_user(token.user)
    return Subject("api_token", str(token.public_id), f"{token.user.email} {token.name}", owner.scope)


def _check_maker(actor: Actor, user: User) -> None:
    """Whoever has a token acts as its user: people make tokens for themselves and the machines they own, a command on the
    server for everybody. Raises NotFound, Forbidden."""
    if at_console(actor):
        return
    if actor.id not in map(str, parties(user)):
        check_access_manager(actor, user.organisation)
        raise Forbidden(_("Nobody makes a token with which to act as another person, or as a machine of theirs."))
    if isinstance(actor.token, ApiToken) and (actor.token.permissions or actor.token.scope or actor.token.expiry):
        raise Forbidden(_("A token that is narrowed or expires makes no other tokens; log in to make one."))
    if not isinstance(actor.token, ApiToken) or second(actor.token.made_with):
        return
    if second_factor_required(actor.token.user, clock.now()):  # their machines hold what they could not do themselves
        words = _("Your role demands a second factor, and this token was made without one: log in with it to make a token.")
        raise SecondFactorRequired(words)


def _taken(user: User, name: str) -> Invalid:
    words = say(_("{email} already has a token called “{name}”."), email=user.email, name=name)
    return Invalid.field("name", "taken", words)


def _check_scope(user: User, scope: Scope | None) -> None:
    if isinstance(scope, Page):
        raise Invalid.field("scope", "page", _("A token is narrowed to an organisation, a brand or an ad account."))
    if scope is not None and subjects.audit_scope(scope).organisation != user.organisation_id:
        raise Invalid.field("scope", "other_organisation", _("A token is narrowed inside its own organisation."))


@service("accounts.api_token.created")
def create_api_token(
    *, actor: Actor, user: User, name: str, expires_at: datetime | None = None,
    permissions: Collection[str] = (), scope: Scope | None = None,
) -> tuple[ApiToken, str]:  # fmt: skip
    """A token for `user`; its text is returned once and only its hash is stored.

    `permissions` (none: all) and `scope` (none: everywhere) narrow what it gives of what its user holds. Raises Invalid
    (name taken, unknown permission, scope elsewhere, deactivated), NotFound, Forbidden, SecondFactorRequired.
    """
    concerning(subjects.of_user(user))
    _check_maker(actor, user)
    if unknown := sorted(set(permissions) - set(PERMISSIONS)):
        words = say(_("There is no permission “{name}”; known are: {names}."), name=unknown[0], names=", ".join(PERMISSIONS))
        raise Invalid.field("permissions", "unknown_permission", words)
    _check_scope(user, scope)
    name = names.name(name, names.SHORT)
    check_present(locks.user(user.pk), "user")  # a token of somebody who left would come to life when they come back
    if names.is_taken(name, ApiToken.objects.filter(user=user).values_list("name", flat=True)):
        raise _taken(user, name)
    digest, text = get_digest_token()
    key = text[: CONSTANTS.TOKEN_KEY_LENGTH]
    token = ApiToken(
        digest=digest, token_key=key, user=user, name=name, expiry=expires_at, permissions=sorted(set(permissions)),
        made_with=made_with(actor),
    )
    if scope is not None:
        setattr(token, SCOPE_FIELD[type(scope)], scope)
    try:
        with transaction.atomic():
            token.save(force_insert=True)  # knox's own manager knows a duration only, and the row is fixed from here on
    except IntegrityError as error:
        raise _taken(user, name) from error
    said = {"permissions": token.permissions, "scope": str(scope or ""), "until": expires_at and clock.rfc3339(expires_at)}
    said["made_with"] = token.made_with
    record(event(actor, "accounts.api_token.created", _subject(token), clock.now(), user=user.email, name=name, **said))
    return token, text


@service("accounts.api_token.revoked")
def revoke_api_token(*, actor: Actor, token: UUID) -> ApiToken:
    """End a token now; the row stays. One's own, one's machines', and an access manager everybody's. Raises NotFound,
    Forbidden, Conflict."""
    row: ApiToken | None = ApiToken.objects.select_related("user__organisation").filter(public_id=token).first()
    if row is None:
        raise NotFound()
    concerning(_subject(row))
    if actor.id not in map(str, parties(row.user)):
        check_access_manager(actor, row.user.organisation)
    elif not (isinstance(actor.token, ApiToken) and actor.token.pk == row.pk):  # every token may end itself
        check_not_narrowed(actor)
    row = ApiToken.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(public_id=token)
    if row.revoked_at is not None:
        raise Conflict(_("This token has already been revoked."))
    now = clock.now()
    row.revoked_at = now
    row.save(update_fields=("revoked_at",))
    record(event(actor, "accounts.api_token.revoked", _subject(row), now))
    return row


