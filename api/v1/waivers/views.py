"""GET, POST waivers/, and the second person's word"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Page
from api.fields import Moment, Strict, Text
from api.filters import Filters
from api.filters import Text as TextFilter
from api.v1.approval_requests.serializers import Empty
from api.v1.conferred import Ahead
from api.v1.scopes import ScopeFilter, ScopeIn, ScopeOut, place, shown
from api.views import Resource
from core import clock
from governance.models import Waiver
from governance.queries import visible_waivers, waiver_state
from governance.services import confirm_waiver, end_waiver, propose_waiver
from governance.states import WaiverState


class WaiverIn(Strict):
    """That a soft rule does not count on a place and below it, until a day."""

    rule = Text(max_length=60)
    scope = ScopeIn()
    reason = Text(max_length=2000)
    expires_at = Ahead()


class WaiverOut(serializers.Serializer[Any]):
    """A waiver and where it stands."""

    id = serializers.UUIDField()
    rule = serializers.CharField()
    scope = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    reason = serializers.CharField()
    proposed_at = Moment()
    proposed_by = serializers.CharField()
    expires_at = Moment()
    confirmed_at = Moment(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)
    ended_at = Moment(allow_null=True)
    ended_by = serializers.CharField(allow_null=True)

    @extend_schema_field(ScopeOut)
    def get_scope(self, row: Waiver) -> dict[str, Any] | None:
        return None if row.scope is None else ScopeOut(shown(row.scope)).data

    @extend_schema_field(serializers.ChoiceField(choices=WaiverState.values))
    def get_status(self, row: Waiver) -> str:
        return waiver_state(row, clock.now()).value


class WaiverFilters(Filters):
    rule = TextFilter(max_length=60)
    scope = ScopeFilter()


class WaiverResource(Resource):
    """Waivers on what you may see (R-53)."""

    queryset = Waiver.objects.none()
    serializer_class = WaiverOut
    filterset_class = WaiverFilters

    def rows(self) -> QuerySet[Waiver]:
        return visible_waivers(self.actor)

    @extend_schema(request=WaiverIn, responses={201: WaiverOut})
    def create(self, request: Request) -> Response:
        """Ask for a waiver; needs override on its place. It holds once another person has confirmed it."""
        values = self.valid(WaiverIn)
        scope = place(self.actor, values["scope"]["type"], values["scope"]["id"])
        if isinstance(scope, Page):
            raise ValidationError({"scope": [ErrorDetail(_("Waivers are given for no page."), code="page")]})
        row = propose_waiver(
            actor=self.actor, rule=values["rule"], scope=scope, reason=values["reason"], expires_at=values["expires_at"]
        )
        return Response(WaiverOut(self.one(row.pk)).data, status=201)

    @extend_schema(request=Empty, responses=WaiverOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: UUID) -> Response:
        """Put a waiver in force: as another person than proposed it, always."""
        self.valid(Empty)
        return Response(WaiverOut(self.one(confirm_waiver(actor=self.actor, waiver=self.one(id).pk).pk)).data)

    @extend_schema(request=Empty, responses=WaiverOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: UUID) -> Response:
        """End a waiver at once, or decline one that is proposed."""
        self.valid(Empty)
        return Response(WaiverOut(self.one(end_waiver(actor=self.actor, waiver=self.one(id).pk).pk)).data)
