"""GET clearances/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Moment, MoneyOut
from api.filters import Filters, Key, Word
from api.v1.budgets import money
from api.views import Resource
from approvals.models import Clearance
from approvals.queries import visible_clearances
from campaigns.vocabulary import EntityType


class EndOut(serializers.Serializer[Any]):
    """The end of a clearance before its time."""

    reason = serializers.CharField()
    revoked_at = Moment()


class ClearanceOut(serializers.Serializer[Any]):
    """The authority to publish one exact revision."""

    id = serializers.UUIDField()
    approval_request = serializers.UUIDField(source="request_id")
    ad_account = serializers.UUIDField(source="ad_account_id")
    type = serializers.ChoiceField(choices=EntityType.values, source="entity_type")
    entity = serializers.UUIDField(source="entity_id")
    revision = serializers.UUIDField(source="revision_id")
    digest = serializers.CharField()
    request_digest = serializers.CharField()
    limit = serializers.SerializerMethodField(help_text="The most that may be published under it; null for ads.")
    valid_from = Moment()
    valid_until = Moment()
    issued_at = Moment()
    revocation = serializers.SerializerMethodField()

    @extend_schema_field(MoneyOut(allow_null=True))
    def get_limit(self, row: Clearance) -> dict[str, str] | None:
        return None if row.limit_minor is None else money(row.limit_minor, row.currency)

    @extend_schema_field(EndOut(allow_null=True))
    def get_revocation(self, row: Clearance) -> dict[str, Any] | None:
        end = getattr(row, "revocation", None)
        return None if end is None else dict(EndOut(end).data)


class ClearanceFilters(Filters):
    approval_request = Key(field_name="request_id")
    ad_account = Key(field_name="ad_account_id")
    type = Word(field_name="entity_type", choices=EntityType.choices)
    entity = Key(field_name="entity_id")


class ClearanceResource(Resource):
    """Clearances of the ad accounts that you may see."""

    queryset = Clearance.objects.none()
    serializer_class = ClearanceOut
    filterset_class = ClearanceFilters

    def rows(self) -> QuerySet[Clearance]:
        return visible_clearances(self.actor)
