"""What user groups and memberships take and answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import Id, Moment, PersonOut, Strict, Text
from api.v1.conferred import Ahead, ConferredOut


class GroupEdit(Strict):
    """What can be changed of a user group."""

    title = Text(max_length=100)


class GroupIn(GroupEdit):
    """A user group; of your own organisation, whether you name it or not."""

    organisation = Id(required=False)


class UserGroupOut(serializers.Serializer[Any]):
    """A user group."""

    id = serializers.UUIDField(source="public_id")
    organisation = serializers.UUIDField(source="organisation_id")
    title = serializers.CharField()


class MembershipIn(Strict):
    """Somebody becomes a member, from when to when."""

    user = Id(help_text="A person or a service account.")
    starts_at = Moment(allow_null=True, default=None)
    expires_at = Ahead(allow_null=True, default=None)


class MembershipOut(ConferredOut):
    """That somebody belongs to a user group."""

    user = PersonOut()
    source = serializers.CharField(  # type: ignore[assignment]
        allow_blank=True, help_text="The directory that said so, if one did."
    )
