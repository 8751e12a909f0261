"""Replays as they are asked for and answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Moment, Strict
from approvals.states import RequestState
from campaigns.vocabulary import EntityType
from governance import messages
from governance.contract import MODES, OUTCOMES, Result
from governance.models import Replay, ReplayVerdict
from governance.services.replays import MOST, USUAL
from governance.states import ReplayState


class ReplayIn(Strict):
    """Which past revisions: those checked between two moments, the newest `most` of them."""

    since = Moment(required=False, help_text="90 days before `until`, unless said.")
    until = Moment(required=False, help_text="Now, unless said.")
    most = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)


class OutcomeChangeOut(serializers.Serializer[Any]):
    """How many revisions change from which outcome to which; `refused_later`: people rejected them, sent them back, or revoked
    what was approved."""

    before = serializers.ChoiceField(choices=OUTCOMES)
    after = serializers.ChoiceField(choices=OUTCOMES)
    revisions = serializers.IntegerField()
    refused_later = serializers.IntegerField()


class ReplayOut(serializers.Serializer[Any]):
    """A try of a version on past revisions."""

    id = serializers.UUIDField()
    rule_set = serializers.UUIDField(source="rule_set_id")
    instead_of = serializers.UUIDField(
        source="instead_of_id", allow_null=True, help_text="The version that governed when it was started."
    )
    status = serializers.ChoiceField(choices=ReplayState.values, source="state")
    since = Moment()
    until = Moment()
    revisions = serializers.IntegerField(source="total")
    done = serializers.SerializerMethodField(help_text="Revisions that were looked at.")
    started_by = serializers.CharField()
    started_at = Moment()
    finished_at = Moment(allow_null=True)

    def get_done(self, replay: Replay) -> int:
        return getattr(replay, "done", None) or 0


class ReplayDetailOut(ReplayOut):
    """The same with what came of it so far. `unseen`: rules that could not be asked of so many revisions, because what they
    read (a landing page) was not looked at then."""

    changes = OutcomeChangeOut(many=True)
    unseen = serializers.DictField(child=serializers.IntegerField())


class SaidOut(serializers.Serializer[Any]):
    """A finding that came or went."""

    rule = serializers.CharField()
    mode = serializers.ChoiceField(choices=MODES)
    result = serializers.ChoiceField(choices=[(result.value, result.name) for result in Result])
    code = serializers.CharField()
    title = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")
    params = serializers.DictField()

    def get_title(self, said: Any) -> str:
        return messages.title(said["rule"], get_language())

    def get_message(self, said: Any) -> str:
        return messages.message(said["code"], said["params"], get_language())


class VerdictOut(serializers.Serializer[Any]):
    """A revision of which another thing would have been said."""

    id = serializers.UUIDField()
    replay = serializers.UUIDField(source="replay_id")
    check_run = serializers.UUIDField(source="check_run_id")
    type = serializers.ChoiceField(choices=EntityType.values, source="check_run.revision.entity_type")
    entity = serializers.UUIDField(source="check_run.revision.entity_id")
    revision = serializers.UUIDField(source="check_run.revision_id")
    name = serializers.CharField(source="check_run.revision.name")
    before = serializers.ChoiceField(choices=OUTCOMES)
    after = serializers.ChoiceField(choices=OUTCOMES)
    appeared = SaidOut(many=True)
    gone = SaidOut(many=True)
    approval_request = serializers.UUIDField(allow_null=True, help_text="The latest request that it was checked for.")
    request_status = serializers.SerializerMethodField(help_text="Where that request stands.")

    @extend_schema_field(serializers.ChoiceField(choices=RequestState.values, allow_null=True))
    def get_request_status(self, verdict: ReplayVerdict) -> Any:
        return getattr(verdict, "fate", None)


class ShadowLineOut(serializers.Serializer[Any]):
    """One rule on trial: how many revisions failed it, could not be judged by it, and passed it."""

    rule = serializers.CharField()
    title = serializers.SerializerMethodField()
    intended = serializers.ChoiceField(choices=MODES)
    failed = serializers.IntegerField(source="fail")
    errored = serializers.IntegerField(source="error")
    passed = serializers.IntegerField(source="pass")

    def get_title(self, line: Any) -> str:
        return messages.title(line["rule"], get_language())


class ShadowOut(serializers.Serializer[Any]):
    """What a version on trial said of live traffic."""

    rule_set = serializers.UUIDField()
    lines = ShadowLineOut(many=True)
