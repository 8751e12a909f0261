"""GET, POST, PATCH service-accounts/"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import visible_users
from accounts.services import create_service_account
from api.filters import Key
from api.v1.users.serializers import PrincipalEdit, ServiceAccountIn, ServiceAccountOut
from api.v1.users.views import PrincipalFilters, PrincipalResource
from campaigns.queries import get


class ServiceAccountFilters(PrincipalFilters):
    owner = Key(field_name="owner_id")


class ServiceAccountResource(PrincipalResource):
    """Machines of your organisation, to whoever manages access or audits in it; to others their own."""

    queryset = User.objects.none()
    reference = "owner"
    serializer_class = ServiceAccountOut
    filterset_class = ServiceAccountFilters

    def rows(self) -> QuerySet[User]:
        return visible_users(self.actor).filter(kind="service_account")

    @extend_schema(request=ServiceAccountIn, responses={201: ServiceAccountOut})
    def create(self, request: Request) -> Response:
        """Add a machine; needs manage_access on the organisation. Its owner makes tokens for it, and counts as a
        contributor of all it does (R-16)."""
        values = self.valid(ServiceAccountIn)
        owner = get(visible_users(self.actor), values.pop("owner"))
        made = create_service_account(actor=self.actor, owner=owner, **values)
        return Response(ServiceAccountOut(made).data, status=201)

    @extend_schema(request=PrincipalEdit, responses=ServiceAccountOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Rename, deactivate or reactivate a machine; needs manage_access on the organisation."""
        row, values = self.one(id), self.valid(PrincipalEdit)
        return Response(ServiceAccountOut(self.change(row, values)).data)
