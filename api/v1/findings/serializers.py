"""Findings as they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from governance import messages
from governance.contract import MODES, Result

ANYTHING = {"type": "object", "additionalProperties": True}


def _of(finding: Any, name: str) -> Any:
    return finding[name] if isinstance(finding, Mapping) else getattr(finding, name)


class FindingOut(serializers.Serializer[Any]):
    """What one rule said about one revision, in words and with evidence."""

    id = serializers.UUIDField()
    check_run = serializers.UUIDField(source="check_run_id")
    rule = serializers.CharField()
    rule_version = serializers.IntegerField()
    rule_set = serializers.SerializerMethodField(help_text="The version that bound the rule; null: the platform's own rules.")
    mode = serializers.ChoiceField(choices=MODES)
    intended = serializers.SerializerMethodField(help_text="The mode it would have, when its version is on trial; else null.")
    result = serializers.ChoiceField(choices=[(result.value, result.name) for result in Result])
    code = serializers.CharField()
    title = serializers.SerializerMethodField(help_text="The rule, in words.")
    message = serializers.SerializerMethodField(help_text="What to do about it, in the language of Accept-Language.")
    sections = serializers.ListField(child=serializers.CharField())
    evidence = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_rule_set(self, finding: Any) -> Any:
        return _of(finding, "rule_set_id")

    @extend_schema_field(serializers.ChoiceField(choices=MODES, allow_null=True))
    def get_intended(self, finding: Any) -> str | None:
        return _of(finding, "intended") or None

    def get_title(self, finding: Any) -> str:
        return messages.title(_of(finding, "rule"), get_language())

    def get_message(self, finding: Any) -> str:
        return messages.message(_of(finding, "code"), _of(finding, "params"), get_language())

    @extend_schema_field(ANYTHING)
    def get_evidence(self, finding: Any) -> Any:
        return _of(finding, "evidence")
