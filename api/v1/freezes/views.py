"""freezes/: times in which no clearance is used, and what is let through them (R-21)."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AdAccount, Brand, Organisation
from api.fields import Id, Moment, PersonOut, Strict, Text
from api.v1.calendars.views import CalendarScopeIn
from api.v1.scopes import ScopeOut, place, shown
from api.views import Resource
from approvals.freezes import visible_freezes
from approvals.models import Freeze
from approvals.services import end_freeze, let_through, set_freeze

WHY = 2000


class FreezeIn(Strict):
    """From when until when, and why."""

    scope = CalendarScopeIn()
    begins_at = Moment(allow_null=True, default=None, help_text="Now unless said.")
    ends_at = Moment()
    reason = Text(max_length=WHY)


class FreezeEndIn(Strict):
    """Why it ends before its time."""

    reason = Text(max_length=WHY)


class FreezePassIn(Strict):
    """Which approved request, and why."""

    approval_request = Id()
    reason = Text(max_length=WHY)


class FreezePassOut(serializers.Serializer[Any]):
    """A request that was let through."""

    approval_request = serializers.UUIDField(source="request_id")
    reason = serializers.CharField()
    allowed_by = serializers.SerializerMethodField()
    at = Moment()

    @extend_schema_field(PersonOut())
    def get_allowed_by(self, row: Any) -> dict[str, Any]:
        return {"id": str(row.allowed_by_id), "name": str(row.allowed_by)}


class FreezeOut(serializers.Serializer[Any]):
    """A time in which nothing goes out in a place but what is let through; pausing never waits."""

    id = serializers.UUIDField()
    scope = serializers.SerializerMethodField()
    begins_at = Moment()
    ends_at = Moment()
    reason = serializers.CharField()
    created_at = Moment()
    created_by = serializers.CharField()
    ended_at = serializers.SerializerMethodField(help_text="When it was ended before its time.")
    passes = FreezePassOut(many=True)

    @extend_schema_field(ScopeOut())
    def get_scope(self, row: Freeze) -> dict[str, Any]:
        return ScopeOut(shown(row.scope)).data

    @extend_schema_field(Moment(allow_null=True))
    def get_ended_at(self, row: Freeze) -> Any:
        end = getattr(row, "end", None)
        return None if end is None else Moment().to_representation(end.at)


class FreezeResource(Resource):
    """Freezes of what you may see."""

    queryset = Freeze.objects.none()
    serializer_class = FreezeOut

    def rows(self) -> QuerySet[Freeze]:
        return visible_freezes(self.actor)

    @extend_schema(request=FreezeIn, responses={201: FreezeOut})
    def create(self, request: Request) -> Response:
        """Hold all that goes out in a place for a time; needs manage_policy."""
        values = self.valid(FreezeIn)
        scope = cast("Organisation | Brand | AdAccount", place(self.actor, values["scope"]["type"], values["scope"]["id"]))
        row = set_freeze(
            actor=self.actor, scope=scope, begins_at=values["begins_at"], ends_at=values["ends_at"], reason=values["reason"]
        )
        return Response(FreezeOut(self.one(row.pk)).data, status=201)

    @extend_schema(request=FreezeEndIn, responses=FreezeOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: UUID) -> Response:
        """End a freeze before its time; needs manage_policy."""
        end_freeze(actor=self.actor, freeze=self.one(id).pk, reason=self.valid(FreezeEndIn)["reason"])
        return Response(FreezeOut(self.one(id)).data)

    @extend_schema(request=FreezePassIn, responses={201: FreezeOut})
    @action(detail=True, methods=["post"])
    def passes(self, request: Request, id: UUID) -> Response:
        """Let one approved request through; needs override on its ad account, and that you did not contribute to it."""
        values = self.valid(FreezePassIn)
        let_through(
            actor=self.actor, freeze=self.one(id).pk, request=values["approval_request"], reason=values["reason"]
        )  # fmt: skip
        return Response(FreezeOut(self.one(id)).data, status=201)
