"""GET live-in-doubt/: what is on by the vote of a compromised account (R-32)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Moment
from api.filters import Filters, Key
from api.views import Resource
from campaigns.vocabulary import EntityType
from publishing.models import ChannelObject
from publishing.queries import live_in_doubt


class LiveInDoubtOut(serializers.Serializer[Any]):
    """An object of the channel that is on, and whose approval needed such a vote: look at it again, and revoke the approval or have
    it approved anew."""

    id = serializers.UUIDField()
    ad_account = serializers.UUIDField(source="ad_account_id")
    type = serializers.ChoiceField(choices=EntityType.values, source="entity_type")
    entity = serializers.UUIDField(source="entity_id")
    external_id = serializers.CharField()
    digest = serializers.CharField(source="live_digest")
    approval_request = serializers.UUIDField(source="request_in_doubt")
    confirmed_at = Moment(allow_null=True)


class LiveInDoubtFilters(Filters):
    ad_account = Key(field_name="ad_account_id")


class LiveInDoubtResource(Resource):
    """What is live by the vote of a compromised account, in the ad accounts that you may see."""

    queryset = ChannelObject.objects.none()
    serializer_class = LiveInDoubtOut
    filterset_class = LiveInDoubtFilters

    def rows(self) -> QuerySet[ChannelObject]:
        return live_in_doubt(self.actor)
