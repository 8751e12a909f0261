"""GET ad-accounts/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import AdAccount
from accounts.queries import visible_ad_accounts
from api.filters import Filters, Key, Text
from api.views import Resource


class AdAccountOut(serializers.Serializer[Any]):
    """One advertiser on one channel."""

    id = serializers.UUIDField()
    brand = serializers.UUIDField(source="brand_id")
    channel = serializers.CharField()
    external_id = serializers.CharField(help_text="The channel's id: text, whatever it looks like.")
    name = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217.")
    timezone = serializers.CharField(help_text="IANA name.")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")


class AdAccountFilters(Filters):
    brand = Key(field_name="brand_id")
    channel = Text(max_length=20)
    external_id = Text(max_length=64)
    currency = Text(max_length=3)


class AdAccountResource(Resource):
    """Ad accounts that you may see."""

    queryset = AdAccount.objects.none()
    serializer_class = AdAccountOut
    filterset_class = AdAccountFilters

    def rows(self) -> QuerySet[AdAccount]:
        return visible_ad_accounts(self.actor)
