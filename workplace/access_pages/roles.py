"""Roles: the built-in ones, and those an organisation makes of its own."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.access_policy import current_policy
from accounts.models import Role, RolePermission, User, live_at, standing_at
from accounts.permissions import ORGANISATION
from accounts.roles import PERMISSIONS
from core import clock
from core.actor import Actor
from core.errors import NotFound
from workplace.access import actor_of, grants
from workplace.access_pages import rows
from workplace.access_pages.base import act, governing, of_organisation, own_organisation, page, render
from workplace.access_pages.forms import RoleForm

TAB = "access_roles"


def url(role: Role) -> str:
    return reverse("admin:access_role", args=[role.pk])


def _permissions(roles: list[Role]) -> dict[str, dict[str, RolePermission]]:
    """Role → permission → the fact that stands or is to come: one statement."""
    found: dict[str, dict[str, RolePermission]] = defaultdict(dict)
    for row in RolePermission.objects.filter(standing_at(clock.now()), role__in=roles).order_by("pk"):
        found[row.role_id][row.codename] = row
    return found


def _in_order(held: dict[str, RolePermission]) -> list[tuple[str, RolePermission]]:
    return [(str(said), held[code]) for code, said in PERMISSIONS.items() if code in held]


def holders(actor: Actor, roles: list[Role]) -> dict[str, set[Any]]:
    """Role → ids of the people and machines who hold it now, directly or through groups, as far as the reader sees the
    grants: two statements. What begins later, or is awaited, is not held yet."""
    now, found = clock.now(), defaultdict(set)
    seen: Any = queries.visible_role_grants(actor).filter(live_at(now), role__in=roles)
    by_group = defaultdict(set)
    for role, user, group in seen.order_by().values_list("role_id", "user_id", "group_id"):
        if group is None:
            found[role].add(user)
        else:
            by_group[group].add(role)
    members = queries.visible_memberships(actor).filter(live_at(now), group__in=list(by_group))
    for user, group in members.order_by().values_list("user_id", "group_id"):
        for role in by_group[group]:
            found[role].add(user)
    return found


@page()
@governing
def listing(request: HttpRequest) -> HttpResponseBase:
    """All roles with what they allow, and how many hold them."""
    actor = actor_of(request)
    roles = sorted(queries.visible_roles(actor), key=lambda role: (not role.is_built_in, str(role)))
    held, by = _permissions(roles), holders(actor, roles)
    shown = [(role, _in_order(held[role.pk]), len(by[role.pk])) for role in roles]
    return render(request, "roles", _("Roles"), TAB, roles=shown, may_administer=_may(request))


def _may(request: HttpRequest) -> bool:
    return actor_of(request).organisation in grants(request).ids("manage_access", ORGANISATION)


@page("GET", "POST")
@governing
def new(request: HttpRequest) -> HttpResponseBase:
    """A role of one's own; nobody holds it yet."""
    actor = actor_of(request)
    organisation = own_organisation(request)

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        return render(request, "role_new", _("New role"), TAB, form=form, problem=problem, status=status)

    if request.method != "POST":
        of_organisation(request)
        return again(RoleForm(), "", 200)
    return act(
        request, RoleForm(request.POST), again,
        lambda typed: services.create_role(actor=actor, organisation=organisation, **typed),
        _("The role is here now; nobody holds it yet."), url,
    )  # fmt: skip


@page("GET", "POST")
@governing
def show(request: HttpRequest, identifier: str) -> HttpResponseBase:
    """One role: what it allows, who holds it. `?look` says what the ticked permissions would change; POST changes."""
    actor = actor_of(request)
    role = queries.visible_roles(actor).filter(pk=identifier).first()
    if role is None:
        raise NotFound()
    held = _permissions([role])[role.pk]

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        looked = form.is_bound and form.is_valid() and not problem
        who = holders(actor, [role])[role.pk]
        return render(
            request, "role", str(role), TAB, role=role, permissions=_in_order(held), form=form, problem=problem, status=status,
            holders=User.objects.filter(pk__in=who).order_by("name", "pk")[: rows.MOST], number=len(who),
            change=_change(role, held, form.cleaned_data) if looked else None, may_administer=_may(request),
        )  # fmt: skip

    if request.method != "POST":
        asked = RoleForm(request.GET) if "look" in request.GET else None
        return again(asked or RoleForm(initial={"title": role.title, "permissions": list(held)}), "", 200)
    return act(
        request, RoleForm(request.POST), again,
        lambda typed: services.change_role(actor=actor, role=role, **typed),
        _("The role is changed. What was added may still wait for a second access manager."), url(role),
    )  # fmt: skip


def _change(role: Role, held: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """What would be added and taken away."""
    wanted = {"view", *typed["permissions"]}
    return {
        "added": [str(said) for code, said in PERMISSIONS.items() if code in wanted - set(held)],
        "removed": [str(said) for code, said in PERMISSIONS.items() if code in set(held) - wanted],
        "renamed": typed["title"] if typed["title"] != role.title else "",
        "second": role.organisation_id is not None and current_policy(role.organisation_id, clock.now()).two_managers,
    }  # fmt: skip
