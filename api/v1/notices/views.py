"""GET notices/, and marking them as read"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Moment
from api.filters import Filters, Word
from api.v1.approval_requests.serializers import Empty
from api.views import Resource
from notices import marks
from notices.kinds import Delivery, Kind, Reason
from notices.models import Notice
from notices.queries import own_notices


class NoticeOut(serializers.Serializer[Any]):
    """What happened, and why you are told."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Kind.values)
    text = serializers.CharField(source="get_kind_display", help_text="The kind in words.")
    reason = serializers.ChoiceField(choices=Reason.values)
    why = serializers.CharField(source="get_reason_display", help_text="The reason in words.")
    approval_request = serializers.UUIDField(source="request_id")
    title = serializers.CharField(source="request.title")
    ad_account = serializers.UUIDField(source="ad_account_id")
    stages = serializers.SerializerMethodField(help_text="The titles of the stages that wait.")
    done_by = serializers.CharField(help_text="Who did it; empty for the service itself.")
    happened_at = Moment()
    read_at = Moment(allow_null=True)
    delivery = serializers.ChoiceField(choices=Delivery.values, help_text="When a mail of it was wanted.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_stages(self, row: Notice) -> list[str]:
        return list(row.stages)


class ReadOut(serializers.Serializer[Any]):
    """How many were marked."""

    marked = serializers.IntegerField()


class NoticeFilters(Filters):
    kind = Word(choices=Kind.choices)
    reading = Word(choices=[("unread", "unread"), ("read", "read")], method="by_reading")

    def by_reading(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return rows.filter(read_at__isnull=value == "unread")


class NoticeResource(Resource):
    """Your own notices, of what you may see at this moment."""

    queryset = Notice.objects.none()
    serializer_class = NoticeOut
    filterset_class = NoticeFilters

    def rows(self) -> QuerySet[Notice]:
        return own_notices(self.actor).select_related("request")

    @extend_schema(request=Empty, responses=NoticeOut)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: UUID) -> Response:
        """Mark one as read; once it is, nothing changes."""
        self.valid(Empty)
        marks.mark_read(self.actor, id)
        return Response(NoticeOut(self.one(id)).data)

    @extend_schema(request=Empty, responses=ReadOut)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark all as read."""
        self.valid(Empty)
        return Response(ReadOut({"marked": marks.mark_all_read(self.actor)}).data)
