"""Rule sets: what there is, one version in words, what changes between two, and the second policy manager's word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.errors import ImprimaturError, NotFound
from governance import queries, services
from governance.authority import check_second_person
from governance.models import RuleSet
from governance.models.rule_sets import LAPSES_AFTER
from governance.states import RuleSetState
from workplace.access import actor_of, holds
from workplace.access_pages.base import act, page
from workplace.access_pages.forms import Nothing
from workplace.paging import leaf
from workplace.rule_pages import trying, words
from workplace.rule_pages.base import may, render, seen, visible

TAB: Final = "rule_sets"
PAGE_SIZE: Final = 50
MOST_VERSIONS: Final = 50


@dataclass(frozen=True, slots=True)
class Summary:
    """One version in a line."""

    row: RuleSet
    state: RuleSetState
    scope: str
    narrowing: list[words.Setting]
    counts: list[tuple[str, str, int]]


def _summary(row: RuleSet, now: datetime) -> Summary:
    return Summary(
        row, queries.rule_set_state(row, now), words.scope(row.scope), words.narrowing(row), words.counts(row.rules)
    )


@page()
def listing(request: HttpRequest) -> HttpResponseBase:
    """What governs and what is on trial; `?show=all`: all versions; `?key=`: those of one key."""
    now, which, key = clock.now(), request.GET.get("show", ""), request.GET.get("key", "").replace("\x00", "")
    rows = visible(request).order_by("key", "-version")
    rows = rows.filter(key=key) if key else rows
    rows = rows if which == "all" else queries.standing_rule_sets(rows, now)
    found = leaf(rows, request.GET.get("page", ""), PAGE_SIZE)
    return render(
        request, "rule_sets", _("Rule sets"), TAB, listing=found, rows=[_summary(row, now) for row in found.rows], which=which,
        key=key, may_begin=holds(request, "manage_policy"),
    )  # fmt: skip


# --- one version -----------------------------------------------------------------------------------------------------------


@page()
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """One version: its lines in words, who proposed and confirmed it, the other versions of its key."""
    return shown(request, identifier, "", 200)


def shown(request: HttpRequest, identifier: UUID, problem: str, status: int) -> HttpResponseBase:
    """The page of one version, with what is wrong with an act on it."""
    row, now = seen(request, identifier), clock.now()
    state, manages = queries.rule_set_state(row, now), may(request, "manage_policy", row.scope)
    awaited = state is RuleSetState.PROPOSED
    return render(
        request, "rule_set", row.title, TAB, problem=problem, status=status, row=row, summary=_summary(row, now),
        lines=words.lines(row.rules), versions=_versions(request, row.key, now), manages=manages,
        awaited=awaited and manages, why_not=_why_not(request, row) if awaited and manages else "",
        lapses_at=row.created_at + LAPSES_AFTER, is_own=row.author_id is not None and row.author_id == request.user.pk,
        replays=trying.latest(request, row), beginning=trying.Beginning() if manages else None,
        shadow=[
            (words.title(each["rule"]), words.mode(each["intended"]), each) for each in queries.shadow_of(row, actor_of(request))
        ],
    )  # fmt: skip


def _versions(request: HttpRequest, key: str, now: datetime) -> list[tuple[RuleSet, RuleSetState]]:
    rows = visible(request).filter(key=key).order_by("-version").defer("rules")[:MOST_VERSIONS]
    return [(row, queries.rule_set_state(row, now)) for row in rows]


def _why_not(request: HttpRequest, row: RuleSet) -> str:
    """Why this policy manager is not the one who confirms it; empty when they are."""
    try:
        check_second_person(actor_of(request), row.author_id if row.needs_second else None)
    except ImprimaturError as error:
        return error.detail
    return ""


def _decide(request: HttpRequest, identifier: UUID, work: Callable[..., RuleSet], thanks: str) -> HttpResponseBase:
    seen(request, identifier)
    return act(
        request, Nothing(request.POST), lambda form, problem, status: shown(request, identifier, problem, status),
        lambda typed: work(actor=actor_of(request), rule_set=identifier), thanks, reverse("admin:rule_set", args=[identifier]),
    )  # fmt: skip


@page("POST")
def confirm(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Put a proposed version in force."""
    return _decide(request, identifier, services.confirm_rule_set, _("Confirmed. This version is in force."))


@page("POST")
def decline(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """End a proposed version before it governs; whoever proposed it may do so, too."""
    return _decide(request, identifier, services.decline_rule_set, _("Declined. It never was in force."))


# --- what changes ----------------------------------------------------------------------------------------------------------


@page()
def diff(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What changes, line by line, from another version of the key (`?against=`) to this one: from the one in force, or where
    that is this one, from the one before."""
    row = seen(request, identifier)
    versions = _versions(request, row.key, clock.now())
    base = _base(request, row)
    return render(
        request, "diff", _("What changes"), TAB, row=row, base=base, head=words.head_changes(base, row),
        changes=words.changes(base.rules if base else [], row.rules),
        others=[(each, state) for each, state in versions if each.pk != row.pk],
    )  # fmt: skip


def _base(request: HttpRequest, row: RuleSet) -> RuleSet | None:
    """Raises NotFound for what is no visible version of the same key."""
    rows = visible(request).filter(key=row.key).exclude(pk=row.pk)
    asked = request.GET.get("against", "")
    if not asked:
        return rows.filter(pk__in=RuleSet.current()).first() or rows.filter(version__lt=row.version).order_by("-version").first()
    try:
        found = rows.filter(pk=UUID(asked)).first()
    except ValueError as error:
        raise NotFound() from error
    if found is None:
        raise NotFound()
    return found
