"""User groups: who belongs to one and from when to when, and which roles that brings."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.models import Membership, UserGroup, live_at
from accounts.permissions import ORGANISATION
from core import clock
from core.errors import NotFound
from workplace.access import actor_of, grants, user_of
from workplace.access_pages import rows
from workplace.access_pages.base import act, governing, of_organisation, own_organisation, page, render, thanks_for
from workplace.access_pages.forms import Join, Title, suggestions
from workplace.paging import leaf

PAGE_SIZE = 100


def url(group: UserGroup) -> str:
    return reverse("admin:access_group", args=[group.public_id])


def _found(request: HttpRequest, identifier: UUID) -> UserGroup:
    group = queries.visible_groups(actor_of(request)).filter(public_id=identifier).first()
    if group is None:
        raise NotFound()
    return group


@page()
@governing
def listing(request: HttpRequest) -> HttpResponseBase:
    """The user groups of the organisation."""
    text, now = request.GET.get("q", "").replace("\x00", ""), clock.now()
    found: Any = queries.visible_groups(actor_of(request)).order_by("title")
    if text:
        found = found.filter(title__icontains=text)
    found = found.annotate(members=Count("memberships", filter=_within("memberships", live_at(now)), distinct=True))
    return render(
        request, "groups", _("Groups"), "access_groups", groups=found[: rows.MOST], text=text, may_create=_may_create(request)
    )


def _within(path: str, condition: Q) -> Q:
    """A condition on rows, asked of what points to them."""
    moved = Q()
    moved.connector, moved.negated = condition.connector, condition.negated
    for child in condition.children:
        moved.children.append(_within(path, child) if isinstance(child, Q) else (f"{path}__{child[0]}", child[1]))  # type: ignore[index]
    return moved


def _may_create(request: HttpRequest) -> bool:
    return user_of(request).organisation_id in grants(request).ids("manage_access", ORGANISATION)


@page("GET", "POST")
@governing
def new(request: HttpRequest) -> HttpResponseBase:
    """A user group."""
    actor = actor_of(request)
    organisation = own_organisation(request)

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        return render(request, "group_new", _("New user group"), "access_groups", form=form, problem=problem, status=status)

    if request.method != "POST":
        of_organisation(request)
        return again(Title(), "", 200)
    return act(
        request, Title(request.POST), again,
        lambda typed: services.create_user_group(actor=actor, organisation=organisation, **typed),
        _("The user group is here now; it has no members yet."), url,
    )  # fmt: skip


@page()
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The page of one user group."""
    return _show(request, _found(request, identifier), None, "", 200)


def _show(request: HttpRequest, group: UserGroup, typed: Any, problem: str, status: int) -> HttpResponseBase:
    actor, now, held = actor_of(request), clock.now(), grants(request)
    visible = queries.visible_role_grants(actor)
    members: Any = queries.visible_memberships(actor).filter(group=group)
    listed = leaf(rows.standing(members, now).order_by("user__name", "pk"), request.GET.get("page", ""), PAGE_SIZE)
    standing, ended = rows.split(rows.of_grants(visible.filter(group=group)[: rows.MOST], held, now))
    shown = {"join": Join(actor, of=group), "title": Title(initial={"title": group.title})}
    if typed is not None:
        shown[typed.key] = typed
    return render(
        request, "group", group.title, "access_groups", problem=problem, status=status, group=group, forms=shown, typed=typed,
        members=rows.of_memberships(listed.rows, held, now), next=listed.next, standing=standing, ended=ended,
        left=rows.of_memberships(members.filter(_over(now)).order_by("-pk")[:PAGE_SIZE], held, now),
        clashes=_clashes(group, [each.user_id for each in listed.rows], visible), suggestions=suggestions(actor, groups=False),
        may_administer=group.organisation_id in held.ids("manage_access", ORGANISATION),
    )  # fmt: skip


def _over(now: Any) -> Q:
    return Q(revoked_at__isnull=False) | Q(expires_at__lte=now)


def _clashes(group: UserGroup, members: list[UUID], visible: Any) -> list[tuple[str, rows.ClashView]]:
    """(name, clash): of these members, what arises through this group."""
    now = clock.now()
    through = set(visible.filter(group=group).values_list("pk", flat=True))
    found = [each for each in rows.clashes(group.organisation, members, visible, now) if each.grants & through]
    if not found:
        return []
    names = dict(group.organisation.users.filter(pk__in={each.user for each in found}).values_list("pk", "name"))
    return [(names[each.user], each) for each in found]


@page("POST")
def rename(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Another name."""
    group = _found(request, identifier)
    return act(
        request, Title(request.POST), partial(_show, request, group),
        lambda typed: services.rename_user_group(actor=actor_of(request), group=group, **typed), _("Renamed."), url(group),
    )  # fmt: skip


@page("POST")
def join(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A new member."""
    group, actor = _found(request, identifier), actor_of(request)

    def thanks(row: Membership) -> str:
        names = {"name": row.user, "group": group.title}
        return thanks_for(
            row, _("%(name)s belongs to “%(group)s”.") % names,
            _("It is proposed that %(name)s belongs to “%(group)s”.") % names,
        )  # fmt: skip

    return act(
        request, Join(actor, request.POST, of=group), partial(_show, request, group),
        lambda typed: services.add_member(actor=actor, group=group, **typed), thanks, url(group),
    )  # fmt: skip
