"""GET check-runs/"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import Moment
from api.filters import Filters, Key, Word
from api.views import Resource
from campaigns.vocabulary import EntityType
from governance.models import CheckRun
from governance.queries import visible_check_runs
from governance.states import CheckState


class PinOut(serializers.Serializer[Any]):
    """A version of a rule set."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    trial = serializers.SerializerMethodField(help_text="Whether it only ran along.")

    def get_trial(self, pin: Any) -> bool:
        return "trial" in pin


class CheckRunOut(serializers.Serializer[Any]):
    """One evaluation of one revision."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=EntityType.values, source="revision.entity_type")
    entity = serializers.UUIDField(source="revision.entity_id")
    revision = serializers.UUIDField(source="revision_id")
    digest = serializers.CharField(source="revision.digest")
    status = serializers.ChoiceField(choices=CheckState.values, source="state")
    outcome = serializers.SerializerMethodField(help_text="passed, warned, blocked; null while running")
    rule_sets = PinOut(many=True)
    attempts = serializers.IntegerField()
    queued_at = Moment()
    finished_at = Moment(allow_null=True)

    def get_outcome(self, run: CheckRun) -> str | None:
        return run.outcome or None


class CheckRunFilters(Filters):
    approval_request = Key(field_name="request_items__request_id")
    revision = Key(field_name="revision_id")
    status = Word(field_name="state", choices=CheckState.choices)


class CheckRunResource(Resource):
    """Check runs of revisions of the ad accounts that you may see."""

    queryset = CheckRun.objects.none()
    serializer_class = CheckRunOut
    filterset_class = CheckRunFilters

    def rows(self) -> QuerySet[CheckRun]:
        return visible_check_runs(self.actor)
