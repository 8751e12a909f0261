"""GET, POST calendars/: the working time by which deadlines are counted (R-20)."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AdAccount, Brand, Organisation
from api.fields import Choice, Id, Moment, Strict, Text, texts
from api.filters import Filters
from api.v1.scopes import ScopeFilter, ScopeOut, place, shown
from api.views import Resource
from approvals.calendars import MAX_HOLIDAYS
from approvals.models import BusinessCalendar
from approvals.services import set_calendar
from approvals.timely import visible_calendars


class CalendarScopeIn(Strict):
    """An organisation, a brand or an ad account."""

    type = Choice(choices=("organisation", "brand", "ad_account"))
    id = Id()


def _hours() -> Any:
    return serializers.ListField(
        child=Text(max_length=5), min_length=2, max_length=2, required=False,
        help_text="When work begins and when it ends that day, such as 09:00 and 18:00; without a day nobody works on it.",
    )  # fmt: skip


class HoursIn(Strict):
    """By day of the week."""

    monday = _hours()
    tuesday = _hours()
    wednesday = _hours()
    thursday = _hours()
    friday = _hours()
    saturday = _hours()
    sunday = _hours()


class CalendarIn(Strict):
    """When people of a place work."""

    scope = CalendarScopeIn()
    timezone = Text(max_length=64, help_text="By its name, such as Europe/Berlin.")
    hours = HoursIn()
    holidays = texts(10, MAX_HOLIDAYS, required=False, help_text="Days (YYYY-MM-DD) on which nobody works.")


class CalendarOut(serializers.Serializer[Any]):
    """A version of a calendar. The latest one of the nearest place counts; without any, Monday to Friday, 09:00 to 18:00 UTC."""

    id = serializers.UUIDField()
    scope = serializers.SerializerMethodField()
    version = serializers.IntegerField()
    timezone = serializers.CharField()
    hours = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    holidays = serializers.ListField(child=serializers.DateField())
    created_at = Moment()
    created_by = serializers.CharField()

    @extend_schema_field(ScopeOut())
    def get_scope(self, row: BusinessCalendar) -> dict[str, Any]:
        return ScopeOut(shown(row.scope)).data


class CalendarFilters(Filters):
    scope = ScopeFilter()


class CalendarResource(Resource):
    """Calendars of what you may see, with all their versions."""

    queryset = BusinessCalendar.objects.none()
    serializer_class = CalendarOut
    filterset_class = CalendarFilters

    def rows(self) -> QuerySet[BusinessCalendar]:
        return visible_calendars(self.actor)

    @extend_schema(request=CalendarIn, responses={201: CalendarOut})
    def create(self, request: Request) -> Response:
        """Say when people of a place work, from now on; needs manage_policy. Deadlines that are set stay where they are."""
        values = self.valid(CalendarIn)
        scope = cast("Organisation | Brand | AdAccount", place(self.actor, values["scope"]["type"], values["scope"]["id"]))
        row = set_calendar(
            actor=self.actor, scope=scope, timezone=values["timezone"], hours=values["hours"], holidays=values.get("holidays", ())
        )
        return Response(CalendarOut(self.one(row.pk)).data, status=201)
