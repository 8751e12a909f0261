"""GET, POST publications/"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id, Moment, Strict
from api.filters import Filters, Key, Word
from api.views import Resource
from campaigns.vocabulary import EntityType
from publishing.models import Publication
from publishing.queries import visible_publications, with_external_ids
from publishing.services import request_publication
from publishing.states import Operation, PublicationState


class PublicationIn(Strict):
    """Which approved request to publish."""

    approval_request = Id()


class PublicationOut(serializers.Serializer[Any]):
    """The intent to make one cleared revision true on the channel."""

    id = serializers.UUIDField()
    approval_request = serializers.UUIDField(source="request_id")
    clearance = serializers.UUIDField(source="clearance_id")
    ad_account = serializers.UUIDField(source="ad_account_id")
    type = serializers.ChoiceField(choices=EntityType.values, source="entity_type")
    entity = serializers.UUIDField(source="entity_id")
    revision = serializers.UUIDField(source="revision_id")
    digest = serializers.CharField()
    operation = serializers.ChoiceField(choices=Operation.values)
    position = serializers.IntegerField(help_text="The order of the steps of one request.")
    status = serializers.ChoiceField(choices=PublicationState.values, source="state")
    reason = serializers.CharField(allow_blank=True, help_text="Why it ended otherwise than published.")
    external_id = serializers.SerializerMethodField(help_text="The entity's id on the channel, once it has one.")
    requested_by = serializers.CharField()
    queued_at = Moment()
    finished_at = Moment(allow_null=True)

    def get_external_id(self, row: Publication) -> str | None:
        return getattr(row, "external_id", None)


class AdmittedOut(serializers.Serializer[Any]):
    """What the gate let through."""

    approval_request = serializers.UUIDField()
    publications = PublicationOut(many=True)


class PublicationFilters(Filters):
    approval_request = Key(field_name="request_id")
    ad_account = Key(field_name="ad_account_id")
    type = Word(field_name="entity_type", choices=EntityType.choices)
    entity = Key(field_name="entity_id")
    status = Word(field_name="state", choices=PublicationState.choices)
    operation = Word(choices=Operation.choices)


class PublicationResource(Resource):
    """Publications of the ad accounts that you may see."""

    queryset = Publication.objects.none()
    reference = "approval_request"
    serializer_class = PublicationOut
    filterset_class = PublicationFilters

    def rows(self) -> QuerySet[Publication]:
        return with_external_ids(visible_publications(self.actor))

    def made(self, told: Mapping[str, Any]) -> Sequence[Any]:
        return [each["id"] for each in told["publications"]]

    @extend_schema(request=PublicationIn, responses={202: AdmittedOut})
    def create(self, request: Request) -> Response:
        """Publish an approved request by hand."""
        wanted = self.valid(PublicationIn)["approval_request"]
        rows = request_publication(actor=self.actor, request=wanted)
        return Response(AdmittedOut({"approval_request": wanted, "publications": rows}).data, status=202)
