"""One person or machine: what they hold, by which grant and group, from when to when; and what can be done about it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.access_policy import second_factor_required
from accounts.models import ApiToken, Membership, RoleGrant, User
from accounts.permissions import ORGANISATION
from core import clock
from core.actor import Actor
from core.errors import NotFound
from workplace.access import actor_of, grants
from workplace.access_pages import lasting, limits, rows
from workplace.access_pages.base import Again, act, onward, page, render, thanks_for
from workplace.access_pages.forms import EditPerson, Join, NewMachine, Nothing
from workplace.access_pages.waiting import fact_in_words


def found(request: HttpRequest, identifier: UUID) -> User:
    """A person or machine that the reader sees. Raises NotFound."""
    user = queries.visible_users(actor_of(request)).filter(pk=identifier).first()
    if user is None:
        raise NotFound()
    return user


def url(user: User) -> str:
    return reverse("admin:access_person", args=[user.pk])


def _forms(request: HttpRequest, user: User, typed: forms.Form | None) -> dict[str, forms.Form]:
    made: list[Any] = [
        EditPerson(initial={"name": user.name, "language": user.language}), NewMachine(),
        Join(actor_of(request), of=user),
    ]  # fmt: skip
    shown = {form.key: form for form in made}
    if typed is not None:
        shown[typed.key] = typed  # type: ignore[attr-defined]
    return shown


@page()
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The page of one person or machine."""
    return show_person(request, found(request, identifier), None, "", 200)


def show_person(request: HttpRequest, user: User, typed: forms.Form | None, problem: str, status: int) -> HttpResponseBase:
    """The page as it is now, with what was typed."""
    actor, now, held = actor_of(request), clock.now(), grants(request)
    memberships = list(queries.visible_memberships(actor).filter(user=user).order_by("-pk")[: rows.MOST])
    visible = queries.visible_role_grants(actor)
    own = rows.of_grants(visible.filter(user=user)[: rows.MOST], held, now)
    of_groups = visible.filter(group__in={row.group_id for row in memberships})[: rows.MOST]
    standing, ended = rows.split([*own, *rows.inherited(of_groups, memberships, held, now)])
    belongs, left = rows.split(rows.of_memberships(memberships, held, now))
    tokens = queries.visible_tokens(actor).filter(user=user) | queries.visible_tokens(actor).filter(user__owner=user)
    return render(
        request, "person", user.name, "access", problem=problem, status=status, user_shown=user, standing=standing, ended=ended,
        belongs=belongs, left=left, forms=_forms(request, user, typed), typed=typed,
        clashes=rows.clashes(user.organisation, [user.pk], visible, now),
        machines=queries.visible_users(actor).filter(owner=user).order_by("-is_active", "name"),
        tokens=tokens.order_by("revoked_at", "-created")[: rows.MOST], is_self=actor.id == str(user.pk),
        needs_factor=not user.is_service_account and second_factor_required(user, now),
        may_administer=administers(request, user),
        limits=[] if user.is_service_account else limits.lines(queries.visible_limits(actor).filter(user=user)[: rows.MOST]),
    )  # fmt: skip


def administers(request: HttpRequest, user: User) -> bool:
    """Whether the reader manages access of this person's organisation."""
    return user.organisation_id in grants(request).ids("manage_access", ORGANISATION)


def _again(request: HttpRequest, user: User) -> Again:
    return partial(show_person, request, user)


# --- acts ---------------------------------------------------------------------------------------------------------------------


@page("POST")
def edit(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Another name or language."""
    user = found(request, identifier)
    return act(
        request, EditPerson(request.POST), _again(request, user),
        lambda typed: services.edit_user(actor=actor_of(request), user=identifier, **typed), _("Changed."), url(user),
    )  # fmt: skip


@page("POST")
def join(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Make the person a member of a user group."""
    user, actor = found(request, identifier), actor_of(request)

    def thanks(row: Membership) -> str:
        names = {"name": user, "group": row.group.title}
        return thanks_for(
            row, _("%(name)s belongs to “%(group)s”.") % names,
            _("It is proposed that %(name)s belongs to “%(group)s”.") % names,
        )  # fmt: skip

    return act(
        request, Join(actor, request.POST, of=user), _again(request, user),
        lambda typed: services.add_member(actor=actor, user=user, **typed), thanks, url(user),
    )  # fmt: skip


@page("POST")
def new_machine(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A service account of this person."""
    user, actor = found(request, identifier), actor_of(request)
    return act(
        request, NewMachine(request.POST), _again(request, user),
        lambda typed: services.create_service_account(actor=actor, owner=user, **typed),
        _("The service account is here now, and holds nothing yet."), url,
    )  # fmt: skip


@page("GET", "POST")
def deactivate(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Say first what ends; then end it."""
    user, actor = found(request, identifier), actor_of(request)

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        title = _("Deactivate %(name)s") % {"name": user.name}
        return render(
            request, "deactivate", title, "access", problem=problem, status=status, user_shown=user,
            may_administer=administers(request, user), warnings=lasting.warnings(actor, users=[user.pk]), **_ends(actor, user),
        )  # fmt: skip

    if request.method != "POST":
        return again(Nothing(), "", 200)
    return act(
        request, Nothing(request.POST), again, lambda typed: services.deactivate_user(actor=actor, user=identifier),
        _("%(name)s is deactivated and holds nothing any more.") % {"name": user.name}, url(user),
    )  # fmt: skip


def _ends(actor: Actor, user: User) -> dict[str, Any]:
    """What deactivating ends, of the person and their machines."""
    now = clock.now()
    machines = list(queries.visible_users(actor).filter(owner=user, is_active=True).order_by("name"))
    whose = [user.pk, *(each.pk for each in machines)]
    held: Any = queries.visible_role_grants(actor).filter(user__in=whose)
    tokens = ApiToken.objects.filter(pk__in=queries.visible_tokens(actor).filter(user__in=whose, revoked_at__isnull=True))
    return {
        "machines": machines,
        "grants": list(rows.standing(held, now)),
        "memberships": list(rows.standing(queries.visible_memberships(actor).filter(user__in=whose), now)),
        "tokens": list(tokens.select_related("user").order_by("name")),
    }


@page("POST")
def reactivate(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Somebody comes back, and holds nothing."""
    user, actor = found(request, identifier), actor_of(request)
    return act(
        request, Nothing(request.POST), _again(request, user),
        lambda typed: services.reactivate_user(actor=actor, user=identifier),
        _("%(name)s is back, and holds nothing yet.") % {"name": user.name}, url(user),
    )  # fmt: skip


# --- ending one thing -----------------------------------------------------------------------------------------------------------


@page("GET", "POST")
def end_grant(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Show a grant and end it."""
    actor = actor_of(request)
    grant: RoleGrant | None = queries.visible_role_grants(actor).filter(pk=identifier).first()
    if grant is None:
        raise NotFound()
    back = reverse("admin:access_group", args=[grant.group.public_id]) if grant.group else url(grant.principal)  # type: ignore[arg-type]
    said = lasting.warnings(actor, grants=[grant.pk])
    return _end(request, grant, back, said, lambda typed: services.revoke_role(actor=actor, grant=grant.pk))


@page("GET", "POST")
def end_membership(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Show a membership and end it."""
    actor = actor_of(request)
    row: Membership | None = queries.visible_memberships(actor).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    back = reverse("admin:access_group", args=[row.group.public_id])
    work = partial(services.remove_member, actor=actor, group=row.group, user=row.user)
    said = lasting.warnings(actor, memberships=[row.pk])
    return _end(request, row, back, said, lambda typed: work())


def _end(request: HttpRequest, fact: Any, back: str, warnings: list[str], work: Any) -> HttpResponseBase:
    listed: Any = rows.of_grants if isinstance(fact, RoleGrant) else rows.of_memberships
    shown = listed([fact], grants(request), clock.now())

    def again(form: forms.Form, problem: str, status: int) -> HttpResponseBase:
        return render(
            request, "end", _("End this?"), row=shown[0], back=back, warnings=warnings, problem=problem, status=status
        )

    if request.method != "POST":
        return again(Nothing(), "", 200)
    said = _("Ended: %(what)s. It counts no more from now on.") % {"what": fact_in_words(fact)}
    return act(request, Nothing(request.POST), again, work, said, lambda done: onward(request, back))
