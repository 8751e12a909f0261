"""GET, POST rule-sets/, and the second policy manager's word"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Id
from api.filters import Filters, Text, Word
from api.parsers import StrictJSONParser
from api.v1.approval_requests.serializers import Empty
from api.v1.replays.serializers import ReplayIn, ReplayOut, ShadowOut
from api.v1.rule_sets import documents
from api.v1.rule_sets.serializers import (
    DifferenceOut,
    DocumentDifferenceOut,
    ReadyMadeIn,
    ReadyMadeSetsOut,
    RuleSetIn,
    RuleSetOut,
)
from api.v1.scopes import ScopeFilter
from api.views import Resource, flag
from core import clock
from governance.differences import line_changes
from governance.documents import Document, told_by_line, write
from governance.models import RuleSet
from governance.previews import narrowing as narrowed_to
from governance.previews import preview
from governance.queries import rule_sets_in, shadow_of, visible_rule_sets
from governance.sameness import AlreadySaid
from governance.scope_words import Bound
from governance.services import confirm_rule_set, decline_rule_set, publish_rule_set, start_replay
from governance.services.rule_sets import Narrowing
from governance.states import RuleSetState

DRY_RUN = OpenApiParameter("dry_run", bool, description="Answer what differs, without keeping anything.")
PROPOSE = OpenApiParameter("propose", bool, description="On trial alone, until it is confirmed.")
PARSERS = [StrictJSONParser, documents.DocumentParser]
AGAINST = OpenApiParameter("against", {"type": "string", "format": "uuid"}, description="Without it, the version in force.")


class RuleSetFilters(Filters):
    key = Text(max_length=100)
    status = Word(choices=RuleSetState.choices, method="standing")
    scope = ScopeFilter()

    def standing(self, rows: QuerySet[RuleSet], name: str, value: str) -> QuerySet[RuleSet]:
        return rule_sets_in(rows, value, clock.now())


class RuleSetResource(Resource):
    """Versions of rule sets that judge anything you may see."""

    queryset = RuleSet.objects.none()
    serializer_class = RuleSetOut
    filterset_class = RuleSetFilters
    parameters = {"diff": ("against",), "apply": ("dry_run", "propose")}

    def rows(self) -> QuerySet[RuleSet]:
        return visible_rule_sets(self.actor)

    @extend_schema(request=RuleSetIn, responses={201: RuleSetOut})
    def create(self, request: Request) -> Response:
        """The next version; needs manage_policy on its scope. Stricter is in force at once; what is not plainly stricter is
        `proposed` where the organisation asks for two managers, and with `propose`."""
        values = self.valid(RuleSetIn)
        scope = documents.bound(self.actor, values["scope"])
        narrowing = Narrowing(values["markets"], values["formats"], values["objectives"])
        row = publish_rule_set(
            actor=self.actor, key=values["key"], title=values["title"], rules=[dict(line) for line in values["rules"]],
            scope=scope, narrowing=narrowing, propose=values["propose"],
        )  # fmt: skip
        return Response(self._shown(row.pk), status=201)

    def _shown(self, identifier: UUID) -> Any:
        return RuleSetOut(self.one(identifier)).data

    @extend_schema(request=Empty, responses=RuleSetOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: UUID) -> Response:
        """Put a proposed version in force: where two managers are asked for, as another than proposed it (R-55)."""
        self.valid(Empty)
        return Response(self._shown(confirm_rule_set(actor=self.actor, rule_set=self.one(id).pk).pk))

    @extend_schema(request=Empty, responses=RuleSetOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: UUID) -> Response:
        """End a proposed version before it governs; whoever proposed it may do so, too."""
        self.valid(Empty)
        return Response(self._shown(decline_rule_set(actor=self.actor, rule_set=self.one(id).pk).pk))

    @extend_schema(parameters=[AGAINST], responses=DifferenceOut)
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, id: UUID) -> Response:
        """What changes, line by line, from the version in force (or another one) to this one."""
        row, base = self.one(id), self._base(id)
        found = documents.changed(line_changes(base.rules if base else [], row.rules))
        return Response(DifferenceOut({"before": base and base.pk, "after": row.pk, "changes": found}).data)

    @extend_schema(request=ReplayIn, responses={202: ReplayOut})
    @action(detail=True, methods=["post"])
    def replays(self, request: Request, id: UUID) -> Response:
        """Try this version on past revisions in its scope; needs manage_policy there. Workers do it; nothing in force changes."""
        values = self.valid(ReplayIn)
        replay = start_replay(actor=self.actor, rule_set=self.one(id).pk, **values)
        return Response(ReplayOut(replay).data, status=202)

    @extend_schema(responses=ShadowOut)
    @action(detail=True, methods=["get"])
    def shadow(self, request: Request, id: UUID) -> Response:
        """What this version said of live traffic while it was on trial, by rule and the mode that it would have."""
        row = self.one(id)
        return Response(ShadowOut({"rule_set": row.pk, "lines": shadow_of(row, self.actor)}).data)

    # --- documents ----------------------------------------------------------------------------------------------------------

    def get_renderers(self) -> Any:
        """A version is also to be had as a document."""
        written = getattr(self, "action", None) == "document"
        return [documents.DocumentRenderer()] if written else super().get_renderers()

    @extend_schema(responses={(200, documents.MEDIA_TYPE): str})
    @action(detail=True, methods=["get"])
    def document(self, request: Request, id: UUID) -> Response:
        """This version as a YAML document, with its scope in words that another installation understands."""
        return Response(write(self.one(id)))

    @extend_schema(
        request={"application/json": ReadyMadeIn, documents.MEDIA_TYPE: str},
        responses={200: DocumentDifferenceOut, 201: RuleSetOut}, parameters=[DRY_RUN, PROPOSE],
    )  # fmt: skip
    @action(detail=False, methods=["post"], url_path="document", url_name="apply", parser_classes=PARSERS)
    def apply(self, request: Request) -> Response:
        """The next version from a YAML document, or from a ready-made set; needs manage_policy on its scope. 200 with what
        differs from the version in force, where that is only asked for or nothing differs; else 201 with the version."""
        propose = flag(request, "propose")
        sent: Any = request.data
        if isinstance(sent, str):
            document, scope = documents.written(self.actor, sent)
        else:
            document, scope = documents.bundled(self.actor, self.valid(ReadyMadeIn))
        if flag(request, "dry_run"):
            return self._difference(document, scope, propose)
        try:
            with told_by_line(document):
                row = publish_rule_set(
                    actor=self.actor, key=document.key, title=document.title, rules=document.rules, scope=scope,
                    narrowing=narrowed_to(document), propose=propose, unless_same=True,
                )  # fmt: skip
        except AlreadySaid:
            return self._difference(document, scope, propose)
        return Response(self._shown(row.pk), status=201)

    def _difference(self, document: Document, scope: Bound, propose: bool) -> Response:
        found = preview(actor=self.actor, document=document, scope=scope, propose=propose)
        return Response(DocumentDifferenceOut(documents.difference(found)).data)

    @extend_schema(responses=ReadyMadeSetsOut)
    @action(detail=False, methods=["get"], url_path="ready-made")
    def ready_made(self, request: Request) -> Response:
        """Sets that come with the product; POST rule-sets/document/ binds one."""
        return Response(ReadyMadeSetsOut({"results": documents.shown_sets()}).data)

    def is_kept(self) -> bool:
        return self.action != "apply" or self.request.query_params.get("dry_run") != "true"

    def made(self, told: Mapping[str, Any]) -> Sequence[Any]:
        """Where nothing was published, the answer tells of the version that says the same."""
        return super().made(told) or [told[name] for name in ("same",) if told.get(name)]

    def _base(self, identifier: UUID) -> RuleSet | None:
        text = self.request.query_params.get("against")
        if text is None:
            key = self.one(identifier).key
            found: RuleSet | None = self.rows().filter(key=key, pk__in=RuleSet.current()).exclude(pk=identifier).first()
            return found
        try:
            asked = Id().run_validation(text)
        except serializers.ValidationError as error:
            raise ValidationError({"against": error.detail}) from error
        other: RuleSet = self.one(asked)
        return other
