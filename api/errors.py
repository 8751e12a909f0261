"""Every refusal as application/problem+json (RFC 9457): `type, title, status, detail, code`, and `errors` for bad input.

`code` is permanent. `type` is a name, not an address: `urn:imprimatur:problem:<code>`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error as plain_server_error
from rest_framework import exceptions
from rest_framework.response import Response

from api.request_ids import HEADER, request_id
from core.errors import FieldError, ImprimaturError, Invalid, Kind

CONTENT_TYPE: Final = "application/problem+json"
API_PREFIX: Final = "/api/"
LONGEST_DETAIL: Final = 1000

STATUS_BY_KIND: Final = {
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.PRECONDITION: HTTPStatus.PRECONDITION_FAILED,
    Kind.INVALID: HTTPStatus.BAD_REQUEST,
}
CODES_BY_STATUS: Final = {
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.NOT_ACCEPTABLE: "not_acceptable",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
    HTTPStatus.TOO_MANY_REQUESTS: "too_many_requests",
}


class TooLarge(exceptions.APIException):
    """The body has more bytes than are read here."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class IdempotencyReused(exceptions.APIException):
    """The Idempotency-Key was used before, with another request."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"


class StillRunning(exceptions.APIException):
    """The first request with this Idempotency-Key has no answer yet."""

    status_code = HTTPStatus.CONFLICT
    default_code = "idempotency_key_in_use"


def sayable(text: object) -> str:
    """Words that can be sent: no half pairs, and not a whole body echoed."""
    clean = str(text).encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= LONGEST_DETAIL else f"{clean[:LONGEST_DETAIL]}…"


def problem(
    status: int, code: str, detail: object, errors: Iterable[FieldError] = (), extra: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """The members of one problem. `extra` members never hide the standard ones."""
    members: dict[str, Any] = {str(name): value for name, value in (extra or {}).items()}
    members |= {
        "type": f"urn:imprimatur:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": sayable(detail),
        "code": code,
    }
    listed = [
        {"field": sayable(error.field), "code": error.code, "detail": sayable(error.detail)} for error in errors
    ]
    return {**members, "errors": listed} if listed else members


def flatten(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Validation errors of any nesting as one list with dotted paths."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = name == "non_field_errors"
            yield from flatten(inner, path if own else f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from flatten(inner, (f"{path}.{index}" if path else str(index)) if nested else path)
    else:
        yield FieldError(path, str(getattr(detail, "code", "invalid")), str(detail))


def _translated(exception: Exception) -> Exception:
    """Django's own refusals as those of the framework."""
    if isinstance(exception, Http404):
        return exceptions.NotFound()
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exception, RequestDataTooBig):
        return TooLarge(_("The body is larger than this service reads."))
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent | SuspiciousOperation):
        return exceptions.ParseError(_("The form has too many parts or is malformed."))
    return exception


def _of_framework(exception: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exception, exceptions.ValidationError):
        return problem(400, "invalid", _("The input is not valid."), flatten(exception.detail))
    codes: Any = exception.get_codes()
    own = codes if isinstance(codes, str) else "invalid"
    plain = own in ("not_authenticated", "permission_denied", "error")
    code = CODES_BY_STATUS.get(HTTPStatus(exception.status_code), own) if plain else own
    return problem(exception.status_code, code, exception.detail)


def _of_domain(error: ImprimaturError, view: object) -> dict[str, Any]:
    fields = error.errors if isinstance(error, Invalid) else _reference(error, view)
    return problem(STATUS_BY_KIND[error.kind], error.code, error.detail, fields, error.extra)


def _reference(error: ImprimaturError, view: object) -> tuple[FieldError, ...]:
    """What a body names and is not there is named as a field, too (`view.reference`); still 404, as R-57 says."""
    if error.kind is not Kind.NOT_FOUND or getattr(view, "action", "") != "create":
        return ()  # asked first: `reference` may look at the body, which only a creation has read by now
    field: str = getattr(view, "reference", "")
    return (FieldError(field, error.code, error.detail),) if field else ()


def exception_handler(raised: Exception, context: Mapping[str, Any]) -> Response | None:
    """What DRF calls for every exception of a view. None (a fault of ours) goes on to `server_error`."""
    exception = _translated(raised)
    headers: dict[str, str] = {}
    if isinstance(exception, ImprimaturError):
        body = _of_domain(exception, context.get("view"))
    elif isinstance(exception, exceptions.APIException):
        body = _of_framework(exception)
        challenge = getattr(exception, "auth_header", None)
        headers |= {"WWW-Authenticate": challenge} if challenge else {}
    else:
        return None
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def server_error(request: HttpRequest) -> HttpResponse:
    """The answer to a fault of ours: a problem under /api/, Django's page elsewhere. Says nothing about the cause."""
    if not request.path.startswith(API_PREFIX):
        return plain_server_error(request)
    words = _("Something went wrong here. Tell the operator the X-Request-ID of this answer.")
    body = json.dumps(problem(500, "server_error", words))
    headers = {HEADER: request_id(request), "Cache-Control": "no-store"}
    return HttpResponse(body, status=500, content_type=CONTENT_TYPE, headers=headers)
