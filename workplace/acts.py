"""What people do at this door. Each is a POST that carries what the person saw and ends in a service; done is answered
with a redirect (a reload repeats nothing), refused with the page as it is now, the reason, and what was typed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import queries, services
from approvals.errors import ReauthenticationRequired
from approvals.models import Decision
from approvals.states import Verdict
from core.actor import Actor
from core.errors import ImprimaturError, Kind, NotFound
from governance.services import override_finding
from publishing.services import request_publication, reschedule
from workplace import pages, refusals
from workplace.access import actor_of, in_http
from workplace.access_pages.base import words
from workplace.access_pages.forms import Moment
from workplace.again import ask_again

MAX_COMMENT = 5000


@require_POST
@in_http
def decide(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Record a verdict on the digest that stood in the form (R-08). The same verdict sent twice counts once."""
    actor = actor_of(request)
    stage, digest, verdict = (_text(request, name) for name in ("stage", "digest", "verdict"))
    if verdict not in Verdict.values or not stage or not digest:
        return pages.show_request(
            request, identifier, problem=_("The form was not complete. Please try again."), status=422
        )
    comment, checked, whose = _text(request, "comment"), request.POST.getlist("checked"), _whose(request)

    def stands() -> bool:
        return _stands(actor, identifier, stage, digest, (verdict, comment, whose))

    def work() -> None:
        if not stands():
            services.decide(
                actor=actor, request=identifier, stage=stage, digest=digest, verdict=verdict, comment=comment, checked=checked,
                on_behalf_of=whose,
            )  # fmt: skip

    thanks = {
        Verdict.APPROVE: _("Your approval is recorded."),
        Verdict.REQUEST_CHANGES: _("Your request for changes is recorded; the author finds your comment on this page."),
        Verdict.REJECT: _("Your rejection is recorded. This request is closed."),
        Verdict.ABSTAIN: _("Your abstention is recorded; others decide."),
    }
    try:
        return _carry_out(request, identifier, work, thanks[Verdict(verdict)], stands)
    except ReauthenticationRequired:
        return ask_again(request, reverse("admin:request", args=[identifier]))


@require_POST
@in_http
def show_again(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """To where the person shows again who they are, and from there back to the page of a visible request."""
    if not queries.visible_requests(actor_of(request)).filter(pk=identifier).exists():
        raise NotFound()
    return ask_again(request, reverse("admin:request", args=[identifier]))


def _whose(request: HttpRequest) -> UUID | None:
    """In whose name it is said; None: in one's own. Raises NotFound for what is no name of anybody."""
    text = _text(request, "on_behalf_of")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound() from error


def _stands(actor: Actor, request: UUID, stage: str, digest: str, said: tuple[str, str, UUID | None]) -> bool:
    """Whether the person's latest decision on this stage and digest already says just this (a second click)."""
    mine = Decision.objects.filter(request=request, stage__key=stage, digest=digest, decided_by_id=UUID(actor.id))
    return mine.order_by("-pk").values_list("verdict", "comment", "on_behalf_of").first() == said


@require_POST
@in_http
def claim(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Say that one is looking at a request, or not any more (R-50)."""
    actor, gone = actor_of(request), _text(request, "release") == "1"
    service = services.release if gone else services.claim
    thanks = _("Others see that you are not looking at it any more.") if gone else _("Others see that you are looking at it.")
    return _carry_out(request, identifier, lambda: service(actor=actor, request=identifier), thanks)


@require_POST
@in_http
def withdraw(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Take an open request back (R-30)."""
    actor = actor_of(request)
    return _carry_out(
        request, identifier, lambda: services.withdraw(actor=actor, request=identifier), _("The request is withdrawn.")
    )


@require_POST
@in_http
def revoke(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """End the clearances of an approved request, with a reason (R-32)."""
    actor, reason = actor_of(request), _text(request, "reason")
    return _carry_out(
        request, identifier, lambda: services.revoke(actor=actor, request=identifier, reason=reason),
        _("The approval is revoked. Nothing can be published from it any more."),
    )  # fmt: skip


@require_POST
@in_http
def publish(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Ask the gate to publish an approved request now."""
    actor = actor_of(request)
    return _carry_out(
        request, identifier, lambda: request_publication(actor=actor, request=identifier),
        _("Handed to the publisher. This page shows how it goes."),
    )  # fmt: skip


@require_POST
@in_http
def plan_anew(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Plan an approved request for another time within what was cleared (R-21)."""
    actor, reason = actor_of(request), _text(request, "reason")
    try:
        at = Moment(required=True).clean(_text(request, "publish_at"))
    except ValidationError:
        return pages.show_request(request, identifier, problem=_("Say when, as a day and a time."), status=422)
    return _carry_out(
        request, identifier, lambda: reschedule(actor=actor, request=identifier, publish_at=at, reason=reason),
        _("It is planned for that time."),
    )  # fmt: skip


@require_POST
@in_http
def override(request: HttpRequest, identifier: UUID, finding: UUID) -> HttpResponseBase:
    """Let a soft finding of a visible request pass, for its revision alone, with a reason (R-53)."""
    actor, why = actor_of(request), _text(request, "why")
    found = queries.visible_requests(actor).filter(pk=identifier, items__check_run__findings=finding)
    if not found.exists():
        raise NotFound()
    try:
        override_finding(actor=actor, finding=finding, reason=why)
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        said = words(error)
        return pages.show_request(request, identifier, problem=said, status=refusals.STATUS[error.kind], finding=finding)
    messages.success(request, _("Recorded. Submitted again with the same content, this does not block any more."))
    return HttpResponseRedirect(reverse("admin:request", args=[identifier]), status=303)


def _text(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, "")).replace("\x00", "").strip()[:MAX_COMMENT]


def _carry_out(
    request: HttpRequest,
    identifier: UUID,
    work: Callable[[], object],
    thanks: str,
    stands: Callable[[], bool] = lambda: False,
) -> HttpResponseBase:
    try:
        work()
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND or isinstance(error, ReauthenticationRequired):
            raise
        if not stands():
            return pages.show_request(
                request, identifier, problem=refusals.words(error), status=refusals.STATUS[error.kind]
            )
    messages.success(request, thanks)
    return HttpResponseRedirect(reverse("admin:request", args=[identifier]), status=303)
