"""The two pages that the workplace is about: the queue and one request. They only show."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.queries import governs_somewhere
from approvals.comparing import Against
from approvals.states import RequestState
from core import clock
from workplace import queue, theme
from workplace.access import actor_of, grants, holds, in_http, may_enter
from workplace.detail import detail

TYPED: Final = ("comment", "reason", "why", "text", "path", "second", "blocking", "on_behalf_of", "publish_at", "back")
"""What somebody typed into a form of the page, and finds there again where it was refused."""


def context(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    """What every page of ours is given."""
    from workplace.site import site

    return {
        **site.each_context(request),
        "title": title,
        "is_nav_sidebar_enabled": True,
        "is_themed": theme.IS_THEMED,
        "sees_rules": holds(request, "view"),
        "governs": may_enter(request) and governs_somewhere(actor_of(request)),
        **more,
    }


@require_safe
@in_http
def show_queue(request: HttpRequest) -> HttpResponseBase:
    """The landing page: what waits for me; by tab, what I submitted and what I may see."""
    actor, filters = actor_of(request), queue.Filters.of(request.GET.dict())
    asked = request.GET.copy()
    asked.pop("after", None)
    shown = context(
        request, _("Queue"),
        listing=queue.listing(actor, filters, clock.now()), filters=filters, tabs=list(queue.TABS.items()),
        accounts=queue.accounts(actor), states=RequestState.choices, has_roles=bool(grants(request).by_permission),
        first_url=f"?{asked.urlencode()}",
    )  # fmt: skip
    return TemplateResponse(request, "workplace/queue.html", shown)


@require_safe
@in_http
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """The page of one request."""
    return show_request(request, identifier)


def show_request(
    request: HttpRequest, identifier: UUID, problem: str = "", status: int = 200, finding: UUID | None = None,
    about: UUID | None = None,
) -> HttpResponseBase:  # fmt: skip
    """The page of one request as it is now, with why the last act was refused, and what was typed (about which finding; about
    which revision, or in reply to which comment). Raises NotFound."""
    found = detail(actor_of(request), identifier, clock.now(), against_of(request))
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in TYPED} if problem else {}
    for name in ("checked", "returned"):
        typed[name] = request.POST.getlist(name) if problem else []
    shown = context(
        request, found.request.title, detail=found, problem=problem, typed=typed, finding_asked=finding, comment_about=about
    )
    return TemplateResponse(request, "workplace/request.html", shown, status=status)


def against_of(request: HttpRequest) -> Against:
    """What the address asks to compare with; what was approved last, where it asks for nothing that there is."""
    asked = request.GET.get("against", "")
    return Against(asked) if asked in Against.values else Against.APPROVED
