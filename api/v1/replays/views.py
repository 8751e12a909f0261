"""GET replays/, replay-verdicts/; POST replays/{id}/cancel/. They are started at rule-sets/{id}/replays/."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import Filters, Key, Word
from api.v1.approval_requests.serializers import Empty
from api.v1.replays.serializers import ReplayDetailOut, ReplayOut, VerdictOut
from api.views import Resource
from approvals.queries import REFUSED_LATER, changes_of, with_fate
from governance.contract import OUTCOMES
from governance.models import Replay, ReplayVerdict
from governance.queries import unseen_in, visible_replays, visible_verdicts
from governance.services import cancel_replay
from governance.states import ReplayState

CHOICES = [(each, each) for each in OUTCOMES]


class ReplayFilters(Filters):
    rule_set = Key(field_name="rule_set_id")
    status = Word(field_name="state", choices=ReplayState.choices)


class ReplayResource(Resource):
    """Tries of rule sets all of whose scope you may see."""

    queryset = Replay.objects.none()
    serializer_class = ReplayOut
    filterset_class = ReplayFilters

    def rows(self) -> QuerySet[Replay]:
        return visible_replays(self.actor)

    @extend_schema(responses=ReplayDetailOut)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One replay with what came of it so far."""
        row = self.one(id)
        row.changes, row.unseen = changes_of(visible_verdicts(self.actor).filter(replay=row)), unseen_in(row)
        return Response(ReplayDetailOut(row).data)

    @extend_schema(request=Empty, responses=ReplayOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: UUID) -> Response:
        """End it before it is through; needs manage_policy. What was found stays."""
        self.valid(Empty)
        return Response(ReplayOut(self.one(cancel_replay(actor=self.actor, replay=self.one(id).pk).pk)).data)


class VerdictFilters(Filters):
    replay = Key(field_name="replay_id")
    before = Word(choices=CHOICES)
    after = Word(choices=CHOICES)
    refused_later = Word(choices=[("true", "true")], method="refused")

    def refused(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """What people said no to later."""
        return rows.filter(fate__in=REFUSED_LATER)


class VerdictResource(Resource):
    """What replays would have said otherwise, of revisions of the ad accounts that you may see."""

    queryset = ReplayVerdict.objects.none()
    serializer_class = VerdictOut
    filterset_class = VerdictFilters

    def rows(self) -> QuerySet[ReplayVerdict]:
        return with_fate(visible_verdicts(self.actor))
