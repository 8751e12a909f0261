"""Trying a version on past revisions: started from its page, watched, and read with a chart and what would be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.queries import REFUSED_LATER, changes_of, with_fate
from approvals.states import RequestState
from core import clock
from core.errors import NotFound
from governance import messages, queries, services
from governance.models import ReplayVerdict
from governance.services.replays import USUAL
from governance.states import ReplayState
from workplace import words as in_words
from workplace.access import actor_of
from workplace.access_pages.base import act, page
from workplace.access_pages.forms import Nothing
from workplace.paging import by_key
from workplace.rule_pages import rule_sets, words
from workplace.rule_pages.base import may, render, seen
from workplace.rule_pages.chart import change, chart
from workplace.rule_pages.trying import Beginning

PAGE_SIZE: Final = 50
SECONDS: Final = 3
"""How often the page of a replay that goes on is shown anew."""

@dataclass(frozen=True, slots=True)
class Said:
    """A finding that came or went, in words."""

    title: str
    message: str
    mode: str
    mode_words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A revision of which another thing would be said."""

    name: str
    kind: str
    change: str
    appeared: list[Said]
    gone: list[Said]
    request: UUID | None
    fate: str
    is_refused: bool


@page("POST")
def start(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Try a version; workers do it."""
    seen(request, identifier)
    return act(
        request, Beginning(request.POST),
        lambda form, problem, status: rule_sets.shown(request, identifier, problem or _("Choose how far back."), status),
        lambda typed: services.start_replay(
            actor=actor_of(request), rule_set=identifier, most=USUAL, since=clock.now() - timedelta(days=int(typed["days"]))
        ),
        _("Started. The page shows how far it is."), lambda replay: reverse("admin:replay", args=[replay.pk]),
    )  # fmt: skip


@page()
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """How far it is, what changes, and of which revisions another thing would be said; `?after=blocked`, `?refused=1`."""
    return _show(request, identifier, "", 200)


def _show(request: HttpRequest, identifier: UUID, problem: str, status: int) -> HttpResponseBase:
    row: Any = queries.visible_replays(actor_of(request)).filter(pk=identifier).first()
    if row is None:
        raise NotFound()
    mine = queries.visible_verdicts(actor_of(request)).filter(replay=row)
    after, refused = request.GET.get("after", ""), request.GET.get("refused", "")
    rows: Any = with_fate(mine)
    rows = rows.filter(after=after) if after in ("passed", "warned", "blocked") else rows
    rows = rows.filter(fate__in=REFUSED_LATER) if refused else rows
    leaf = by_key(rows, request.GET.get("page", ""), PAGE_SIZE, oldest_first=False)
    goes_on = row.state == ReplayState.RUNNING
    answer = render(
        request, "replay", row.rule_set.title, rule_sets.TAB, problem=problem, status=status, row=row, state=ReplayState(row.state),
        done=row.done or 0, share=100 * (row.done or 0) // max(row.total, 1), chart=chart(changes_of(mine)),
        unseen=[(messages.title(rule, in_words.language()), number) for rule, number in queries.unseen_in(row).items()],
        listing=leaf, verdicts=[_verdict(each) for each in leaf.rows], after=after, refused=refused,
        may_cancel=goes_on and may(request, "manage_policy", row.rule_set.scope),
    )  # fmt: skip
    if goes_on and not problem:
        answer["Refresh"] = str(SECONDS)
    return answer


def _verdict(row: ReplayVerdict) -> Verdict:
    each: Any = row
    revision = row.check_run.revision
    return Verdict(
        revision.name, revision.get_entity_type_display(), change(row.before, row.after),
        [_said(one) for one in row.appeared], [_said(one) for one in row.gone], each.approval_request,
        str(RequestState(each.fate).label) if each.fate else "", each.fate in REFUSED_LATER,
    )  # fmt: skip


def _said(finding: dict[str, Any]) -> Said:
    language = in_words.language()
    return Said(
        messages.title(finding["rule"], language), messages.message(finding["code"], finding["params"], language), finding["mode"],
        words.mode(finding["mode"]),
    )  # fmt: skip


@page("POST")
def cancel(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """End it before it is through."""
    return act(
        request, Nothing(request.POST), lambda form, problem, status: _show(request, identifier, problem, status),
        lambda typed: services.cancel_replay(actor=actor_of(request), replay=identifier),
        _("Cancelled. What was found stays."), reverse("admin:replay", args=[identifier]),
    )  # fmt: skip
