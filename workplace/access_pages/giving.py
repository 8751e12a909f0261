"""Giving a role: say in one sentence what it will mean, then give it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.access_policy import current_policy
from accounts.holdings import clashes_of_grant, permissions_of_roles
from accounts.models import SCOPE_FIELD, Role, RoleGrant, Scope, User
from accounts.permissions import scope_chain
from accounts.roles import APPROVING, PERMISSIONS
from core import clock
from core.errors import Forbidden, NotFound
from workplace.access import actor_of
from workplace.access_pages import places
from workplace.access_pages.base import act, awaits, governing, manages, page, render
from workplace.access_pages.forms import GiveRole, suggestions
from workplace.templatetags.access import moment, principal_url


@page("GET", "POST")
@governing
def give(request: HttpRequest) -> HttpResponseBase:
    """`?who=&role=&scope=&starts_at=&expires_at=` fill the form; complete, it says what it would mean. POST gives."""
    actor = actor_of(request)
    chosen = _chosen(request)

    def again(form: Any, problem: str, status: int) -> HttpResponseBase:
        said = _preview(form) if form.is_bound and form.is_valid() and not problem else None
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
        lambda grant: f"{_('The role is given.')} {awaits(grant)}".strip(), lambda grant: principal_url(grant.principal),
    )  # fmt: skip


def _chosen(request: HttpRequest) -> Scope | None:
    """The place that the form comes with, if it is one the reader sees."""
    try:
        return places.named(actor_of(request), (request.POST or request.GET).get("scope", ""))
    except NotFound:
        return None


def _preview(form: GiveRole) -> dict[str, Any]:
    """What it would mean: a sentence, what has to happen first, and what stands against it."""
    typed, now = form.cleaned_data, clock.now()
    who, scope = typed["who"], typed["scope"]
    role = queries.visible_roles(form.fields["who"].actor).get(pk=typed["role"])  # type: ignore[attr-defined]
    given = permissions_of_roles([role.pk], now).get(role.pk, frozenset())
    grant = RoleGrant(role=role, **{"user" if isinstance(who, User) else "group": who, SCOPE_FIELD[type(scope)]: scope})
    machine = isinstance(who, User) and who.is_service_account and given & APPROVING
    return {
        "sentence": sentence(role, who, scope, given, typed),
        "second": current_policy(scope_chain(scope)[-1][1], now).two_managers,
        "machine": bool(machine),
        "clashes": [
            _("“%(role)s” on %(where)s") % {"role": Role.objects.get(pk=each.other.role), "where": each.other.where}
            for each in clashes_of_grant(grant, now)
        ],
    }  # fmt: skip


def sentence(role: Role, who: Any, scope: Scope, given: frozenset[str], typed: dict[str, Any]) -> str:
    """“From now until … Bea may decide on content stages on Fjordlight Outdoor and all below.”"""
    start = moment(typed["starts_at"]) if typed["starts_at"] and typed["starts_at"] > clock.now() else _("now")
    acts = ", ".join(str(said) for code, said in PERMISSIONS.items() if code in given and (code != "view" or len(given) == 1))
    names = {
        "start": start, "end": moment(typed["expires_at"]), "who": getattr(who, "name", "") if isinstance(who, User) else who.title,
        "what": acts, "where": places.label(scope),
    }  # fmt: skip
    if not isinstance(who, User):
        if typed["expires_at"]:
            return _("From %(start)s until %(end)s everybody in “%(who)s” may %(what)s on %(where)s and all below.") % names
        return _("From %(start)s on everybody in “%(who)s” may %(what)s on %(where)s and all below, without an end.") % names
    if typed["expires_at"]:
        return _("From %(start)s until %(end)s %(who)s may %(what)s on %(where)s and all below.") % names
    return _("From %(start)s on %(who)s may %(what)s on %(where)s and all below, without an end.") % names
