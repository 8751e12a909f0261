"""approval-requests/{id}/comments/: what people say about a place of what is put forward, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Flag, Id, Moment, PersonOut, Strict, Text
from api.v1.approval_requests.serializers import Empty
from api.views import Rendered, Resource
from approvals import comments, queries, services
from approvals.anchors import LONGEST_PATH, WHOLE, Anchor
from approvals.models import ApprovalRequest, Comment
from approvals.services.commenting import LONGEST_TEXT
from approvals.states import CommentStep
from campaigns.vocabulary import EntityType
from core.errors import NotFound

LONGEST_FILM_MS = 24 * 60 * 60 * 1000


class RegionIn(Strict):
    """A part of a picture, in per mille of its width and height."""

    x = serializers.IntegerField(min_value=0, max_value=WHOLE)
    y = serializers.IntegerField(min_value=0, max_value=WHOLE)
    width = serializers.IntegerField(min_value=1, max_value=WHOLE)
    height = serializers.IntegerField(min_value=1, max_value=WHOLE)


class CommentIn(Strict):
    """A comment on a place of the revision of an item, or a reply (`reply_to`), which stands where the comment does."""

    text = Text(max_length=LONGEST_TEXT)
    revision = Id(required=False, help_text="Of one of the request's items.")
    path = Text(
        max_length=LONGEST_PATH, required=False,
        help_text="A JSON pointer into its sections, or dotted: `/copy/text`, `copy.text`, `creative.media.0`.",
    )  # fmt: skip
    region = RegionIn(required=False, help_text="At one of the media: the part of the picture that is meant.")
    at_ms = serializers.IntegerField(
        required=False, min_value=0, max_value=LONGEST_FILM_MS, help_text="At one of the media: the moment of the film, in ms."
    )
    reply_to = Id(required=False)
    blocking = Flag(default=False, help_text="Nothing is approved until it is resolved.")

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        placed = {"revision", "path"} & set(attrs)
        if "reply_to" in attrs and {*placed, *({"region", "at_ms"} & set(attrs))}:
            words = ErrorDetail(_("A reply stands where the comment does; leave the place out."), code="placed")
            raise serializers.ValidationError({"reply_to": [words]})
        if "reply_to" not in attrs and len(placed) < 2:
            required = {name: [ErrorDetail(_("This field is required."), code="required")] for name in ("revision", "path")}
            raise serializers.ValidationError({name: words for name, words in required.items() if name not in placed})
        return attrs


class RegionOut(serializers.Serializer[Any]):
    """A part of a picture, in per mille."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class WordOut(serializers.Serializer[Any]):
    """Somebody resolved it, or opened it again."""

    resolved = serializers.BooleanField()
    by = PersonOut()
    at = Moment()


class CommentOut(serializers.Serializer[Any]):
    """A comment, and what became of it."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=EntityType.values)
    entity = serializers.UUIDField()
    revision = serializers.UUIDField()
    path = serializers.CharField(help_text="A JSON pointer into the sections of the revision.")
    region = RegionOut(allow_null=True)
    at_ms = serializers.IntegerField(allow_null=True)
    text = serializers.CharField()
    blocking = serializers.BooleanField(help_text="Nothing is approved until it is resolved.")
    resolved = serializers.BooleanField()
    words = WordOut(many=True)
    reply_to = serializers.UUIDField(allow_null=True)
    author = PersonOut()
    written_at = Moment()
    carried_from = serializers.UUIDField(allow_null=True, help_text="The comment on the version before that stands still.")


def shape(row: Comment) -> dict[str, Any]:
    """A comment fetched by approvals.comments."""
    region = None if row.region is None else dict(zip(("x", "y", "width", "height"), row.region, strict=True))
    return {
        "id": row.pk, "type": row.item.entity_type, "entity": row.item.entity_id, "revision": row.item.revision_id,
        "path": row.path, "region": region, "at_ms": row.at_ms, "text": row.text, "blocking": row.is_blocking,
        "resolved": row.is_resolved,
        "words": [
            {"resolved": each.step == CommentStep.RESOLVE, "by": {"id": each.said_by_id, "name": each.name}, "at": each.at}
            for each in row.said
        ],
        "reply_to": row.reply_to_id, "author": {"id": row.author_id, "name": row.name}, "written_at": row.written_at,
        "carried_from": row.carried_from_id,
    }  # fmt: skip


class CommentResource(Resource):
    """Comments on an approval request that you may see, replies among them, the latest first."""

    queryset = Comment.objects.none()
    serializer_class = CommentOut
    lookup_url_kwarg = "comment"
    reference = ""

    def rows(self) -> QuerySet[Comment]:
        return comments.comments_of(self.about().pk)

    def about(self) -> ApprovalRequest:
        """The request of the address. Raises NotFound."""
        row = queries.visible_requests(self.actor).filter(pk=self.kwargs["request_id"]).first()
        if row is None:
            raise NotFound()
        return row

    def check_still_seen(self, told: Any) -> None:
        self.about()
        super().check_still_seen(told)

    def render(self, rows: Sequence[Model]) -> Rendered:
        found: Sequence[Any] = rows
        return list(CommentOut([shape(row) for row in found], many=True).data)

    def list(self, request: Request, request_id: UUID) -> Response:  # type: ignore[override]
        """One page."""
        return super().list(request)

    @extend_schema(request=CommentIn, responses={201: CommentOut})
    def create(self, request: Request, request_id: UUID) -> Response:
        """Comment on a place of one item, or reply. Needs `submit` or an approving permission on the ad account; one that blocks is
        written by people whom a stage of the request could ask."""
        row = services.comment(actor=self.actor, request=request_id, **_said(self.valid(CommentIn)))
        return self._told(row, 201)

    @extend_schema(request=Empty, responses=CommentOut)
    def resolve(self, request: Request, request_id: UUID, comment: UUID) -> Response:
        """Say that it needs nothing more. One that blocks: its author, or who could decide a stage that reads the same section."""
        self.valid(Empty)
        return self._told(services.resolve_comment(actor=self.actor, request=request_id, comment=comment))

    @extend_schema(request=Empty, responses=CommentOut)
    def reopen(self, request: Request, request_id: UUID, comment: UUID) -> Response:
        """Say that it was resolved too early."""
        self.valid(Empty)
        return self._told(services.reopen_comment(actor=self.actor, request=request_id, comment=comment))

    def _told(self, row: Comment, status: int = 200) -> Response:
        return Response(CommentOut(shape(comments.one_of(row.request_id, row.pk))).data, status=status)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """What the body says, as the service takes it."""
    said = {name: values.get(name) for name in ("text", "revision", "reply_to", "blocking")}
    if "path" not in values:
        return said
    region = values.get("region")
    part = None if region is None else [region[name] for name in ("x", "y", "width", "height")]
    return said | {"anchor": Anchor(values["path"], part, values.get("at_ms"))}
