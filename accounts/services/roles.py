"""An organisation's own roles."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import names, subjects
from accounts.duties import mixes
from accounts.holdings import clashes_of_role
from accounts.interests import concerns
from accounts.models import Organisation, Role, RoleGrant, RolePermission, standing_at
from accounts.roles import PERMISSIONS, ROLE_NAMES
from accounts.services.access import check_role_duties
from accounts.services.authority import announce_ended, check_access_manager, conferring, end, locked
from audit.recording import concerning, event, record, service
from core import clock
from core.actor import Actor
from core.errors import Conflict, Forbidden, Invalid, say


def _checked(permissions: Collection[str]) -> frozenset[str]:
    """The permissions with `view`, which comes with every role. Raises Invalid."""
    if unknown := sorted(set(permissions) - set(PERMISSIONS)):
        words = say(_("There is no permission “{name}”; known are: {names}."), name=unknown[0], names=", ".join(PERMISSIONS))
        raise Invalid.field("permissions", "unknown_permission", words)
    if mixes(permissions):
        words = _("One role cannot both read the log as an auditor and act: these duties are kept apart.")
        raise Invalid.field("permissions", "duties_clash", words)
    return frozenset({"view", *permissions})


def _taken() -> Invalid:
    return Invalid.field("title", "taken", _("A role of this name exists already."))


def _free_title(organisation: Organisation, title: str, own: str | None = None) -> str:
    """The title as it is kept. What is called like another role, built in or not, would be taken for it by whoever gives
    or confirms it. Raises Invalid."""
    title, known = names.title(title), set(ROLE_NAMES)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {str(name) for name in ROLE_NAMES.values()}
    known |= set(organisation.roles.exclude(pk=own).values_list("title", flat=True))
    if names.is_taken(title, known):
        raise _taken()
    return title


@service("accounts.custom_role.created")
def create_role(*, actor: Actor, organisation: Organisation, title: str, permissions: Collection[str]) -> Role:
    """A role of an organisation's own: nobody holds it yet, so that nobody else needs to confirm it.

    Raises Forbidden, Invalid (name taken, unknown permission, duties that are kept apart).
    """
    concerning(subjects.of_scope(organisation))
    check_access_manager(actor, organisation)
    locked(actor, organisation)
    given, now = _checked(permissions), clock.now()
    title = _free_title(organisation, title)
    try:
        with transaction.atomic():
            role = Role(organisation=organisation, title=title, created_at=now)
            role.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error
    born = {**conferring(actor, organisation.pk, now), "since": now}
    RolePermission.objects.bulk_create(RolePermission(role=role, codename=code, **born) for code in sorted(given))
    record(event(actor, "accounts.custom_role.created", subjects.of_role(role), now, title=title, permissions=sorted(given)))
    return role


def _check_own(role: Role) -> Organisation:
    if role.organisation is None:
        raise Conflict(_("Built-in roles are the same everywhere and never change; make a role of your own."))
    return role.organisation


def _check_not_held(actor: Actor, role: Role, now: datetime) -> None:
    """Nobody widens a role that they hold themselves."""
    grants = RoleGrant.objects.filter(standing_at(now), role=role).select_related("user", "group")
    if any(concerns(actor, grant.principal) for grant in grants):
        raise Forbidden(_("Nobody widens a role that they hold themselves."))


@service("accounts.custom_role.changed")
def change_role(
    *, actor: Actor, role: Role, title: str | None = None, permissions: Collection[str] | None = None
) -> Role:
    """Another name, or other permissions, for all who hold it, at their next request.

    What is added awaits a second access manager where the organisation says so (R-55); what is taken away does not.
    Duties that would clash are refused where somebody holds the role directly, and reported where it arises through groups
    (R-60). Raises Forbidden, Conflict (built in, DutiesClash), Invalid.
    """
    organisation = _check_own(role)
    concerning(subjects.of_role(role))
    check_access_manager(actor, organisation)
    locked(actor, organisation)
    now, row = clock.now(), Role.objects.get(pk=role.pk)
    previous = row.title
    if title is not None and title != row.title:
        _rename(row, organisation, title)
    before = clashes_of_role(organisation, row, now)
    added, removed = _exchange(actor, row, organisation, permissions, now)
    clashing = check_role_duties(row, before, clashes_of_role(organisation, row, now)) if added else []
    said: dict[str, Any] = {"before": previous, "title": row.title, "added": added, "removed": removed, "clashes": clashing}
    record(event(actor, "accounts.custom_role.changed", subjects.of_role(row), now, **said))
    return row


def _rename(row: Role, organisation: Organisation, title: str) -> None:
    row.title = _free_title(organisation, title, row.pk)
    try:
        with transaction.atomic():
            row.save(update_fields=("title",))
    except IntegrityError as error:
        raise _taken() from error


def _exchange(
    actor: Actor, role: Role, organisation: Organisation, permissions: Collection[str] | None, now: datetime
) -> tuple[list[str], list[str]]:
    """Begin and end what differs. Returns what was added and what was removed."""
    if permissions is None:
        return [], []
    wanted = _checked(permissions)
    standing = {row.codename: row for row in RolePermission.objects.filter(standing_at(now), role=role)}
    added, removed = sorted(wanted - set(standing)), sorted(set(standing) - wanted)
    if added:
        _check_not_held(actor, role, now)
    for code in removed:
        end(standing[code], actor, now)
    if removed:
        announce_ended(organisation.pk)
    fields = conferring(actor, organisation.pk, now)
    RolePermission.objects.bulk_create(RolePermission(role=role, codename=code, **fields) for code in added)
    return added, removed
