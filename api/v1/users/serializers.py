"""What people and machines take and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from api.fields import Choice, Flag, Id, Moment, PersonOut, Strict, Text

LANGUAGES = [code for code, _name in settings.LANGUAGES]


class Email(serializers.EmailField):
    """A JSON string that is an e-mail address."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class PrincipalEdit(Strict):
    """What can be changed of a person or machine; the address stays, because it names who acted."""

    name = Text(max_length=200, required=False)
    is_active = Flag(required=False, help_text="false deactivates, true reactivates; by itself.")

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if not attrs:
            raise serializers.ValidationError({"name": [ErrorDetail(_("Say what is to be changed."), code="required")]})
        if "is_active" in attrs and len(attrs) > 1:
            words = _("Give this in a request of its own.")
            raise serializers.ValidationError({"is_active": [ErrorDetail(words, code="alone")]})
        return attrs


class UserEdit(PrincipalEdit):
    """What can be changed of a person."""

    language = Choice(choices=LANGUAGES, required=False)


class UserIn(Strict):
    """A new person of your organisation, who holds nothing yet."""

    email = Email(max_length=254)
    name = Text(max_length=200)
    language = Choice(choices=LANGUAGES, default="en")


class UserOut(serializers.Serializer[Any]):
    """A person."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField()
    is_active = serializers.BooleanField(help_text="false: deactivated, and holds nothing.")
    created_at = Moment()
    last_login = Moment(allow_null=True)


class ServiceAccountIn(Strict):
    """A new machine of a person who answers for it."""

    owner = Id()
    email = Email(max_length=254)
    name = Text(max_length=200)


class ServiceAccountOut(serializers.Serializer[Any]):
    """A machine and who answers for it."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    name = serializers.CharField()
    owner = PersonOut()
    is_active = serializers.BooleanField(help_text="false: deactivated, and holds nothing.")
    created_at = Moment()
