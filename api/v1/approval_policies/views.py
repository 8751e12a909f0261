"""GET, POST approval-policies/, what is wrong with one before it is saved, and the second policy manager's word"""

from __future__ import annotations

from collections.abc import Iterable
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
from api.v1.approval_policies.serializers import LintOut, PolicyDifferenceOut, PolicyIn, PolicyOut
from api.v1.approval_requests.serializers import Empty
from api.v1.rule_sets.documents import bound
from api.v1.scopes import ScopeFilter
from api.views import Resource
from approvals.linting import Lint, Remark
from approvals.models import ApprovalPolicy
from approvals.policy_differences import Difference, difference, sentences
from approvals.policy_drafts import drafted, lint_policy
from approvals.policy_queries import names_in, policies_in, visible_policies
from approvals.services import confirm_policy, decline_policy, publish_policy, retire_policy
from approvals.states import PolicyState
from core import clock

AGAINST = OpenApiParameter("against", {"type": "string", "format": "uuid"}, description="Without it, the version in force.")


class PolicyFilters(Filters):
    key = Text(max_length=100)
    status = Word(choices=PolicyState.choices, method="standing")
    scope = ScopeFilter()

    def standing(self, rows: QuerySet[ApprovalPolicy], name: str, value: str) -> QuerySet[ApprovalPolicy]:
        return policies_in(rows, value, clock.now())


class PolicyResource(Resource):
    """Versions of approval policies that govern anything you may see."""

    queryset = ApprovalPolicy.objects.none()
    serializer_class = PolicyOut
    filterset_class = PolicyFilters
    parameters = {"diff": ("against",)}

    def rows(self) -> QuerySet[ApprovalPolicy]:
        return visible_policies(self.actor)

    def _said(self) -> dict[str, Any]:
        """The body, as the services take it."""
        values = self.valid(PolicyIn)
        scope = bound(self.actor, values["scope"])
        return {**values, "scope": scope, "stages": [dict(each) for each in values["stages"]]}

    @extend_schema(request=PolicyIn, responses={201: PolicyOut})
    def create(self, request: Request) -> Response:
        """The next version; needs manage_policy on its scope. Stricter is in force at once; what is not plainly stricter is
        `proposed` where the organisation asks for two managers, and with `propose`."""
        return Response(self._shown(publish_policy(actor=self.actor, **self._said()).pk), status=201)

    @extend_schema(request=PolicyIn, responses=LintOut)
    @action(detail=False, methods=["post"], url_path="lint", url_name="lint")
    def lint(self, request: Request) -> Response:
        """What is wrong with a version before it is saved, and how long its stages take; needs manage_policy on its scope. Keeps
        nothing."""
        said = self._said()
        terms = {name: said[name] for name in ("stages", "condition", "scope")}
        found = lint_policy(actor=self.actor, **terms)
        second = None
        if not found.errors:
            row = drafted(actor=self.actor, key=said["key"], title=said["title"], now=clock.now(), **terms)
            second = said["propose"] or row.needs_second
        return Response(LintOut(_lint(found, second)).data)

    @extend_schema(request=Empty, responses=PolicyOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, id: UUID) -> Response:
        """Put a proposed version in force: where two managers are asked for, as another than proposed it (R-55)."""
        self.valid(Empty)
        return Response(self._shown(confirm_policy(actor=self.actor, policy=self.one(id).pk).pk))

    @extend_schema(request=Empty, responses=PolicyOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, id: UUID) -> Response:
        """End a proposed version before it governs; whoever proposed it may do so, too."""
        self.valid(Empty)
        return Response(self._shown(decline_policy(actor=self.actor, policy=self.one(id).pk).pk))

    @extend_schema(request=Empty, responses={201: PolicyOut})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, id: UUID) -> Response:
        """The next version asks for nothing; it is `proposed` where the organisation asks for two managers."""
        self.valid(Empty)
        return Response(self._shown(retire_policy(actor=self.actor, policy=self.one(id).pk).pk), status=201)

    @extend_schema(parameters=[AGAINST], responses=PolicyDifferenceOut)
    @action(detail=True, methods=["get"])
    def diff(self, request: Request, id: UUID) -> Response:
        """What changes, stage by stage, from the version in force (or another one) to this one."""
        row, base = self.one(id), self._base(id)
        found = difference(base, row)
        words = sentences(found, names_in([each for each in (base, row) if each is not None]))
        return Response(PolicyDifferenceOut({"before": base and base.pk, "after": row.pk, "words": words, **_told(found)}).data)

    def is_kept(self) -> bool:
        return self.action != "lint"

    def _shown(self, identifier: UUID) -> Any:
        return PolicyOut(self.one(identifier)).data

    def _base(self, identifier: UUID) -> ApprovalPolicy | None:
        text = self.request.query_params.get("against")
        if text is None:
            key = self.one(identifier).key
            rows = self.rows().filter(key=key, pk__in=ApprovalPolicy.current())
            found: ApprovalPolicy | None = rows.exclude(pk=identifier).first()
            return found
        try:
            asked = Id().run_validation(text)
        except serializers.ValidationError as error:
            raise ValidationError({"against": error.detail}) from error
        other: ApprovalPolicy = self.one(asked)
        return other


def _lint(found: Lint, second: bool | None) -> dict[str, Any]:
    paces = [{"key": key, "pace": pace} for key, pace in found.paces.items()]
    return {"errors": _remarks(found.errors), "warnings": _remarks(found.warnings), "needs_second": second, "stages": paces}


def _remarks(found: Iterable[Remark]) -> list[dict[str, str]]:
    return [{"field": each.field, "code": each.code, "detail": each.detail} for each in found]


def _told(found: Difference) -> dict[str, Any]:
    def terms(changed: Iterable[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
        return [{"name": name, "before": before, "after": after} for name, before, after in changed]

    stages = [{"kind": each.kind, "key": each.key, "title": each.title, "terms": terms(each.terms)} for each in found.stages]
    return {"head": terms(found.head), "stages": stages}
