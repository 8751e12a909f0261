"""GET, POST, DELETE api-tokens/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from accounts.permissions import principal_of
from accounts.queries import visible_tokens, visible_users
from accounts.roles import PERMISSIONS
from accounts.services import create_api_token, revoke_api_token
from api.fields import Id, Moment, PersonOut, Strict, Text, choices
from api.filters import Filters, Key, Word
from api.v1.conferred import Ahead
from api.v1.scopes import ScopeIn, ScopeOut, place, shown
from api.v1.users.views import TRUTH
from api.views import Resource
from campaigns.queries import get


class TokenIn(Strict):
    """A new token; `permissions` (none: all) and `scope` (none: everywhere) narrow what it gives of what its user holds."""

    user = Id(required=False, help_text="A machine of yours; without it, yourself.")
    name = Text(max_length=100)
    permissions = choices(PERMISSIONS, default=[])
    scope = ScopeIn(required=False, allow_null=True, help_text="An organisation, a brand or an ad account.")
    expires_at = Ahead(allow_null=True, default=None)


class TokenOut(serializers.Serializer[Any]):
    """A bearer token; only its hash is stored."""

    id = serializers.UUIDField(source="public_id")
    user = PersonOut()
    name = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField(), help_text="None: all that its user holds.")
    scope = serializers.SerializerMethodField()
    created_at = Moment(source="created")
    expires_at = Moment(source="expiry", allow_null=True)
    last_used_at = Moment(allow_null=True, help_text="To the minute.")
    revoked_at = Moment(allow_null=True)

    @extend_schema_field(ScopeOut(allow_null=True))
    def get_scope(self, token: ApiToken) -> dict[str, Any] | None:
        return None if token.scope is None else ScopeOut(shown(token.scope)).data


class TokenMadeOut(TokenOut):
    """A new token with its text, this once."""

    token = serializers.CharField(allow_null=True, help_text="Null when the answer is repeated for an Idempotency-Key.")


class TokenFilters(Filters):
    user = Key(field_name="user_id")
    is_revoked = Word(choices=TRUTH, method="revoked")

    def revoked(self, rows: QuerySet[ApiToken], name: str, value: str) -> QuerySet[ApiToken]:
        return rows.filter(revoked_at__isnull=value == "false")


class ApiTokenResource(Resource):
    """Your tokens and those of your machines; everybody's in the organisation to its access managers."""

    queryset = ApiToken.objects.none()
    reference = ""
    serializer_class = TokenOut
    filterset_class = TokenFilters
    key = "public_id"
    secrets = ("token",)

    def rows(self) -> QuerySet[ApiToken]:
        return visible_tokens(self.actor)

    @extend_schema(request=TokenIn, responses={201: TokenMadeOut})
    def create(self, request: Request) -> Response:
        """Make a token for yourself or a machine of yours. Its text is answered this once."""
        values = self.valid(TokenIn)
        named, self.reference = values.pop("user", None), "user"
        user = get(visible_users(self.actor), named) if named else principal_of(self.actor)
        scope, self.reference = values.pop("scope", None), "scope"
        where = place(self.actor, scope["type"], scope["id"]) if scope else None
        token, text = create_api_token(actor=self.actor, user=user, scope=where, **values)
        token.token = text
        return Response(TokenMadeOut(token).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Revoke a token, at once: one's own, a machine's of one's own, and as an access manager of the organisation
        anybody's. The row stays."""
        revoke_api_token(actor=self.actor, token=self.one(id).public_id)
        return Response(status=204)
