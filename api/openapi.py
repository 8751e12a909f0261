"""The OpenAPI document: problems, headers and status codes documented on every operation, in one place."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from api import idempotency, request_ids
from api.errors import CONTENT_TYPE
from api.tables import MEDIA_TYPE as CSV

_READING: Final = {
    400: "Something in the query is wrong.",
    401: "No token, or one that is not valid.",
    404: "There is no such object, or you may not see it.",
    406: "JSON is spoken here, and CSV on listings.",
}
_WRITING: Final = {
    400: "The input is not valid; `errors` names the fields.",
    403: "You see this, but may not do it.",
    409: "The world moved on: stale digest, illegal step, open request, or an Idempotency-Key still in use.",
    412: "Something that must be true first is not, or If-Match names another version.",
    413: "The body is too large.",
    415: "Only the documented content type is read.",
}
_KEY: Final = r"^[\x21-\x7e]{1,200}$"
_TAG: Final = r'^(\*|"v[0-9]{1,9}")$'
_REUSED: Final = {422: "The Idempotency-Key was used for another request."}


class FieldProblem(serializers.Serializer[Any]):
    """One bad input."""

    field = serializers.CharField(help_text="Dotted path of the field; empty for the body as a whole.")
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457. More members may stand beside these, such as `digest` of a stale digest."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Permanent; for programs.")
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]


class AutoSchema(SpectacularAutoSchema):
    """Adds to every operation what every operation has."""

    def get_override_parameters(self) -> list[Any]:
        own = [*super().get_override_parameters(), _header(request_ids.HEADER, "Returned, and kept with audit events.")]
        if self.method == "POST":
            own.append(_header(idempotency.HEADER, "The same key and body give the same answer for 24 hours.", _KEY))
        if self.method == "PATCH" and hasattr(self.view, "edit_serializer"):  # drafts have versions
            own.append(_header("If-Match", "The ETag that was read; 412 when the draft has changed since.", _TAG))
        if self._is_list_view():
            names = {"type": "string", "minLength": 1}
            own.append(OpenApiParameter("fields", names, description="Names of members to answer, by comma."))
        return own

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for body in bodies.values():
            if CSV in body.get("content", {}):
                body["content"][CSV] = {"schema": {"type": "string"}}
        for status, words in self._refusals().items():
            if str(status) not in bodies:
                body = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    Problem, str(status), [CONTENT_TYPE], direction
                )
                bodies[str(status)] = {**body, "description": words}
        return bodies

    def _refusals(self) -> dict[int, str]:
        if self.method == "GET":
            return _READING
        return {**_READING, **_WRITING, **(_REUSED if self.method == "POST" else {})}


def _header(name: str, words: str, pattern: str = "") -> OpenApiParameter:
    kind: dict[str, Any] = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=words)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How one authenticates."""

    target_class = "api.authentication.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
