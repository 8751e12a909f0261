"""What waits for a second access manager: what, who proposed it, when, for whom (R-55)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import changes, queries, services
from accounts.holdings import permissions_of_roles
from accounts.models import (
    AuthorityLimit,
    Conferred,
    Delegation,
    Membership,
    Placement,
    RoleGrant,
    RolePermission,
    standing_at,
)
from accounts.permissions import principal_of
from accounts.roles import PERMISSIONS
from accounts.second_manager import LAPSES_AFTER, Interest, why_not_second
from core import clock
from core.actor import Actor
from core.errors import Forbidden
from workplace.access import actor_of
from workplace.access_pages import places
from workplace.access_pages.base import act, governing, manages, page, render
from workplace.access_pages.forms import Nothing
from workplace.templatetags.access import moment, permission
from workplace.words import money

TAB = "access_waiting"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change; `brings` says what it would give, `why_not` why this reader is not the second access manager for it, empty
    when they are."""

    fact: Conferred
    kind: str
    words: str
    brings: list[str]
    lapses_at: datetime
    is_own: bool
    why_not: str


def _why_not(actor: Actor, fact: Conferred, now: datetime, own: Interest) -> str:
    refusal = why_not_second(actor, fact, now, own)
    return refusal.detail if refusal else ""


def fact_in_words(fact: Any) -> str:
    """What is conferred, or proposed, in a line."""
    until = _(" until %(end)s") % {"end": moment(fact.expires_at)} if fact.expires_at else ""
    if isinstance(fact, RoleGrant):
        names = {"role": fact.role, "who": fact.principal, "where": places.label(fact.scope), "until": until}
        return _("%(who)s: role “%(role)s” on %(where)s%(until)s") % names
    if isinstance(fact, Membership):
        return _("%(who)s: member of “%(group)s”%(until)s") % {"who": fact.user, "group": fact.group, "until": until}
    if isinstance(fact, RolePermission):
        return _("Role “%(role)s”: everybody who holds it may also %(what)s") % {
            "role": fact.role, "what": permission(fact.codename),
        }  # fmt: skip
    if isinstance(fact, Placement):
        return _("%(account)s: moves to the brand %(brand)s") % {"account": fact.ad_account, "brand": fact.brand}
    if isinstance(fact, Delegation):
        names = {"who": fact.delegate, "whom": fact.delegator, "where": places.label(fact.scope), "until": until}
        return _("%(who)s decides for %(whom)s on %(where)s%(until)s") % names
    if isinstance(fact, AuthorityLimit):
        names = {"who": fact.user, "where": places.label(fact.scope), "until": until}
        names["limit"] = money(fact.amount_minor, fact.currency)
        return _("%(who)s approves up to %(limit)s on %(where)s%(until)s") % names
    return _("Access policy, version %(number)s") % {"number": fact.version}


def _bringing(actor: Actor, facts: list[Conferred], now: datetime) -> dict[UUID, list[str]]:
    """Change → what it would give: the permissions of a role, the roles of a group. Two statements."""
    groups = {fact.group_id for fact in facts if isinstance(fact, Membership)}
    held = list(queries.visible_role_grants(actor).filter(standing_at(now), group__in=groups).order_by("pk"))
    given = permissions_of_roles({fact.role_id for fact in facts if isinstance(fact, RoleGrant)}, now)
    found: dict[UUID, list[str]] = {}
    for fact in facts:
        if isinstance(fact, RoleGrant):
            found[fact.pk] = [str(said) for code, said in PERMISSIONS.items() if code in given.get(fact.role_id, ())]
        elif isinstance(fact, Delegation):
            found[fact.pk] = [str(said) for code, said in PERMISSIONS.items() if code in fact.permissions]
        elif isinstance(fact, Membership):
            found[fact.pk] = [
                _("“%(role)s” on %(where)s") % {"role": grant.role, "where": places.label(grant.scope)}
                for grant in held if grant.group_id == fact.group_id
            ]  # fmt: skip
    return found


def _kinds() -> dict[str, str]:
    return {
        "role_grant": _("role"), "membership": _("membership"), "role_permission": _("permission of a role"),
        "placement": _("move"), "access_policy": _("access policy"), "delegation": _("delegation"),
        "authority_limit": _("authority limit"),
    }  # fmt: skip


@page()
@governing
def show(request: HttpRequest) -> HttpResponseBase:
    """All that waits where the reader manages access."""
    return _show(request, Nothing(), "", 200)


def _show(request: HttpRequest, form: forms.Form, problem: str, status: int) -> HttpResponseBase:
    actor, now, kinds = actor_of(request), clock.now(), _kinds()
    own = Interest(principal_of(actor), now)
    facts = queries.awaited_changes(actor, now)
    brings = _bringing(actor, facts, now)
    proposals = [
        Proposal(
            fact, kinds[changes.kind(fact)], fact_in_words(fact), brings.get(fact.pk, []), fact.granted_at + LAPSES_AFTER,
            fact.granted_by_id in own.users, _why_not(actor, fact, now, own),
        )
        for fact in facts
    ]  # fmt: skip
    title = _("Waiting for a second access manager")
    return render(request, "waiting", title, TAB, proposals=proposals, problem=problem, status=status)


def _decide(request: HttpRequest, work: Any, thanks: str) -> HttpResponseBase:
    if not manages(request):
        raise Forbidden(_("This is for access managers."))
    return act(
        request, Nothing(request.POST), lambda form, problem, status: _show(request, form, problem, status), work, thanks,
        reverse("admin:access_waiting"),
    )  # fmt: skip


@page("POST")
@governing
def confirm(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The second access manager's word."""
    actor = actor_of(request)
    return _decide(
        request, lambda typed: services.confirm_change(actor=actor, change=identifier), _("Confirmed. It is in force.")
    )


@page("POST")
@governing
def decline(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """End it before it was in force; also the proposer may."""
    actor = actor_of(request)
    return _decide(
        request, lambda typed: services.decline_change(actor=actor, change=identifier), _("Declined. Nothing changes.")
    )
