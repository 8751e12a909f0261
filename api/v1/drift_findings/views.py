"""GET drift-findings/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Moment
from api.filters import Filters, Key, Word
from api.views import Resource
from campaigns.vocabulary import EntityType
from publishing.models import DriftFinding
from publishing.queries import visible_drift_findings


class DriftFindingOut(serializers.Serializer[Any]):
    """One field that the channel shows otherwise than it was cleared."""

    id = serializers.UUIDField()
    ad_account = serializers.UUIDField(source="ad_account_id")
    publication = serializers.UUIDField(source="publication_id", allow_null=True)
    type = serializers.ChoiceField(choices=EntityType.values, source="entity_type")
    entity = serializers.UUIDField(source="entity_id")
    field = serializers.CharField()
    cleared = serializers.CharField(allow_blank=True)
    live = serializers.CharField(allow_blank=True)
    found_at = Moment()


class DriftFilters(Filters):
    ad_account = Key(field_name="ad_account_id")
    type = Word(field_name="entity_type", choices=EntityType.choices)
    entity = Key(field_name="entity_id")
    publication = Key(field_name="publication_id")


class DriftFindingResource(Resource):
    """Differences found on the ad accounts that you may see."""

    queryset = DriftFinding.objects.none()
    serializer_class = DriftFindingOut
    filterset_class = DriftFilters

    def rows(self) -> QuerySet[DriftFinding]:
        return visible_drift_findings(self.actor)
