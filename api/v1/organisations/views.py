"""GET, PATCH organisations/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organisation
from accounts.queries import visible_organisations
from accounts.services import create_organisation, rename_organisation
from api.fields import Strict, Text
from api.views import Resource


class OrganisationEdit(Strict):
    """What can be changed of an organisation."""

    name = Text(max_length=200)


class OrganisationOut(serializers.Serializer[Any]):
    """A tenant."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()


class OrganisationResource(Resource):
    """Your own organisation."""

    queryset = Organisation.objects.none()
    serializer_class = OrganisationOut

    def rows(self) -> QuerySet[Organisation]:
        return visible_organisations(self.actor)

    @extend_schema(request=None, responses={})
    def create(self, request: Request) -> Response:
        """Always 403: an organisation is made with a command on the server, `manage.py create_organisation`."""
        return Response(OrganisationOut(create_organisation(actor=self.actor, name="", slug="")).data)

    @extend_schema(request=OrganisationEdit, responses=OrganisationOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Rename your organisation; needs manage_access on it."""
        row, values = self.one(id), self.valid(OrganisationEdit)
        return Response(OrganisationOut(rename_organisation(actor=self.actor, organisation=row, **values)).data)
