"""What campaigns, ad groups and ads share: drafting, editing under If-Match, revisions, history."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api.etags import etag, expected_version
from api.fields import Moment, PersonOut
from api.v1.audit_events.serializers import StoryOut
from api.views import LISTING, Resource
from campaigns.models import Draft
from campaigns.queries import get, visible_revisions
from campaigns.vocabulary import EntityType
from publishing.history import story


class DraftOut(serializers.Serializer[Any]):
    """The members of every draft."""

    id = serializers.UUIDField()
    ad_account = serializers.UUIDField(source="ad_account_id")
    name = serializers.CharField()
    version = serializers.IntegerField(help_text="Counts edits; the ETag is made of it.")
    created_at = Moment()
    updated_at = Moment()


class RevisionOut(serializers.Serializer[Any]):
    """An immutable snapshot."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=EntityType.values, source="entity_type")
    entity = serializers.UUIDField(source="entity_id")
    number = serializers.IntegerField()
    name = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256 of the canonical content.")
    sections = serializers.DictField(child=serializers.CharField(), help_text="Name of each section → its SHA-256.")
    content = serializers.DictField(help_text="What was hashed, parsed.")
    created_by = PersonOut()
    created_at = Moment()


class DraftResource(Resource):
    """One kind of draft. Subclasses draft and edit through their services."""

    entity_type: ClassVar[EntityType]
    edit_serializer: ClassVar[type[Serializer[Any]]]
    parameters = {"revisions": LISTING, "history": LISTING}

    def answer(self, draft: Draft, status: int = 200, **context: Any) -> Response:
        """A draft with its ETag."""
        serializer: Any = self.get_serializer_class()
        body = serializer(draft, context={**self.get_serializer_context(), **context}).data
        return Response(body, status=status, headers={"ETag": etag(draft.version)})

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One draft. The ETag is what If-Match takes."""
        return self.answer(get(self.rows(), id))

    def edits(self) -> tuple[int | None, dict[str, Any]]:
        """The version that the client read, if it said so, and what it wants changed."""
        return expected_version(self.request._request), self.valid(self.edit_serializer, partial=True)

    @extend_schema(responses=RevisionOut(many=True), filters=False)
    @action(detail=True)
    def revisions(self, request: Request, id: UUID) -> Response:
        """Immutable snapshots of this entity, newest first."""
        get(self.rows(), id)
        rows = visible_revisions(self.actor).filter(entity_id=id).select_related("created_by")
        return self.page_below(rows, RevisionOut)

    @extend_schema(responses=StoryOut(many=True), filters=False)
    @action(detail=True)
    def history(self, request: Request, id: UUID) -> Response:
        """The merged story of this entity: its drafts, requests, decisions and publications, newest first."""
        get(self.rows(), id)
        return self.page_below(story(self.actor, self.entity_type, id), StoryOut)
