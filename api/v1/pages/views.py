"""GET, POST, PATCH pages/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.channels import CHANNELS, TIKTOK
from accounts.models import Page
from accounts.queries import visible_brands, visible_pages
from accounts.services import create_page, rename_page
from api.fields import Choice, Id, Strict, Text
from api.filters import Filters, Key
from api.filters import Text as TextFilter
from api.views import Resource
from campaigns.queries import get


class PageEdit(Strict):
    """What can be changed of a page; which identity it is stays."""

    handle = Text(max_length=100)


class PageIn(PageEdit):
    """A new page of a brand."""

    brand = Id()
    external_id = Text(max_length=64)
    identity_type = Choice(choices=CHANNELS[TIKTOK].identity_types)


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
    channel = TextFilter(max_length=20)


class PageResource(Resource):
    """Pages that you may see."""

    queryset = Page.objects.none()
    reference = "brand"
    serializer_class = PageOut
    filterset_class = PageFilters

    def rows(self) -> QuerySet[Page]:
        return visible_pages(self.actor).select_related("brand__organisation")

    @extend_schema(request=PageIn, responses={201: PageOut})
    def create(self, request: Request) -> Response:
        """Add a page to a brand; needs manage_access on the brand."""
        values = self.valid(PageIn)
        brand = get(visible_brands(self.actor).select_related("organisation"), values.pop("brand"))
        return Response(PageOut(create_page(actor=self.actor, brand=brand, **values)).data, status=201)

    @extend_schema(request=PageEdit, responses=PageOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Give a page another handle; needs manage_access on it."""
        row, values = self.one(id), self.valid(PageEdit)
        return Response(PageOut(rename_page(actor=self.actor, page=row, **values)).data)
