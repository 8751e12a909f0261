"""GET, POST media/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Strict
from api.filters import Filters, Key, Text, Word
from api.views import Resource
from campaigns.intake import receive_media
from campaigns.models import MediaAsset
from campaigns.queries import visible_media


class MediaIn(Strict):
    """A multipart form."""

    file = serializers.FileField(allow_empty_file=True)  # an empty file is refused by what is in it, like any other
    ad_account = Id()


class MediaOut(serializers.Serializer[Any]):
    """What a decoder found in the bytes."""

    id = serializers.UUIDField()
    sha256 = serializers.CharField()
    kind = serializers.CharField(help_text="video or image")
    container = serializers.CharField()
    width = serializers.IntegerField(help_text="Pixels, after rotation.")
    height = serializers.IntegerField(help_text="Pixels, after rotation.")
    duration_seconds = serializers.SerializerMethodField(help_text="To the millisecond; null for pictures.")
    size_bytes = serializers.IntegerField()
    has_audio = serializers.BooleanField(allow_null=True)
    bit_rate = serializers.IntegerField(allow_null=True, help_text="Bits per second.")

    def get_duration_seconds(self, media: MediaAsset) -> float | None:
        return None if media.duration_ms is None else media.duration_ms / 1000


class MediaFilters(Filters):
    ad_account = Key(field_name="ad_account_id")
    kind = Word(choices=[("video", "video"), ("image", "image")])
    sha256 = Text(max_length=64)


class MediaResource(Resource):
    """Media of the ad accounts that you may see."""

    queryset = MediaAsset.objects.none()
    reference = "ad_account"
    serializer_class = MediaOut
    filterset_class = MediaFilters
    parser_classes = (MultiPartParser,)

    def rows(self) -> QuerySet[MediaAsset]:
        return visible_media(self.actor)

    @extend_schema(request={"multipart/form-data": MediaIn}, responses={201: MediaOut})
    def create(self, request: Request) -> Response:
        """Take in one file. The same bytes again are the same media."""
        values = self.valid(MediaIn)
        file = values["file"]
        media = receive_media(actor=self.actor, ad_account=values["ad_account"], stream=file, name=file.name)
        return Response(MediaOut(media).data, status=201)
