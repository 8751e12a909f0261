"""Fields that take exactly what the contract says, and the serializer that refuses what it does not know.

Every field of a body is bounded; the framework's fields also refuse NUL and half surrogate pairs in text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from core import clock

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_AMOUNT: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
DIGITS: Final = 14
LONG_TEXT: Final = 10_000


class Text(serializers.CharField):
    """A JSON string of at most `max_length` characters, kept as it is; numbers and truth values are not text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **options})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(serializers.UUIDField):
    """A UUID in its usual spelling."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid", value=data)
        return UUID(data)


class Flag(serializers.BooleanField):
    """true or false; not "yes", not 1."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of our words."""

    default_error_messages = {"invalid_choice": _("This is not one of the values: {choices}.")}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(self.choices))
        return data


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,14}(\.[0-9]+)?$", "examples": ["50.00"]})
class Amount(serializers.Field[str, str, str, Any]):
    """An amount of money as a decimal string in major units. How many digits after the point the currency has is
    judged where the currency is known (core.money.parse_amount)."""

    default_error_messages = {
        "invalid_amount": _("Give the amount as a decimal string such as “50.00”."),
        "negative_amount": _("An amount cannot be negative."),
        "amount_too_large": _("The amount is larger than any ad account may hold."),
    }

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or not _AMOUNT.fullmatch(data):
            self.fail("invalid_amount")
        if data.startswith("-"):
            self.fail("negative_amount")
        whole, _point, fraction = data.partition(".")
        if len(whole) > DIGITS or len(fraction) > DIGITS:
            self.fail("amount_too_large" if len(whole) > DIGITS else "invalid_amount")
        return data

    def to_representation(self, value: Any) -> str:
        return str(value)


class Moment(serializers.DateTimeField):
    """A time in RFC 3339 with its offset; answered in UTC with a Z."""

    default_error_messages = {
        "naive": _("Give the time with its offset, such as 2026-12-01T08:00:00Z."),
        "out_of_range": _("Give a time between the years 2000 and 2100."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ssZ")
        found: datetime = super().to_internal_value(value)
        if not _EARLIEST <= found < _LATEST:
            self.fail("out_of_range")
        return found

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("out_of_range")

    def to_representation(self, value: Any) -> str:
        return clock.rfc3339(value)


def texts(max_length: int, most: int, **options: Any) -> serializers.ListField:
    """A list of at most `most` texts of at most `max_length` characters."""
    return serializers.ListField(child=Text(max_length=max_length), max_length=most, **options)


def choices(values: Iterable[str], **options: Any) -> serializers.ListField:
    """A list of our words, each at most once."""
    known = list(values)
    return serializers.ListField(child=Choice(choices=known), max_length=len(known), **options)


class Strict(serializers.Serializer[Any]):
    """An object of a body: what it does not know it refuses, so that a misspelt field is not silently dropped."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        errors: dict[str, Any] = {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not unknown:
                raise
            errors, values = dict(error.detail), {}  # type: ignore[arg-type]
        for name in unknown:
            errors[name] = [ErrorDetail(str(_("There is no such field.")), code="unknown_field")]
        if errors:
            raise serializers.ValidationError(errors)
        return values


class PersonOut(serializers.Serializer[Any]):
    """A person or service account, by name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class MoneyOut(serializers.Serializer[Any]):
    """An amount with its currency."""

    amount = Amount()
    currency = serializers.CharField()
