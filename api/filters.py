"""Filters by query string. Each listing names its own; what it does not name is refused (api.views.check_parameters)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Moment


class _MomentField(IsoDateTimeField):
    """The same times as in bodies."""

    def clean(self, value: Any) -> datetime | None:
        if not value:
            return None
        try:
            found: datetime = Moment().run_validation(value)
        except serializers.ValidationError as error:
            raise forms.ValidationError(" ".join(str(each) for each in error.detail), code="invalid") from error
        return found


@extend_schema_field(OpenApiTypes.DATETIME)
class MomentFilter(filters.IsoDateTimeFilter):
    """A time with its offset."""

    field_class = _MomentField


Filters = filters.FilterSet
Word = filters.ChoiceFilter
Text = filters.CharFilter
Key = filters.UUIDFilter
