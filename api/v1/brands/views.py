"""GET brands/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import Brand
from accounts.queries import visible_brands
from api.filters import Filters, Key
from api.views import Resource


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
    serializer_class = BrandOut
    filterset_class = BrandFilters

    def rows(self) -> QuerySet[Brand]:
        return visible_brands(self.actor)
