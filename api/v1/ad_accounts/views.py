"""GET, POST, PATCH ad-accounts/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AdAccount, Page
from accounts.queries import visible_ad_accounts, visible_brands, visible_pages, with_pages
from accounts.services import create_ad_account, edit_ad_account, move_ad_account
from api.filters import Filters, Key, Text
from api.v1.access_changes.serializers import change
from api.v1.ad_accounts.serializers import AdAccountEdit, AdAccountIn, AdAccountOut, MoveOut
from api.views import Resource
from campaigns.queries import get
from core.errors import FieldError, Invalid


class AdAccountFilters(Filters):
    brand = Key(field_name="brand_id")
    page = Key(field_name="pages")
    channel = Text(max_length=20)
    external_id = Text(max_length=64)
    currency = Text(max_length=3)


class AdAccountResource(Resource):
    """Ad accounts that you may see."""

    queryset = AdAccount.objects.none()
    reference = "brand"
    serializer_class = AdAccountOut
    filterset_class = AdAccountFilters

    def rows(self) -> QuerySet[AdAccount]:
        return with_pages(visible_ad_accounts(self.actor))

    def loaded(self, id: UUID) -> AdAccount:
        """One with its brand and organisation."""
        return get(visible_ad_accounts(self.actor).select_related("brand__organisation"), id)

    @extend_schema(request=AdAccountIn, responses={201: AdAccountOut})
    def create(self, request: Request) -> Response:
        """Add an ad account to a brand; needs manage_access on the brand."""
        values = self.valid(AdAccountIn)
        brand = get(visible_brands(self.actor).select_related("organisation"), values.pop("brand"))
        pages = self._pages(values.pop("pages"))
        return Response(AdAccountOut(create_ad_account(actor=self.actor, brand=brand, pages=pages, **values)).data, status=201)

    @extend_schema(request=AdAccountEdit, responses={200: AdAccountOut, 202: MoveOut})
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Change name or pages, or move the ad account to another brand. A move needs manage_access on both brands; where
        the organisation asks for a second access manager it is answered 202 with the change that awaits one."""
        row, values = self.loaded(id), self.valid(AdAccountEdit)
        if "brand" in values:
            return self._move(row, values["brand"])
        if "pages" in values:
            values["pages"] = self._pages(values["pages"])
        return Response(AdAccountOut(edit_ad_account(actor=self.actor, ad_account=row, **values)).data)

    def _move(self, row: AdAccount, brand: UUID) -> Response:
        to = get(visible_brands(self.actor).select_related("organisation"), brand)
        placement = move_ad_account(actor=self.actor, ad_account=row, brand=to)
        if placement.is_awaited:
            return Response(MoveOut({"change": change(placement)}).data, status=202)
        return Response(AdAccountOut(self.one(row.pk)).data)

    def _pages(self, wanted: Sequence[UUID]) -> list[Page]:
        """Visible pages, in the order given. Raises Invalid naming the first that is not there."""
        found: dict[Any, Page] = visible_pages(self.actor).in_bulk(list(wanted))
        missing = [place for place, identifier in enumerate(wanted) if identifier not in found]
        if missing:
            raise Invalid([FieldError(f"pages.{place}", "unknown", _("There is no such page.")) for place in missing])
        return [found[identifier] for identifier in wanted]
