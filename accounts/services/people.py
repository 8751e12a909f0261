"""People and service accounts: created, edited, deactivated, never deleted (R-17)."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import locks, names, subjects
from accounts.errors import Unavailable
from accounts.interests import parties
from accounts.leaving import leave
from accounts.models import Organisation, User, UserKind
from accounts.services.authority import (
    announce_ended,
    at_console,
    check_access_manager,
    check_not_narrowed,
    check_people_manager,
    check_present,
    locked,
)
from accounts.services.availability import check_not_searching
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor, Channel
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.wake import announce

LINK_WANTED = "accounts.link.wanted"
"""A person is to be sent the link with which they set their password; the subject is their id."""

_UNAVAILABLE: Final = _("This e-mail address cannot be used. Who runs this service can say why.")
"""An address is unique across organisations, and nobody learns from the answer whose it is."""


def _create(actor: Actor, organisation: Organisation, email: str, password: str | None, **fields: Any) -> User:
    """Raises Unavailable, TooManyTried."""
    check_not_searching(actor, organisation)
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, organisation=organisation, **fields)
    except IntegrityError as error:
        held = User.objects.filter(email=email.strip().lower())
        foreign = not held.filter(organisation=organisation).exists()
        raise Unavailable("email", _UNAVAILABLE, foreign=foreign) from error


@service("accounts.user.created")
def create_person(
    *, actor: Actor, organisation: Organisation, email: str, name: str, password: str | None = None, language: str = "en"
) -> User:
    """A person who may open the workplace; what they may do there comes from roles. Raises Invalid, Forbidden.

    Only a command on the server gives a first password: whoever knows another person's password can decide as that
    person. Without one the person is sent a link for setting their own (`invite_person` sends another); whom single
    sign-on makes needs none.
    """
    concerning(subjects.of_scope(organisation))
    check_people_manager(actor, organisation)
    if password is not None and not at_console(actor):
        raise Forbidden(_("Nobody sets the password of another person; this is done with a command on the server."))
    name = names.name(name)
    user = _create(actor, organisation, email, password, name=name, is_staff=True, language=language)
    record(event(actor, "accounts.user.created", subjects.of_user(user), clock.now(), email=user.email, name=name))
    if password is None and actor.channel is not Channel.DIRECTORY:
        announce(LINK_WANTED, user.pk)
    return user


@service("accounts.service_account.created")
def create_service_account(*, actor: Actor, owner: User, email: str, name: str) -> User:
    """A machine with a human owner, who counts as a contributor of all it does (R-16). Raises Invalid, Forbidden."""
    organisation = owner.organisation
    if organisation is None or owner.kind != UserKind.PERSON:
        raise Invalid.field("owner", "not_a_person", _("The owner of a service account is a person of an organisation."))
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    locked(actor, organisation)  # whoever deactivates the owner ends their machines, this one included
    check_present(owner, "owner")
    user = _create(actor, organisation, email, None, name=names.name(name), owner=owner, kind=UserKind.SERVICE_ACCOUNT)
    record(event(actor, "accounts.service_account.created", subjects.of_user(user), clock.now(), owner=owner.email))
    return user


def _of_organisation(actor: Actor, identifier: UUID) -> User:
    """A person or machine that the actor administers, named as the subject. Raises NotFound, Forbidden."""
    row = User.objects.filter(pk=identifier).select_related("organisation").first()
    if row is None:
        raise NotFound()
    concerning(subjects.of_user(row))
    check_access_manager(actor, row.organisation)
    return row


@service("accounts.user.edited")
def edit_user(*, actor: Actor, user: UUID, name: str | None = None, language: str | None = None) -> User:
    """Another name or language; the address stays, because it names who acted. People may do so for themselves.

    Raises NotFound, Forbidden.
    """
    if actor.id == str(user):
        concerning(subjects.of_user(locks.user(user)))
        check_not_narrowed(actor)
    else:
        _of_organisation(actor, user)
    row, changed = locks.user(user), {}
    name = None if name is None else names.name(name)
    for field, value in (("name", name), ("language", language)):
        if value is not None and value != getattr(row, field):
            changed[field] = [getattr(row, field), value]
            setattr(row, field, value)
    row.save(update_fields=list(changed))
    record(event(actor, "accounts.user.edited", subjects.of_user(row), clock.now(), changed=changed))
    return row


@service("accounts.user.deactivated")
def deactivate_user(*, actor: Actor, user: UUID) -> User:
    """From now on the person holds nothing: grants, memberships and tokens end, those of their machines too, which have
    nobody to answer for them any more. What was decided stays (R-17). Raises NotFound, Forbidden, Conflict."""
    found = _of_organisation(actor, user)
    if found.organisation is not None:
        locked(actor, found.organisation)
    row, now = locks.user(user), clock.now()
    if not row.is_active:
        raise Conflict(_("This person is already deactivated."))
    record(event(actor, "accounts.user.deactivated", subjects.of_user(row), now, **leave(row, actor, now)))
    announce_ended(row.organisation_id)
    return row


@service("accounts.user.reactivated")
def reactivate_user(*, actor: Actor, user: UUID) -> User:
    """Somebody comes back, and holds nothing until they are given it anew. Raises NotFound, Forbidden, Conflict."""
    found = _of_organisation(actor, user)
    if found.organisation is not None:
        locked(actor, found.organisation)
    row = locks.user(user)
    if row.is_active:
        raise Conflict(_("This person is not deactivated."))
    if parties(actor.principal) & parties(row):
        raise Forbidden(_("Nobody reactivates a machine of theirs."))
    if row.owner is not None and not row.owner.is_active:
        raise Conflict(_("The owner of this service account is deactivated."))
    row.is_active = True
    row.save(update_fields=("is_active",))
    record(event(actor, "accounts.user.reactivated", subjects.of_user(row), clock.now()))
    return row
