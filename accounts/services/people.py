"""People, service accounts, user groups, tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from accounts import subjects
from accounts.models import ApiToken, Organisation, User, UserGroup, UserKind
from accounts.services.authority import at_console, check_access_manager, parties
from audit.recording import Subject, concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, say
from core.ids import uuid7


def _create(email: str, password: str | None, **fields: Any) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, **fields)
    except IntegrityError as error:
        raise Invalid.field("email", "taken", _("Somebody with this e-mail address exists already.")) from error


@service("accounts.user.created")
def create_person(
    *, actor: Actor, organisation: Organisation, email: str, name: str, password: str | None = None, language: str = "en"
) -> User:
    """A person who may open the workplace; what they may do there comes from roles. Raises Invalid, Forbidden.

    Only a command on the server gives a first password: whoever knows another person's password can decide as that
    person. Without one nobody can log in as them until a password is set at the console (a link for setting one's own
    comes later).
    """
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    if password is not None and not at_console(actor):
        raise Forbidden(_("Nobody sets the password of another person; this is done with a command on the server."))
    user = _create(email, password, name=name, organisation=organisation, is_staff=True, language=language)
    record(event(actor, "accounts.user.created", subjects.of_user(user), clock.now(), email=user.email, name=name))
    return user


@service("accounts.service_account.created")
def create_service_account(*, actor: Actor, owner: User, email: str, name: str) -> User:
    """A machine with a human owner, who counts as a contributor of all it does (R-16). Raises Invalid, Forbidden."""
    organisation = owner.organisation
    if organisation is None or owner.kind != UserKind.PERSON:
        raise Invalid.field("owner", "not_a_person", _("The owner of a service account is a person of an organisation."))
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    user = _create(email, None, name=name, organisation=organisation, owner=owner, kind=UserKind.SERVICE_ACCOUNT)
    record(event(actor, "accounts.service_account.created", subjects.of_user(user), clock.now(), owner=owner.email))
    return user


@service("accounts.user.deactivated")
def deactivate_user(*, actor: Actor, user: UUID) -> User:
    """From now on the person holds nothing; their decisions stay (R-17). Raises NotFound, Forbidden, Conflict."""
    row = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user).first()
    if row is None:
        raise NotFound()
    concerning(subjects.of_user(row))
    check_access_manager(actor, row.organisation)
    if not row.is_active:
        raise Conflict(_("This person is already deactivated."))
    row.is_active = False
    row.save(update_fields=("is_active",))
    record(event(actor, "accounts.user.deactivated", subjects.of_user(row), clock.now()))
    return row


@service("accounts.user_group.created")
def create_user_group(*, actor: Actor, organisation: Organisation, title: str) -> UserGroup:
    """A user group of an organisation. Raises Forbidden, Invalid (title taken)."""
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    try:
        with transaction.atomic():
            group = UserGroup(name=str(uuid7()), organisation=organisation, title=title)
            group.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid.field("title", "taken", _("A user group of this name exists already.")) from error
    record(event(actor, "accounts.user_group.created", subjects.of_group(group), clock.now(), title=title))
    return group


@service("accounts.membership.granted")
def add_member(*, actor: Actor, group: UserGroup, user: User) -> None:
    """Make a person a member. Nobody adds themselves or a machine of theirs. Raises Invalid (other organisation), Forbidden."""
    concerning(subjects.of_group(group))
    check_access_manager(actor, group.organisation)
    if user.organisation_id != group.organisation_id:
        raise Invalid.field("user", "other_organisation", _("Members belong to the group's own organisation."))
    if parties(actor.principal) & parties(user):
        raise Forbidden(_("Nobody adds themselves to a user group."))
    user.groups.add(group)
    record(event(actor, "accounts.membership.granted", subjects.of_group(group), clock.now(), user=user.email))


@service("accounts.membership.revoked")
def remove_member(*, actor: Actor, group: UserGroup, user: User) -> None:
    """End a membership. Raises Forbidden."""
    concerning(subjects.of_group(group))
    check_access_manager(actor, group.organisation)
    user.groups.remove(group)
    record(event(actor, "accounts.membership.revoked", subjects.of_group(group), clock.now(), user=user.email))


def _token_subject(token: ApiToken) -> Subject:
    owner = subjects.of_user(token.user)
    return Subject("api_token", str(token.public_id), f"{token.user.email} {token.name}", owner.scope)


@service("accounts.api_token.created")
def create_api_token(*, actor: Actor, user: User, name: str, expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """A token for `user`; its text is returned once and only its hash is stored. Raises Invalid (name taken), Forbidden.

    Whoever has a token acts as its user, so an access manager makes tokens for themselves and the machines they own, and
    a command on the server for everybody.
    """
    concerning(subjects.of_user(user))
    check_access_manager(actor, user.organisation)
    if not at_console(actor) and actor.id not in map(str, parties(user)):
        raise Forbidden(_("Nobody makes a token with which to act as another person, or as a machine of theirs."))
    if ApiToken.objects.filter(user=user, name=name).exists():
        words = say(_("{email} already has a token called “{name}”."), email=user.email, name=name)
        raise Invalid.field("name", "taken", words)
    digest, text = get_digest_token()
    key = text[: CONSTANTS.TOKEN_KEY_LENGTH]
    token = ApiToken(digest=digest, token_key=key, user=user, name=name, expiry=expires_at)
    token.save(force_insert=True)  # knox's own manager knows a duration only, and the row is fixed from here on
    record(event(actor, "accounts.api_token.created", _token_subject(token), clock.now(), user=user.email, name=name))
    return token, text


@service("accounts.api_token.revoked")
def revoke_api_token(*, actor: Actor, token: UUID) -> ApiToken:
    """End a token now; the row stays. Raises NotFound, Forbidden, Conflict."""
    row: ApiToken | None = ApiToken.objects.select_related("user").filter(public_id=token).first()
    if row is None:
        raise NotFound()
    concerning(_token_subject(row))
    check_access_manager(actor, row.user.organisation)
    if row.revoked_at is not None:
        raise Conflict(_("This token has already been revoked."))
    now = clock.now()
    row.revoked_at = now
    row.save(update_fields=("revoked_at",))
    record(event(actor, "accounts.api_token.revoked", _token_subject(row), now))
    return row
