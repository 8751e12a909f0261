"""What all resources share: who asks, which parameters exist, pages, thinning, idempotency, headers.

A view fetches through the queries of its package, calls one service, and renders what it has in hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.actors import actor_for
from accounts.addresses import client_address
from accounts.models import ApiToken, User
from accounts.permissions import grants_of_actor
from api import idempotency, pagination, request_ids
from api.errors import TooLarge
from api.models import IdempotencyKey
from api.parsers import StrictJSONParser
from api.tables import Columns, CSVRenderer, columns
from core.actor import Actor, Channel
from core.errors import NotFound

FORM_OVERHEAD: Final = 64 * 1024
LISTING: Final = (*pagination.PARAMETERS, "fields")
Rendered = list[dict[str, Any]]
Names = list[str]


def check_parameters(known: Sequence[str], request: Request) -> None:
    """A parameter that does nothing is a mistake that the client wants to hear of: one that does not exist, says nothing
    (`?ad_account=` of an unset variable would list everything), or stands twice. Raises ValidationError."""
    errors = {}
    for name, values in request.query_params.lists():
        if name not in known:
            words = _("There is no such parameter; known are: %(names)s.") % {"names": ", ".join(sorted(known)) or "-"}
            errors[name] = [exceptions.ErrorDetail(words, code="unknown_parameter")]
        elif len(values) > 1:
            errors[name] = [exceptions.ErrorDetail(_("Give this parameter once."), code="repeated")]
        elif not values[0]:
            errors[name] = [exceptions.ErrorDetail(_("Give a value, or leave the parameter out."), code="blank")]
    if errors:
        raise exceptions.ValidationError(errors)


def flag(request: Request, name: str) -> bool:
    """A query parameter that says true or false, false where it is left out. Raises ValidationError."""
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise exceptions.ValidationError({name: [exceptions.ErrorDetail(_("Say true or false."), code="invalid")]})
    return text == "true"


def choice(request: Request, name: str, known: Sequence[str], otherwise: str) -> str:
    """A query parameter that is one of several words, `otherwise` where it is left out. Raises ValidationError."""
    text = request.query_params.get(name, otherwise)
    if text not in known:
        words = _("Choose one of %(names)s.") % {"names": ", ".join(known)}
        raise exceptions.ValidationError({name: [exceptions.ErrorDetail(words, code="invalid")]})
    return text


class Resource(GenericViewSet[Any]):
    """One resource: a listing and single objects; verbs are added by subclasses."""

    parser_classes: Any = (StrictJSONParser,)
    metadata_class = None
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    parameters: ClassVar[Mapping[str, Sequence[str]]] = {}
    """Action → its query parameters, beside those of listings."""
    key: ClassVar[str] = "pk"
    """What a row is called by in addresses and cursors."""
    key_kind: ClassVar[type[UUID] | type[str]] = UUID
    secrets: ClassVar[Sequence[str]] = ()
    """Members of an answer to a POST that are told once and not kept for its Idempotency-Key."""
    table: Columns = ()
    """The columns of the listing that is being answered, for CSV."""

    _key: IdempotencyKey | None = None

    # --- the request -------------------------------------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """Who asks, as services take it; made once, so that grants are resolved once."""
        made: Actor | None = self.__dict__.get("_actor")
        if made is None:
            user = cast(User, self.request.user)
            address = client_address(self.request._request)
            token = cast(ApiToken, self.request.auth)
            made = actor_for(user, Channel.API, request_ids.request_id(self.request._request), address, token)
            self.__dict__["_actor"] = made
        return made

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if getattr(self, "action", None) is None:  # the method does not exist here
            return
        self._check_size(request)
        check_parameters(self.known_parameters(), request)
        if request.method == "POST":
            self._key = self._claimed(request)

    def _claimed(self, request: Request) -> IdempotencyKey | None:
        """The Idempotency-Key, claimed. Raises Replay with the answer of before; NotFound when the caller may not read it
        any more: what has been taken from them since, a kept answer does not give back."""
        try:
            return idempotency.claim(request)
        except idempotency.Replay as replay:
            self.check_still_seen(replay.told)
            raise

    def check_still_seen(self, told: Any) -> None:
        """Raises NotFound unless the caller sees what the address names, else what was made; where neither names anything
        (`told` is None for a refusal), anything at all."""
        named = self.kwargs.get(self.lookup_url_kwarg)
        wanted = [named] if named is not None else self.made(told) if isinstance(told, dict) else []
        for each in wanted:
            self.one(each)
        if not wanted and not grants_of_actor(self.actor).anywhere("view"):
            raise NotFound()

    def made(self, told: Mapping[str, Any]) -> Sequence[Any]:
        """The ids of the rows of which the answer to a creation tells."""
        return [told["id"]] if told.get("id") else []

    def _check_size(self, request: Request) -> None:
        """Read JSON bodies under their limit, and turn away files that are too large before they are read."""
        if not (request.content_type or "").startswith("multipart/"):
            request._request.body  # noqa: B018 - reading it is what enforces the limit
            return
        announced = str(request.META.get("CONTENT_LENGTH") or "")
        if announced.isdigit() and int(announced) > settings.MEDIA_MAX_BYTES + FORM_OVERHEAD:
            raise TooLarge(_("A file has at most %(most)s bytes.") % {"most": settings.MEDIA_MAX_BYTES})

    def known_parameters(self) -> Names:
        """The query parameters of this action."""
        own = list(self.parameters.get(self.action, ()))
        if self.action == "list":
            filters = getattr(self, "filterset_class", None)
            own += [*LISTING, *(filters.base_filters if filters else ())]
        return own

    def is_listing(self) -> bool:
        """Whether this action answers a page of rows."""
        return "fields" in self.known_parameters()

    def get_renderers(self) -> Any:
        """Listings also speak CSV."""
        listing = getattr(self, "action", None) is not None and self.is_listing()
        return [JSONRenderer(), CSVRenderer()] if listing else [JSONRenderer()]

    # --- the answer --------------------------------------------------------------------------------------------------

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            return cast(Response, exc.response())
        return super().handle_exception(exc)

    def raise_uncaught_exception(self, exc: Exception) -> Any:
        if self._key is not None:
            idempotency.release(self._key)
        return super().raise_uncaught_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if response.status_code >= HTTPStatus.BAD_REQUEST:  # a refusal is a problem, whatever was asked for
            request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
        final = super().finalize_response(request, response, *args, **kwargs)
        dress(request, final)
        if self._key is not None and self.is_kept():
            final.add_post_render_callback(partial(idempotency.keep, self._key, secrets=self.secrets))
        elif self._key is not None:
            idempotency.release(self._key)
        return final

    def is_kept(self) -> bool:
        """Whether the answer is kept for its Idempotency-Key; one to which nothing was done is given anew."""
        return True

    # --- reading -----------------------------------------------------------------------------------------------------

    def rows(self) -> QuerySet[Any]:
        """What the actor may see of this resource."""
        raise NotImplementedError

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset) if getattr(self, "filterset_class", None) else queryset

    def one(self, id: Any) -> Any:
        """One visible row. Raises NotFound; missing and invisible are one answer (R-57)."""
        row = self.rows().filter(**{self.key: id}).first()
        if row is None:
            raise NotFound()
        return row

    def render(self, rows: Sequence[Model]) -> Rendered:
        """The rows of a listing."""
        serializer: Any = self.get_serializer(rows, many=True)
        return list(serializer.data)

    def list(self, request: Request) -> Response:
        """One page."""
        names = self.thinned(self.get_serializer_class())
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(_thin(self.render(page or []), names))

    def page_below(self, rows: QuerySet[Any], serializer: type[Serializer[Any]]) -> Response:
        """One page of `rows` that hang below an object."""
        names = self.thinned(serializer)
        page: Any = self.paginate_queryset(rows)
        found = serializer(page, many=True, context=self.get_serializer_context()).data
        return self.get_paginated_response(_thin(list(found), names))

    def thinned(self, serializer: Any) -> Sequence[str] | None:
        """The names of `?fields=`, and from them the columns. Raises ValidationError for one that does not exist."""
        names = _thinned(self.request, serializer)
        self.table = columns(serializer, names)
        return names

    def retrieve(self, request: Request, id: Any) -> Response:
        """One object."""
        return Response(self.get_serializer(self.one(id)).data)

    def valid(self, serializer: type[Serializer[Any]], **options: Any) -> dict[str, Any]:
        """The body, judged by `serializer`. Raises ValidationError."""
        judged = serializer(data=self.request.data, context=self.get_serializer_context(), **options)
        judged.is_valid(raise_exception=True)
        return dict(judged.validated_data)


def _thinned(request: Request, serializer: Any) -> Sequence[str] | None:
    """The names of `?fields=`. Raises ValidationError for one that does not exist."""
    text = request.query_params.get("fields")
    if text is None:
        return None
    known = list(serializer().fields)
    wanted = text.split(",")
    if unknown := [name for name in wanted if name not in known]:
        words = _("There is no field “%(name)s”; known are: %(names)s.")
        detail = words % {"name": unknown[0], "names": ", ".join(known)}
        raise exceptions.ValidationError({"fields": [exceptions.ErrorDetail(detail, code="unknown_field")]})
    return wanted


def _thin(rows: Rendered, names: Sequence[str] | None) -> Rendered:
    return rows if names is None else [{name: row[name] for name in names} for row in rows]


def dress(request: Request, response: HttpResponseBase) -> None:
    """The headers of every answer."""
    response[request_ids.HEADER] = request_ids.request_id(request._request)
    response["Cache-Control"] = "no-store"


class Nothing(APIView):
    """Every address below /api/ that does not exist."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise exceptions.NotFound(_("There is nothing at this address; see /api/v1/docs/."))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        dress(request, final)
        return final
