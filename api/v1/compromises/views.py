"""GET, POST compromises/: accounts that somebody else had in hand, and what became of what they decided (R-32)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import visible_users
from api.fields import Id, Moment, PersonOut, Strict, Text
from api.views import Rendered, Resource
from approvals.compromises import shown_recalls, visible_compromises
from approvals.models import Compromise
from approvals.services import declare_compromised
from approvals.states import RecallOutcome
from core.errors import NotFound


class CompromiseIn(Strict):
    """Whose account, since when somebody else may have acted by it, and what happened."""

    user = Id()
    since = Moment()
    reason = Text(max_length=2000)


class RecallOut(serializers.Serializer[Any]):
    """What became of a request in which the account had voted."""

    approval_request = serializers.UUIDField()
    title = serializers.CharField()
    outcome = serializers.ChoiceField(choices=RecallOutcome.values)
    at = Moment()


class CompromiseOut(serializers.Serializer[Any]):
    """A compromised account. What it decided from `since` until `until` counts no more."""

    id = serializers.UUIDField()
    user = PersonOut()
    since = Moment()
    until = Moment()
    reason = serializers.CharField()
    declared_by = PersonOut()
    declared_at = Moment()
    requests = RecallOut(many=True, help_text="Those that you may see, as far as they were seen to.")


def _person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": str(user)}


class CompromiseResource(Resource):
    """Compromised accounts of the organisations where you manage access or audit."""

    queryset = Compromise.objects.none()
    serializer_class = CompromiseOut
    reference = "user"

    def rows(self) -> QuerySet[Compromise]:
        return visible_compromises(self.actor)

    def render(self, rows: Sequence[Model]) -> Rendered:
        found: Sequence[Any] = rows
        return list(CompromiseOut([self._shown(row) for row in found], many=True).data)

    @extend_schema(responses=CompromiseOut)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One of them, with what became of the requests."""
        return Response(CompromiseOut(self._shown(self.one(id))).data)

    @extend_schema(request=CompromiseIn, responses={201: CompromiseOut})
    def create(self, request: Request) -> Response:
        """Say that somebody else had a person's account in hand. It is shut at once, and what it decided since then counts no more;
        needs manage_access on the organisation, and that it is not your own."""
        values = self.valid(CompromiseIn)
        if not visible_users(self.actor).filter(pk=values["user"]).exists():
            raise NotFound()
        made = declare_compromised(actor=self.actor, **values)
        return Response(CompromiseOut(self._shown(self.one(made.pk))).data, status=201)

    def _shown(self, row: Compromise) -> dict[str, Any]:
        told = ("since", "until", "reason", "declared_at")
        return {
            "id": row.pk,
            "user": _person(row.person),
            "declared_by": _person(row.declared_by),
            **{name: getattr(row, name) for name in told},
            "requests": [
                {"approval_request": each.request_id, "title": each.request.title, "outcome": str(each.outcome), "at": each.at}
                for each in shown_recalls(self.actor, row)
            ],
        }
