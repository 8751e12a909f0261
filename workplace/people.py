"""How one person gets in, for access managers: invitation, lock-out, sessions, second factor. Acts are services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts import lockout, queries, second_factor, services, sessions
from accounts.adapters import fresh
from accounts.backends import may_have_session
from accounts.models import ApiToken, User
from accounts.permissions import check
from core import clock
from core.actor import Actor
from core.errors import Conflict, ImprimaturError, Kind, NotFound
from workplace import pages, refusals
from workplace.access import actor_of, in_http
from workplace.again import ask_again


@dataclass(frozen=True, slots=True)
class Act:
    """What an access manager does about a log-in: the service, what is on the button, what is said afterwards; `asks` is what
    is said before it, for what takes something away."""

    service: Callable[..., Any]
    button: Promise
    thanks: Promise
    asks: Promise | None = None


ACTS: Final[dict[str, Act]] = {
    "invite": Act(services.invite_person, _("Send the invitation again"), _("The link is on its way.")),
    "unlock": Act(services.unlock_user, _("Lift the lock-out"), _("They may try again.")),
    "end-sessions": Act(
        services.end_sessions, _("End all sessions"), _("All sessions are ended."),
        _("The next click of each finds nobody logged in. They can log in again at once: whoever knows the password can too."),
    ),
    "reset-second-factor": Act(
        services.reset_second_factor, _("Reset the second factor"), _("The second factor is gone, and all sessions with it."),
        _("Do this for somebody you know well and have just spoken to: from then on the password alone lets them in."),
    ),
}  # fmt: skip
FACTORS: Final[dict[str, Promise]] = {"totp": _("Authenticator app"), "webauthn": _("Passkey")}


def _seen(request: HttpRequest, identifier: UUID) -> User:
    """A person whom the reader sees, as the API and the access pages show people. Raises NotFound."""
    user = queries.visible_users(actor_of(request)).filter(pk=identifier).first()
    if user is None or user.organisation is None:
        raise NotFound()
    return user


def _person(request: HttpRequest, identifier: UUID) -> User:
    """A person whom the reader sees and whose log-in they look after. Raises NotFound, Forbidden."""
    user = _seen(request, identifier)
    if user.organisation is not None:
        check(actor_of(request), "manage_access", user.organisation)
    return user


def _tokens(actor: Actor, user: User) -> list[ApiToken]:
    """What acts as a person beside their sessions: their API tokens and those of their machines that are in force."""
    now = clock.now()
    unexpired = Q(expiry__isnull=True) | Q(expiry__gt=now)
    found = queries.visible_tokens(actor).filter(unexpired, revoked_at__isnull=True)
    return list((found.filter(user=user) | found.filter(user__owner=user)).order_by("user__name", "name"))


def _offered(user: User, tokens: list[ApiToken], is_locked: bool, has_sessions: bool, has_factor: bool) -> list[str]:
    """The acts that would do something."""
    return [
        key for key, makes_sense in (
            ("invite", may_have_session(user)), ("unlock", is_locked), ("end-sessions", has_sessions or bool(tokens)),
            ("reset-second-factor", has_factor),
        )
        if makes_sense
    ]  # fmt: skip


@require_safe
@in_http
def show(request: HttpRequest, identifier: UUID) -> HttpResponseBase:
    """What an access manager needs to know when somebody cannot get in."""
    user = _person(request, identifier)
    living, factors = sessions.sessions_of(user), second_factor.factors_of(user)
    is_locked, tokens = lockout.is_locked(user.email, clock.now()), _tokens(actor_of(request), user)
    offered = _offered(user, tokens, is_locked, bool(living), bool(factors))
    context = pages.context(
        request, user.name, person=user, is_locked=is_locked, sessions=living, tokens=tokens,
        factors=[FACTORS.get(factor.type, factor.type) for factor in factors],
        acts=[(key, ACTS[key].button, ACTS[key].asks is not None) for key in offered],
    )  # fmt: skip
    return TemplateResponse(request, "workplace/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_http
def carry_out(request: HttpRequest, identifier: UUID, act: str) -> HttpResponseBase:
    """One of ACTS. GET says what it means, for those that take something away; POST does it, after a log-in of just now."""
    if act not in ACTS or (request.method != "POST" and ACTS[act].asks is None):
        raise Http404
    person = reverse("admin:person", args=[identifier])
    if request.method != "POST":
        return _ask(request, _person(request, identifier), act)
    _seen(request, identifier)
    if not fresh(request):
        return ask_again(request, request.path if ACTS[act].asks else person)
    try:
        ACTS[act].service(actor=actor_of(request), user=identifier)
        said = str(ACTS[act].thanks)
        if request.POST.get("tokens"):
            said = f"{said} {_end_tokens(request, identifier)}"
    except ImprimaturError as error:
        if error.kind is Kind.NOT_FOUND or "permission" in error.extra:
            raise
        messages.error(request, str(error.detail) if error.kind is Kind.CONFLICT else refusals.words(error))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(person, status=303)


def _ask(request: HttpRequest, user: User, act: str) -> HttpResponseBase:
    context = pages.context(
        request, str(ACTS[act].button), person=user, act=act, asks=ACTS[act].asks, tokens=_tokens(actor_of(request), user)
    )
    return TemplateResponse(request, "workplace/person_act.html", context)


def _end_tokens(request: HttpRequest, identifier: UUID) -> str:
    """Revoke what acts as a person, after their sessions ended: those could make another one until then."""
    actor, ended = actor_of(request), 0
    for token in _tokens(actor, _person(request, identifier)):
        try:
            services.revoke_api_token(actor=actor, token=token.public_id)
        except Conflict:
            continue  # somebody else was first
        ended += 1
    return ngettext("%(n)s API token is revoked.", "%(n)s API tokens are revoked.", ended) % {"n": ended}
