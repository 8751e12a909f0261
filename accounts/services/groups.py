"""User groups and who belongs to them, from when to when."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import names, subjects
from accounts.interests import parties
from accounts.models import Membership, Organisation, User, UserGroup, standing_at
from accounts.services.access import members_clashing
from accounts.services.authority import (
    announce_ended,
    check_access_manager,
    check_people_manager,
    check_present,
    conferring,
    end,
    locked,
)
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid
from core.ids import uuid7
from core.text import folded


def _taken() -> Invalid:
    return Invalid.field("title", "taken", _("A user group of this name exists already."))


def _check_free(organisation: Organisation, title: str, own: int | None = None) -> None:
    """Raises Invalid when another group is called so, however it is written: single sign-on knows groups by name."""
    if names.is_taken(title, organisation.user_groups.exclude(pk__in=[own]).values_list("title", flat=True)):
        raise _taken()


@service("accounts.user_group.created")
def create_user_group(*, actor: Actor, organisation: Organisation, title: str) -> UserGroup:
    """A user group of an organisation. Raises Forbidden, Invalid (title taken)."""
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    locked(actor, organisation)
    title = names.title(title)
    _check_free(organisation, title)
    try:
        with transaction.atomic():
            group = UserGroup(name=str(uuid7()), organisation=organisation, title=title)
            group.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error
    record(event(actor, "accounts.user_group.created", subjects.of_group(group), clock.now(), title=title))
    return group


def _check_not_mapped(group: UserGroup, title: str) -> None:
    """The directory knows groups by name: who renames one decides whom it makes a member of what, themselves included,
    past the rules of `add_member`. Raises Conflict."""
    ours = group.organisation.slug == settings.OIDC_ORGANISATION
    mapped = {folded(each) for each in settings.OIDC_GROUPS.values()}
    if ours and title != group.title and {folded(title), folded(group.title)} & mapped:
        raise Conflict(_("Single sign-on fills the user group of this name; it is renamed where single sign-on is set up."))


@service("accounts.user_group.edited")
def rename_user_group(*, actor: Actor, group: UserGroup, title: str) -> UserGroup:
    """Another name; not to or from one that single sign-on fills. Raises Forbidden, Invalid (title taken), Conflict."""
    concerning(subjects.of_group(group))
    check_access_manager(actor, group.organisation)
    locked(actor, group.organisation)
    row = UserGroup.objects.select_related("organisation").get(pk=group.pk)
    title = names.title(title)
    _check_not_mapped(row, title)
    _check_free(row.organisation, title, row.pk)
    before, row.title = row.title, title
    try:
        with transaction.atomic():
            row.save(update_fields=("title",))
    except IntegrityError as error:
        raise _taken() from error
    record(event(actor, "accounts.user_group.edited", subjects.of_group(row), clock.now(), before=before, title=title))
    return row


@service("accounts.membership.granted")
def add_member(
    *, actor: Actor, group: UserGroup, user: User, starts_at: datetime | None = None, expires_at: datetime | None = None,
    source: str = "",
) -> Membership:  # fmt: skip
    """Make a person a member, from `starts_at` until `expires_at`; `source` names the directory that says so.

    Awaits a second access manager where the organisation says so (R-55). Nobody adds themselves or a machine of theirs.
    Duties that clash through the group are reported, not refused. Raises Invalid (other organisation, deactivated),
    Forbidden, Conflict (is a member already).
    """
    concerning(subjects.of_group(group))
    check_people_manager(actor, group.organisation)
    if user.organisation_id != group.organisation_id:
        raise Invalid.field("user", "other_organisation", _("Members belong to the group's own organisation."))
    if parties(actor.principal) & parties(user):
        raise Forbidden(_("Nobody adds themselves to a user group."))
    organisation, now = locked(actor, group.organisation, check_people_manager), clock.now()
    check_present(user, "user")
    if Membership.objects.filter(standing_at(now), group=group, user=user).exists():
        raise Conflict(_("This person belongs to the group already; end that membership first."))
    row = Membership(
        user=user, group=group, source=source, **conferring(actor, organisation.pk, now, starts_at, expires_at)
    )
    row.save(force_insert=True)
    clashing = members_clashing(organisation, group, now)
    record(
        event(
            actor, "accounts.membership.granted", subjects.of_group(group), now, user=user.email, membership=str(row.pk),
            starts_at=starts_at and clock.rfc3339(starts_at), until=expires_at and clock.rfc3339(expires_at),
            awaited=row.is_awaited, clashes=clashing,
        )
    )  # fmt: skip
    return row


@service("accounts.membership.revoked")
def remove_member(*, actor: Actor, group: UserGroup, user: User) -> None:
    """End a membership, at the next request of whoever it was. Raises Forbidden, Conflict (is no member)."""
    concerning(subjects.of_group(group))
    check_people_manager(actor, group.organisation)
    locked(actor, group.organisation, check_people_manager)
    now = clock.now()
    rows = list(Membership.objects.filter(standing_at(now), group=group, user=user))
    if not rows:
        raise Conflict(_("This person does not belong to the group."))
    for row in rows:
        end(row, actor, now)
    record(event(actor, "accounts.membership.revoked", subjects.of_group(group), now, user=user.email))
    announce_ended(group.organisation_id)
