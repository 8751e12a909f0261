"""GET, POST, PATCH ads/"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Choice, Flag, Id, Moment, Strict, Text, texts
from api.filters import Filters, Key, Word
from api.v1.drafts import DraftOut, DraftResource
from approvals.queries import visible_ads_standing
from approvals.states import AdStatus
from campaigns.inputs import AdInput
from campaigns.models import Ad
from campaigns.queries import visible_ads
from campaigns.services import draft_ad, edit_ad
from campaigns.vocabulary import CALLS_TO_ACTION, AdFormat, EntityType

MEDIA_AT_MOST = 50


class DisclosureIn(Strict):
    """Whether the content was made with AI, and what has to be said beside it."""

    ai_generated = Flag(allow_null=True, required=False)
    disclaimer = Text(max_length=500, allow_blank=True, required=False)
    payer = Text(max_length=255, allow_blank=True, required=False, help_text="Who pays for the ad.")
    beneficiary = Text(max_length=255, allow_blank=True, required=False, help_text="On whose behalf it is shown.")


class EffectIn(Strict):
    """What a branded effect is called and looks like in the list of effects."""

    name = Text(max_length=100, allow_blank=True, required=False)
    icon = Id(allow_null=True, required=False, help_text="An uploaded picture.")


class SparkAuthorizationIn(Strict):
    """That the creator of the post permits the ad, and until when."""

    proof = Text(max_length=500, allow_blank=True, required=False, help_text="Where the permission is: a reference or its words.")
    expires_at = Moment(allow_null=True, required=False)


class AdEdit(Strict):
    """What can be changed of an ad."""

    name = Text(max_length=512)
    format = Choice(choices=AdFormat.values)
    media = serializers.ListField(child=Id(), max_length=MEDIA_AT_MOST, required=False)
    text = Text(max_length=5000, allow_blank=True, required=False)
    call_to_action = Choice(choices=CALLS_TO_ACTION, allow_null=True, required=False)
    landing_page_url = Text(max_length=2000, allow_blank=True, required=False)
    display_name = Text(max_length=100, allow_blank=True, required=False)
    hashtags = texts(200, 100, required=False)
    page = Id(allow_null=True, required=False)
    spark_post = Text(max_length=200, allow_blank=True, allow_null=True, required=False)
    spark_authorization = SparkAuthorizationIn(allow_null=True, required=False)
    effect = EffectIn(allow_null=True, required=False)
    disclosure = DisclosureIn(required=False)


class AdIn(AdEdit):
    """A new ad."""

    ad_group = Id()


class DisclosureOut(serializers.Serializer[Any]):
    ai_generated = serializers.BooleanField(allow_null=True)
    disclaimer = serializers.CharField(allow_blank=True)
    payer = serializers.CharField(allow_blank=True)
    beneficiary = serializers.CharField(allow_blank=True)


class EffectOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="effect_name", allow_blank=True)
    icon = serializers.UUIDField(source="effect_icon_id", allow_null=True)


class SparkAuthorizationOut(serializers.Serializer[Any]):
    proof = serializers.CharField(source="spark_proof", allow_blank=True)
    expires_at = Moment(source="spark_expires_at", allow_null=True)


class AdOut(DraftOut):
    """An ad draft."""

    ad_group = serializers.UUIDField(source="ad_group_id")
    campaign = serializers.UUIDField(source="campaign_id")
    format = serializers.ChoiceField(choices=AdFormat.values)
    media = serializers.SerializerMethodField()
    text = serializers.CharField(allow_blank=True)
    call_to_action = serializers.SerializerMethodField()
    landing_page_url = serializers.CharField(allow_blank=True)
    display_name = serializers.CharField(allow_blank=True)
    hashtags = serializers.ListField(child=serializers.CharField())
    page = serializers.UUIDField(source="page_id", allow_null=True)
    spark_post = serializers.SerializerMethodField()
    spark_authorization = SparkAuthorizationOut(source="*")
    effect = EffectOut(source="*")
    disclosure = DisclosureOut(source="*")
    status = serializers.SerializerMethodField(help_text="How its latest approval request stands; `draft` without one.")

    def get_media(self, ad: Ad) -> list[UUID]:
        given: list[UUID] | None = self.context.get("media")
        return [link.media_id for link in ad.media_links.all()] if given is None else given

    @extend_schema_field(serializers.ChoiceField(choices=AdStatus.choices))
    def get_status(self, ad: Ad) -> str:
        given: str | None = self.context.get("standing")
        return str(ad.approval.state) if given is None else given

    def get_call_to_action(self, ad: Ad) -> str | None:
        return ad.call_to_action or None

    def get_spark_post(self, ad: Ad) -> str | None:
        return ad.spark_post or None


class AdFilters(Filters):
    ad_account = Key(field_name="ad_account_id")
    campaign = Key(field_name="campaign_id")
    ad_group = Key(field_name="ad_group_id")
    format = Word(choices=AdFormat.choices)
    status = Word(choices=AdStatus.choices, method="standing")

    def standing(self, rows: QuerySet[Ad], name: str, value: str) -> QuerySet[Ad]:
        """Which rows these are was decided by AdResource.rows."""
        return rows


def as_input(values: dict[str, Any]) -> AdInput:
    """Nothing, as the contract says it (null), in the form that drafts keep (empty)."""
    empty = {name: "" for name in ("call_to_action", "spark_post") if values.get(name, "") is None}
    return cast(AdInput, {**values, **empty})


class AdResource(DraftResource):
    """Ad drafts of the ad accounts that you may see."""

    queryset = Ad.objects.none()
    reference = "ad_group"
    serializer_class = AdOut
    filterset_class = AdFilters
    entity_type = EntityType.AD
    edit_serializer = AdEdit

    def rows(self) -> QuerySet[Ad]:
        status = self.request.query_params.get("status", "")
        rows = visible_ads_standing(self.actor, status) if status in AdStatus.values else visible_ads(self.actor)
        return rows.select_related("approval")

    @extend_schema(request=AdIn, responses={201: AdOut})
    def create(self, request: Request) -> Response:
        """Draft an ad below an ad group."""
        values = self.valid(AdIn)
        ad = draft_ad(actor=self.actor, ad_group=values.pop("ad_group"), values=as_input(values))
        return self.answer(ad, 201, media=values.get("media", []), standing=AdStatus.DRAFT.value)

    @extend_schema(request=AdEdit, responses=AdOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Edit an ad draft."""
        version, values = self.edits()
        ad = edit_ad(actor=self.actor, ad=id, version=version, values=as_input(values))
        return self.answer(ad, media=values.get("media"))
