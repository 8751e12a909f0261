"""Giving a role: say in one sentence what it will mean, then give it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.access_policy import current_policy
from accounts.holdings import clashes_of_grant, permissions_of_roles
from accounts.interests import concerns
from accounts.models import SCOPE_FIELD, Role, RoleGrant, Scope, User, UserGroup
from accounts.permissions import grants_of_actor, scope_chain
from accounts.roles import APPROVING, PERMISSIONS
from core import clock
from core.actor import Actor
from core.errors import Forbidden, NotFound
from workplace.access import actor_of
from workplace.access_pages import places, rows
from workplace.access_pages.base import act, governing, manages, page, render, thanks_for
from workplace.access_pages.forms import GiveRole, suggestions
from workplace.templatetags.access import moment, principal_url


@page("GET", "POST")
@governing
def give(request: HttpRequest) -> HttpResponseBase:
    """`?who=&role=&scope=&starts_at=&expires_at=` fill the form; complete, it says what it would mean. POST gives."""
    actor = actor_of(request)
    chosen = _chosen(request)

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        said = _preview(actor, form) if form.is_bound and form.is_valid() and not problem else None
        return render(
            request, "give", _("Give a role"), form=form, preview=said, problem=problem, status=status,
            suggestions=suggestions(actor),
        )  # fmt: skip

    if request.method != "POST":
        if not manages(request):
            raise Forbidden(_("This is for access managers."))
        looked = GiveRole(actor, request.GET, chosen=chosen) if "look" in request.GET else None
        asked = {name: request.GET.get(name, "") for name in ("who", "role", "scope", "starts_at", "expires_at")}
        form = looked or GiveRole(actor, initial=asked, chosen=chosen)
        return again(form, "", 200)
    return act(
        request, GiveRole(actor, request.POST, chosen=chosen), again,
        lambda typed: services.grant_role(actor=actor, principal=typed.pop("who"), **typed),
        lambda grant: thanks_for(grant, _("The role is given."), _("The role is proposed.")),
        lambda grant: principal_url(grant.principal),
    )  # fmt: skip


def _chosen(request: HttpRequest) -> Scope | None:
    """The place that the form comes with, if it is one the reader sees."""
    try:
        return places.named(actor_of(request), (request.POST or request.GET).get("scope", ""))
    except NotFound:
        return None


def _preview(actor: Actor, form: GiveRole) -> dict[str, Any]:
    """What it would mean: a sentence, what has to happen first, and what stands against it."""
    typed, now = form.cleaned_data, clock.now()
    who, scope = typed["who"], typed["scope"]
    role = queries.visible_roles(actor).get(pk=typed["role"])
    given = permissions_of_roles([role.pk], now).get(role.pk, frozenset())
    grant = RoleGrant(role=role, **{"user" if isinstance(who, User) else "group": who, SCOPE_FIELD[type(scope)]: scope})
    idle = given & APPROVING if isinstance(who, User) and who.is_service_account else frozenset()
    return {
        "sentence": sentence(role, who, scope, given - idle, typed),
        "second": current_policy(scope_chain(scope)[-1][1], now).two_managers,
        "machine": bool(idle),
        "refusals": _refusals(actor, who, scope),
        "clashes": _clashes(grant, who, now),
    }  # fmt: skip


def _refusals(actor: Actor, who: User | UserGroup, scope: Scope) -> list[str]:
    """Why the service would refuse it, duties that clash aside."""
    found = []
    if concerns(actor, who):
        found.append(_("Nobody gives a role to themselves, to a machine of theirs, or to a user group with either in it."))
    if isinstance(who, User) and not who.is_active:
        found.append(_("This person is deactivated."))
    if not grants_of_actor(actor).allows("manage_access", scope):
        found.append(_("You do not manage access there."))
    return found


def _clashes(grant: RoleGrant, who: User | UserGroup, now: datetime) -> list[str]:
    """What whoever would get it holds that it excludes, and through which user group or machine."""
    others = [each.other for each in clashes_of_grant(grant, now)]
    if isinstance(who, User):
        said = rows.said_of([(who.pk, other) for other in others], now)
        return [said[who.pk, other.grant] for other in others]
    roles = Role.objects.in_bulk({other.role for other in others})
    return [_("“%(role)s” on %(where)s") % {"role": roles[other.role], "where": other.where} for other in others]


def sentence(role: Role, who: Any, scope: Scope, given: frozenset[str], typed: dict[str, Any]) -> str:
    """“From now until … Bea may decide on content stages on Fjordlight Outdoor and all below.”"""
    start = moment(typed["starts_at"]) if typed["starts_at"] and typed["starts_at"] > clock.now() else _("now")
    acts = ", ".join(str(said) for code, said in PERMISSIONS.items() if code in given and (code != "view" or len(given) == 1))
    names = {
        "start": start, "end": moment(typed["expires_at"]), "who": who,
        "what": acts, "where": places.label(scope),
    }  # fmt: skip
    if not isinstance(who, User):
        if typed["expires_at"]:
            return _("From %(start)s until %(end)s everybody in “%(who)s” may %(what)s on %(where)s and all below.") % names
        return _("From %(start)s on everybody in “%(who)s” may %(what)s on %(where)s and all below, without an end.") % names
    if typed["expires_at"]:
        return _("From %(start)s until %(end)s %(who)s may %(what)s on %(where)s and all below.") % names
    return _("From %(start)s on %(who)s may %(what)s on %(where)s and all below, without an end.") % names
