"""Deciding several ticked requests of the queue at once (R-31): what will be decided, then what became of each.

The page that asks holds the digest of each request as it was then (R-08); what has to be opened by itself is named there and
left out. The answer is kept in the session, so that the page which tells it can be loaded again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import bulk, queries, services
from approvals.models import ApprovalRequest, Decision
from approvals.services.bulk import VERDICTS, Choice, Outcome
from approvals.states import StageState, Verdict
from core import clock
from core.actor import Actor
from core.errors import Invalid
from workplace import queue, refusals
from workplace.access import actor_of, grants, in_http
from workplace.acts import MAX_COMMENT
from workplace.pages import context
from workplace.queue import Row

KEPT: Final = "decided_in_bulk"


@dataclass(frozen=True, slots=True)
class Line:
    """One request that was ticked; `value` is how the form names it, `why_not` why it has to be opened."""

    row: Row
    value: str
    why_not: str


@require_http_methods(["GET", "HEAD", "POST"])
@in_http
def decide(request: HttpRequest) -> HttpResponseBase:
    """Ask whether the ticked requests are to be decided; with a POST, decide them."""
    if request.method == "POST":
        return _carry_out(request)
    ids = [found for each in request.GET.getlist("request") if (found := _key(each))]
    return _ask(request, ids, request.GET.get("verdict", ""))


def _carry_out(request: HttpRequest) -> HttpResponseBase:
    actor, verdict = actor_of(request), request.POST.get("verdict", "")
    comment = str(request.POST.get("comment", "")).replace("\x00", "").strip()[:MAX_COMMENT]
    chosen = [found for each in request.POST.getlist("choice") if (found := _choice(each))]
    try:
        outcomes = services.decide_in_bulk(actor=actor, verdict=verdict, choices=chosen, comment=comment)
    except Invalid as error:
        return _ask(request, [each.request for each in chosen], verdict, refusals.words(error), comment)
    request.session[KEPT] = {"verdict": verdict, "results": _told(actor, verdict, outcomes)}
    return HttpResponseRedirect(reverse("admin:bulk_done"), status=303)


def _ask(request: HttpRequest, ids: Sequence[UUID], verdict: str, problem: str = "", comment: str = "") -> HttpResponseBase:
    chosen = Verdict(verdict) if verdict in VERDICTS else Verdict.APPROVE
    lines = _lines(request, ids[: bulk.MOST], chosen)
    shown = context(
        request, _("Approve several requests") if chosen == Verdict.APPROVE else _("Reject several requests"), verdict=str(chosen),
        lines=[each for each in lines if not each.why_not], others=[each for each in lines if each.why_not], problem=problem,
        comment=comment,
    )  # fmt: skip
    return TemplateResponse(request, "workplace/bulk.html", shown, status=422 if problem else 200)


def _lines(request: HttpRequest, ids: Sequence[UUID], verdict: Verdict) -> list[Line]:
    """Of the ticked requests those that wait for this person, in the order of the queue."""
    found = queue.rows(queries.awaiting(actor_of(request)).filter(pk__in=ids).order_by("pk"), clock.now())
    unclear = queries.requests_not_green([row.request.pk for row in found])
    return [_line(request, row, verdict, is_green=row.request.pk not in unclear) for row in found]


def _line(request: HttpRequest, row: Row, verdict: Verdict, *, is_green: bool) -> Line:
    opened = bulk.must_be_opened(row.request, is_green=is_green) if verdict == Verdict.APPROVE else None
    value = f"{row.request.pk}:{row.request.digest}:{_stage(request, row.request)}"
    return Line(row, value, "" if opened is None else opened.detail)


def _stage(request: HttpRequest, asked: ApprovalRequest) -> str:
    """The open stage that this person's roles are for; empty where there are several, and the service finds the one."""
    held = grants(request)
    mine = [
        stage.key for stage in asked.stages.all()
        if stage.state == StageState.OPEN and held.allows(stage.permission, asked.ad_account)
    ]  # fmt: skip
    return mine[0] if len(mine) == 1 else ""


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _choice(text: str) -> Choice | None:
    key, _colon, rest = text.replace("\x00", "").partition(":")
    digest, _colon, stage = rest.partition(":")
    found = _key(key)
    return Choice(found, digest, stage) if found and digest else None


def _told(actor: Actor, verdict: str, outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """What is said of each. What stands already just as it was sent (a second click) was done."""
    outcomes = list(outcomes)
    refused = [each.choice.request for each in outcomes if each.error is not None]
    mine = Decision.objects.filter(request__in=refused, decided_by_id=UUID(actor.id), verdict=verdict)
    stands = set(mine.values_list("request", "digest", "stage__key"))
    return [
        {
            "request": str(each.choice.request),
            "problem": "" if each.error is None or (each.choice.request, each.choice.digest, each.choice.stage) in stands
            else refusals.words(each.error),
        }
        for each in outcomes
    ]  # fmt: skip


@require_safe
@in_http
def done(request: HttpRequest) -> HttpResponseBase:
    """What became of each request that was decided last."""
    kept = request.session.get(KEPT) or {"verdict": "", "results": []}
    ids = [each["request"] for each in kept["results"]]
    visible = {str(row.pk): row for row in queries.visible_requests(actor_of(request)).filter(pk__in=ids)}
    results = [(visible.get(each["request"]), each["problem"]) for each in kept["results"]]
    shown = context(
        request, _("What became of them"), verdict=kept["verdict"], refused=[each for each in results if each[1]],
        recorded=[each for each in results if not each[1]],
    )  # fmt: skip
    return TemplateResponse(request, "workplace/bulk_done.html", shown)
