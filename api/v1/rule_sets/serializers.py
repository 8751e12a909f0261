"""What rule sets take and answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Choice, Flag, Moment, PersonOut, Strict, Text, choices, texts
from api.v1.scopes import ScopeIn, ScopeOut, shown
from campaigns.vocabulary import AdFormat, Objective
from core import clock
from governance.contract import MODES
from governance.lines import KEY, MOST_LINES
from governance.models import RuleSet
from governance.queries import rule_set_state
from governance.ready_made import READY_MADE
from governance.states import RuleSetState

ANYTHING = {"type": "object", "additionalProperties": True}


class LineIn(Strict):
    """A rule, how much it weighs, and the parameters that differ from its defaults (see rules/)."""

    rule = Text(max_length=60)
    mode = Choice(choices=MODES)
    params = serializers.DictField(default=dict)


class RuleSetIn(Strict):
    """The next version of a rule set, whole. With `propose` it only runs along on trial until it is confirmed."""

    key = serializers.RegexField(KEY, max_length=100)
    title = Text(max_length=200)
    scope = ScopeIn()
    rules = serializers.ListField(child=LineIn(), max_length=MOST_LINES)
    markets = texts(2, 250, default=[])
    formats = choices(AdFormat.values, default=[])
    objectives = choices(Objective.values, default=[])
    propose = Flag(default=False)


class LineOut(serializers.Serializer[Any]):
    rule = serializers.CharField()
    mode = serializers.ChoiceField(choices=MODES)
    params = serializers.DictField()


class RuleSetOut(serializers.Serializer[Any]):
    """A version of a rule set."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.SerializerMethodField(help_text="proposed: runs along on trial until it is confirmed.")
    scope = serializers.SerializerMethodField(help_text="null: everything on this installation.")
    rules = LineOut(many=True)
    markets = serializers.ListField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.CharField())
    objectives = serializers.ListField(child=serializers.CharField())
    created_at = Moment()
    created_by = serializers.CharField()
    needs_second = serializers.BooleanField(help_text="Only another policy manager than proposed it confirms it.")
    said_at = Moment(allow_null=True, help_text="When it was confirmed or declined.")
    said_by = serializers.CharField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=RuleSetState.values))
    def get_status(self, row: RuleSet) -> str:
        return rule_set_state(row, clock.now()).value

    @extend_schema_field(ScopeOut(allow_null=True))
    def get_scope(self, row: RuleSet) -> dict[str, Any] | None:
        return None if row.scope is None else ScopeOut(shown(row.scope)).data


class PathOut(serializers.Serializer[Any]):
    path = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class LineChangeOut(serializers.Serializer[Any]):
    """A line that was added, removed or changed."""

    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    rule = serializers.CharField()
    before = LineOut(allow_null=True)
    after = LineOut(allow_null=True)
    paths = PathOut(many=True)


class DifferenceOut(serializers.Serializer[Any]):
    """From one version to another."""

    before = serializers.UUIDField(allow_null=True, help_text="null: there was none.")
    after = serializers.UUIDField()
    changes = LineChangeOut(many=True)


class ReadyMadeIn(Strict):
    """A ready-made set for a scope."""

    ready_made = Choice(choices=list(READY_MADE))
    scope = ScopeIn()
    key = serializers.RegexField(KEY, max_length=100, required=False, help_text="Without it, made from scope and name.")


class ReadyMadeOut(serializers.Serializer[Any]):
    """A ready-made set."""

    name = serializers.CharField()
    title = serializers.CharField(help_text="In the language of Accept-Language.")
    description = serializers.CharField(help_text="In the language of Accept-Language.")
    markets = serializers.ListField(child=serializers.CharField(), help_text="Countries that it is for; empty: any.")
    rules = LineOut(many=True)


class ReadyMadeSetsOut(serializers.Serializer[Any]):
    """All of them."""

    results = ReadyMadeOut(many=True)


class DocumentDifferenceOut(serializers.Serializer[Any]):
    """From the version in force to what a document says."""

    key = serializers.CharField()
    before = serializers.UUIDField(allow_null=True, help_text="The version in force; null: none.")
    same = serializers.UUIDField(
        allow_null=True, help_text="A version that says all of it already, in force or proposed: there is nothing to publish."
    )
    needs_second = serializers.BooleanField(help_text="Published, it would wait for another policy manager.")
    details = PathOut(many=True, help_text="What differs of title, markets, formats and objectives.")
    changes = LineChangeOut(many=True)


class OverrideIn(Strict):
    """Why a soft finding does not count."""

    reason = Text(max_length=2000)


class OverrideOut(serializers.Serializer[Any]):
    """That a soft rule does not count for one revision."""

    id = serializers.UUIDField()
    revision = serializers.UUIDField(source="revision_id")
    digest = serializers.CharField(source="revision.digest")
    rule = serializers.CharField()
    reason = serializers.CharField()
    overridden_by = PersonOut()
    at = Moment()
