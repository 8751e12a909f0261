"""What ad accounts take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.channels import CHANNELS, TIKTOK
from api.fields import Choice, Id, Strict, Text
from api.v1.access_changes.serializers import AccessChangeOut

MAX_PAGES = 200


def _pages(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=Id(), max_length=MAX_PAGES, **options)


class AdAccountEdit(Strict):
    """What can be changed of an ad account: `name` and `pages`, or its `brand`, which moves it."""

    name = Text(max_length=200, required=False)
    pages = _pages(required=False, help_text="Ids of pages of its brand: all that its ads may speak as.")
    brand = Id(required=False, help_text="Another brand of the organisation; by itself.")

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"name": [ErrorDetail(_("Say what is to be changed."), code="required")]})
        if "brand" in attrs and len(attrs) > 1:
            words = _("Give this in a request of its own.")
            raise serializers.ValidationError({"brand": [ErrorDetail(words, code="alone")]})
        return attrs


class AdAccountIn(Strict):
    """A new ad account of a brand."""

    brand = Id()
    channel = Choice(choices=list(CHANNELS), default=TIKTOK)
    external_id = Text(max_length=64, help_text="Letters A to Z, digits, “.”, “_”, “-”.")
    name = Text(max_length=200)
    currency = Text(max_length=3, help_text="ISO 4217, of those that the channel has.")
    timezone = Text(max_length=64, help_text="IANA name.")
    country = serializers.RegexField(r"^[A-Z]{2}\Z", help_text="ISO 3166-1 alpha-2.")
    pages = _pages(default=list)


class PageNameOut(serializers.Serializer[Any]):
    """A page, by name."""

    id = serializers.UUIDField()
    handle = serializers.CharField()


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
    pages = PageNameOut(many=True, source="pages.all", help_text="What its ads may speak as.")


class MoveOut(serializers.Serializer[Any]):
    """A move that awaits a second access manager."""

    change = AccessChangeOut()
