"""What the access pages share: their tabs, who may open them, and how an act is answered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import queries
from accounts.models import Organisation
from accounts.permissions import ORGANISATION, fresh_grants
from core import clock, dates
from core.errors import Forbidden, ImprimaturError, Invalid, Kind
from workplace import pages, refusals
from workplace.access import View, actor_of, grants, in_http, may_enter, user_of

T = TypeVar("T")
Again = Callable[[forms.Form, str, int], HttpResponseBase]
"""Shows the page again: the form as it was typed, the reason, the status."""


def governs(request: HttpRequest) -> bool:
    """Whether this person manages access or audits anywhere."""
    return may_enter(request) and queries.governs_somewhere(actor_of(request))


def own_organisation(request: HttpRequest) -> Organisation:
    """The reader's organisation. Raises Forbidden for people of none."""
    organisation = user_of(request).organisation
    if organisation is None:
        raise Forbidden(_("This is for access managers and auditors."))
    return organisation


def manages(request: HttpRequest) -> bool:
    """Whether this person manages access anywhere, so that there is something for them to do here."""
    return grants(request).anywhere("manage_access")


def of_organisation(request: HttpRequest) -> Organisation:
    """The reader's organisation, when it is theirs to manage: nobody is shown a form that would be refused. Raises Forbidden."""
    organisation = own_organisation(request)
    if organisation.pk not in grants(request).ids("manage_access", ORGANISATION):
        raise Forbidden(_("This is for access managers of the whole organisation."))
    return organisation


def page(*methods: str) -> Callable[[View], View]:
    """A page that answers these methods (GET unless said) with 404 for invisible and 403 for forbidden."""
    allowed = methods or ("GET",)
    return lambda view: require_http_methods([*allowed, "HEAD"] if "GET" in allowed else [*allowed])(in_http(view))


def governing(view: View) -> View:
    """The page is for access managers and auditors. Raises Forbidden."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not governs(request):
            raise Forbidden(_("This is for access managers and auditors."))
        return view(request, *args, **kwargs)

    return guarded


def waiting(request: HttpRequest) -> int:
    """How many changes await a second access manager where this person is one; asked once a request."""
    found: int | None = getattr(request, "workplace_waiting", None)
    if found is None:
        found = len(queries.awaited_changes(actor_of(request), clock.now())) if manages(request) else 0
        request.workplace_waiting = found  # type: ignore[attr-defined]
    return found


def _tabs(request: HttpRequest) -> list[tuple[str, str, str, int]]:
    """(key, title, address, badge)."""
    titles = {
        "access": _("People"), "access_groups": _("Groups"), "access_places": _("Places"), "access_roles": _("Roles"),
        "access_limits": _("Limits"),
        "access_waiting": _("Waiting for a second access manager"), "access_review": _("Review"),
        "access_policy": _("Policy"), "access_who": _("Who may?"),
    }  # fmt: skip
    number = waiting(request)
    return [
        (key, title, reverse(f"admin:{key}"), number if key == "access_waiting" else 0) for key, title in titles.items()
    ]


def render(
    request: HttpRequest, template: str, title: str, tab: str = "", *, problem: str = "", status: int = 200, **more: Any
) -> HttpResponseBase:
    """One of these pages. People who govern nothing see no tabs."""
    context = pages.context(
        request, title, tab=tab, tabs=_tabs(request) if governs(request) else [], problem=problem, now=clock.now(),
        manages=manages(request), **more,
    )  # fmt: skip
    return TemplateResponse(request, f"workplace/access/{template}.html", context, status=status)


# --- acts ------------------------------------------------------------------------------------------------------------------


def words(error: ImprimaturError) -> str:
    """Why not, in words to act on."""
    if isinstance(error, Invalid):
        return " ".join(each.detail for each in error.errors)
    if "permission" in error.extra:
        return refusals.words(error)
    return error.detail


def explain_at(form: forms.Form, error: ImprimaturError) -> str:
    """Errors of fields stand at their fields; the rest is said above."""
    if not isinstance(error, Invalid):
        return words(error)
    left = [each.detail for each in error.errors if each.field not in form.fields]
    for each in error.errors:
        if each.field in form.fields:
            form.add_error(each.field, each.detail)
    return " ".join(left)


def done(request: HttpRequest, thanks: str, to: str) -> HttpResponseBase:
    """Said, and on to where it can be seen; a reload repeats nothing."""
    messages.success(request, thanks)
    return HttpResponseRedirect(to, status=303)


def onward(request: HttpRequest, to: str) -> str:
    """`to`, or the queue for whoever has just ended what let them see such pages."""
    held = fresh_grants(actor_of(request))
    return to if any(held.anywhere(permission) for permission in queries.GOVERNING) else reverse("admin:index")


def act(
    request: HttpRequest, form: forms.Form, again: Again, work: Callable[[dict[str, Any]], T],
    thanks: str | Callable[[T], str], to: str | Callable[[T], str],
) -> HttpResponseBase:  # fmt: skip
    """Check what was typed, call the service, move on; or the page again. Raises NotFound."""
    if not form.is_valid():
        return again(form, "", 422)
    try:
        found = work(form.cleaned_data)
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND:
            raise
        return again(form, explain_at(form, error), refusals.STATUS[error.kind])
    return done(request, thanks(found) if callable(thanks) else thanks, to(found) if callable(to) else to)


def awaits(fact: Any) -> str:
    """What to add when a second access manager is still asked for."""
    return _("It is in force as soon as a second access manager confirms it.") if fact.is_awaited else ""


def thanks_for(fact: Any, done: str, proposed: str) -> str:
    """What was done; or what was proposed, and what it waits for; or from when it holds."""
    if fact.is_awaited:
        return f"{proposed} {awaits(fact)}"
    if fact.since > clock.now():
        return " ".join([done, _("It holds from %(start)s on.") % {"start": dates.moment(fact.since)}])
    return done
