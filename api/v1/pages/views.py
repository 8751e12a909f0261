"""GET pages/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import Page
from accounts.queries import visible_pages
from api.filters import Filters, Key, Text
from api.views import Resource


class PageOut(serializers.Serializer[Any]):
    """An identity that ads may speak as."""

    id = serializers.UUIDField()
    brand = serializers.UUIDField(source="brand_id")
    channel = serializers.CharField()
    external_id = serializers.CharField()
    identity_type = serializers.CharField()
    handle = serializers.CharField()


class PageFilters(Filters):
    brand = Key(field_name="brand_id")
    ad_account = Key(field_name="ad_accounts")
    channel = Text(max_length=20)


class PageResource(Resource):
    """Pages that you may see."""

    queryset = Page.objects.none()
    serializer_class = PageOut
    filterset_class = PageFilters

    def rows(self) -> QuerySet[Page]:
        return visible_pages(self.actor)
