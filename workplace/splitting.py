"""Sending parts of a bundle back (R-27): a page that names what goes and what stays, then the act. Both carry the digest that was
seen (R-08)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import bundles, queries, services
from approvals.errors import ReauthenticationRequired
from approvals.lineage import lineage
from approvals.models import ApprovalRequest
from core.errors import ImprimaturError, Invalid, Kind, StaleDigest
from workplace import pages, refusals
from workplace.access import actor_of, in_http
from workplace.acts import MAX_COMMENT
from workplace.again import ask_again
from workplace.words import kind


@require_POST
@in_http
def split(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """Ask whether the ticked parts are to go back, with what hangs below them; when that was said, send them back."""
    digest, comment = _text(request, "digest"), _text(request, "back")
    ticked = set(_ids(request.POST.getlist("returned")))
    try:
        if request.POST.get("sure") == "1":
            return _carry_out(request, identifier, digest, ticked, comment)
        return _ask(request, identifier, digest, ticked, comment)
    except ReauthenticationRequired:
        return ask_again(request, reverse("admin:request", args=[identifier]))
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        return pages.show_request(request, identifier, problem=refusals.words(error), status=refusals.STATUS[error.kind])


def _ask(request: HttpRequest, identifier: UUID, digest: str, ticked: set[UUID], comment: str) -> HttpResponseBase:
    """The page that names what goes and what stays. Raises NotFound, StaleDigest, Invalid."""
    row = queries.get_request(actor_of(request), identifier)
    parts = bundles.parts_of(row.items.all())
    returned = ticked | bundles.below(parts, ticked)
    bundles.check_division(parts, returned)
    _check(row, digest, comment)
    views = [(item, kind(item.entity_type)) for item in row.items.all()]
    shown = pages.context(
        request, _("Send parts back"), row=row, comment=comment,
        returned=[each for each in views if each[0].entity_id in returned],
        kept=[each for each in views if each[0].entity_id not in returned],
    )  # fmt: skip
    return TemplateResponse(request, "workplace/split.html", shown)


def _check(row: ApprovalRequest, digest: str, comment: str) -> None:
    """What can be said before it is asked. Raises StaleDigest, Invalid."""
    if digest != row.digest:
        raise StaleDigest(_("This is not the version under review; look at the current one before deciding."), digest=row.digest)
    if not comment:
        raise Invalid.field("comment", "required", _("Say what should change, so that the author can act on it."))


def _carry_out(
    request: HttpRequest, identifier: UUID, digest: str, returned: set[UUID], comment: str
) -> HttpResponseBase:  # fmt: skip
    """Send them back. The same sent twice counts once. Raises what the service does."""
    actor = actor_of(request)
    try:
        made = services.split(actor=actor, request=identifier, digest=digest, returned=returned, comment=comment)
        rest = made.rest.request.pk
    except ImprimaturError:
        found = lineage(queries.get_request(actor, identifier))
        said = found.split_by
        if found.rest is None or said is None or (str(said.decided_by_id), said.comment) != (actor.id, comment):
            raise
        rest = found.rest.pk
    messages.success(request, _("Sent back; the authors find your comment there. This is what stays under review."))
    return HttpResponseRedirect(reverse("admin:request", args=[rest]), status=303)


def _ids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are ids."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _text(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, "")).replace("\x00", "").strip()[:MAX_COMMENT]
