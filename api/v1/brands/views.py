"""GET, POST, PATCH brands/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Brand
from accounts.queries import visible_brands
from accounts.services import create_brand, rename_brand
from api.fields import Id, Strict, Text
from api.filters import Filters, Key
from api.v1.scopes import named_organisation
from api.views import Resource


class BrandEdit(Strict):
    """What can be changed of a brand."""

    name = Text(max_length=200)


class BrandIn(BrandEdit):
    """A new brand; of your own organisation, whether you name it or not."""

    organisation = Id(required=False)


class BrandOut(serializers.Serializer[Any]):
    """A brand of an organisation."""

    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField()


class BrandFilters(Filters):
    organisation = Key(field_name="organisation_id")


class BrandResource(Resource):
    """Brands that you may see."""

    queryset = Brand.objects.none()
    reference = "organisation"
    serializer_class = BrandOut
    filterset_class = BrandFilters

    def rows(self) -> QuerySet[Brand]:
        return visible_brands(self.actor).select_related("organisation")

    @extend_schema(request=BrandIn, responses={201: BrandOut})
    def create(self, request: Request) -> Response:
        """Add a brand; needs manage_access on the organisation."""
        values = self.valid(BrandIn)
        organisation = named_organisation(self.actor, values.pop("organisation", None))
        return Response(BrandOut(create_brand(actor=self.actor, organisation=organisation, **values)).data, status=201)

    @extend_schema(request=BrandEdit, responses=BrandOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Rename a brand; needs manage_access on it."""
        row, values = self.one(id), self.valid(BrandEdit)
        return Response(BrandOut(rename_brand(actor=self.actor, brand=row, **values)).data)
