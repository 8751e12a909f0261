"""What role grants take and answer, with the duties that clash by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts.duties import Clash, Holding
from accounts.models import RoleGrant
from api.fields import Id, Moment, PersonOut, Strict, Text
from api.v1.conferred import Ahead, ClashOut, ConferredOut, GroupOut
from api.v1.scopes import ScopeIn, ScopeOut, shown


class RoleGrantIn(Strict):
    """A role for a person, a service account or a user group, on a place and all below it."""

    role = Text(max_length=40)
    user = Id(required=False)
    group = Id(required=False)
    scope = ScopeIn()
    starts_at = Moment(allow_null=True, default=None)
    expires_at = Ahead(allow_null=True, default=None)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if ("user" in attrs) == ("group" in attrs):
            words = ErrorDetail(_("Give either `user` or `group`."), code="required")
            raise serializers.ValidationError({"user": [words]})
        return attrs


class RoleGrantOut(ConferredOut):
    """That somebody holds a role on a place."""

    role = serializers.CharField(source="role_id")
    title = serializers.CharField(source="role", help_text="The role in words.")
    user = PersonOut(allow_null=True)
    group = GroupOut(allow_null=True)
    scope = serializers.SerializerMethodField()
    reviewed_at = serializers.SerializerMethodField(help_text="When an access manager last found it right.")
    clashes = serializers.SerializerMethodField(help_text="Who holds by it what is kept apart from other duties of theirs.")

    @extend_schema_field(ScopeOut)
    def get_scope(self, grant: RoleGrant) -> dict[str, Any]:
        return ScopeOut(shown(grant.scope)).data

    @extend_schema_field(Moment(allow_null=True))
    def get_reviewed_at(self, grant: RoleGrant) -> str | None:
        reviewed = getattr(grant, "reviewed_at", None)
        return reviewed and Moment().to_representation(reviewed)

    @extend_schema_field(ClashOut(many=True))
    def get_clashes(self, grant: RoleGrant) -> Any:
        return self.context.get("clashes", {}).get(grant.pk, [])


def clashes(
    found: Mapping[UUID, Sequence[tuple[UUID, Clash]]], names: Mapping[UUID, str]
) -> dict[UUID, list[dict[str, Any]]]:
    """Clashes as they are answered, of the people whose `names` may be told."""
    return {
        fact: [
            ClashOut({"user": {"id": user, "name": names[user]}, "one": held(clash.one), "other": held(clash.other)}).data
            for user, clash in each if user in names
        ]
        for fact, each in found.items()
    }  # fmt: skip


def held(holding: Holding) -> dict[str, Any]:
    return {"grant": holding.grant, "role": holding.role, "where": holding.where, "group": holding.group}


def people(found: Iterable[Sequence[tuple[UUID, Clash]]]) -> set[UUID]:
    """Whose clashes these are."""
    return {user for each in found for user, _clash in each}
