"""GET access-changes/, and the second access manager's word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Conferred, RoleGrant, State, in_state
from accounts.queries import managed_changes
from accounts.services import confirm_change, decline_change
from api.v1.access_changes.serializers import AccessChangeOut, change
from api.v1.approval_requests.serializers import Empty
from api.views import Rendered, Resource
from core import clock
from core.errors import NotFound


class AccessChangeResource(Resource):
    """Changes that await a second access manager where you manage access (R-55)."""

    queryset = RoleGrant.objects.none()
    serializer_class = AccessChangeOut

    def rows(self) -> Any:
        return [rows.filter(in_state(State.AWAITED, clock.now())) for rows in managed_changes(self.actor)]

    def render(self, rows: Sequence[Model]) -> Rendered:
        found: Sequence[Any] = rows
        return list(AccessChangeOut([change(row) for row in found], many=True).data)

    def one(self, id: UUID) -> Conferred:
        """One that goes, or went, through a second access manager. Raises NotFound."""
        found = (rows.filter(pk=id).first() for rows in managed_changes(self.actor))
        row: Conferred | None = next((row for row in found if row is not None), None)
        if row is None:
            raise NotFound()
        return row

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One change, also after it was confirmed or declined."""
        return Response(AccessChangeOut(change(self.one(id))).data)

    @extend_schema(request=Empty, responses=AccessChangeOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: UUID) -> Response:
        """Put a change in force: as another access manager than proposed it, who gains nothing by it."""
        self.valid(Empty)
        return Response(AccessChangeOut(change(confirm_change(actor=self.actor, change=self.one(id).pk))).data)

    @extend_schema(request=Empty, responses=AccessChangeOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: UUID) -> Response:
        """End a change before it is in force; whoever proposed it may do so, too."""
        self.valid(Empty)
        return Response(AccessChangeOut(change(decline_change(actor=self.actor, change=self.one(id).pk))).data)
