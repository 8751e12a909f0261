"""The page that tells what would happen if a draft were submitted now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import User
from approvals.errors import OpenRequestExists
from approvals.paces import Pace
from approvals.previews import preview_route
from approvals.route_previews import WARNINGS, Cause, Fact, Foreseen, RoutePreview
from approvals.savings import Saving
from approvals.services.submitting import Submission
from campaigns.vocabulary import EntityType
from core import dates
from core.actor import Actor
from core.errors import Forbidden, ImprimaturError, Kind, NotFound
from workplace import pages, refusals, route, words
from workplace.access import actor_of, in_http
from workplace.access_pages import places

MINOR: Final = "minor units"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class StageWords:
    """A stage that would be, in words."""

    found: Foreseen
    needed: str
    sections: str
    waiting: Sequence[User]
    excluded: list[tuple[User, str]]
    because: list[CauseWords]
    pace: str
    warning: str


@dataclass(frozen=True, slots=True)
class CauseWords:
    """Why a policy asks: its name, where it holds, its condition as it is written, and what that read."""

    title: str
    version: int
    where: str
    condition: str
    facts: list[tuple[str, str]]


@require_safe
@in_http
def show(request: HttpRequest, kind: str, identifier: UUID) -> HttpResponseBase:
    """What would happen if a campaign with all that changed below it, or an ad group or ad alone, were submitted now. Looking
    writes nothing."""
    if kind not in EntityType.values:
        raise NotFound()
    what: dict[str, Any] = {"campaign": identifier} if kind == EntityType.CAMPAIGN else {"items": [(kind, identifier)]}
    try:
        found, under_way = _found(actor_of(request), what)
    except ImprimaturError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
            raise
        refused = pages.context(request, _("Before submitting"), problem=refusals.words(error))
        return TemplateResponse(request, "workplace/route_preview.html", refused, status=refusals.STATUS[error.kind])
    shown = pages.context(
        request, found.plan.title, plan=found.plan, stages=[_stage(each, found) for each in found.stages], under_way=under_way,
        savings=[_saving(each, found) for each in found.savings], later=[_cause(each, found) for each in found.later],
        exposure=words.money(found.plan.exposure_minor, found.plan.account.currency), changes=_changes(found),
    )  # fmt: skip
    return TemplateResponse(request, "workplace/route_preview.html", shown)


def _found(actor: Actor, what: dict[str, Any]) -> tuple[RoutePreview, str]:
    """The preview; where something is under review already, of the submission that would take its place (R-06), with its id."""
    try:
        return preview_route(actor=actor, submission=Submission(**what)), ""
    except OpenRequestExists as error:
        open_request = str(error.extra["approval_request"])
        try:
            return preview_route(actor=actor, submission=Submission(**what, amend=True)), open_request
        except Forbidden:
            raise error from None


# --- words -------------------------------------------------------------------------------------------------------------------


def _changes(found: RoutePreview) -> list[tuple[str, str, str]]:
    """Kind, name and changed sections of what would be put forward."""
    return [
        (words.kind(item.head.type), item.head.draft.name, _("new") if item.base is None else words.sections(item.changed))
        for item in found.plan.items
    ]


def _stage(each: Foreseen, found: RoutePreview) -> StageWords:
    return StageWords(
        found=each,
        needed=_needed(each),
        sections=words.sections(each.spec.sections),
        waiting=each.seats.eligible,
        excluded=[(person, str(route.EXCLUDED.get(reason, reason))) for person, reason in each.seats.excluded],
        because=[_cause(cause, found) for cause in each.causes],
        pace=pace_words(each.pace),
        warning=str(WARNINGS[each.warning]) if each.warning else "",
    )


def _needed(each: Foreseen) -> str:
    number = ngettext("%(n)d approval needed", "%(n)d approvals needed", each.spec.quorum) % {"n": each.spec.quorum}
    more = route.asked_words(each.seats.stage)
    return f"{number} · {more}" if more else number


def _cause(cause: Cause, found: RoutePreview) -> CauseWords:
    where = _("everywhere") if cause.scope is None else places.label(cause.scope)
    facts = [(fact_label(each), _value(each, found.plan.account.currency)) for each in cause.facts]
    return CauseWords(cause.policy.title, cause.policy.version, where, cause.policy.condition, facts)


def fact_label(fact: Fact) -> str:
    """What a condition reads, in the language of the page."""
    return fact.entry.de if words.language() == "de" else fact.entry.en


def _value(fact: Fact, currency: str) -> str:
    value = fact.value
    if value is None:
        return _("not known")
    if fact.entry.unit.startswith(MINOR):
        return words.money(int(value), currency)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if fact.entry.name == "request.sections_changed":
        return words.sections(value)
    if isinstance(value, datetime):
        return dates.moment(value)
    return ", ".join(map(str, value)) or "–" if isinstance(value, list) else str(value)


def _saving(each: Saving, found: RoutePreview) -> str:
    values = {"stages": ", ".join(f"“{title}”" for title in found.titles(each.stages))}
    if each.kind == "section":
        values["what"] = words.section(each.what)
        return _("If “%(what)s” stayed as it was approved: fewer approvals in %(stages)s.") % values
    if each.kind == "item":
        values["what"] = each.what
        return _("If the ad “%(what)s” were left out: fewer approvals in %(stages)s.") % values
    values["what"] = words.money(each.exposure_minor, found.plan.account.currency)
    return _("If it could spend %(what)s at the most: fewer approvals in %(stages)s.") % values


def pace_words(pace: Pace) -> str:
    """How long such stages usually take."""
    if pace.median_seconds is None or pace.ninth_seconds is None:
        return _("no experience yet")
    values = {"half": duration(pace.median_seconds), "most": duration(pace.ninth_seconds)}
    return _("usually %(half)s, nine of ten within %(most)s") % values


def duration(seconds: int) -> str:
    """A span in its largest unit."""
    if seconds < _HOUR:
        number = max(1, round(seconds / _MINUTE))
        return ngettext("%(n)d minute", "%(n)d minutes", number) % {"n": number}
    if seconds < 2 * _DAY:
        number = round(seconds / _HOUR)
        return ngettext("%(n)d hour", "%(n)d hours", number) % {"n": number}
    number = round(seconds / _DAY)
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}
