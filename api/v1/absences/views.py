"""GET, POST, DELETE absences/: who is away (R-15)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Absence
from accounts.permissions import principal_of
from accounts.queries import visible_absences, visible_users
from accounts.services import end_absence, record_absence
from api.fields import Id, Moment, PersonOut, Strict
from api.filters import Filters, Key
from api.v1.conferred import Ahead, ConferredOut, StateFilters
from api.views import Resource
from campaigns.queries import get


class AbsenceIn(Strict):
    """Somebody is away."""

    user = Id(required=False, help_text="Yourself, unless you manage access of the organisation.")
    starts_at = Moment(allow_null=True, default=None)
    expires_at = Ahead()


class AbsenceOut(ConferredOut):
    """That somebody is away."""

    user = PersonOut()


class AbsenceFilters(StateFilters, Filters):
    user = Key(field_name="user_id")


class AbsenceResource(Resource):
    """Your own absences; with manage_access or audit anywhere, those of all people of the organisation."""

    queryset = Absence.objects.none()
    reference = ""
    serializer_class = AbsenceOut
    filterset_class = AbsenceFilters

    def rows(self) -> QuerySet[Absence]:
        return visible_absences(self.actor)

    @extend_schema(request=AbsenceIn, responses={201: AbsenceOut})
    def create(self, request: Request) -> Response:
        """Say that you are away, or with manage_access that somebody is: nobody waits for them, unless somebody stands in for
        them. It takes nothing from them."""
        values = self.valid(AbsenceIn)
        self.reference = "user"
        user = get(visible_users(self.actor), values["user"]) if "user" in values else principal_of(self.actor)
        row = record_absence(actor=self.actor, user=user, starts_at=values["starts_at"], expires_at=values["expires_at"])
        return Response(AbsenceOut(row).data, status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: UUID) -> Response:
        """Say that somebody is back. The row stays."""
        end_absence(actor=self.actor, absence=self.one(id).pk)
        return Response(status=204)
