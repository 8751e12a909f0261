"""Events as they are answered."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Moment
from audit import actions
from audit.models import AuditEvent


class ActorOut(serializers.Serializer[Any]):
    """Who, as text: it outlives the person's row."""

    kind = serializers.CharField(source="actor_kind")
    id = serializers.CharField(source="actor_id")
    label = serializers.CharField(source="actor_label")  # type: ignore[assignment]


class SubjectOut(serializers.Serializer[Any]):
    """To what, as text."""

    type = serializers.CharField(source="subject_type")
    id = serializers.CharField(source="subject_id")
    label = serializers.CharField(source="subject_label")  # type: ignore[assignment]


class StoryOut(serializers.Serializer[Any]):
    """One thing that happened, as those see it who may see the entity."""

    id = serializers.UUIDField()
    at = Moment()
    action = serializers.CharField()
    text = serializers.SerializerMethodField(help_text="The action in words.")
    actor = ActorOut(source="*")
    subject = SubjectOut(source="*")

    def get_text(self, event: AuditEvent) -> str:
        return actions.text(event.action)


class AuditEventOut(StoryOut):
    """One entry of the log, as auditors see it."""

    outcome = serializers.ChoiceField(choices=("recorded", "refused"))
    channel = serializers.CharField(help_text="The door: api, admin, task or command.")
    request_id = serializers.CharField()
    address = serializers.SerializerMethodField()
    payload = serializers.SerializerMethodField()
    digest = serializers.CharField(help_text="SHA-256 of the canonical entry.")

    def get_address(self, event: AuditEvent) -> str:
        return str(json.loads(event.canonical)["address"])

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_payload(self, event: AuditEvent) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(event.canonical)["payload"]
        return found
