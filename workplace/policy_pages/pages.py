"""Approval policies: what there is, one version in words, what changes between two, and the second policy manager's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Scope
from approvals import services
from approvals.models import ApprovalPolicy
from approvals.policy_queries import policy_state, standing_policies
from approvals.states import PolicyState
from core import clock
from core.errors import ImprimaturError, NotFound
from governance.authority import check_second_person
from governance.models.rule_sets import LAPSES_AFTER
from workplace import pages
from workplace.access import actor_of, grants, holds
from workplace.access_pages.base import act, page
from workplace.access_pages.forms import Nothing
from workplace.paging import leaf
from workplace.policy_pages import words
from workplace.policy_pages.words import in_force, seen, visible
from workplace.rule_pages.base import tabs

TAB: Final = "policies"
PAGE_SIZE: Final = 50
MOST_VERSIONS: Final = 50


def render(
    request: HttpRequest, template: str, title: str, *, problem: str = "", status: int = 200, **more: Any
) -> HttpResponseBase:
    """One of these pages."""
    context = pages.context(request, title, tab=TAB, tabs=tabs(), problem=problem, now=clock.now(), **more)
    return TemplateResponse(request, f"workplace/policies/{template}.html", context, status=status)


def manages(request: HttpRequest, scope: Scope | None) -> bool:
    """Whether to offer an act on what is bound to a scope; the services decide."""
    return scope is not None and grants(request).allows("manage_policy", scope)


@page()
def listing(request: HttpRequest) -> HttpResponseBase:
    """What governs and what is proposed; `?show=all`: all versions."""
    now, which = clock.now(), request.GET.get("show", "")
    rows = visible(request).order_by("key", "-version")
    found = leaf(rows if which == "all" else standing_policies(rows, now), request.GET.get("page", ""), PAGE_SIZE)
    return render(
        request, "policies", _("Approval policies"), listing=found, rows=[words.summary(row, now) for row in found.rows],
        which=which, may_begin=holds(request, "manage_policy"),
    )  # fmt: skip


@page()
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One version: its stages in words, who proposed and confirmed it, the other versions of its key."""
    return shown(request, identifier, "", 200)


def shown(request: HttpRequest, identifier: UUID, problem: str, status: int) -> HttpResponseBase:
    """The page of one version, with what is wrong with an act on it."""
    row, now = seen(request, identifier), clock.now()
    state, may = policy_state(row, now), manages(request, row.scope)
    awaited = state is PolicyState.PROPOSED and may
    return render(
        request, "policy", row.title, problem=problem, status=status, row=row, summary=words.summary(row, now), manages=may,
        stages=words.stages(row), reads=words.read_by(row), versions=_versions(request, row.key), awaited=awaited,
        changes=words.changes(in_force(request, row.key), row) if awaited else [],
        why_not=_why_not(request, row) if awaited else "", lapses_at=row.created_at + LAPSES_AFTER,
        is_own=row.author_id is not None and row.author_id == request.user.pk,
        may_retire=may and state is PolicyState.IN_FORCE,
    )  # fmt: skip


def _versions(request: HttpRequest, key: str) -> list[tuple[ApprovalPolicy, PolicyState]]:
    now = clock.now()
    rows = visible(request).filter(key=key).order_by("-version")[:MOST_VERSIONS]
    return [(row, policy_state(row, now)) for row in rows]


def _why_not(request: HttpRequest, row: ApprovalPolicy) -> str:
    """Why this policy manager is not the one who confirms it; empty when they are."""
    try:
        check_second_person(actor_of(request), row.author_id if row.needs_second else None)
    except ImprimaturError as error:
        return error.detail
    return ""


def _act(
    request: HttpRequest, identifier: UUID, work: Callable[..., ApprovalPolicy], thanks: str | Callable[[ApprovalPolicy], str]
) -> HttpResponseBase:
    seen(request, identifier)
    return act(
        request, Nothing(request.POST), lambda form, problem, status: shown(request, identifier, problem, status),
        lambda typed: work(actor=actor_of(request), policy=identifier), thanks,
        lambda row: reverse("admin:policy", args=[row.pk]),
    )  # fmt: skip


@page("POST")
def confirm(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Put a proposed version in force."""
    return _act(request, identifier, services.confirm_policy, _("Confirmed. This version is in force."))


@page("POST")
def decline(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """End a proposed version before it governs; whoever proposed it may do so, too."""
    return _act(request, identifier, services.decline_policy, _("Declined. It never was in force."))


@page("POST")
def retire(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """A next version that asks for nothing."""
    return _act(request, identifier, services.retire_policy, _retired)


def _retired(row: ApprovalPolicy) -> str:
    if row.needs_second:
        return _("Proposed. It is retired as soon as a second policy manager confirms it.")
    return _("Retired. What only it covered is decided by one other person now.")


@page()
def diff(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What changes from another version of the key (`?against=`) to this one: from the one in force, or where that is this one,
    from the one before."""
    row = seen(request, identifier)
    base = _base(request, row)
    others = [(each, state) for each, state in _versions(request, row.key) if each.pk != row.pk]
    return render(request, "diff", _("What changes"), row=row, base=base, changes=words.changes(base, row), others=others)


def _base(request: HttpRequest, row: ApprovalPolicy) -> ApprovalPolicy | None:
    """Raises NotFound for what is no visible version of the same key."""
    rows = visible(request).filter(key=row.key).exclude(pk=row.pk)
    asked = request.GET.get("against", "")
    found: ApprovalPolicy | None
    if not asked:
        found = rows.filter(pk__in=ApprovalPolicy.current()).first()
        return found or rows.filter(version__lt=row.version).order_by("-version").first()
    try:
        found = rows.filter(pk=UUID(asked)).first()
    except ValueError as error:
        raise NotFound() from error
    if found is None:
        raise NotFound()
    return found
