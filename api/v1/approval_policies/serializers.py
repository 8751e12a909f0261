"""What approval policies take and answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Flag, Moment, Strict, Text
from api.v1.approval_requests.serializers import PaceOut
from api.v1.scopes import ScopeIn, ScopeOut, shown
from approvals.models import ApprovalPolicy
from approvals.policy_queries import policy_state
from approvals.stage_specs import MAX_STAGES
from approvals.states import PolicyState
from core import clock
from governance.expressions.compiling import MOST_CHARACTERS
from governance.lines import KEY


class PolicyIn(Strict):
    """The next version of a policy, whole. With `propose` it waits until it is confirmed."""

    key = serializers.RegexField(KEY, max_length=100)
    title = Text(max_length=200)
    scope = ScopeIn()
    condition = Text(max_length=MOST_CHARACTERS, allow_blank=True, default="", help_text="CEL; empty: of every request.")
    stages = serializers.ListField(
        child=serializers.DictField(), max_length=MAX_STAGES, allow_empty=False, help_text="See docs/policies.md."
    )
    propose = Flag(default=False)


class TermsOut(serializers.Serializer[Any]):
    """A stage as a version of a policy says it."""

    key = serializers.CharField()
    title = serializers.CharField()
    permission = serializers.CharField()
    sections = serializers.ListField(child=serializers.CharField())
    quorum = serializers.IntegerField()
    step = serializers.IntegerField()
    groups = serializers.ListField(child=serializers.UUIDField())
    people = serializers.ListField(child=serializers.UUIDField())
    everyone = serializers.BooleanField()
    each_group = serializers.BooleanField()
    carries = serializers.BooleanField()


class PolicyOut(serializers.Serializer[Any]):
    """A version of an approval policy."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.SerializerMethodField(help_text="proposed: waits until it is confirmed. retired: asks for nothing.")
    scope = serializers.SerializerMethodField(help_text="null: everything on this installation.")
    condition = serializers.CharField(allow_blank=True)
    stages = TermsOut(many=True, help_text="None: with this version the policy is retired.")
    created_at = Moment()
    created_by = serializers.CharField()
    needs_second = serializers.BooleanField(help_text="Only another policy manager than proposed it confirms it.")
    said_at = Moment(allow_null=True, help_text="When it was confirmed or declined.")
    said_by = serializers.CharField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=PolicyState.values))
    def get_status(self, row: ApprovalPolicy) -> str:
        return policy_state(row, clock.now()).value

    @extend_schema_field(ScopeOut(allow_null=True))
    def get_scope(self, row: ApprovalPolicy) -> dict[str, Any] | None:
        return None if row.scope is None else ScopeOut(shown(row.scope)).data


class RemarkOut(serializers.Serializer[Any]):
    """Something to know before saving."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class StagePaceOut(serializers.Serializer[Any]):
    """How long stages of this key took lately, on the ad accounts that the policy governs."""

    key = serializers.CharField()
    pace = PaceOut()


class LintOut(serializers.Serializer[Any]):
    """What is wrong with a policy; errors keep it from being saved."""

    errors = RemarkOut(many=True)  # type: ignore[assignment]
    warnings = RemarkOut(many=True)
    needs_second = serializers.BooleanField(
        allow_null=True, help_text="Published, it would wait for another policy manager. null: it cannot be published."
    )
    stages = StagePaceOut(many=True)


class TermChangeOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class StageChangeOut(serializers.Serializer[Any]):
    """A stage that was added, removed or changed."""

    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    key = serializers.CharField()
    title = serializers.CharField()
    terms = TermChangeOut(many=True)


class PolicyDifferenceOut(serializers.Serializer[Any]):
    """From one version to another."""

    before = serializers.UUIDField(allow_null=True, help_text="null: there was none.")
    after = serializers.UUIDField()
    head = TermChangeOut(many=True)
    stages = StageChangeOut(many=True)
    words = serializers.ListField(child=serializers.CharField(), help_text="In the language of Accept-Language.")
