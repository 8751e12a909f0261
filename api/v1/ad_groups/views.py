"""GET, POST, PATCH ad-groups/"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import Filters, Key
from api.v1.ad_groups.serializers import AdGroupEdit, AdGroupIn, AdGroupOut
from api.v1.lowering import LowerableResource
from campaigns.models import AdGroup
from campaigns.queries import visible_ad_groups
from campaigns.services import draft_ad_group, edit_ad_group
from campaigns.vocabulary import EntityType


class AdGroupFilters(Filters):
    ad_account = Key(field_name="ad_account_id")
    campaign = Key(field_name="campaign_id")


class AdGroupResource(LowerableResource):
    """Ad group drafts of the ad accounts that you may see."""

    queryset = AdGroup.objects.none()
    reference = "campaign"
    serializer_class = AdGroupOut
    filterset_class = AdGroupFilters
    entity_type = EntityType.AD_GROUP
    edit_serializer = AdGroupEdit

    def rows(self) -> QuerySet[AdGroup]:
        return visible_ad_groups(self.actor)

    @extend_schema(request=AdGroupIn, responses={201: AdGroupOut})
    def create(self, request: Request) -> Response:
        """Draft an ad group below a campaign."""
        values = self.valid(AdGroupIn)
        campaign = values.pop("campaign")
        return self.answer(draft_ad_group(actor=self.actor, campaign=campaign, values=values), 201)  # type: ignore[arg-type]

    @extend_schema(request=AdGroupEdit, responses=AdGroupOut)
    def partial_update(self, request: Request, id: UUID) -> Response:
        """Edit an ad group draft."""
        version, values = self.edits()
        return self.answer(edit_ad_group(actor=self.actor, ad_group=id, version=version, values=values))  # type: ignore[arg-type]
