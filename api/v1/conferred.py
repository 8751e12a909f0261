"""What all that is conferred for a time has in common: where it stands, from when to when, by whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.models import Conferred, State, in_state
from api.fields import Moment, PersonOut
from api.filters import Filters, Word
from core import clock


class StateFilters(Filters):
    """Filters by where a fact stands: `status`, as answers call it, or `state`, as it was first called."""

    status = Word(choices=State.choices, method="standing")
    state = Word(choices=State.choices, method="standing")

    def standing(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(in_state(value, clock.now()))


class Ahead(Moment):
    """A time that is still to come."""

    def to_internal_value(self, value: Any) -> datetime:
        found = super().to_internal_value(value)
        if found <= clock.now():
            raise serializers.ValidationError([ErrorDetail(_("Give a time that is still to come."), code="in_the_past")])
        return found


class ConferredOut(serializers.Serializer[Any]):
    """A fact and where it stands."""

    id = serializers.UUIDField()
    status = serializers.SerializerMethodField(help_text="awaited: by a second access manager.")
    granted_at = Moment()
    granted_by = serializers.CharField()
    starts_at = Moment(allow_null=True, help_text="When it is meant to begin; null: at once.")
    since = Moment(allow_null=True, help_text="When it began or begins; null while a second access manager is awaited.")
    confirmed_by = serializers.CharField(allow_blank=True, help_text="The second access manager, if one was asked for.")
    expires_at = Moment(allow_null=True)
    revoked_at = Moment(allow_null=True)
    revoked_by = serializers.CharField(allow_blank=True)

    @extend_schema_field(serializers.ChoiceField(choices=State.values))
    def get_status(self, fact: Conferred) -> str:
        return fact.state_at(clock.now()).value


class GroupOut(serializers.Serializer[Any]):
    """A user group, by name."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.CharField()


class HeldOut(serializers.Serializer[Any]):
    """A holding that is kept apart from another."""

    grant = serializers.UUIDField()
    role = serializers.CharField()
    where = serializers.CharField()
    group = serializers.CharField(allow_blank=True, help_text="Through which user group.")


class ClashOut(serializers.Serializer[Any]):
    """Duties that one person holds together, though they are kept apart."""

    user = PersonOut()
    one = HeldOut()
    other = HeldOut()
