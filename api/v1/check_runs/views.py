"""GET check-runs/"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Moment
from api.filters import Filters, Key, Word
from api.views import Resource
from campaigns.vocabulary import EntityType
from governance import messages
from governance.contract import MODES, Result
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


class PassedOut(serializers.Serializer[Any]):
    """What one rule let through, or had nothing to say of (`not_applicable`)."""

    rule = serializers.CharField()
    rule_version = serializers.IntegerField()
    rule_set = serializers.UUIDField(allow_null=True, help_text="The version that bound the rule; null: the platform's own rules.")
    mode = serializers.ChoiceField(choices=MODES)
    result = serializers.ChoiceField(choices=[(result.value, result.name) for result in Result])
    code = serializers.CharField()
    title = serializers.SerializerMethodField(help_text="The rule, in words.")
    message = serializers.SerializerMethodField(help_text="What it says, in the language of Accept-Language.")
    sections = serializers.ListField(child=serializers.CharField())
    evidence = serializers.DictField()

    def get_title(self, said: Any) -> str:
        return messages.title(said["rule"], get_language())

    def get_message(self, said: Any) -> str:
        return messages.message(said["code"], said["params"], get_language())


class CheckRunDetailOut(CheckRunOut):
    """One evaluation with what passed; `findings/?check_run=` lists the rest."""

    passed = PassedOut(many=True, allow_null=True, help_text="Null where it has not been completed.")


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

    @extend_schema(responses=CheckRunDetailOut)
    def retrieve(self, request: Request, id: UUID) -> Response:
        """One check run with what passed."""
        return Response(CheckRunDetailOut(self.one(id)).data)
