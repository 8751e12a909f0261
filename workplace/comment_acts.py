"""Commenting at this door: writing, replying, resolving, opening again. Each is a POST that ends in a service (workplace.acts)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import services
from approvals.anchors import Anchor
from approvals.models import Comment
from core.errors import ImprimaturError, Invalid, Kind
from workplace import pages, refusals
from workplace.access import actor_of, in_http

LONGEST = 8000
"""Characters that are read of a field: more than a comment may have, so that it is told and not cut."""
LARGEST = Decimal(10**6)


@require_POST
@in_http
def comment(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Write a comment on an item, or a reply."""
    about = _id(request, "reply_to") or _id(request, "revision")

    def work() -> Comment:
        return services.comment(
            actor=actor_of(request), request=identifier, text=_text(request, "text"), revision=_id(request, "revision"),
            anchor=_anchor(request), reply_to=_id(request, "reply_to"), blocking=bool(request.POST.get("blocking")),
        )  # fmt: skip

    try:
        made = work()
    except ImprimaturError as error:
        return _refused(request, identifier, error, about)
    return _back(request, made, _("Your comment is recorded."))


@require_POST
@in_http
def resolve(request: HttpRequest, identifier: UUID, comment: UUID) -> HttpResponseBase:
    """Say that a comment needs nothing more."""
    try:
        row = services.resolve_comment(actor=actor_of(request), request=identifier, comment=comment)
    except ImprimaturError as error:
        return _refused(request, identifier, error)
    return _back(request, row, _("The comment is resolved."))


@require_POST
@in_http
def reopen(request: HttpRequest, identifier: UUID, comment: UUID) -> HttpResponseBase:
    """Say that a comment was resolved too early."""
    try:
        row = services.reopen_comment(actor=actor_of(request), request=identifier, comment=comment)
    except ImprimaturError as error:
        return _refused(request, identifier, error)
    return _back(request, row, _("The comment is open again."))


def _back(request: HttpRequest, row: Comment, thanks: str) -> HttpResponseBase:
    messages.success(request, thanks)
    page = reverse("admin:request", args=[row.request_id])
    return HttpResponseRedirect(f"{page}#comment-{row.reply_to_id or row.pk}", status=303)


def _refused(request: HttpRequest, identifier: UUID, error: ImprimaturError, about: UUID | None = None) -> HttpResponseBase:
    if error.kind is Kind.NOT_FOUND:
        raise error
    said, status = refusals.words(error), refusals.STATUS[error.kind]
    return pages.show_request(request, identifier, problem=said, status=status, about=about)


# --- what the form says ------------------------------------------------------------------------------------------------------


def _text(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, ""))[:LONGEST]


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def _anchor(request: HttpRequest) -> Anchor | None:
    """The place in the item; parts of the picture come in per cent and moments in seconds. Raises Invalid."""
    path = _text(request, "path")
    if not path or _text(request, "reply_to"):
        return None
    part = [_scaled(request, name, 10) for name in ("x", "y", "width", "height")]
    region = [each for each in part if each is not None]
    if region and len(region) < len(part):
        raise Invalid.field("region", "incomplete", _("Say of a part of the picture where it begins, how wide and how high it is."))
    return Anchor(path, region or None, _scaled(request, "second", 1000))


def _scaled(request: HttpRequest, name: str, by: int) -> int | None:
    """A number of a field, times `by`; None for an empty one. Raises Invalid."""
    text = _text(request, name).strip().replace(",", ".")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > LARGEST:
        raise Invalid.field(name, "invalid", _("Write moments and parts of the picture as numbers."))
    return int(number * by)
