"""Who is at the door, and what they may look at. Everything is answered by `accounts.permissions` (R-57)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts import authentication
from accounts.actors import actor_for
from accounts.addresses import client_address
from accounts.models import User
from accounts.permissions import Grants, grants_of_actor
from core.actor import Actor, Channel
from core.errors import ImprimaturError, Kind

View = Callable[..., HttpResponseBase]


def user_of(request: HttpRequest) -> User:
    """The authenticated user; views are behind the log-in."""
    return cast(User, request.user)


def actor_of(request: HttpRequest) -> Actor:
    """The actor of this request, made once, so that its grants are resolved once."""
    made: Actor | None = getattr(request, "workplace_actor", None)
    if made is None:
        shown = authentication.of_session(request)
        address = client_address(request)
        made = actor_for(user_of(request), Channel.ADMIN, address=address, authentication=shown)
        request.workplace_actor = made  # type: ignore[attr-defined]
    return made


def may_enter(request: HttpRequest) -> bool:
    """The workplace is for active people; machines use the API (R-33)."""
    user = request.user
    return bool(user.is_authenticated and user.is_active and user.is_staff and not user_of(request).is_service_account)


def grants(request: HttpRequest) -> Grants:
    """What the person at the door holds; nothing for whoever may not enter."""
    return grants_of_actor(actor_of(request)) if may_enter(request) else Grants({})


def holds(request: HttpRequest, permission: str) -> bool:
    """Whether the person holds `permission` anywhere at all."""
    return bool(grants(request).by_permission.get(permission))


def in_http(view: View) -> View:
    """Missing and invisible are 404, forbidden is 403; other refusals are the view's own matter."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ImprimaturError as error:
            if error.kind is Kind.NOT_FOUND:
                raise Http404 from error
            if error.kind is Kind.FORBIDDEN:
                raise PermissionDenied from error
            raise

    return answer
