"""GET, POST notice-preferences/"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import Choice, Strict
from api.views import Resource
from notices import timing
from notices.kinds import Delivery, Kind
from notices.models import Preference
from notices.queries import preferences
from notices.services import set_preference


class PreferenceIn(Strict):
    """When you want mail of a kind."""

    kind = Choice(choices=Kind.values)
    delivery = Choice(choices=Delivery.values)


class PreferenceOut(serializers.Serializer[Any]):
    """When mail of a kind is sent."""

    kind = serializers.ChoiceField(choices=Kind.values)
    text = serializers.CharField(help_text="The kind in words.")
    delivery = serializers.ChoiceField(choices=Delivery.values)


class PreferencesOut(serializers.Serializer[Any]):
    """All of them, chosen or by default; and by whose clock it is when the daily mail is due."""

    preferences = PreferenceOut(many=True)
    daily_at = serializers.CharField()
    time_zone = serializers.CharField()


class PreferenceResource(Resource):
    """When you want mail of what."""

    queryset = Preference.objects.none()
    serializer_class = PreferencesOut

    @extend_schema(responses=PreferencesOut)
    def current(self, request: Request) -> Response:
        """Your own choices."""
        return Response(self._shown())

    @extend_schema(request=PreferenceIn, responses={200: PreferencesOut})
    def create(self, request: Request) -> Response:
        """Choose for one kind: at once, once a day, or off. Machines are never told, and choose nothing."""
        set_preference(actor=self.actor, **self.valid(PreferenceIn))
        return Response(self._shown())

    def _shown(self) -> Any:
        chosen = preferences(self.actor)
        rows = [{"kind": kind.value, "text": kind.label, "delivery": chosen[kind]} for kind in Kind]
        at, zone = f"{timing.DIGEST_AT:%H:%M}", str(timing.time_zone())
        return PreferencesOut({"preferences": rows, "daily_at": at, "time_zone": zone}).data
